"""What the answer to one asked question means, when the dialogue waits for one field.

Every reader takes the whole message and returns the value, or raises `InvalidField`: also when the message says more
than the value, for then it may be something else (free text, a command that interrupts). Courtesies and the name of
the field itself («ساعت کار: ۴») do not count as more.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

from domain.parsing.dates import FoundDate, chosen, dates, leading, month_and_day
from domain.parsing.filler_words import COURTESIES
from domain.parsing.hours import (
    ClockTime,
    clock_time,
    in_part,
    lengths_and_clocks,
    take_clock,
    take_length,
    take_parts,
    two_hours,
)
from domain.parsing.machines import MachineItem, take_work
from domain.parsing.numerals import quantity_at, whole_number_at
from domain.parsing.slots import MessageReader
from domain.parsing.spelling import Spelling
from domain.parsing.tokens import Phrases, Stream, TokenKind, keys
from domain.values.calendar import in_tehran
from domain.values.errors import Doubt, InvalidField

_PASSED = COURTESIES | keys(
    "گزینه", "شماره", "مورد", "عدد", "تعداد", "تا", "دستگاه", "روز", "مدت", "تاریخ", "زمان", "option", "number", "no",
)  # fmt: skip
_PASSED_NUMBER = COURTESIES | keys("گزینه", "شماره", "مورد", "عدد", "تعداد", "option", "number", "no")
_PASSED_LENGTH = COURTESIES | keys("مدت", "حدود", "حدودا", "کار", "هر", "کدام", "برای")
_PASSED_HOUR = COURTESIES | keys("زمان", "از", "شروع", "آغاز", "کار", "راس", "سر", "حدود", "حدودا")
"""What may stand beside a value and changes nothing: another thing's unit says that another thing is meant."""

_HOURS = keys("ساعت", "ساعته", "h", "hour", "hours")
_OF_WORK = _HOURS | keys("کار", "مدت", ":", "-", "=")
_DAYS = keys("روز", "روزه", "روزی", "هفته", "ماه", "day", "days", "week", "rooz", "ruz")
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
    if found.other:
        raise Doubt("date", detail="two_days", options=found.readings)
    _take_date(reading.stream, found)
    _take_hours(reading.stream)
    _refuse_more(reading.stream, "date", _PASSED)
    return found.day


def read_start(text: str) -> time:
    """Return the hour of the clock: «ساعت ۸», «۷:۳۰», «۴ عصر», and here a bare «۸» or «هشت و نیم» too.

    A date said with it is passed over. A part of the day alone («صبح») raises with the detail `part_of_day`, and an
    hour of the afternoon or the night, nobody knows which, a `Doubt`.
    """
    reading = _without_date(text)
    stream = reading.stream
    _, clocks = lengths_and_clocks(stream)
    said = clocks[0] if clocks else _bare_hour(stream)
    if clocks:
        take_clock(stream, clocks[0])
    part_alone = take_parts(stream)
    _refuse_more(stream, "start", _PASSED_HOUR)
    if said is None or said.hour is None:
        raise InvalidField("start", detail="part_of_day" if part_alone and not clocks else None)
    if both := two_hours(stream, said.start, said.end, said.hour, said.part or part_alone):
        raise Doubt("start", detail="two_hours", options=both)
    return in_part(said.hour, part_alone) if part_alone and not said.part else said.hour


def read_items(text: str) -> list[dict[str, Any]]:
    """Return the machines as {machine, count, hours}, hours as far as said; a date or hour with them is passed over."""
    reading = _without_date(text)
    take_work(reading)
    items: tuple[MachineItem, ...] = reading.slots.get("items", ())
    if not items:
        raise InvalidField("items", detail="no_number" if reading.rejected else "no_machine")
    _refuse_more(reading.stream, "items", _PASSED)
    return [item.as_json() for item in items]


def read_hours(text: str) -> float:
    """Return a length in hours, in halves: «۴», «۴ ساعت», «چهار و نیم», «از ۸ تا ۱۲»; whole hours as an int.

    An hour of the clock («ساعت ۸») and days («یک روز») are no length in hours: each is refused with its own detail.
    """
    stream = Stream(text)
    hours = _length_in_hours(stream)
    _refuse_more(stream, "hours", _PASSED_LENGTH)
    if not hours:
        raise InvalidField("hours")
    return hours


def _length_in_hours(stream: Stream) -> float:
    """Take and return a length; 0 where there is none."""
    lengths, clocks = lengths_and_clocks(stream)
    if lengths:
        take_length(stream, lengths[0])
        return lengths[0].hours
    if any(stream.raw(at) in _DAYS for at in range(len(stream))):
        raise InvalidField("hours", detail="days_not_hours")
    if clocks and clocks[0].hours:
        take_clock(stream, clocks[0])
        return clocks[0].hours
    if clocks:
        raise InvalidField("hours", detail="clock_not_hours")
    quantity = quantity_at(stream, stream.skip(_first(stream), _OF_WORK))
    stream.take(0, quantity[1] if quantity else 0)
    return quantity[0] if quantity else 0.0


def read_number(text: str, unit: tuple[str, ...] = ()) -> int:
    """Return a whole number, in digits of any script or in words; a minus before the digits makes it negative.

    Words of its `unit` may stand with it; those of another unit say that it is another number.
    """
    stream = Stream(text)
    at = _first(stream)
    number = whole_number_at(stream, at)
    if not number:
        raise InvalidField("number")
    stream.take(at, number[1])
    _refuse_more(stream, "number", _PASSED_NUMBER | keys(*unit))
    return -number[0] if stream.raw(at - 1) in _MINUS and stream.tight(at) else number[0]


def read_choice(text: str, choices: Mapping[str, Iterable[str]]) -> str:
    """Return the choice whose words are meant, a little misspelt at most; numbers of a menu are the dialogue's."""
    phrases = Phrases(choices)
    stream = Stream(text)
    for at in range(len(stream)):
        if found := phrases.at(stream, at):
            stream.take(at, found[1])
            _refuse_more(stream, "choice", _PASSED)
            return found[0]
    letters = "".join(token.key for token in stream.tokens if token.kind is TokenKind.WORD and token.key not in _PASSED)
    near = Spelling(phrases.values).near(letters)
    meant = {phrases.values[word] for cost, word in near if cost == near[0][0]}
    if len(meant) != 1:
        raise InvalidField("choice")
    return meant.pop()


def _reading(text: str, today: date) -> MessageReader:
    return MessageReader(Stream(text), today, _NO_NAMES, _NO_NAMES)


def _without_date(text: str) -> MessageReader:
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


def _month_and_day(reading: MessageReader) -> FoundDate | None:
    return month_and_day(reading.stream, _first(reading.stream), reading.today)


def _take_hours(stream: Stream) -> None:
    lengths, clocks = lengths_and_clocks(stream)
    for length in lengths:
        take_length(stream, length)
    for clock in clocks:
        take_clock(stream, clock)
    take_parts(stream)


def _bare_hour(stream: Stream) -> ClockTime | None:
    """Take and return «۸», «هشت و نیم», or here even «۸ ساعت»: an hour of the clock is what was asked."""
    at = _first(stream)
    bare = clock_time(stream, at)
    if not bare:
        return None
    stream.take(at, stream.skip(bare[1], _HOURS))
    return ClockTime(at, bare[1], bare[0])


def _refuse_more(stream: Stream, field: str, passed: frozenset[str]) -> None:
    if stream.rest(passed):
        raise InvalidField(field)
