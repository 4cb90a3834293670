"""Reasons for refusing a second call."""

from domain.values.reasons.bases import AlreadyDoneReasonBase, ErrorReason


class CallBackDoneReason(AlreadyDoneReasonBase):
    """Reason for refusing a further call."""

    WAITING = "call_waiting", "codes", "call_day", "call_hour", "called"


CALL_BACK_REASONS: tuple[type[ErrorReason], ...] = (CallBackDoneReason,)
