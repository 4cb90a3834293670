"""The embedded provider of the demonstration: takes every text, delivers it at once, and reaches no network.

The demonstration's phone shows the outbox itself, so nothing is kept here: an answer is computed from the id that was
asked about. Its webhooks have the fields of Kavenegar's: a newcomer can play the panel with any HTTP client.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from channels.sms.providers.kavenegar import inbound_of, receipts_of
from domain.messages.ports import DeliveryReceipt, ReceivedSms, SendResult, Verdict
from domain.messages.records import MessageState, OutboxMessage


class Simulator:
    """Implements `SmsProvider` without a network. `rate` is in parts a second and slows nothing down by default."""

    name: str = "simulator"
    answers_by_local_id: bool = True

    def __init__(self, *, webhook_secret: str, rate: float = 1000.0) -> None:
        self.webhook_secret = webhook_secret
        self.rate = rate

    async def send(self, message: OutboxMessage) -> SendResult:
        """Accept the text, free of charge; its provider id follows from the message's own."""
        return _accepted(message.id)

    async def refusal(self) -> str | None:
        """Refuse nobody."""
        return None

    @property
    def remembers(self) -> timedelta:
        """How long after sending our ids are still known."""
        return timedelta(days=365)

    async def outcome_of(self, message_ids: Sequence[int]) -> dict[int, SendResult | None]:
        """Answer that every text is here: to be in the outbox is all that sending means in the demonstration."""
        return {message_id: _accepted(message_id) for message_id in message_ids}

    async def receipts_for(self, provider_ids: Collection[str]) -> list[DeliveryReceipt]:
        """Answer that every text was delivered."""
        return [DeliveryReceipt(provider_id, MessageState.DELIVERED) for provider_id in provider_ids]

    def read_inbound(self, form: Mapping[str, str]) -> ReceivedSms:
        """Read `from`, `to`, `message`, `messageid`; `MissingField` without `from` or `message`."""
        return inbound_of(form)

    def read_receipts(self, form: Mapping[str, str]) -> list[DeliveryReceipt]:
        """Read `messageid`, `status` (Kavenegar's numbers); `MissingField` without either."""
        return receipts_of(form)

    async def close(self) -> None:
        """Nothing is open."""


def _accepted(message_id: int) -> SendResult:
    return SendResult(Verdict.ACCEPTED, provider_id=f"sim-{message_id}", cost=0)
