"""Why nobody asks to be called twice."""

from domain.values.reasons.bases import AlreadyDoneReasonBase, ErrorReason


class CallBackDoneReason(AlreadyDoneReasonBase):
    """Why a call is not asked for once more."""

    WAITING = "call_waiting", "codes", "call_day", "call_hour", "called"


CALL_BACK_REASONS: tuple[type[ErrorReason], ...] = (CallBackDoneReason,)
