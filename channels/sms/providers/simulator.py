"""The embedded provider of the demonstration: takes every text, delivers it at once, and reaches no network.

The demonstration's phone shows the outbox itself, so nothing is kept here: an answer is computed from the id that was
asked about. Its webhooks have the fields of Kavenegar's, as a form or as JSON: a newcomer can play the panel with any
HTTP client.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from pydantic import Field

from channels.sms.provider_settings import WebhookSettings
from channels.sms.providers.kavenegar import parse_inbound, parse_receipts
from channels.sms.webhook_reading import read_fields
from domain.messages.carriers import (
    IN_RIALS,
    AccountStatus,
    CandidateOutcomes,
    CostUnit,
    DeliveryReceipt,
    InboundListing,
    OutcomeInquiry,
    ReceivedSms,
    SendResult,
    SendVerdict,
    WebhookCall,
)
from domain.messages.records import MessageState, OutboxMessage
from domain.values.calendar import MomentSpan


class SimulatorSettings(WebhookSettings):
    """The embedded provider, which sends nothing anywhere."""

    sender: str = Field("30001405", description="Number of the line that the demonstration shows.")
    rate: float = Field(1000.0, gt=0, description="Message parts a second that are taken at most.")
    persian_part_rials: int | None = Field(0, ge=0, description="Price of one part of a Persian text, whole rials.")
    latin_part_rials: int | None = Field(0, ge=0, description="Price of one part of a Latin text, whole rials.")

    def build_provider(self, webhook_secret: str) -> "Simulator":
        """Return the provider."""
        return Simulator(webhook_secret=webhook_secret, rate=self.rate)


class Simulator:
    """Implements `SmsProvider` without a network. `rate_per_second` is in parts a second and slows nothing down by
    default.
    """

    name: str = "simulator"
    outcome_inquiry: OutcomeInquiry = OutcomeInquiry.OWN_ID
    cost_unit: CostUnit = IN_RIALS
    polls_inbound: bool = False

    def __init__(self, *, webhook_secret: str, rate: float = 1000.0) -> None:
        self.webhook_secret: str | None = webhook_secret
        self.rate_per_second = rate

    async def send(self, message: OutboxMessage) -> SendResult:
        """Accept the text, free of charge; its provider id follows from the message's own."""
        return _accepted_result(message.id)

    async def check_account(self) -> AccountStatus:
        """Refuse nobody."""
        return AccountStatus()

    @property
    def memory_period(self) -> timedelta:
        return timedelta(days=365)

    async def ask_outcomes(self, messages: Sequence[OutboxMessage], now: datetime) -> CandidateOutcomes:
        """Answer that every text is here: to be in the outbox is all that sending means in the demonstration."""
        return {message.id: [_accepted_result(message.id)] for message in messages}

    async def poll_receipts(self, provider_ids: Collection[str]) -> list[DeliveryReceipt]:
        """Answer that every text was delivered."""
        return [DeliveryReceipt(provider_id, MessageState.DELIVERED) for provider_id in provider_ids]

    def read_inbound(self, call: WebhookCall) -> Sequence[ReceivedSms]:
        """Read `from`, `to`, `message`, `messageid`; `MissingField` without `from` or `message`."""
        return [parse_inbound(read_fields(call))]

    async def fetch_inbound(self, span: MomentSpan) -> InboundListing:
        """List nothing: texts come by the webhook."""
        return InboundListing()

    def read_receipts(self, call: WebhookCall) -> list[DeliveryReceipt]:
        """Read `messageid`, `status` (Kavenegar's numbers); `MissingField` without either."""
        return parse_receipts(read_fields(call))

    async def close(self) -> None:
        """Nothing is open."""


def _accepted_result(message_id: int) -> SendResult:
    return SendResult(SendVerdict.ACCEPTED, provider_id=f"sim-{message_id}", charge=Decimal(0))
