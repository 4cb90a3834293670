"""Reasons for refusing a taxi's driver leave, or leave at that time."""

from domain.values.reasons.bases import (
    ConflictReasonBase,
    ErrorReason,
    ForbiddenReasonBase,
    InvalidReasonBase,
    MissingReasonBase,
    NotAllowedReasonBase,
    NotFoundReasonBase,
)


class LeaveInvalidReason(InvalidReasonBase):
    """Reason why a day of a leave cannot be its first or last."""

    NOTICE = "leave_notice", "day"
    TOO_FAR = "leave_too_far"
    ORDER = "leave_order"
    TOO_LONG = "leave_too_long"
    DAYS_LEFT = "leave_days_left", "year", "left", "wanted"


class LeaveConflictReason(ConflictReasonBase):
    """Reason why two leaves exclude each other."""

    OVERLAP = "leave_overlap", "first", "last"


class LeaveNotAllowedReason(NotAllowedReasonBase):
    """Reason why there is no leave as things are."""

    TAXI_INACTIVE = "taxi_inactive"
    DRIVER_INACTIVE = "driver_inactive"
    DUTIES_OPEN = "duties_open"
    USED_UP = "leave_used_up", "year", "most"
    PAST = "leave_past"
    BEGUN = "leave_begun"


class LeaveMissingReason(MissingReasonBase):
    """Reason why the driver must be said."""

    WHICH_DRIVER = "which_driver"
    OF_STRANGER = "leave_of_stranger"
    NO_OWN_TAXI = "no_own_taxi"


class LeaveNotFoundReason(NotFoundReasonBase):
    """Reason why nobody can go on leave."""

    NO_DRIVER = "no_driver"


class LeaveForbiddenReason(ForbiddenReasonBase):
    """Reason why somebody may not ask for another's leave."""

    OF_STRANGER = "leave_of_stranger"


LEAVE_REASONS: tuple[type[ErrorReason], ...] = (
    LeaveInvalidReason,
    LeaveConflictReason,
    LeaveNotAllowedReason,
    LeaveMissingReason,
    LeaveNotFoundReason,
    LeaveForbiddenReason,
)
