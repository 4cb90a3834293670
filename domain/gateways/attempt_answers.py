"""Effect of a bank's answer on an attempt, whatever was asked and however late it comes."""

from dataclasses import replace
from datetime import datetime

from domain.gateways.attempt import AttemptAlert, AttemptChange, AttemptEffect, AttemptState, PaymentAttempt
from domain.gateways.attempt_transitions import AttemptTransitions
from domain.gateways.capabilities import InquiryKey, Settlement
from domain.gateways.gateway import GatewayAnswer, SaleState
from domain.gateways.pauses import ABSENT_PAYER_PAUSE, PAUSES, UNRESOLVED_AFTER, UNRESOLVED_CALLS

_PAID = {SaleState.VERIFIED, SaleState.AWAITING_VERIFICATION}
_EXPECTED_AT_END = {
    AttemptState.SETTLED: {SaleState.SETTLED, *_PAID},
    AttemptState.REVERSED: {SaleState.REVERSED, SaleState.UNPAID, *_PAID},
}
"""Late answers that are expected of an attempt that ended."""
_ENDED_BY_AN_ANSWER = frozenset({AttemptAlert.OUR_FAULT, AttemptAlert.UNANSWERABLE})
"""Alerts that are over once the bank answers: nobody has to look at the attempt any more."""


