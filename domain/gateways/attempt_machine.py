"""The state machine of an attempt: pure, so that a simulator can drive it through every order of events.

Who drives it (`domain/actions/payments/`) does three things in turn: stores a change, makes the call that `plan_call`
names outside of any transaction, and applies the answer. Each can be lost or repeated: the machine relies on nothing
but what was stored. Rules:

- The browser never decides. A callback that matches what was stored makes the bank be asked, and nothing else
  (`attempt_callbacks.py`).
- Money counts when the bank says that it is ours, at most once (`attempt_answers.py`).
- No answer is no answer: the bank is asked again, with growing pauses and without end. Nothing is given back on doubt.
- What is declined can still be paid with another card while the session lasts.

Which call comes next, and when: `attempt_schedule.py`. Transitions that have several causes: `attempt_transitions.py`.
"""

from dataclasses import replace
from datetime import datetime

from domain.gateways.attempt import AttemptAlert, AttemptChange, AttemptEffect, AttemptState, PaymentAttempt
from domain.gateways.attempt_answers import AnswerTransitions
from domain.gateways.attempt_callbacks import CallbackTransitions
from domain.gateways.gateway import PaymentPage, StartRefusal
from domain.gateways.pauses import START_GRACE


class AttemptMachine(CallbackTransitions, AnswerTransitions):
    """Moves the attempts at one gateway, by that gateway's capabilities."""

    def apply_start(self, attempt: PaymentAttempt, result: PaymentPage | StartRefusal, now: datetime) -> AttemptChange:
        """Store what the bank said when a session was asked for; the browser leaves only after this is stored."""
        if attempt.state is not AttemptState.CREATED:
            return AttemptChange(attempt, "start_ignored")
        if isinstance(result, StartRefusal):
            return self._apply_refusal(replace(attempt, code=result.code), result, now)
        sent = replace(attempt, state=AttemptState.SENT, reference=result.reference)
        return AttemptChange(replace(sent, next_step_at=self._look_after_payer(sent, now)), "sent")

    def _apply_refusal(self, attempt: PaymentAttempt, refusal: StartRefusal, now: datetime) -> AttemptChange:
        """No payer left. Where the fault is ours, no other can leave by this gateway either: staff are alerted."""
        failed = self._finish(attempt, AttemptState.FAILED, "not_started", now)
        if not refusal.is_our_fault:
            return failed
        effects = failed.effects | {AttemptEffect.ALERT_STAFF}
        return replace(failed, attempt=replace(failed.attempt, alert=AttemptAlert.OUR_FAULT), effects=effects)

    def apply_time(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        """Do what time alone does to an attempt that is due and has no call to make."""
        if attempt.state is AttemptState.CREATED and now >= attempt.created_at + START_GRACE:
            return self._finish(attempt, AttemptState.FAILED, "not_started", now)
        if attempt.state in {AttemptState.SENT, AttemptState.DECLINED} and now >= self._end_of_waiting(attempt):
            return self._end_waiting(attempt, now)
        if attempt.state is AttemptState.VERIFIED and attempt.has_wrong_amount:
            return self._give_up_return(attempt, now)
        return AttemptChange(replace(attempt, next_step_at=self._look_after_payer(attempt, now)), "waiting")

    def apply_absence(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        """Take that the bank's settlement file covers the days of an attempt and does not name it: it is not ours, and
        what the payer paid went back. What was counted and is not in it is somebody's to see.
        """
        if attempt.state is AttemptState.SETTLED:
            return self._alert(attempt, AttemptAlert.CONTRADICTION, "not_in_settlement_file")
        if not attempt.state.is_open:
            return AttemptChange(attempt, "answer_repeated")
        return self._finish(attempt, AttemptState.FAILED, "not_in_settlement_file", now)

    def apply_denial(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        """End an unknown attempt of which the staff know from its bank that nothing was paid, although no answer says
        so. What was claimed is dropped as in `_apply_unpaid`; should it be paid after all, a callback, the bank's list
        or its settlement file opens it again, as any that failed.
        """
        if not attempt.may_be_denied:
            return AttemptChange(attempt, "denial_ignored")
        denied = replace(attempt, sale_number=None, bank_amount=None, paid_amount=None, alert=None)
        return self._finish(denied, AttemptState.FAILED, "denied_by_bank", now)
