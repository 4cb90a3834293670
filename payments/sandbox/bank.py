"""The sandbox's bank: sales with states of their own, in the memory of the process.

It decides by itself, as a bank does: who asks for a sale gets what became of it, whatever anybody expected. A process
that was started anew knows no sale of the one before: it says truly that nothing was paid.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from domain.gateways.gateway import DeclineReason, PaymentOrder, SaleState
from domain.values.errors import NotFound

SESSION_LASTS = timedelta(minutes=15)
"""Time that a payer may try."""

VERIFY_WITHIN = timedelta(minutes=20)
"""Time after which a payment that was not verified goes back to the card."""

LATE_ANSWER = timedelta(seconds=30)
"""Time that `BankBehaviour.LATE` lets the merchant wait."""

MOST_SALES = 10_000
"""Sales that are remembered; the oldest are forgotten first."""

_NEVER = datetime.max.replace(tzinfo=UTC)


class BankBehaviour(StrEnum):
    """Behaviour of the bank once a card was taken."""

    PROMPT = "prompt"
    """Brings the payer back, and answers."""
    TWICE = "twice"
    """Brings the same callback twice."""
    ABSENT = "absent"
    """Takes the money and brings nobody back: the payer closed the browser."""
    LATE = "late"
    """Brings the payer back, and answers the merchant only after `LATE_ANSWER`."""
    SILENT = "silent"
    """Brings the payer back, and never answers the merchant."""


@dataclass(frozen=True, slots=True)
class TestCard:
    """A card that the bank's page offers instead of asking for a number."""

    __test__ = False

    number: str
    """Masked, as a callback brings it."""
    code: str
    """The result code of a payment with it."""
    reason: DeclineReason | None
    """Reason for declining it; None: it pays."""


TEST_CARDS: Mapping[str, TestCard] = {
    "good": TestCard("999990******1111", "0", None),
    "second": TestCard("999990******2222", "0", None),
    "empty": TestCard("999990******5151", "51", DeclineReason.FUNDS),
    "wrong_pin": TestCard("999990******5555", "55", DeclineReason.PIN),
}
"""The cards by key; no bank issues numbers that begin like these."""

PAID_CODE, CANCELLED_CODE, SESSION_OVER_CODE, UNPAID_CODE = "0", "17", "54", "30"


@dataclass(slots=True)
class SandboxSale:
    """One session of a payer at the bank, and what became of it."""

    reference: str
    """The bank's name of it."""
    order: PaymentOrder
    """Order of the merchant."""
    session_ends_at: datetime
    """In UTC."""
    state: SaleState = SaleState.UNPAID
    """Value."""
    code: str = UNPAID_CODE
    """The result of the last try."""
    reason: DeclineReason | None = None
    """Reason for declining the last try."""
    card: str | None = None
    """The card of the last try, masked."""
    sale_number: str | None = None
    """The bank's number of the sale, once it is paid."""
    paid_at: datetime | None = None
    """In UTC."""
    behaviour: BankBehaviour = BankBehaviour.PROMPT
    """Behaviour of the bank with it."""
    silent_until: datetime | None = None
    """Until when the merchant gets no answer about it."""
    refunds: dict[int, int] = field(default_factory=dict)
    """Rials that went back to the card, by the merchant's number of the transfer."""

    @property
    def is_paid(self) -> bool:
        """Whether the payer paid, whatever became of it since."""
        return self.paid_at is not None

    @property
    def returnable_amount(self) -> int:
        """Rials that may still go back to the card."""
        return self.order.amount - sum(self.refunds.values()) if self.state is SaleState.SETTLED else 0


class SandboxBank:
    """The bank, with a clock and random tokens of its own: nothing of it is shared with the municipality."""

    def __init__(self, read_clock: Callable[[], datetime], new_token: Callable[[], str]) -> None:
        self._now = read_clock
        self._new_token = new_token
        self._sales: dict[str, SandboxSale] = {}

    def open_session(self, order: PaymentOrder) -> SandboxSale:
        """Begin a session for one order."""
        sale = SandboxSale(self._new_token(), order, self._now() + SESSION_LASTS)
        self._sales[sale.reference] = sale
        if len(self._sales) > MOST_SALES:
            del self._sales[next(iter(self._sales))]
        return sale

    def find_sale(self, reference: str) -> SandboxSale | None:
        """Return the sale of a session; what nobody verified in time has gone back to the card by now."""
        sale = self._sales.get(reference)
        is_forgotten = sale and sale.paid_at and sale.paid_at + VERIFY_WITHIN <= self._now()
        if sale and is_forgotten and sale.state is SaleState.AWAITING_VERIFICATION:
            sale.state = SaleState.REVERSED
        return sale

    def get_sale(self, reference: str) -> SandboxSale:
        """Return the sale of a session; `NotFound("sale")`."""
        sale = self.find_sale(reference)
        if sale is None:
            raise NotFound("sale")
        return sale

    def list_unverified(self) -> list[SandboxSale]:
        """Return the sales that were paid and not verified."""
        sales = [self.get_sale(reference) for reference in self._sales]
        return [sale for sale in sales if sale.state is SaleState.AWAITING_VERIFICATION]

    def pay(self, reference: str, card_key: str, behaviour: BankBehaviour) -> SandboxSale:
        """Take a card; a sale that is paid already stays as it is, as does one whose session is over."""
        sale, card = self.get_sale(reference), TEST_CARDS.get(card_key)
        if card is None:
            raise NotFound("card")
        if sale.is_paid:
            return sale
        if self.is_session_over(sale):
            return self._decline(sale, SESSION_OVER_CODE, DeclineReason.SESSION)
        sale.card = card.number
        if card.reason:
            return self._decline(sale, card.code, card.reason)
        return self._take_money(sale, behaviour)

    def cancel(self, reference: str) -> SandboxSale:
        """The payer gave up; one who paid cannot."""
        sale = self.get_sale(reference)
        return sale if sale.is_paid else self._decline(sale, CANCELLED_CODE, DeclineReason.CANCELLED)

    def is_session_over(self, sale: SandboxSale) -> bool:
        """Tell whether nobody can pay it any more."""
        return self._now() >= sale.session_ends_at

    def answers(self, sale: SandboxSale) -> bool:
        """Tell whether the bank answers the merchant about this sale now."""
        return sale.silent_until is None or self._now() >= sale.silent_until

    def _decline(self, sale: SandboxSale, code: str, reason: DeclineReason) -> SandboxSale:
        sale.code, sale.reason = code, reason
        return sale

    def _take_money(self, sale: SandboxSale, behaviour: BankBehaviour) -> SandboxSale:
        now = self._now()
        silences = {BankBehaviour.LATE: now + LATE_ANSWER, BankBehaviour.SILENT: _NEVER}
        sale.state, sale.code, sale.reason = SaleState.AWAITING_VERIFICATION, PAID_CODE, None
        sale.sale_number, sale.paid_at = str(int(self._new_token()[:12], 16)), now
        sale.behaviour, sale.silent_until = behaviour, silences.get(behaviour)
        return sale