class AnswerTransitions(AttemptTransitions):
    """Applies what banks answer."""

    def apply_answer(self, attempt: PaymentAttempt, answer: GatewayAnswer, asked_at: datetime) -> AttemptChange:
        """Take what the bank said to any call, whenever it comes: late answers find an attempt that moved on. It holds
        for the moment at which the bank was asked: «not paid» may be untrue by the time that it is stored.
        """
        now = asked_at
        if answer.sale_state is None:
            return self._wait(attempt, answer, now)
        known = replace(
            attempt,
            code=answer.code,
            sale_number=answer.sale_number or attempt.sale_number,
            card=answer.card or attempt.card,
            bank_amount=attempt.bank_amount if answer.amount is None else answer.amount,
            paid_amount=attempt.paid_amount if answer.paid_amount is None else answer.paid_amount,
            alert=None if attempt.alert in _ENDED_BY_AN_ANSWER else attempt.alert,
            unanswered_calls=0,
        )
        if attempt.state in _EXPECTED_AT_END:
            return self._compare_with_end(attempt, known, answer.sale_state, now)
        return self._apply_sale_state(known, answer.sale_state, now)

    def _apply_sale_state(self, attempt: PaymentAttempt, sale_state: SaleState, now: datetime) -> AttemptChange:
        match sale_state:
            case SaleState.SETTLED:
                return self._settle(attempt, now)
            case SaleState.VERIFIED:
                return self._verify(attempt, now)
            case SaleState.AWAITING_VERIFICATION:
                return self._expect_verification(attempt, "awaiting_verification", now)
            case SaleState.REVERSED:
                return self._tell_payer(self._finish(attempt, AttemptState.REVERSED, "reversed", now))
            case SaleState.UNPAID:
                return self._apply_unpaid(attempt, now)

    def _verify(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        """Verified is ours where no call settles; but not a wrong amount that can still be given back."""
        is_first_time = attempt.verified_at is None and self.capabilities.reverse_within is not None
        if attempt.has_wrong_amount and not is_first_time and not self._can_reverse(attempt, now):
            return self._give_up_return(attempt, now)
        if self.capabilities.settlement is Settlement.WITH_VERIFY and not attempt.has_wrong_amount:
            return self._settle(attempt, now)
        next_step_at = now + ABSENT_PAYER_PAUSE if attempt.state is AttemptState.VERIFIED else now
        verified = replace(
            attempt,
            state=AttemptState.VERIFIED,
            verified_at=attempt.verified_at or now,
            next_step_at=next_step_at,
            finished_at=None,
        )
        held = frozenset() if attempt.state.is_open else frozenset({AttemptEffect.HOLD_BILLS})
        if not attempt.has_wrong_amount:
            return AttemptChange(verified, "verified", held)
        change = self._alert(verified, AttemptAlert.WRONG_AMOUNT, "verified_wrong_amount")
        return replace(change, effects=change.effects | held)

    def _apply_unpaid(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        """Nothing was paid: said of the sale number that was named, which is dropped, for it may be another attempt's;
        and of the session only where the bank was asked by our order.
        """
        if attempt.state is AttemptState.VERIFIED:
            return self._apply_disappearance(attempt, now)
        denied = replace(attempt, sale_number=None, bank_amount=None, paid_amount=None)
        if attempt.state is AttemptState.FAILED:
            return AttemptChange(denied, "answer_repeated")
        is_of_session = self.capabilities.inquiry is InquiryKey.ORDER
        if now >= self._end_of_waiting(attempt) and not is_of_session:
            return self._end_waiting(denied, now)
        if now >= self._end_of_waiting(attempt) and attempt.state is not AttemptState.RETURNED:
            return self._finish(denied, AttemptState.FAILED, "not_paid", now)
        state = AttemptState.SENT if attempt.state is AttemptState.SENT else AttemptState.DECLINED
        unpaid = replace(denied, state=state)
        return AttemptChange(replace(unpaid, next_step_at=self._look_after_payer(unpaid, now)), "unpaid_so_far")

    def _apply_disappearance(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        """A verified sale that the bank does not know any more: what we gave back it may have forgotten."""
        if attempt.has_wrong_amount:
            return self._tell_payer(self._finish(attempt, AttemptState.REVERSED, "reversed", now))
        waiting = replace(attempt, next_step_at=now + PAUSES[-1])
        return self._alert(waiting, AttemptAlert.CONTRADICTION, "contradiction")

    def _compare_with_end(
        self, attempt: PaymentAttempt, known: PaymentAttempt, sale_state: SaleState, now: datetime
    ) -> AttemptChange:
        """Compare a late answer with an end, which stays; staff are alerted to a bank that says otherwise later, but
        money that is ours after all is counted, whatever was said before.
        """
        if sale_state in _EXPECTED_AT_END[attempt.state]:
            return AttemptChange(attempt, "answer_repeated")
        change = self._alert(attempt, AttemptAlert.CONTRADICTION, "contradiction")
        if sale_state is not SaleState.SETTLED:
            return change
        settled = self._settle(replace(known, alert=AttemptAlert.CONTRADICTION), now)
        return replace(settled, effects=settled.effects | change.effects)

    def _wait(self, attempt: PaymentAttempt, answer: GatewayAnswer, now: datetime) -> AttemptChange:
        """No answer: ask again after a pause that grows."""
        if not attempt.state.is_open:
            return AttemptChange(attempt, "answer_repeated")
        pause = PAUSES[min(attempt.unanswered_calls, len(PAUSES) - 1)]
        waiting = replace(
            attempt,
            state=AttemptState.UNKNOWN if self._is_overdue(attempt, now) else attempt.state,
            code=answer.code,
            next_step_at=now + pause,
            unanswered_calls=attempt.unanswered_calls + 1,
        )
        if answer.is_our_fault:
            return self._alert(waiting, AttemptAlert.OUR_FAULT, "refused_by_bank")
        if self._is_unresolved(waiting, now):
            return self._alert(replace(waiting, unresolved_at=now), AttemptAlert.UNRESOLVED, "unresolved")
        return AttemptChange(waiting, "unanswered")

    def _is_unresolved(self, attempt: PaymentAttempt, now: datetime) -> bool:
        """Tell whether the staff are to be alerted, once, that nothing follows from what the bank says for so long: to
        a settlement Behpardakht's 44, to a verification Sadad's 101. An alert that says more stays.
        """
        is_due = attempt.unresolved_at is None and attempt.alert in {None, AttemptAlert.FOREIGN_CALLBACK}
        is_late = now >= attempt.session_ends_at + UNRESOLVED_AFTER
        return is_due and is_late and attempt.unanswered_calls >= UNRESOLVED_CALLS

    def apply_sale_conflict(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        """Put off an answer that cannot be stored, for its sale number is another attempt's, which somebody's forged
        callback may have claimed: staff are alerted, and the bank is asked again later.
        """
        pause = PAUSES[min(attempt.unanswered_calls, len(PAUSES) - 1)]
        waiting = replace(attempt, next_step_at=now + pause, unanswered_calls=attempt.unanswered_calls + 1)
        return self._alert(waiting, AttemptAlert.FOREIGN_CALLBACK, "sale_of_another")
