"""A carrier that does as a script says: the outside of the relay, without a network."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from domain.messages.carriers import (
    IN_RIALS,
    CandidateOutcomes,
    DeliveryReceipt,
    OutcomeInquiry,
    SendResult,
    SendVerdict,
)
from domain.messages.records import OutboxMessage

TAKEN = SendResult(SendVerdict.ACCEPTED, provider_id="1")


class ScriptedCarrier:
    """Answers each recipient from a list of its own, then takes everything; remembers what it took, in order."""

    name = "telegram"
    rate_per_second = 1000.0
    outcome_inquiry = OutcomeInquiry.NOTHING
    cost_unit = IN_RIALS

    def __init__(self) -> None:
        """Begin with a carrier that takes everything."""
        self.script: defaultdict[str, list[SendResult]] = defaultdict(list)
        self.down: SendResult | None = None
        self.asked: list[tuple[str, str]] = []
        self.taken: list[tuple[str, str]] = []

    async def send(self, message: OutboxMessage) -> SendResult:
        """Answer as the script says."""
        self.asked.append((message.recipient, message.text))
        result = self.down or (self.script[message.recipient].pop(0) if self.script[message.recipient] else TAKEN)
        if result.verdict is SendVerdict.ACCEPTED:
            self.taken.append((message.recipient, message.text))
        return result

    async def ask_outcomes(self, messages: Sequence[OutboxMessage], now: datetime) -> CandidateOutcomes:
        """Know nothing."""
        raise AssertionError("it cannot be asked")

    @property
    def memory_period(self) -> timedelta:
        """Not at all."""
        return timedelta(0)

    async def poll_receipts(self, provider_ids: Collection[str]) -> list[DeliveryReceipt]:
        """Have none."""
        return []

    async def close(self) -> None:
        """Nothing is open."""

    def texts(self, recipient: str) -> list[str]:
        """Texts of a recipient."""
        return [text for to, text in self.taken if to == recipient]
