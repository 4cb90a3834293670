"""A bank as it is, not as its answers say: its sales and refunds, and what it answers when an answer arrives."""

from collections import Counter
from datetime import datetime, timedelta

from domain.gateways.attempt import GatewayCall
from domain.gateways.capabilities import InquiryKey, Settlement
from domain.gateways.gateway import (
    CardRefund,
    CardRefundAnswer,
    CardRefundState,
    DeclineReason,
    GatewayAnswer,
    PaymentOrder,
    PaymentPage,
    Sale,
    SaleState,
    StartRefusal,
    UnverifiedSale,
)
from tests.simulation.payments.profiles import BankProfile

CLOCK_DIFFERENCE = timedelta(seconds=60)
"""The bank's clock is behind ours by so much: its sessions last longer than we think."""

GOOD, ALREADY_VERIFIED, ALREADY_SETTLED, NO_SALE, GIVEN_BACK = "0", "43", "45", "42", "48"
"""Result codes, Behpardakht's for all: what a library concludes from them is its own matter (`reading.py`)."""

_KEPT = (SaleState.VERIFIED, SaleState.SETTLED)


class BankSession:
    """A session for one order of ours, and the sale that comes of it."""

    __slots__ = (
        "amount",
        "charged",
        "number",
        "order_amount",
        "order_number",
        "paid_at",
        "payable_until",
        "reference",
        "reversed_by_us",
        "state",
        "verified_at",
    )

    def __init__(self, order: PaymentOrder, payable_until: datetime) -> None:
        self.order_number, self.order_amount = order.order_number, order.amount
        self.reference, self.number = f"Ref{order.order_number}x", f"S{order.order_number}"
        self.payable_until = payable_until
        self.state = SaleState.UNPAID
        self.amount = self.charged = order.amount
        self.paid_at: datetime | None = None
        self.verified_at: datetime | None = None
        self.reversed_by_us = False

    @property
    def is_kept(self) -> bool:
        """Whether the payer's money has not gone back, nor will by itself."""
        return self.state in _KEPT

    def describe(self) -> tuple[object, ...]:
        """Return all that tells it from another, for comparing whole worlds."""
        return (self.order_number, self.state, self.amount, self.charged, self.paid_at, self.verified_at)


