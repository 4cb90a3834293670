"""Effect of a callback, or of the bank's list of unverified sales, on an attempt: at most, the bank is asked."""

from dataclasses import replace
from datetime import datetime

from domain.gateways.attempt import AttemptAlert, AttemptChange, AttemptState, PaymentAttempt
from domain.gateways.attempt_transitions import AttemptTransitions
from domain.gateways.callback_tokens import is_token_of
from domain.gateways.gateway import GatewayCallback

CALLBACK_WITHOUT_TOKEN = "callback_without_token"  # noqa: S105 - the event's name
"""The event of a callback that does not bear the secret of the attempt that it names."""

_ASKED_ABOUT_SALE = frozenset({AttemptState.RETURNED, AttemptState.UNKNOWN})
_ACCEPTS_CALLBACK = frozenset(
    {AttemptState.SENT, AttemptState.DECLINED, AttemptState.FAILED, AttemptState.UNKNOWN, AttemptState.RETURNED}
)


class CallbackTransitions(AttemptTransitions):
    """Applies what payers' browsers bring."""

    def apply_callback(self, attempt: PaymentAttempt, callback: GatewayCallback, now: datetime) -> AttemptChange:
        """Apply a callback. One without the attempt's secret is nothing of the bank's; one that does not match what was
        stored alerts the staff and changes nothing else.
        """
        if not self._bears_token(attempt, callback):
            return self._refuse_without_token(attempt, callback)
        if not self._matches(attempt, callback):
            return self._alert(attempt, AttemptAlert.FOREIGN_CALLBACK, "foreign_callback")
        return self._apply_matching_callback(attempt, callback, now)

    def _apply_matching_callback(
        self, attempt: PaymentAttempt, callback: GatewayCallback, now: datetime
    ) -> AttemptChange:
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

    def _matches(self, attempt: PaymentAttempt, callback: GatewayCallback) -> bool:
        """Tell whether it names the session and the order that were stored; it has to name at least one of them."""
        named = [(callback.order_number, attempt.order_number), (callback.reference, attempt.reference)]
        return any(brought is not None for brought, _ in named) and all(
            brought == stored for brought, stored in named if brought is not None
        )

    def _bears_token(self, attempt: PaymentAttempt, callback: GatewayCallback) -> bool:
        """Tell whether it came by the attempt's own address; where that bears no secret, any callback does."""
        return attempt.callback_digest is None or is_token_of(attempt.callback_digest, callback.token)

    def _refuse_without_token(self, attempt: PaymentAttempt, callback: GatewayCallback) -> AttemptChange:
        """Leave an attempt as it is. Whoever names the bank's session all the same overheard it, or the bank drops the
        token from the address, and then no payment gets through: staff are alerted.
        """
        if callback.reference is not None and callback.reference == attempt.reference:
            return self._alert(attempt, AttemptAlert.FOREIGN_CALLBACK, CALLBACK_WITHOUT_TOKEN)
        return AttemptChange(attempt, CALLBACK_WITHOUT_TOKEN)

    def _is_other_sale(self, attempt: PaymentAttempt, callback: GatewayCallback) -> bool:
        """Tell whether it names another sale than the one that the bank is being asked about. That one is not given up
        before the bank denied it: it may be verified already, and its answer be lost.
        """
        return attempt.sale_number is not None and callback.sale_number not in {attempt.sale_number, None}

    def _claim_sale(self, attempt: PaymentAttempt, callback: GatewayCallback) -> PaymentAttempt:
        """Take up the sale that a callback names; what the bank said of another one is not said of this."""
        claimed = replace(attempt, card=callback.card or attempt.card, code=callback.code)
        paid_amount = _read_discounted(callback.paid_amount, attempt)
        if callback.sale_number in {attempt.sale_number, None}:
            return replace(claimed, paid_amount=attempt.paid_amount or paid_amount)
        return replace(claimed, sale_number=callback.sale_number, bank_amount=None, paid_amount=paid_amount)

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

    def reject_callback(self, attempt: PaymentAttempt, callback: GatewayCallback) -> AttemptChange:
        """Refuse a callback whose sale is known as another attempt's: one receipt pays once."""
        if not self._bears_token(attempt, callback):
            return self._refuse_without_token(attempt, callback)
        return self._alert(attempt, AttemptAlert.FOREIGN_CALLBACK, "foreign_callback")


def _read_discounted(paid_amount: int | None, attempt: PaymentAttempt) -> int | None:
    """Return what a browser says was paid, where that is a part of the amount: a claim, until the bank says it."""
    return paid_amount if paid_amount is not None and 0 < paid_amount < attempt.amount else None
