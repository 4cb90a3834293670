"""The state machine of an attempt: pure, so that a simulator can drive it through every order of events.

Who drives it (`domain/actions/payments/`) does three things in turn: stores a change, makes the call that `plan_call`
names outside of any transaction, and applies the answer. Each can be lost or repeated: the machine relies on nothing
but what was stored. Rules:

- The browser never decides. A callback that matches what was stored makes the bank be asked, and nothing else.
- Money counts when the bank says that it is ours, at most once.
- No answer is no answer: the bank is asked again, with growing pauses and without end. Nothing is given back on doubt.
- What is declined can still be paid with another card while the session lasts.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from domain.gateways.attempt import (
    AttemptAlert,
    AttemptChange,
    AttemptEffect,
    AttemptState,
    GatewayCall,
    PaymentAttempt,
)
from domain.gateways.capabilities import GatewayCapabilities, InquiryKey, Settlement
from domain.gateways.gateway import GatewayAnswer, GatewayCallback, PaymentPage, SaleState, StartRefusal
from domain.gateways.pauses import ABSENT_PAYER_PAUSE, ANSWER_EXPECTED, PAUSES, SESSION_GRACE, START_GRACE

_CALLS = {AttemptState.RETURNED: GatewayCall.VERIFY, AttemptState.VERIFIED: GatewayCall.SETTLE}
_ASKS_WHETHER_PAID = frozenset({AttemptState.SENT, AttemptState.DECLINED, AttemptState.UNKNOWN})
_PAID = {SaleState.VERIFIED, SaleState.AWAITING_VERIFICATION}
_EXPECTED_AT_END = {
    AttemptState.SETTLED: {SaleState.SETTLED, *_PAID},
    AttemptState.REVERSED: {SaleState.REVERSED, SaleState.UNPAID, *_PAID},
}
"""What a late answer may still say of an attempt that ended."""
_ENDED_BY_AN_ANSWER = frozenset({AttemptAlert.OUR_FAULT, AttemptAlert.UNANSWERABLE})
"""Alerts that are over once the bank answers: nobody has to look at the attempt any more."""
_ASKED_ABOUT_SALE = frozenset({AttemptState.RETURNED, AttemptState.UNKNOWN})
_ACCEPTS_CALLBACK = frozenset(
    {AttemptState.SENT, AttemptState.DECLINED, AttemptState.FAILED, AttemptState.UNKNOWN, AttemptState.RETURNED}
)


class AttemptMachine:
    """Moves the attempts at one gateway, by that gateway's capabilities."""

    def __init__(self, capabilities: GatewayCapabilities) -> None:
        self.capabilities = capabilities

    # Leaving for the bank

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

    # Coming back

    def apply_callback(self, attempt: PaymentAttempt, callback: GatewayCallback, now: datetime) -> AttemptChange:
        """Apply a callback. One that does not match what was stored alerts the staff and changes nothing else."""
        if not self._matches(attempt, callback):
            return self._alert(attempt, AttemptAlert.FOREIGN_CALLBACK, "foreign_callback")
        is_second_sale = attempt.state is AttemptState.REVERSED and self._is_other_sale(attempt, callback)
        if attempt.state not in _ACCEPTS_CALLBACK and not (is_second_sale and callback.is_paid):
            return self._apply_repeated_callback(attempt, callback)
        if not callback.is_paid:
            return self._apply_decline(attempt, callback, now)
        if attempt.state in _ASKED_ABOUT_SALE and self._is_other_sale(attempt, callback):
            return self._alert(attempt, AttemptAlert.FOREIGN_CALLBACK, "foreign_callback")
        if attempt.state is AttemptState.RETURNED:
            return AttemptChange(attempt, "callback_repeated")
        return self._expect_verification(self._claim_sale(attempt, callback), "returned", now)

    def _is_other_sale(self, attempt: PaymentAttempt, callback: GatewayCallback) -> bool:
        """Tell whether it names another sale than the one that the bank is being asked about. That one is not given up
        before the bank denied it: it may be verified already, and its answer be lost.
        """
        return attempt.sale_number is not None and callback.sale_number not in {attempt.sale_number, None}

    def _claim_sale(self, attempt: PaymentAttempt, callback: GatewayCallback) -> PaymentAttempt:
        """Take up the sale that a callback names; what the bank said of another one is not said of this."""
        claimed = replace(attempt, card=callback.card or attempt.card, code=callback.code)
        if callback.sale_number in {attempt.sale_number, None}:
            return claimed
        return replace(claimed, sale_number=callback.sale_number, bank_amount=None, paid_amount=None)

    def _matches(self, attempt: PaymentAttempt, callback: GatewayCallback) -> bool:
        """Tell whether it names the session and the order that were stored; it has to name at least one of them."""
        named = [(callback.order_number, attempt.order_number), (callback.reference, attempt.reference)]
        return any(brought is not None for brought, _ in named) and all(
            brought == stored for brought, stored in named if brought is not None
        )

    def _apply_repeated_callback(self, attempt: PaymentAttempt, callback: GatewayCallback) -> AttemptChange:
        """A sale that is verified or ended stays what it is; another sale of the same session is somebody's to see."""
        if callback.is_paid and self._is_other_sale(attempt, callback):
            return self._alert(attempt, AttemptAlert.FOREIGN_CALLBACK, "foreign_callback")
        return AttemptChange(attempt, "callback_repeated")

    def _apply_decline(self, attempt: PaymentAttempt, callback: GatewayCallback, now: datetime) -> AttemptChange:
        """A refusal counts where nothing was claimed so far: it is a browser's claim against the bank's answer."""
        if attempt.state not in {AttemptState.SENT, AttemptState.DECLINED}:
            return AttemptChange(attempt, "decline_ignored")
        declined = replace(attempt, state=AttemptState.DECLINED, code=callback.code)
        return AttemptChange(replace(declined, next_step_at=self._look_after_payer(declined, now)), "declined")

    def apply_listed(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        """Take up a sale that the bank lists as paid and not verified: the payer never came back."""
        if attempt.state not in _ACCEPTS_CALLBACK - {AttemptState.RETURNED}:
            return AttemptChange(attempt, "listing_ignored")
        return self._expect_verification(attempt, "listed_unverified", now)

    def reject_callback(self, attempt: PaymentAttempt) -> AttemptChange:
        """Refuse a callback whose sale is known as another attempt's: one receipt pays once."""
        return self._alert(attempt, AttemptAlert.FOREIGN_CALLBACK, "foreign_callback")

    def apply_sale_conflict(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        """Put off an answer that cannot be stored, for its sale number is another attempt's, which somebody's forged
        callback may have claimed: staff are alerted, and the bank is asked again later.
        """
        pause = PAUSES[min(attempt.unanswered_calls, len(PAUSES) - 1)]
        waiting = replace(attempt, next_step_at=now + pause, unanswered_calls=attempt.unanswered_calls + 1)
        return self._alert(waiting, AttemptAlert.FOREIGN_CALLBACK, "sale_of_another")

    def _expect_verification(self, attempt: PaymentAttempt, event: str, now: datetime) -> AttemptChange:
        returned = replace(
            attempt,
            state=AttemptState.RETURNED,
            returned_at=now,
            finished_at=None,
            next_step_at=now,
            unanswered_calls=0,
        )
        effects = frozenset() if attempt.state.is_open else frozenset({AttemptEffect.HOLD_BILLS})
        return AttemptChange(returned, event, effects)

    # Asking the bank

    def plan_call(self, attempt: PaymentAttempt, now: datetime) -> GatewayCall | None:
        """Return what the bank is to be asked for now; None: nothing, time alone moves it (`apply_time`)."""
        if attempt.state is AttemptState.VERIFIED and attempt.has_wrong_amount:
            return self._plan_return(attempt, now)
        if attempt.state in _ASKS_WHETHER_PAID:
            return self.plan_question(attempt)
        return _CALLS.get(attempt.state)

    def plan_question(self, attempt: PaymentAttempt) -> GatewayCall | None:
        """Return by which call the bank says what a sale is, in whatever state the attempt is; None: by none.

        Where the bank answers no inquiries, a sale that was said to be paid is verified once more: that asks, too. But
        not where the bank denied the number that it goes by: there is nothing left to ask about.
        """
        if self._can_inquire(attempt):
            return GatewayCall.INQUIRE
        goes_by_number = self.capabilities.inquiry is InquiryKey.SALE_NUMBER
        is_denied = goes_by_number and attempt.state is AttemptState.DECLINED
        is_claimed = attempt.sale_number is not None or (attempt.returned_at is not None and not is_denied)
        return GatewayCall.VERIFY if is_claimed and not attempt.has_wrong_amount else None

    def _plan_return(self, attempt: PaymentAttempt, now: datetime) -> GatewayCall | None:
        """A sale of a wrong amount is given back while the bank allows it, and asked about after an unanswered call,
        and before it is given up.
        """
        if self._can_reverse(attempt, now) and not (attempt.unanswered_calls % 2 and self._can_inquire(attempt)):
            return GatewayCall.REVERSE
        return GatewayCall.INQUIRE if self._can_inquire(attempt) else None

    def _can_inquire(self, attempt: PaymentAttempt) -> bool:
        key = self.capabilities.inquiry
        return key is InquiryKey.ORDER or (key is InquiryKey.SALE_NUMBER and attempt.sale_number is not None)

    def _can_reverse(self, attempt: PaymentAttempt, now: datetime) -> bool:
        within = self.capabilities.reverse_within
        return within is not None and attempt.verified_at is not None and now < attempt.verified_at + within

    def _is_overdue(self, attempt: PaymentAttempt, now: datetime) -> bool:
        """Tell whether a bank that does not answer should have said by now what became of it."""
        if attempt.state is AttemptState.RETURNED and attempt.returned_at is not None:
            return now >= attempt.returned_at + (self.capabilities.verify_within or ANSWER_EXPECTED)
        return attempt.state in {AttemptState.SENT, AttemptState.DECLINED} and now >= self._end_of_waiting(attempt)

    # What the bank said

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
                return self._finish(attempt, AttemptState.REVERSED, "reversed", now)
            case SaleState.UNPAID:
                return self._apply_unpaid(attempt, now)

    def _settle(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        settled = replace(
            attempt,
            state=AttemptState.SETTLED,
            verified_at=attempt.verified_at or now,
            finished_at=now,
            next_step_at=None,
        )
        if not attempt.has_wrong_amount:
            return AttemptChange(settled, "settled", frozenset({AttemptEffect.COUNT_PAYMENT}))
        effects = frozenset({AttemptEffect.HOLD_IN_SUSPENSE, AttemptEffect.RELEASE_BILLS, AttemptEffect.ALERT_STAFF})
        return AttemptChange(replace(settled, alert=AttemptAlert.WRONG_AMOUNT), "settled_wrong_amount", effects)

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
            return self._finish(attempt, AttemptState.REVERSED, "reversed", now)
        waiting = replace(attempt, next_step_at=now + PAUSES[-1])
        return self._alert(waiting, AttemptAlert.CONTRADICTION, "contradiction")

    def _compare_with_end(
        self, attempt: PaymentAttempt, known: PaymentAttempt, sale_state: SaleState, now: datetime
    ) -> AttemptChange:
        """What ended stays so; staff are alerted to a bank that says otherwise later, but money that is ours after all
        is counted, whatever was said before.
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
        return AttemptChange(waiting, "unanswered")

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

    # Time

    def apply_time(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        """Do what time alone does to an attempt that is due and has no call to make."""
        if attempt.state is AttemptState.CREATED and now >= attempt.created_at + START_GRACE:
            return self._finish(attempt, AttemptState.FAILED, "not_started", now)
        if attempt.state in {AttemptState.SENT, AttemptState.DECLINED} and now >= self._end_of_waiting(attempt):
            return self._end_waiting(attempt, now)
        if attempt.state is AttemptState.VERIFIED and attempt.has_wrong_amount:
            return self._give_up_return(attempt, now)
        return AttemptChange(replace(attempt, next_step_at=self._look_after_payer(attempt, now)), "waiting")

    def _end_waiting(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        """The payer did not come back and the bank cannot be asked: by then it has given back whatever was paid; where
        it does not do so by itself, only its settlement file can show it. One that asks before it takes the money took
        none: what we allowed has a number, by which it is asked.
        """
        if self.capabilities.verify_within is not None or self.capabilities.asks_before_payment:
            return self._finish(attempt, AttemptState.FAILED, "not_returned", now)
        unknown = replace(attempt, state=AttemptState.UNKNOWN, next_step_at=None)
        return self._alert(unknown, AttemptAlert.UNANSWERABLE, "unanswerable")

    def _give_up_return(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        """A sale of a wrong amount that the bank gives back no more: its money is the revenue unit's to place; where
        it was never settled, the bank has to say.
        """
        if self.capabilities.settlement is Settlement.WITH_VERIFY and not attempt.unanswered_calls:
            return self._settle(attempt, now)
        unknown = replace(attempt, state=AttemptState.UNKNOWN, next_step_at=None)
        return self._alert(unknown, AttemptAlert.WRONG_AMOUNT, "not_reversible")

    def _look_after_payer(self, attempt: PaymentAttempt, now: datetime) -> datetime | None:
        """Return when an attempt is turned to whose payer is at the bank, or may come back."""
        if attempt.state is AttemptState.UNKNOWN:
            return None
        end = self._end_of_waiting(attempt)
        return max(now, min(end, now + ABSENT_PAYER_PAUSE) if self.plan_question(attempt) else end)

    def _end_of_waiting(self, attempt: PaymentAttempt) -> datetime:
        """Return when nothing more can come of it. A bank that knows the session by our order says so once it is over;
        another one has by then given back what was paid and could not be verified.
        """
        is_asked = self.capabilities.inquiry is InquiryKey.ORDER
        unasked = timedelta(0) if is_asked else self.capabilities.verify_within or timedelta(0)
        return attempt.session_ends_at + unasked + SESSION_GRACE

    # Ends

    def _finish(self, attempt: PaymentAttempt, state: AttemptState, event: str, now: datetime) -> AttemptChange:
        finished = replace(attempt, state=state, finished_at=now, next_step_at=None)
        return AttemptChange(finished, event, frozenset({AttemptEffect.RELEASE_BILLS}))

    def _alert(self, attempt: PaymentAttempt, alert: AttemptAlert, event: str) -> AttemptChange:
        """Alert once: an attempt that bears this alert already sends no second one. A foreign callback, which anybody
        can send, hides no other alert.
        """
        if alert is AttemptAlert.FOREIGN_CALLBACK and attempt.alert is not None:
            return AttemptChange(attempt, event)
        effects = frozenset[AttemptEffect]() if attempt.alert is alert else frozenset({AttemptEffect.ALERT_STAFF})
        return AttemptChange(replace(attempt, alert=alert), event, effects)