class SimulatedBank:
    """One bank with its clock (`now`), asked by method calls that cannot fail: the network is the world's."""

    __slots__ = ("_capabilities", "_refunds", "now", "profile", "sessions")

    def __init__(self, profile: BankProfile, now: datetime) -> None:
        self.profile, self._capabilities, self.now = profile, profile.capabilities, now
        self.sessions: dict[int, BankSession] = {}
        self._refunds: list[tuple[int, int, int]] = []

    # The payer

    def start(self, order: PaymentOrder) -> PaymentPage | StartRefusal:
        """Open a session."""
        if order.order_number in self.sessions:
            return StartRefusal("41", DeclineReason.BANK)
        until = order.started_at + self._capabilities.session_lasts + CLOCK_DIFFERENCE
        session = self.sessions[order.order_number] = BankSession(order, until)
        return PaymentPage(session.reference, "https://bank.example/", {})

    def may_pay(self, session: BankSession) -> bool:
        """Tell whether a card can still be used."""
        return session.state is SaleState.UNPAID and session.paid_at is None and self.now < session.payable_until

    def pay(self, session: BankSession, *, amount: int, charged: int) -> None:
        """Take money from a card."""
        session.state, session.paid_at = SaleState.AWAITING_VERIFICATION, self.now
        session.amount, session.charged = amount, charged

    def refresh(self) -> None:
        """Give back what was not verified in time."""
        within = self._capabilities.verify_within
        for session in self.sessions.values():
            if session.state is SaleState.AWAITING_VERIFICATION and within is not None and session.paid_at is not None:
                session.state = SaleState.REVERSED if self.now >= session.paid_at + within else session.state

    # Our side

    def answer(self, call: GatewayCall, sale: Sale) -> GatewayAnswer:
        """Do what is asked for, and say what the sale is since."""
        session = self._find(call, sale)
        if session is None or session.state is SaleState.UNPAID:
            return GatewayAnswer(sale_state=SaleState.UNPAID if self.profile.denies_sales else None, code=NO_SALE)
        match call:
            case GatewayCall.VERIFY:
                return self._verify(session)
            case GatewayCall.SETTLE:
                return self._settle(session)
            case GatewayCall.REVERSE:
                return self._reverse(session)
            case GatewayCall.INQUIRE:
                return self._tell(session, GOOD)

    def _find(self, call: GatewayCall, sale: Sale) -> BankSession | None:
        if not self.profile.compares_order:
            return next((one for one in self.sessions.values() if one.number == sale.sale_number), None)
        session = self.sessions.get(sale.order_number)
        if session is None or session.reference != sale.reference:
            return None
        by_order = call is GatewayCall.INQUIRE and self._capabilities.inquiry is InquiryKey.ORDER
        needs_number = self.profile.callback_brings_sale_number and not by_order
        return session if not needs_number or session.number == sale.sale_number else None

    def _verify(self, session: BankSession) -> GatewayAnswer:
        if session.state is not SaleState.AWAITING_VERIFICATION:
            return self._tell(session, ALREADY_VERIFIED)
        is_ours = self._capabilities.settlement is Settlement.WITH_VERIFY
        session.state, session.verified_at = SaleState.SETTLED if is_ours else SaleState.VERIFIED, self.now
        return self._tell(session, GOOD)

    def _settle(self, session: BankSession) -> GatewayAnswer:
        if session.state is not SaleState.VERIFIED:
            return self._tell(session, ALREADY_SETTLED)
        session.state = SaleState.SETTLED
        return self._tell(session, GOOD)

    def _reverse(self, session: BankSession) -> GatewayAnswer:
        within = self._capabilities.reverse_within
        is_late = within is None or session.verified_at is None or self.now >= session.verified_at + within
        is_deposited = session.state is SaleState.SETTLED and self._capabilities.settlement is Settlement.BY_CALL
        if session.is_kept and not is_late and not is_deposited:
            session.state, session.reversed_by_us = SaleState.REVERSED, True
        return self._tell(session, GOOD)

    def _tell(self, session: BankSession, code: str) -> GatewayAnswer:
        if session.state is SaleState.REVERSED:
            state = SaleState.UNPAID if self.profile.forgets_reversed else SaleState.REVERSED
            return GatewayAnswer(sale_state=state, code=NO_SALE if self.profile.forgets_reversed else GIVEN_BACK)
        is_said = self.profile.says_amount
        return GatewayAnswer(
            sale_state=self._told_state(session),
            code=code,
            sale_number=session.number,
            amount=session.amount if is_said else None,
            paid_amount=session.charged if is_said else None,
        )

    def _told_state(self, session: BankSession) -> SaleState:
        """State told: where verifying is all, banks say «verified» of what is ours."""
        is_by_call = self._capabilities.settlement is Settlement.BY_CALL
        return SaleState.VERIFIED if session.state is SaleState.SETTLED and not is_by_call else session.state

    def list_unverified(self) -> list[UnverifiedSale]:
        """List what was paid and not verified, where the bank has such a list."""
        if not self._capabilities.lists_unverified:
            return []
        waiting = [one for one in self.sessions.values() if one.state is SaleState.AWAITING_VERIFICATION]
        return [UnverifiedSale(one.reference, one.amount) for one in waiting]

    def end_unsettled(self) -> None:
        """Give back, at the end of its days, whatever nobody had deposited."""
        for session in self.sessions.values():
            if session.state in {SaleState.AWAITING_VERIFICATION, SaleState.VERIFIED}:
                session.state = SaleState.REVERSED

    # Refunds

    def refund(self, refund: CardRefund) -> CardRefundAnswer:
        """Send money back to a card, where there is enough of the sale left."""
        if self._was_done(refund) and not self.profile.repeats_refunds:
            return CardRefundAnswer(refund_state=None, code="41")
        session = self.sessions[refund.sale.order_number]
        if session.state is not SaleState.SETTLED or refund.amount + self.refunded_from(session) > session.amount:
            return CardRefundAnswer(refund_state=CardRefundState.REFUSED, code="54")
        self._refunds.append((refund.refund_number, session.order_number, refund.amount))
        return CardRefundAnswer(refund_state=CardRefundState.DONE, code=GOOD)

    def inquire_refund(self, refund: CardRefund) -> CardRefundAnswer:
        """Say whether a transfer was made."""
        state = CardRefundState.DONE if self._was_done(refund) else CardRefundState.ABSENT
        return CardRefundAnswer(refund_state=state, code=GOOD)

    def refunded_from(self, session: BankSession) -> int:
        """Return how many rials of a sale went back to its card."""
        return sum(amount for _, order, amount in self._refunds if order == session.order_number)

    def count_refunds(self) -> Counter[int]:
        """Return how often each refund number was paid."""
        return Counter(number for number, _, _ in self._refunds)

    def describe(self) -> tuple[object, ...]:
        """Return all that tells it from another, for comparing whole worlds."""
        return (*(one.describe() for one in self.sessions.values()), *self._refunds)

    def _was_done(self, refund: CardRefund) -> bool:
        return any(number == refund.refund_number for number, _, _ in self._refunds)
