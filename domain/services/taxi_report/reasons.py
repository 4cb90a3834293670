"""Why a report on a taxi is not taken, or not answered so."""

from domain.values.reasons.bases import ErrorReason, InvalidReasonBase, MissingReasonBase, NotFoundReasonBase


class ReportInvalidReason(InvalidReasonBase):
    """Why a fine cannot be given."""

    FINE_OF_REWARD = "fine_of_reward"


class ReportMissingReason(MissingReasonBase):
    """Why the driver must be said."""

    NAME_DRIVER = "name_driver"


class ReportNotFoundReason(NotFoundReasonBase):
    """Why a driver is none of the taxi's."""

    DRIVER = "driver"


REPORT_REASONS: tuple[type[ErrorReason], ...] = (ReportInvalidReason, ReportMissingReason, ReportNotFoundReason)
