"""Carriers of messages to and from people: SMS panels and gateways, messengers' bots.

A carrier says by its attributes what it can do, and the relay never asks for its name: whether its outcomes can be
asked about (`OutcomeInquiry`), in what it counts costs (`CostUnit`), whether texts are fetched from it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Protocol

from domain.messages.records import MessageState, OutboxMessage
from domain.values.calendar import MomentSpan

LARGEST_COST = 10**12
"""Rials; what is said to cost more is a mistake of the carrier, and counts as unknown."""


class SendVerdict(StrEnum):
    """Verdict on one attempt to send."""

    ACCEPTED = "accepted"
    RETRY = "retry"
    REFUSED = "refused"
    BLOCKED = "blocked"
    PROVIDER_DOWN = "provider_down"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SendResult:
    """A carrier's answer to one message.

    ACCEPTED: it has the message. RETRY: surely not sent, may be tried again. REFUSED / BLOCKED: never will be.
    PROVIDER_DOWN: nothing can be sent through this carrier for now (credit, key, no connection). UNKNOWN: may or may
    not have been sent.
    """

    verdict: SendVerdict
    """Verdict on the attempt."""
    provider_id: str | None = None
    """The carrier's own id; known when it is ACCEPTED."""
    charge: Decimal | None = None
    """Cost in the carrier's own unit (`Carrier.cost_unit`); None where the carrier does not say."""
    reason: str | None = None
    """A stable code for why it was not accepted."""
    wait_seconds: float = 0.0
    """Seconds to wait before the next try, also of a carrier that is down, where it says so."""
    is_uncounted: bool = False
    """Whether the try does not count (RETRY)."""
    recipient_only: bool = False
    """Whether others need not wait (RETRY)."""


class OutcomeInquiry(StrEnum):
    """Way to ask a carrier about a message of unknown outcome."""

    OWN_ID = "own_id"
    """By our own message id, which travelled with it: it has the message, or surely never saw it."""
    SENT_LIST = "sent_list"
    """By looking the message up among those that it lists as sent: what is found was sent, all else proves nothing. It
    costs the same for many as for one.
    """
    NOTHING = "nothing"
    """Not at all."""


@dataclass(frozen=True, slots=True)
class CostUnit:
    """Unit in which a carrier tells the cost of a message; costs are stored in whole rials."""

    rials: Decimal | None
    """Rials of one unit; None: nobody knows."""
    is_per_part: bool = False
    """Whether the carrier names the price of one message part; else that of the whole message."""

    def to_rials(self, charge: Decimal | None, part_count: int) -> int | None:
        """Return what a message of so many parts cost, in whole rials; None where that is not known."""
        if charge is None or self.rials is None or not charge.is_finite() or not 0 <= charge < LARGEST_COST:
            return None
        rials = charge * self.rials * (part_count if self.is_per_part else 1)
        return int(rials.to_integral_value(ROUND_HALF_UP)) if 0 <= rials < LARGEST_COST else None


IN_RIALS = CostUnit(Decimal(1))
"""The carrier says in rials what the message cost."""


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """A call of a webhook of ours, as it came in; each provider reads its own."""

    query: str = ""
    """The address's query, still percent-encoded."""
    content_type: str = ""
    """The media type of the body in lower case, without parameters; empty where none was named."""
    body: bytes = b""
    """The body, of 32 KB at most."""


@dataclass(frozen=True, slots=True)
class ReceivedSms:
    """An incoming text as a provider gives it, by webhook or when asked."""

    provider_id: str | None
    """The provider's message id; None where it gives none, which a text that is fetched always has."""
    sender: str
    """As the provider wrote it."""
    recipient: str
    """The line that was texted."""
    text: str
    """In the writer's words."""
    received_at: datetime | None = None
    """Time of the provider's receipt, in UTC; None where it does not say."""


@dataclass(frozen=True, slots=True)
class InboundListing:
    """Incoming texts that a provider lists when asked."""

    texts: Sequence[ReceivedSms] = ()
    """In any order; some or all may be known already."""
    failure: str | None = None
    """A stable code for why texts may be missing, which are asked for again; None: the listing is whole."""


TOO_MANY = "too_many"
"""The failure of a listing that is longer than is read at once: the latest texts are there."""


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """A delivery receipt: the provider's message id and the state it means."""

    provider_id: str
    state: MessageState


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """Status of the account at a panel."""

    refusal: str | None = None
    """The reason that a text would meet (`key`, `account`, `unreachable` …); None: texts are taken."""
    credit: Decimal | None = None
    """Credit left, in the unit of costs; None where the panel does not say."""


CandidateOutcomes = Mapping[int, Sequence[SendResult]]
"""Possible outcomes of messages, by our own id of each: ACCEPTED, with the carrier's id. By `OWN_ID` that is one, or
none when the carrier surely never saw the message; by `SENT_LIST` it is every text that may be this one, the latest
first. Missing is what the carrier did not answer about, or proves nothing of.
"""


class Carrier(Protocol):
    """Carrier of messages to people: an SMS panel or gateway, a messenger's bot."""

    name: str
    rate_per_second: float
    """Messages taken a second: message parts, or messages where they have none."""
    outcome_inquiry: OutcomeInquiry
    """Whether and how `ask_outcomes` can ask, so that an unknown outcome need not be guessed."""
    cost_unit: CostUnit
    """Unit of `SendResult.charge`."""

    async def send(self, message: OutboxMessage) -> SendResult:
        """Send one message; never raises for what the network or the carrier does."""
        ...

    async def ask_outcomes(self, messages: Sequence[OutboxMessage], now: datetime) -> CandidateOutcomes:
        """Ask what became of messages."""
        ...

    @property
    def memory_period(self) -> timedelta:
        """Time after sending for which asking is worth while: afterwards the carrier has forgotten our id."""
        ...

    async def poll_receipts(self, provider_ids: Collection[str]) -> list[DeliveryReceipt]:
        """Poll delivery states by the carrier's ids; those without news are left out."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...


class SmsProvider(Carrier, Protocol):
    """One SMS panel or gateway: sending, incoming texts and receipts together."""

    webhook_secret: str | None
    """The unguessable part of the addresses that it calls; None: it calls none."""
    polls_inbound: bool
    """Whether incoming texts are fetched; else it calls the inbound webhook."""

    async def check_account(self) -> AccountStatus:
        """Ask the panel about the account, which sends nothing."""
        ...

    def read_inbound(self, call: WebhookCall) -> Sequence[ReceivedSms]:
        """Read the texts of an inbound webhook; `MissingField` or `InvalidField` when it is none."""
        ...

    async def fetch_inbound(self, span: MomentSpan) -> InboundListing:
        """List the texts that came to our line in that span (others may be among them), each with an id that is the
        same whenever it is listed. Nothing may be marked as read by it: an answer that was lost is asked for again.
        """
        ...

    def read_receipts(self, call: WebhookCall) -> list[DeliveryReceipt]:
        """Read a delivery webhook; states that mean nothing yet are left out; `MissingField` or `InvalidField` when it
        is none.
        """
        ...
