"""Machines with one fault each: what somebody could write, and what libraries in use do. The simulation finds them."""

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
from domain.gateways.attempt_machine import AttemptMachine
from domain.gateways.gateway import GatewayAnswer, GatewayCallback, PaymentPage, SaleState, StartRefusal
from domain.gateways.pauses import SESSION_GRACE

_RELEASE = frozenset({AttemptEffect.RELEASE_BILLS})


def _fail(attempt: PaymentAttempt, now: datetime) -> AttemptChange:
    failed = replace(attempt, state=AttemptState.FAILED, finished_at=now, next_step_at=None)
    return AttemptChange(failed, "failed", _RELEASE)


# What the browser brings


class ComparesNoReference(AttemptMachine):
    """The reference of a callback is not compared with the one that was stored."""

    def _matches(self, attempt: PaymentAttempt, callback: GatewayCallback) -> bool:
        return callback.order_number in {attempt.order_number, None}


class ComparesNoToken(AttemptMachine):
    """The secret of a callback's address is not compared."""

    def _bears_token(self, attempt: PaymentAttempt, callback: GatewayCallback) -> bool:
        return True


class ComparesNoOrder(AttemptMachine):
    """The order of a callback is not compared."""

    def _matches(self, attempt: PaymentAttempt, callback: GatewayCallback) -> bool:
        return callback.reference in {attempt.reference, None} or callback.order_number == attempt.order_number


class ComparesInSmallLetters(AttemptMachine):
    """References are compared without regard to case."""

    def _matches(self, attempt: PaymentAttempt, callback: GatewayCallback) -> bool:
        lowered = callback.reference.lower() if callback.reference else None
        return super()._matches(
            replace(attempt, reference=attempt.reference and attempt.reference.lower()),
            replace(callback, reference=lowered),
        )


class BelievesBrowser(AttemptMachine):
    """A callback that says «paid» is taken for money."""

    def apply_callback(self, attempt: PaymentAttempt, callback: GatewayCallback, now: datetime) -> AttemptChange:
        change = super().apply_callback(attempt, callback, now)
        if change.event != "returned":
            return change
        settled = replace(change.attempt, state=AttemptState.SETTLED, next_step_at=None, finished_at=now)
        return AttemptChange(settled, "settled", frozenset({AttemptEffect.COUNT_PAYMENT}))


class DeclineIsFinal(AttemptMachine):
    """A second card after a declined one is ignored."""

    def apply_callback(self, attempt: PaymentAttempt, callback: GatewayCallback, now: datetime) -> AttemptChange:
        if attempt.state is AttemptState.DECLINED:
            return AttemptChange(attempt, "ignored")
        return super().apply_callback(attempt, callback, now)


class DeclineEndsAttempt(AttemptMachine):
    """A declined card ends the attempt, though the session lasts."""

    def _apply_decline(self, attempt: PaymentAttempt, callback: GatewayCallback, now: datetime) -> AttemptChange:
        return _fail(attempt, now)


class IgnoresLateCallback(AttemptMachine):
    """A callback of a failed attempt is ignored."""

    def apply_callback(self, attempt: PaymentAttempt, callback: GatewayCallback, now: datetime) -> AttemptChange:
        if attempt.state is AttemptState.FAILED:
            return AttemptChange(attempt, "ignored")
        return super().apply_callback(attempt, callback, now)


class TakesNewestNumber(AttemptMachine):
    """Another sale number takes the place of the one that the bank is being asked about."""

    def _is_other_sale(self, attempt: PaymentAttempt, callback: GatewayCallback) -> bool:
        return False

    def apply_callback(self, attempt: PaymentAttempt, callback: GatewayCallback, now: datetime) -> AttemptChange:
        change = super().apply_callback(attempt, callback, now)
        if change.event == "callback_repeated" and attempt.state is AttemptState.RETURNED and callback.sale_number:
            return replace(change, attempt=replace(attempt, sale_number=callback.sale_number))
        return change


class ReopensSettled(AttemptMachine):
    """A repeated callback has a settled attempt verified and counted once more."""

    def apply_callback(self, attempt: PaymentAttempt, callback: GatewayCallback, now: datetime) -> AttemptChange:
        if attempt.state is AttemptState.SETTLED and callback.is_paid and self._matches(attempt, callback):
            return self._expect_verification(attempt, "returned", now)
        return super().apply_callback(attempt, callback, now)


