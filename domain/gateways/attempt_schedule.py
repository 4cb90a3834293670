"""Waiting times of an attempt: the next call, what a bank can be asked, when the attempt is turned to again."""

from datetime import datetime, timedelta

from domain.gateways.attempt import AttemptState, GatewayCall, PaymentAttempt
from domain.gateways.capabilities import GatewayCapabilities, InquiryKey
from domain.gateways.pauses import ABSENT_PAYER_PAUSE, ANSWER_EXPECTED, SESSION_GRACE

_CALLS = {AttemptState.RETURNED: GatewayCall.VERIFY, AttemptState.VERIFIED: GatewayCall.SETTLE}
_ASKS_WHETHER_PAID = frozenset({AttemptState.SENT, AttemptState.DECLINED, AttemptState.UNKNOWN})


class AttemptSchedule:
    """Plans for the attempts at one gateway, by that gateway's capabilities; it changes none."""

    def __init__(self, capabilities: GatewayCapabilities) -> None:
        self.capabilities = capabilities

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
