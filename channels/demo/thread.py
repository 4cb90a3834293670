"""The conversation on the phone: texts of both directions as a phone shows them, by the day."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from domain.messages.records import InboundMessage, MessageState, OutboxMessage
from domain.unit_of_work import UnitOfWork
from domain.values.calendar import in_tehran, jalali_long
from domain.values.message_parts import count_parts
from domain.values.text import persian_digits

CHANNEL = "sms"
SHOWN = 60
"""How many texts of each direction are shown."""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One text. `ident` stays the same from reading to reading; `at` is when it came or comes to the phone,
    `since` where it stands in the conversation: one that waits stays where it was written until it may leave.

    `parts` are message parts. `state` is that of a text from the municipality, None for one from the phone; `waits`
    tells that it lies in the queue until `at`.
    """

    ident: str
    at: datetime
    since: datetime
    text: str
    parts: int
    state: MessageState | None = None
    waits: bool = False

    @property
    def hour(self) -> str:
        """The hour in Tehran, in Persian digits."""
        return persian_digits(f"{in_tehran(self.at):%H:%M}")


@dataclass(frozen=True, slots=True)
class ThreadDay:
    """The texts of one day; `title` is its Jalali date."""

    title: str
    bubbles: list[Bubble]


async def read_thread(uow: UnitOfWork, mobile: str, now: datetime) -> list[ThreadDay]:
    """Return what was said between the municipality and a mobile (+989…), oldest first."""
    received = await uow.inbox.last_from(CHANNEL, mobile, SHOWN)
    sent = await uow.outbox.recent(recipient=mobile, limit=SHOWN)
    bubbles = [_from_phone(one) for one in received]
    bubbles += [_to_phone(one, now) for one in sent if one.channel == CHANNEL]
    # A text and its answer may bear the same moment: what was asked stands first.
    bubbles.sort(key=lambda one: (one.since, one.state is not None, one.ident))
    days = groupby(bubbles, key=lambda one: in_tehran(one.since).date())
    return [ThreadDay(jalali_long(day), list(group)) for day, group in days]


def _from_phone(message: InboundMessage) -> Bubble:
    at = message.received_at
    return Bubble(f"in-{message.id}", at, at, message.text, count_parts(message.text))


def _to_phone(message: OutboxMessage, now: datetime) -> Bubble:
    at = message.not_before  # when it may leave: a slow relay must not move it behind the next question
    waits = message.state is MessageState.QUEUED and at > now
    parts = message.parts or count_parts(message.text)
    since = message.created_at if waits else at
    return Bubble(f"out-{message.id}", at, since, message.text, parts, message.state, waits)
