"""The state machine of a transfer back to a card: pure, as the one of attempts to pay. One number, one transfer.

Who drives it stores `begin_sending` in a transaction of its own, calls the bank, and applies the answer. Rules:

- A transfer is stored as sent before the bank is asked for it: whoever dies in between leaves it to be inquired.
- What was not answered is inquired, never repeated: only «never took it», said long enough after the request, or a
  connection that never came about, makes it due again, with the same number.
- Money that is unknown counts as gone: nobody sends it another way meanwhile. What the bank denies for ever the staff
  end; proof that comes afterwards (a settlement file) makes it done after all, where its money is still there.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from domain.gateways.gateway import NOT_CONNECTED, CardRefundAnswer, CardRefundState
from domain.gateways.pauses import PAUSES
from domain.gateways.refund_attempt import RefundAttempt, RefundAttemptState, RefundChange, RefundEffect

ABSENCE_GRACE = timedelta(minutes=10)
"""Time after a request for which «never took it» may be wrong, for the request may still be on its way."""

SENDING_LIMIT = timedelta(minutes=1)
"""Time after `begin_sending` for which a bank may still be asked for the transfer: with the call's time-out and minutes
on the way it arrives well within `ABSENCE_GRACE`. A process that stood still for longer (a suspended machine) asks for
nothing.
"""


class RefundMachine:
    """Moves transfers back to cards."""

    def begin_sending(self, attempt: RefundAttempt, now: datetime) -> RefundChange:
        """Take a transfer that is due to the bank; it is asked for only after this is stored, and only if it is sent
        now. Whoever comes to it later inquires.
        """
        if attempt.state is not RefundAttemptState.DUE:
            return RefundChange(attempt, "sending_ignored")
        sent = replace(attempt, state=RefundAttemptState.SENT, sent_at=now, next_step_at=now + PAUSES[0])
        return RefundChange(sent, "sent")

    def may_still_send(self, attempt: RefundAttempt, now: datetime) -> bool:
        """Tell whether the bank may be asked now for a transfer that was stored as sent; later it is only inquired."""
        return attempt.sent_at is None or now < attempt.sent_at + SENDING_LIMIT

    def apply_answer(self, attempt: RefundAttempt, answer: CardRefundAnswer, now: datetime) -> RefundChange:
        """Take what the bank said to the request, or to an inquiry."""
        if not attempt.state.is_open:
            return RefundChange(attempt, "answer_repeated")
        known = replace(attempt, code=answer.code, reference=answer.reference or attempt.reference)
        match answer.refund_state:
            case CardRefundState.DONE:
                return self._finish(known, RefundAttemptState.DONE, RefundEffect.COUNT_REFUND, now)
            case CardRefundState.REFUSED:
                return self._finish(known, RefundAttemptState.REFUSED, RefundEffect.RETURN_TO_STAFF, now)
            case CardRefundState.ABSENT:
                return self._apply_absence(known, now)
            case None:
                return self._wait(known, now)

    def apply_request_answer(self, attempt: RefundAttempt, answer: CardRefundAnswer, now: datetime) -> RefundChange:
        """Take the answer to the request itself: where no connection came about, nothing was asked for."""
        if answer.code == NOT_CONNECTED and attempt.state is RefundAttemptState.SENT:
            return self._send_again(replace(attempt, code=answer.code), now)
        return self.apply_answer(attempt, answer, now)

    def may_be_denied(self, attempt: RefundAttempt, now: datetime) -> bool:
        """Tell whether the staff may end a transfer as never made: it was asked for, nobody knows what became of it or
        the bank has none of that number, and no request can still arrive.
        """
        is_unsettled = attempt.state in {RefundAttemptState.UNKNOWN, RefundAttemptState.DUE}
        return is_unsettled and attempt.sent_at is not None and now >= attempt.sent_at + ABSENCE_GRACE

    def apply_denial(self, attempt: RefundAttempt, now: datetime) -> RefundChange:
        """End a transfer that `may_be_denied`, by the staff's word."""
        return self._finish(attempt, RefundAttemptState.DENIED, RefundEffect.RETURN_TO_STAFF, now)

    def apply_late_proof(self, attempt: RefundAttempt, answer: CardRefundAnswer, now: datetime) -> RefundChange:
        """Take proof that a denied transfer was done; only where its money went no other way since."""
        proved = replace(attempt, code=answer.code, reference=answer.reference or attempt.reference)
        return self._finish(proved, RefundAttemptState.DONE, RefundEffect.COUNT_REFUND, now)

    def _apply_absence(self, attempt: RefundAttempt, now: datetime) -> RefundChange:
        """Believe it only once no earlier request can still arrive."""
        if attempt.sent_at is not None and now < attempt.sent_at + ABSENCE_GRACE:
            return self._wait(attempt, now)
        return self._send_again(attempt, now)

    def _send_again(self, attempt: RefundAttempt, now: datetime) -> RefundChange:
        return RefundChange(self._pause(replace(attempt, state=RefundAttemptState.DUE), now), "due_again")

    def _wait(self, attempt: RefundAttempt, now: datetime) -> RefundChange:
        return RefundChange(self._pause(replace(attempt, state=RefundAttemptState.UNKNOWN), now), "unanswered")

    def _pause(self, attempt: RefundAttempt, now: datetime) -> RefundAttempt:
        pause = PAUSES[min(attempt.unanswered_calls, len(PAUSES) - 1)]
        return replace(attempt, next_step_at=now + pause, unanswered_calls=attempt.unanswered_calls + 1)

    def _finish(
        self, attempt: RefundAttempt, state: RefundAttemptState, effect: RefundEffect, now: datetime
    ) -> RefundChange:
        finished = replace(attempt, state=state, finished_at=now, next_step_at=None, unanswered_calls=0)
        return RefundChange(finished, state.value, frozenset({effect}))
