"""The embedded provider of the demonstration: takes every text, delivers it at once, and reaches no network.

The demonstration's phone shows the outbox itself, so nothing is kept here: an answer is computed from the id that was
asked about. Its webhooks have the fields of Kavenegar's: a newcomer can play the panel with any HTTP client.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from channels.sms.providers.kavenegar import parse_inbound, parse_receipts
from domain.messages.ports import DeliveryReceipt, ReceivedSms, SendResult, SendVerdict
from domain.messages.records import MessageState, OutboxMessage


class Simulator:
    """Implements `SmsProvider` without a network. `rate_per_second` is in parts a second and slows nothing down by
    default.
    """

    name: str = "simulator"
    answers_by_local_id: bool = True

    def __init__(self, *, webhook_secret: str, rate: float = 1000.0) -> None:
        self.webhook_secret = webhook_secret
        self.rate_per_second = rate

    async def send(self, message: OutboxMessage) -> SendResult:
        """Accept the text, free of charge; its provider id follows from the message's own."""
        return _accepted_result(message.id)

    async def check_account(self) -> str | None:
        """Refuse nobody."""
        return None

    @property
    def memory_period(self) -> timedelta:
        return timedelta(days=365)

    async def ask_outcomes(self, message_ids: Sequence[int]) -> dict[int, SendResult | None]:
        """Answer that every text is here: to be in the outbox is all that sending means in the demonstration."""
        return {message_id: _accepted_result(message_id) for message_id in message_ids}

    async def poll_receipts(self, provider_ids: Collection[str]) -> list[DeliveryReceipt]:
        """Answer that every text was delivered."""
        return [DeliveryReceipt(provider_id, MessageState.DELIVERED) for provider_id in provider_ids]

    def read_inbound(self, form_values: Mapping[str, str]) -> ReceivedSms:
        """Read `from`, `to`, `message`, `messageid`; `MissingField` without `from` or `message`."""
        return parse_inbound(form_values)

    def read_receipts(self, form_values: Mapping[str, str]) -> list[DeliveryReceipt]:
        """Read `messageid`, `status` (Kavenegar's numbers); `MissingField` without either."""
        return parse_receipts(form_values)

    async def close(self) -> None:
        """Nothing is open."""


def _accepted_result(message_id: int) -> SendResult:
    return SendResult(SendVerdict.ACCEPTED, provider_id=f"sim-{message_id}", cost=0)
