"""Reasons for not taking a renewed paper."""

from domain.values.reasons.bases import (
    ConflictReasonBase,
    ErrorReason,
    ForbiddenReasonBase,
    InvalidReasonBase,
    MissingReasonBase,
    NotAllowedReasonBase,
)


class RenewalConflictReason(ConflictReasonBase):
    """Reason why the same paper cannot be sent twice."""

    WAITING = "renewal_waiting", "code"


class RenewalForbiddenReason(ForbiddenReasonBase):
    """Reason why a paper is not the asker's to renew."""

    NOT_DRIVER = "no_driver_of_mobile"
    NOT_OWN_TAXI = "no_own_taxi"
    SEVERAL_DRIVERS = "several_drivers_of_mobile"


class RenewalInvalidReason(InvalidReasonBase):
    """Reason why a date is not that of a renewed paper."""

    NOT_LATER = "not_later", "day"
    TOO_FAR = "paper_too_far"


class RenewalMissingReason(MissingReasonBase):
    """Reason why the taxi must be named."""

    WHICH_TAXI = "which_taxi"


class RenewalNotAllowedReason(NotAllowedReasonBase):
    """Reason why a renewal is not recorded any more."""

    RECORDED_LATER = "recorded_later", "day"


RENEWAL_REASONS: tuple[type[ErrorReason], ...] = (
    RenewalConflictReason,
    RenewalForbiddenReason,
    RenewalInvalidReason,
    RenewalMissingReason,
    RenewalNotAllowedReason,
)
