"""The port to a bank's payment gateway. Every answer is the state of the sale at the bank, whatever its code was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from domain.gateways.capabilities import GatewayCapabilities


class SaleState(StrEnum):
    """State of a sale at the bank."""

    UNPAID = "unpaid"
    """Nobody paid it; while its session lasts somebody still may."""
    AWAITING_VERIFICATION = "awaiting_verification"
    """Paid by the payer and not verified by us."""
    VERIFIED = "verified"
    """Verified, and not ours before it is settled."""
    SETTLED = "settled"
    """Ours."""
    REVERSED = "reversed"
    """Given back to the card."""


class DeclineReason(StrEnum):
    """Reason of a bank for not taking the money, as the payer can act on it (`gateways.declines` in the texts)."""

    CANCELLED = "cancelled"
    FUNDS = "funds"
    CARD = "card"
    PIN = "pin"
    LIMIT = "limit"
    ISSUER = "issuer"
    SESSION = "session"
    AMOUNT = "amount"
    NOT_STATED = "not_stated"
    """The bank says that nothing was paid, and not why."""
    BANK = "bank"
    """The bank's own fault, or one of ours with the bank: the payer can do nothing but pay in another way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentOrder:
    """Order for a payment session of one payer."""

    order_number: int
    """Our number of the attempt at this gateway, never used twice."""
    amount: int
    """Rials."""
    callback_url: str
    """Address that the bank sends the browser to afterwards."""
    started_at: datetime
    """The moment, in UTC; gateways turn it into Tehran's day and hour."""
    description: str
    """Subject of the payment, in Persian, for the bank's page."""
    payer_mobile: str | None = None
    """The payer's mobile (+989…), where it is known: banks offer the cards they know of it."""
    payer_chat: str | None = None
    """The chat with a messenger's bot that the payer pays in; None where a browser is sent."""


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """Page on which a payer pays."""

    reference: str
    """The bank's name of the session, case-sensitive; stored before the browser leaves."""
    address: str
    """Address to get, or to post the fields to where there are any; empty where the payer pays in `payer_chat`."""
    form_fields: Mapping[str, str]
    """Fields to post; none: a GET."""


@dataclass(frozen=True, slots=True)
class StartRefusal:
    """A session that was not opened: nobody can have paid."""

    code: str
    """The bank's own, or one of `UNANSWERED_CODES`."""
    reason: DeclineReason
    """Reason as the payer reads it."""
    is_our_fault: bool = False
    """Whether only the municipality can mend it: credentials, terminal, address (staff are told)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayCallback:
    """Values brought back by the browser. It proves nothing: it must match what was stored, then the bank itself is
    asked."""

    order_number: int | None = None
    """Our number of the attempt; None where the gateway brings its reference alone."""
    reference: str | None = None
    """The bank's name of the session; None where the gateway brings our number alone."""
    sale_number: str | None = None
    """The bank's number of the sale; None where nothing was paid."""
    is_paid: bool
    """Whether it claims that the payer paid."""
    code: str
    """The bank's own result code."""
    reason: DeclineReason | None = None
    """Reason for not being paid; None where it claims to be."""
    amount: int | None = None
    """Rials that it names; None: none. Looked at where the bank asks before it takes the money (`checkout.py`)."""
    paid_amount: int | None = None
    """Rials that it says the payer paid after a discount of the bank; None: not said. It limits what may go back to the
    card, and nothing else follows from it.
    """
    card: str | None = None
    """The paying card, masked (`card_numbers.py`)."""
    token: str | None = None
    """Secret of the attempt in the address (`callback_tokens.py`); it is read by whoever receives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """The sale of an inquiry, or of a request to verify, settle or reverse it."""

    order_number: int
    """Our number of the attempt."""
    reference: str
    """The bank's name of the session."""
    sale_number: str | None
    """The bank's number of the sale; None where no callback brought one."""
    amount: int
    """Rials that it has to be over."""


