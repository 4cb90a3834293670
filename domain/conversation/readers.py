"""What the answer to one asked question means, when the dialogue waits for one field.

Every reader takes the whole message and returns the value, or raises `InvalidField`: also when the message says more
than the value, for then it may be something else (free text, a command that interrupts). Courtesies and the name of
the field itself («ساعت کار: ۴») do not count as more.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

from domain.calendar import in_tehran
from domain.conversation.dates import FoundDate, chosen, dates, leading, month_and_day
from domain.conversation.hours import clock_time, in_part, lengths_and_clocks, take_clock, take_length, take_parts
from domain.conversation.machines import MachineItem, take_work
from domain.conversation.numerals import quantity_at, whole_number_at
from domain.conversation.reading import Reading
from domain.conversation.spelling import Spelling
from domain.conversation.tokens import Kind, Phrases, Stream, keys
from domain.conversation.vocabulary import COURTESIES
from domain.errors import InvalidField

_PASSED = COURTESIES | keys(
    "گزینه", "شماره", "مورد", "عدد", "تعداد", "تا", "دستگاه", "روز", "مدت", "تاریخ", "زمان", "option", "number", "no",
)  # fmt: skip
_HOURS = keys("ساعت", "ساعته", "h", "hour", "hours")
_MINUS = frozenset("-−")
_ANY_DAY = date(2026, 3, 21)
"""Where it matters only which words of an answer are a date, not which day they mean."""
_NO_NAMES: Phrases[str] = Phrases({})


def read_date(text: str, now: datetime) -> date:
    """Return the day that is meant; «۹/۱۵» (month, day) is one too here. An hour said with it is passed over."""
    reading = _reading(text, in_tehran(now).date())
    found = chosen(dates(reading.stream, reading.today)) or _month_and_day(reading)
    if not found or not found.day:
        raise InvalidField("date")
    _take_date(reading.stream, found)
    _take_hours(reading.stream)
    _refuse_more(reading.stream, "date")
    return found.day


def read_start(text: str) -> time:
    """Return the hour of the clock: «ساعت ۸», «۷:۳۰», «۴ عصر», and here a bare «۸» or «هشت و نیم» too.

    A date said with it is passed over. A part of the day alone («صبح») raises with the detail `part_of_day`.
    """
    reading = _without_date(text)
    stream = reading.stream
    _, clocks = lengths_and_clocks(stream)
    hour, part = (clocks[0].hour, clocks[0].part) if clocks else _bare_hour(stream)
    if clocks:
        take_clock(stream, clocks[0])
    part_alone = take_parts(stream)
    _refuse_more(stream, "start")
    if hour is None:
        raise InvalidField("start", detail="part_of_day" if part_alone and not clocks else None)
    return in_part(hour, part_alone) if part_alone and not part else hour


def read_items(text: str) -> list[dict[str, Any]]:
    """Return the machines as {machine, count, hours}, hours as far as said; a date or hour with them is passed over."""
    reading = _without_date(text)
    take_work(reading)
    items: tuple[MachineItem, ...] = reading.slots.get("items", ())
    if not items:
        raise InvalidField("items", detail="no_number" if reading.rejected else "no_machine")
    _refuse_more(reading.stream, "items")
    return [item.as_json() for item in items]


def read_hours(text: str) -> float:
    """Return a length in hours, in halves: «۴», «۴ ساعت», «چهار و نیم»; whole hours as an int."""
    stream = Stream(text)
    lengths, _ = lengths_and_clocks(stream)
    hours = 0.0
    if lengths:
        hours = lengths[0].hours
        take_length(stream, lengths[0])
    elif quantity := quantity_at(stream, stream.skip(_first(stream), _HOURS)):
        hours = quantity[0]
        stream.take(0, quantity[1])
    _refuse_more(stream, "hours")
    if not hours:
        raise InvalidField("hours")
    return hours


def read_number(text: str) -> int:
    """Return a whole number, in digits of any script or in words; a minus before the digits makes it negative."""
    stream = Stream(text)
    at = _first(stream)
    number = whole_number_at(stream, at)
    if not number:
        raise InvalidField("number")
    stream.take(at, number[1])
    _refuse_more(stream, "number")
    return -number[0] if stream.raw(at - 1) in _MINUS and stream.tight(at) else number[0]


def read_choice(text: str, choices: Mapping[str, Iterable[str]]) -> str:
    """Return the choice whose words are meant, a little misspelt at most; numbers of a menu are the dialogue's."""
    phrases = Phrases(choices)
    stream = Stream(text)
    for at in range(len(stream)):
        if found := phrases.at(stream, at):
            stream.take(at, found[1])
            _refuse_more(stream, "choice")
            return found[0]
    letters = "".join(token.key for token in stream.tokens if token.kind is Kind.WORD and token.key not in _PASSED)
    near = Spelling(phrases.values).near(letters)
    meant = {phrases.values[word] for cost, word in near if cost == near[0][0]}
    if len(meant) != 1:
        raise InvalidField("choice")
    return meant.pop()


def _reading(text: str, today: date) -> Reading:
    return Reading(Stream(text), today, _NO_NAMES, _NO_NAMES)


def _without_date(text: str) -> Reading:
    reading = _reading(text, _ANY_DAY)
    if found := chosen(dates(reading.stream, reading.today)):
        _take_date(reading.stream, found)
    return reading


def _take_date(stream: Stream, found: FoundDate) -> None:
    stream.take(leading(stream, found.start), found.end)


def _first(stream: Stream) -> int:
    """Return the place of the first token that is neither a mark nor passed over."""
    places = (at for at in range(len(stream)) if stream.key(at) and not stream.is_mark(at))
    return next((at for at in places if stream.raw(at) not in _PASSED or whole_number_at(stream, at)), len(stream))


def _month_and_day(reading: Reading) -> FoundDate | None:
    return month_and_day(reading.stream, _first(reading.stream), reading.today)


def _take_hours(stream: Stream) -> None:
    lengths, clocks = lengths_and_clocks(stream)
    for length in lengths:
        take_length(stream, length)
    for clock in clocks:
        take_clock(stream, clock)
    take_parts(stream)


def _bare_hour(stream: Stream) -> tuple[time | None, None]:
    """Take and return «۸», «هشت و نیم», or here even «۸ ساعت»: an hour of the clock is what was asked."""
    at = _first(stream)
    bare = clock_time(stream, at)
    if not bare:
        return None, None
    stream.take(at, stream.skip(bare[1], _HOURS))
    return bare[0], None


def _refuse_more(stream: Stream, field: str) -> None:
    if stream.rest(_PASSED):
        raise InvalidField(field)
