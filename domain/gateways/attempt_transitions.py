"""The transitions that have several causes: an attempt ends, waits for its verification, is settled, bears an alert."""

from dataclasses import replace
from datetime import datetime

from domain.gateways.attempt import AttemptAlert, AttemptChange, AttemptEffect, AttemptState, PaymentAttempt
from domain.gateways.attempt_schedule import AttemptSchedule
from domain.gateways.capabilities import Settlement


class AttemptTransitions(AttemptSchedule):
    """Returns attempts as they are next."""

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

    def _settle(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        settled = replace(
            attempt,
            state=AttemptState.SETTLED,
            alert=_keep_after_end(attempt.alert),
            verified_at=attempt.verified_at or now,
            finished_at=now,
            next_step_at=None,
        )
        if not attempt.has_wrong_amount:
            return AttemptChange(settled, "settled", frozenset({AttemptEffect.COUNT_PAYMENT}))
        effects = frozenset({AttemptEffect.HOLD_IN_SUSPENSE, AttemptEffect.RELEASE_BILLS, AttemptEffect.ALERT_STAFF})
        return AttemptChange(replace(settled, alert=AttemptAlert.WRONG_AMOUNT), "settled_wrong_amount", effects)

    def _end_waiting(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        """The payer did not come back and the bank cannot be asked: by then it has given back whatever was paid; where
        it does not do so by itself, only its settlement file can show it. One that asks before it takes the money took
        none: what we allowed has a number, by which it is asked.
        """
        if self.capabilities.verify_within is not None or self.capabilities.asks_before_payment:
            finished = self._finish(attempt, AttemptState.FAILED, "not_returned", now)
            may_have_paid = attempt.state is AttemptState.SENT and not self.capabilities.asks_before_payment
            return self._tell_payer(finished) if may_have_paid else finished
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

    def _finish(self, attempt: PaymentAttempt, state: AttemptState, event: str, now: datetime) -> AttemptChange:
        finished = replace(
            attempt, state=state, alert=_keep_after_end(attempt.alert), finished_at=now, next_step_at=None
        )
        return AttemptChange(finished, event, frozenset({AttemptEffect.RELEASE_BILLS}))

    def _tell_payer(self, change: AttemptChange) -> AttemptChange:
        return replace(change, effects=change.effects | {AttemptEffect.TELL_PAYER})

    def _alert(self, attempt: PaymentAttempt, alert: AttemptAlert, event: str) -> AttemptChange:
        """Alert once: an attempt that bears this alert already sends no second one. A foreign callback, which anybody
        can send, hides no other alert.
        """
        if alert is AttemptAlert.FOREIGN_CALLBACK and attempt.alert is not None:
            return AttemptChange(attempt, event)
        effects = frozenset[AttemptEffect]() if attempt.alert is alert else frozenset({AttemptEffect.ALERT_STAFF})
        return AttemptChange(replace(attempt, alert=alert), event, effects)


def _keep_after_end(alert: AttemptAlert | None) -> AttemptAlert | None:
    """Return what somebody still has to look at once an attempt has ended: no more that nothing was found out."""
    return None if alert is AttemptAlert.UNRESOLVED else alert