class HoldsNothingAgain(AttemptMachine):
    """A late callback asks the bank, and leaves the released bills free to be cancelled."""

    def _expect_verification(self, attempt: PaymentAttempt, event: str, now: datetime) -> AttemptChange:
        return replace(super()._expect_verification(attempt, event, now), effects=frozenset())


# What the bank does not say


class GivesUpUnknown(AttemptMachine):
    """After two unanswered calls the attempt is called failed."""

    def _wait(self, attempt: PaymentAttempt, answer: GatewayAnswer, now: datetime) -> AttemptChange:
        return _fail(attempt, now) if attempt.unanswered_calls >= 1 else super()._wait(attempt, answer, now)


class SilenceIsFailure(AttemptMachine):
    """A verification that is not answered is a payment that failed."""

    def _wait(self, attempt: PaymentAttempt, answer: GatewayAnswer, now: datetime) -> AttemptChange:
        if attempt.state is AttemptState.RETURNED:
            return _fail(attempt, now)
        return super()._wait(attempt, answer, now)


class ReversesOnDoubt(AttemptMachine):
    """Unanswered sales are given back."""

    def plan_call(self, attempt: PaymentAttempt, now: datetime) -> GatewayCall | None:
        if attempt.unanswered_calls and attempt.state.is_claimed_paid:
            return GatewayCall.REVERSE
        return super().plan_call(attempt, now)


class SettlesOnce(AttemptMachine):
    """A settlement that is not answered is not asked for again."""

    def _wait(self, attempt: PaymentAttempt, answer: GatewayAnswer, now: datetime) -> AttemptChange:
        change = super()._wait(attempt, answer, now)
        if attempt.state is AttemptState.VERIFIED:
            return replace(change, attempt=replace(change.attempt, next_step_at=None))
        return change


class RefusalIsFailure(AttemptMachine):
    """A bank that refuses our address or password ends the attempt."""

    def _wait(self, attempt: PaymentAttempt, answer: GatewayAnswer, now: datetime) -> AttemptChange:
        return _fail(attempt, now) if answer.is_our_fault else super()._wait(attempt, answer, now)


class AsksTooSeldom(AttemptMachine):
    """After one unanswered call the bank is asked again in an hour."""

    def _wait(self, attempt: PaymentAttempt, answer: GatewayAnswer, now: datetime) -> AttemptChange:
        change = super()._wait(attempt, answer, now)
        later = None if change.attempt.next_step_at is None else now + timedelta(hours=1)
        return replace(change, attempt=replace(change.attempt, next_step_at=later))


class AsksAboutNobody(AttemptMachine):
    """A payer who has not come back is not asked about, though the bank would say."""

    def _can_inquire(self, attempt: PaymentAttempt) -> bool:
        return attempt.returned_at is not None and super()._can_inquire(attempt)