TIMED_OUT, NOT_CONNECTED, UNREADABLE = "timed_out", "not_connected", "unreadable"
UNANSWERED_CODES = frozenset({TIMED_OUT, NOT_CONNECTED, UNREADABLE})
"""Stored instead of a bank's code where none came: it may have acted, it surely did not, it answered nonsense."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayAnswer:
    """Answer of a bank to one call about a sale."""

    sale_state: SaleState | None
    """State of the sale since; None: the bank did not say, and has to be asked again."""
    code: str
    """The bank's own code, or one of `UNANSWERED_CODES`."""
    sale_number: str | None = None
    """The bank's number of the sale, where it said it."""
    amount: int | None = None
    """Rials that the sale is over, before any discount of the bank; None: not said."""
    paid_amount: int | None = None
    """Rials that the payer paid after the bank's discount, which the bank bears; None: not said."""
    card: str | None = None
    """The paying card, masked (`card_numbers.py`)."""
    reason: DeclineReason | None = None
    """Reason for not being paid."""
    is_our_fault: bool = False
    """Whether only the municipality can mend it: credentials, terminal, address (staff are told)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRefund:
    """Money to go back to the paying card, in whole or in part."""

    refund_number: int
    """Our number of this transfer at the gateway, never used twice."""
    sale: Sale
    """The settled sale that it is of."""
    amount: int
    """Rials that go back."""
    reference: str | None = None
    """The bank's number of the transfer; None: it named none, or its answer never came."""


class CardRefundState(StrEnum):
    """State of a transfer back to a card at the bank."""

    ABSENT = "absent"
    """The bank never took it: it may be asked for again, by the same number, which a bank takes once."""
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRefundAnswer:
    """Answer of a bank about a transfer back to a card."""

    refund_state: CardRefundState | None
    """None: not said; it has to be inquired, and is never repeated before."""
    code: str
    """The bank's own code, or one of `UNANSWERED_CODES`."""
    reference: str | None = None
    """The bank's number of the transfer."""


@dataclass(frozen=True, slots=True)
class UnverifiedSale:
    """A sale that a bank lists as paid and not verified."""

    reference: str
    """The bank's name of the session."""
    amount: int
    """Rials."""


class PaymentGateway(Protocol):
    """One bank gateway. Amounts are whole rials, order numbers positive and never used twice.

    No method raises for what the network or the bank does: an answer that did not come, or cannot be read, is an answer
    with `sale_state` None. All are safe to repeat but `refund`.
    """

    name: str
    """Its key in `GATEWAYS`, and in addresses."""
    capabilities: GatewayCapabilities
    """Capabilities of its protocol."""
    form_origins: tuple[str, ...]
    """The origins that a browser is sent to by `PaymentPage`, for the page's content policy."""

    async def start(self, order: PaymentOrder) -> PaymentPage | StartRefusal:
        """Open a session; one that may have been opened without our knowing is refused, for nobody is sent there."""
        ...

    def read_callback(self, values: Mapping[str, str]) -> GatewayCallback:
        """Read what the browser brings by query or form; `MissingField` or `InvalidField` when it is no callback."""
        ...

    async def verify(self, sale: Sale) -> GatewayAnswer:
        """Tell the bank that we know of the sale and mean to have it; it says what the sale is over."""
        ...

    async def settle(self, sale: Sale) -> GatewayAnswer:
        """Have a verified sale deposited; not called where `Settlement.WITH_VERIFY`."""
        ...

    async def inquire(self, sale: Sale) -> GatewayAnswer:
        """Ask what a sale is; not called without what `InquiryKey` names."""
        ...

    async def reverse(self, sale: Sale) -> GatewayAnswer:
        """Give a verified sale back that is not settled; not called where `reverse_within` is None."""
        ...

    async def refund(self, refund: CardRefund) -> CardRefundAnswer:
        """Send money of a settled sale back to its card; not called where `RefundScope.NONE`."""
        ...

    async def inquire_refund(self, refund: CardRefund) -> CardRefundAnswer:
        """Ask what became of a transfer back to a card."""
        ...

    async def list_unverified(self) -> Sequence[UnverifiedSale]:
        """Return the sales that were paid and not verified, as far as the bank answers; none where it has no list."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...
