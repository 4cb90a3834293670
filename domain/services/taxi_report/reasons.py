"""Reasons for not taking a report on a taxi, or not answering it so."""

from domain.values.reasons.bases import ErrorReason, InvalidReasonBase, MissingReasonBase, NotFoundReasonBase


class ReportInvalidReason(InvalidReasonBase):
    """Reason why a fine cannot be given."""

    FINE_OF_REWARD = "fine_of_reward"


class ReportMissingReason(MissingReasonBase):
    """Reason why the driver must be said."""

    NAME_DRIVER = "name_driver"


class ReportNotFoundReason(NotFoundReasonBase):
    """Reason why a driver is none of the taxi's."""

    DRIVER = "driver"


REPORT_REASONS: tuple[type[ErrorReason], ...] = (ReportInvalidReason, ReportMissingReason, ReportNotFoundReason)
