"""The conversation on the phone: texts of both directions as a phone shows them, by the day."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from domain.messages.records import InboundMessage, MessageState, OutboxMessage
from domain.unit_of_work import UnitOfWork
from domain.values.calendar import jalali_long_text, to_tehran
from domain.values.message_parts import count_parts
from domain.values.text import persian_digits

CHANNEL_NAME = "sms"
MAX_TEXTS = 60
"""Number of texts of each direction shown."""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One text of the conversation; moments are in UTC."""

    bubble_id: str
    """Stays the same from reading to reading."""
    arrives_at: datetime
    """Time at which it came, or comes, to the phone."""
    positioned_at: datetime
    """Its place: one that waits stays where it was written until it may leave."""
    text: str
    """As it was sent."""
    part_count: int
    """Message parts."""
    state: MessageState | None = None
    """Of a text from the municipality; None for one from the phone."""
    is_waiting: bool = False
    """It lies in the queue until `arrives_at`."""

    @property
    def shown_hour(self) -> str:
        """The hour in Tehran, in Persian digits."""
        return persian_digits(f"{to_tehran(self.arrives_at):%H:%M}")


@dataclass(frozen=True, slots=True)
class ThreadDay:
    """The texts of one day; `title` is its Jalali date."""

    title: str
    bubbles: list[Bubble]


async def read_thread(uow: UnitOfWork, mobile: str, now: datetime) -> list[ThreadDay]:
    """Return the messages between the municipality and a mobile (+989…), oldest first."""
    received_messages = await uow.inbox.list_last_from(CHANNEL_NAME, mobile, MAX_TEXTS)
    sent_messages = await uow.outbox.list_recent(recipient=mobile, limit=MAX_TEXTS)
    bubbles = [_bubble_from_phone(entry) for entry in received_messages]
    bubbles += [_bubble_to_phone(entry, now) for entry in sent_messages if entry.channel == CHANNEL_NAME]
    # A text and its answer may have the same moment: what was asked comes first.
    bubbles.sort(key=lambda entry: (entry.positioned_at, entry.state is not None, entry.bubble_id))
    groups_by_day = groupby(bubbles, key=lambda entry: to_tehran(entry.positioned_at).date())
    return [ThreadDay(jalali_long_text(day), list(day_bubbles)) for day, day_bubbles in groups_by_day]


def _bubble_from_phone(message: InboundMessage) -> Bubble:
    arrives_at = message.received_at
    return Bubble(f"in-{message.id}", arrives_at, arrives_at, message.text, count_parts(message.text))


def _bubble_to_phone(message: OutboxMessage, now: datetime) -> Bubble:
    arrives_at = message.not_before  # when it may leave: a slow relay must not move it behind the next question
    is_waiting = message.state is MessageState.QUEUED and arrives_at > now
    part_count = message.parts or count_parts(message.text)
    positioned_at = message.created_at if is_waiting else arrives_at
    return Bubble(f"out-{message.id}", arrives_at, positioned_at, message.text, part_count, message.state, is_waiting)