class ForgetsUnknown(AttemptMachine):
    """Attempts that can neither be asked nor go back are told to nobody."""

    def _end_waiting(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        return replace(
            change := super()._end_waiting(attempt, now),
            attempt=replace(change.attempt, alert=None),
            effects=frozenset(),
        )


class AlertsNobody(AttemptMachine):
    """Attempts about which the bank says nothing for hours are told to nobody."""

    def _is_unresolved(self, attempt: PaymentAttempt, now: datetime) -> bool:
        return False


# What the bank says


class TakesVerifiedForSettled(AttemptMachine):
    """A verified sale is counted, and never settled."""

    def _verify(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        return self._settle(attempt, now)


class ComparesNoAmount(AttemptMachine):
    """The amount of the sale is not compared with the bills."""

    def apply_answer(self, attempt: PaymentAttempt, answer: GatewayAnswer, now: datetime) -> AttemptChange:
        return super().apply_answer(attempt, replace(answer, amount=None), now)


class DiscountIsWrongAmount(AttemptMachine):
    """The amount paid after the bank's discount is compared with the bills."""

    def apply_answer(self, attempt: PaymentAttempt, answer: GatewayAnswer, now: datetime) -> AttemptChange:
        return super().apply_answer(attempt, replace(answer, amount=answer.paid_amount), now)


class DropsWrongAmount(AttemptMachine):
    """Money of a wrong amount that is ours is put nowhere."""

    def _settle(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        change = super()._settle(attempt, now)
        return replace(change, effects=change.effects - {AttemptEffect.HOLD_IN_SUSPENSE})


class AssumesReversed(AttemptMachine):
    """A reversal that is not answered is taken for done."""

    def _wait(self, attempt: PaymentAttempt, answer: GatewayAnswer, now: datetime) -> AttemptChange:
        if attempt.state is AttemptState.VERIFIED and attempt.has_wrong_amount:
            return self._finish(attempt, AttemptState.REVERSED, "reversed", now)
        return super()._wait(attempt, answer, now)


class AssumesNotReversed(AttemptMachine):
    """A wrong amount whose reversal nobody answered about is taken for ours."""

    def _plan_return(self, attempt: PaymentAttempt, now: datetime) -> GatewayCall | None:
        return GatewayCall.REVERSE if self._can_reverse(attempt, now) else None

    def _give_up_return(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        return super()._give_up_return(replace(attempt, unanswered_calls=0), now)


class WondersAtForgottenReversal(AttemptMachine):
    """A sale that we gave back and the bank forgot is waited for."""

    def _apply_disappearance(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        return super()._apply_disappearance(replace(attempt, bank_amount=None), now)


class CountsTwice(AttemptMachine):
    """A settled sale that the settlement file names is counted once more."""

    def _compare_with_end(
        self, attempt: PaymentAttempt, known: PaymentAttempt, sale_state: SaleState, now: datetime
    ) -> AttemptChange:
        if sale_state is SaleState.SETTLED:
            return self._settle(known, now)
        return super()._compare_with_end(attempt, known, sale_state, now)


class KeepsDeniedNumber(AttemptMachine):
    """A sale number that the bank denied stays with the attempt that claimed it."""

    def _apply_unpaid(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        change = super()._apply_unpaid(attempt, now)
        return replace(change, attempt=replace(change.attempt, sale_number=attempt.sale_number))


class TakesNumberForSession(AttemptMachine):
    """A bank that denies one sale number is taken to deny the whole session."""

    def _apply_unpaid(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        if attempt.state is AttemptState.RETURNED:
            return _fail(attempt, now)
        return super()._apply_unpaid(attempt, now)


class UnpaidIsFinal(AttemptMachine):
    """«Not paid» ends the attempt, though the session lasts."""

    def _apply_unpaid(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        return _fail(attempt, now)


# Time


class EndsWithSession(AttemptMachine):
    """An attempt ends with its session, though what was paid may still be verified."""

    def _end_of_waiting(self, attempt: PaymentAttempt) -> datetime:
        return attempt.session_ends_at + SESSION_GRACE


class TrustsOwnClock(AttemptMachine):
    """The bank's clock is taken to be ours."""

    def _end_of_waiting(self, attempt: PaymentAttempt) -> datetime:
        return super()._end_of_waiting(attempt) - SESSION_GRACE


class ReleasesAtDecline(AttemptMachine):
    """Bills are let go when a card is declined."""

    def _apply_decline(self, attempt: PaymentAttempt, callback: GatewayCallback, now: datetime) -> AttemptChange:
        return replace(super()._apply_decline(attempt, callback, now), effects=_RELEASE)


class NothingBackIsFailure(AttemptMachine):
    """Sales that a bank neither tells nor gives back are called failed."""

    def _end_waiting(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        return _fail(attempt, now)


class ListsTheWaitingAlone(AttemptMachine):
    """A sale that the bank lists is taken up only while its payer is expected."""

    def apply_listed(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        if attempt.state is not AttemptState.SENT:
            return AttemptChange(attempt, "ignored")
        return super().apply_listed(attempt, now)


class RevivesFailedStart(AttemptMachine):
    """A session that opened after its attempt had ended is used."""

    def apply_start(self, attempt: PaymentAttempt, result: PaymentPage | StartRefusal, now: datetime) -> AttemptChange:
        return super().apply_start(replace(attempt, state=AttemptState.CREATED), result, now)


class ForgetsForeignSale(AttemptMachine):
    """An answer whose sale is another attempt's is put off for ever."""

    def apply_sale_conflict(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        return AttemptChange(replace(attempt, next_step_at=None), "forgotten")


class DropsAlerts(AttemptMachine):
    """Alerts are not stored."""

    def _alert(self, attempt: PaymentAttempt, alert: AttemptAlert, event: str) -> AttemptChange:
        return AttemptChange(replace(attempt, alert=None), event)
