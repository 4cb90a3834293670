"""Hours of the clock and lengths of time, found in a stream of tokens.

«ساعت ۸» is an hour of the clock, «۸ ساعت» a length. Lengths come in half hours. A part of the day alone («صبح») is no
hour; it is taken so that it does not stay in the free text, and sharpens an hour said without one («عصر … ساعت ۴»).
"""

from dataclasses import dataclass
from datetime import time
from typing import Literal

from domain.parsing.numerals import half_after, number_at, quantity_at
from domain.parsing.places import evening_of_a_name, numbers_a_place, numbers_a_road
from domain.parsing.tokens import Phrases, Stream, TokenKind, keys

Part = Literal["dawn", "morning", "noon", "afternoon", "night"]

PARTS: Phrases[Part] = Phrases(
    {
        "dawn": ("بامداد", "نیمه شب", "am"),
        "morning": ("صبح", "صبح زود", "قبل از ظهر", "پیش از ظهر", "صبحها", "morning", "sobh"),
        "noon": ("ظهر", "noon", "zohr"),
        "afternoon": (
            "بعد از ظهر", "بعد ظهر", "عصر", "غروب", "بعدازظهری", "afternoon", "evening", "pm", "asr",
        ),
        "night": ("شب", "night", "shab"),
    }
)  # fmt: skip

_CLOCK = keys("ساعت", "at", "saat", "ساعته")
_LENGTH = keys("ساعت", "ساعته", "ساعتی", "h", "hr", "hrs", "hour", "hours", "saat")
_MINUTES = keys("دقیقه", "دقیقهای", "min", "minutes", "minute")
_AND, _QUARTER, _UNTIL = keys("و", "and"), keys("ربع"), keys("تا", "الی", "لغایت", "to", "until", "till", "-")
_SINCE, _METRES = keys("از", "from"), keys("متر", "متری", "کیلومتر", "کیلومتری", "روز", "ماه")
_POINTS = frozenset(":./٫")
_MARKS_AFTER_CLOCK = frozenset(":،-")
_BEGINNING, _OF_WORK = keys("شروع", "آغاز"), keys("شروع", "آغاز", "کار", "از", ":", "-")
_LENGTH_LEAD = keys("به", "مدت", "برای", "تعداد", "جمعا", "مجموعا", "حدود", "حدودا", "for")
_CLOCK_LEAD = keys("از", "در", "راس", "سر", "حدود", "حدودا", "حوالی", "at", "from", "،")
_WORK = keys("کار", "کارکرد", "کاری")
_LONGEST_HOURS = 200
_FIRST_MORNING_HOUR = 6
"""From here on an hour said without a part of the day is one of the morning."""


@dataclass(frozen=True, slots=True)
class Length:
    """A length of `hours` (a multiple of a half) at tokens `start` to `end`."""

    start: int
    end: int
    hours: float


@dataclass(frozen=True, slots=True)
class ClockTime:
    """An hour of the clock at tokens `start` to `end`; `hour` is None when no clock shows it.

    `part` is the part of the day said with it; `hours` the length of «ساعت ۸ تا ۱۲».
    """

    start: int
    end: int
    hour: time | None
    part: Part | None = None
    hours: float | None = None


def lengths_and_clocks(stream: Stream) -> tuple[list[Length], list[ClockTime]]:
    """Return the lengths and hours of a message, each from first to last; read together, as «ساعت» serves both."""
    lengths: list[Length] = []
    clocks: list[ClockTime] = []
    at = 0
    while at < len(stream):
        if not stream.key(at):
            at += 1
        elif length := _length_at(stream, at):
            lengths.append(length)
            at = length.end
        elif clock := _clock_at(stream, at):
            clocks.append(clock)
            at = clock.end
        else:
            at += 1
    return lengths, clocks


def take_length(stream: Stream, length: Length) -> None:
    """Take a length and the words that lead into it («به مدت»)."""
    stream.take(stream.back(length.start, _LENGTH_LEAD), length.end)


def take_clock(stream: Stream, clock: ClockTime) -> None:
    """Take an hour and the words that lead into it («از», «راس»)."""
    stream.take(stream.back(clock.start, _CLOCK_LEAD), clock.end)


def take_parts(stream: Stream) -> Part | None:
    """Take the parts of the day that stand alone beside what was understood; return the first."""
    first: Part | None = None
    for at in stream.free():
        part = PARTS.at(stream, at)
        if part and not evening_of_a_name(stream, at) and (stream.at_head(at) or not stream.key(part[1])):
            stream.take(at, part[1])
            first = first or part[0]
    return first


def in_part(hour: time, part: Part) -> time:
    """Return what an hour of a twelve-hour clock is on the day's clock: 4 in the afternoon is 16."""
    if hour.hour > 12:
        return hour
    later = {"dawn": (), "morning": (), "noon": range(1, 5), "afternoon": range(1, 12), "night": range(4, 12)}[part]
    if hour.hour in later:
        return hour.replace(hour=hour.hour + 12)
    return hour.replace(hour=0) if hour.hour == 12 and part in ("dawn", "night") else hour


def two_hours(stream: Stream, start: int, end: int, hour: time, part: Part | None) -> tuple[str, ...]:
    """Return both hours (HH:MM) that tokens may mean: «ساعت ۳» without a part of the day is 15:00 or 3 at night.

    Empty where only one is meant: with a part of the day, from six on, and as «03:00» on the day's own clock.
    """
    written = next((stream.raw(at) for at in range(start, end) if stream.tokens[at].kind is TokenKind.NUMBER), "")
    if part or not 1 <= hour.hour < _FIRST_MORNING_HOUR or written.startswith("0"):
        return ()
    return f"{hour.hour + 12:02}:{hour.minute:02}", f"{hour:%H:%M}"


def clock_time(stream: Stream, at: int) -> tuple[time | None, int] | None:
    """Read «۸», «۷:۳۰», «هشت و نیم» at a place, without a part of the day; the time is None when no clock shows it."""
    number = number_at(stream, at)
    if not number or len(stream.digits(at)) in (3, 5, 6):
        return None
    value, end = number
    if len(stream.digits(at)) == 4:
        return _time(value // 100, value % 100), end
    minutes = stream.digits(end + 1) if stream.key(end) in _POINTS and stream.tight(end) else ""
    if 0 < len(minutes) < 3 and stream.tight(end + 1):
        minute = int(minutes)
        return (_time(value, minute) or _time(minute, value)), end + 2
    minute, end = _minutes_after(stream, end)
    return _time(value, minute), end


def _time(hour: int, minute: int) -> time | None:
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _minutes_after(stream: Stream, at: int) -> tuple[int, int]:
    """Read «و نیم», «و ربع», «و ۲۰ دقیقه»."""
    half_end = half_after(stream, at)
    if half_end > at:
        return 30, half_end
    if stream.key(at) not in _AND:
        return 0, at
    if stream.key(at + 1) in _QUARTER:
        return 15, at + 2
    number = number_at(stream, at + 1)
    if number and stream.key(number[1]) in _MINUTES:
        return number[0], number[1] + 1
    return 0, at


def _length_at(stream: Stream, at: int) -> Length | None:
    quantity = quantity_at(stream, at)
    if not quantity or quantity[0] > _LONGEST_HOURS or numbers_a_place(stream, at):
        return None
    value, end = quantity
    if stream.key(end) in _MINUTES and value % 30 == 0:
        return Length(at, end + 1, value / 60) if value else None
    if stream.key(end) not in _LENGTH or not value or _is_road_then_clock(stream, at, end):
        return None
    minutes, end = _minutes_after(stream, end + 1)
    return Length(at, stream.skip(end, _WORK), _whole(value + minutes / 60)) if minutes in (0, 30) else None


def _is_road_then_clock(stream: Stream, at: int, unit: int) -> bool:
    """Tell whether «میدان ۷ ساعت ۸» stands here: a road's number, then an hour."""
    return numbers_a_road(stream, at) and number_at(stream, unit + 1) is not None


def _whole(hours: float) -> float:
    """Return whole hours as an int, so that 4 stays 4 in JSON."""
    return int(hours) if hours == int(hours) else hours


def _clock_at(stream: Stream, at: int) -> ClockTime | None:
    begin = at
    before = PARTS.at(stream, at)
    if before and stream.key(before[1]) in _CLOCK and not evening_of_a_name(stream, at):
        at = before[1]
    named = stream.key(at) in _CLOCK
    if named:
        at = stream.skip(at + 1, _OF_WORK if stream.key(at + 1) in _BEGINNING else _MARKS_AFTER_CLOCK)
    read = clock_time(stream, at)
    if not read or (not named and numbers_a_place(stream, at)):
        return None
    hour, end = read
    after = PARTS.at(stream, end)
    part = after[0] if after else before[0] if before and named else None
    clock = ClockTime(begin, after[1] if after else end, in_part(hour, part) if hour and part else hour, part)
    until = _with_end(stream, clock)
    plain = named or after or until.part or _is_written_as_clock(stream, at) or _is_span(stream, begin, until)
    return until if plain else None


def _is_span(stream: Stream, at: int, until: ClockTime) -> bool:
    """Tell whether «از ۸ تا ۱۲» stands here, of hours and not of metres."""
    return until.hours is not None and stream.key(at - 1) in _SINCE and stream.key(until.end) not in _METRES


def _is_written_as_clock(stream: Stream, at: int) -> bool:
    """Tell whether «۷:۳۰» stands here."""
    colon = stream.key(at + 1) == ":" and stream.tight(at + 1)
    return bool(stream.digits(at)) and colon and len(stream.digits(at + 2)) == 2


def _with_end(stream: Stream, clock: ClockTime) -> ClockTime:
    """Read the end of «ساعت ۸ تا ۱۲» and give the hour its length; an end before the start is no end."""
    if not clock.hour or stream.key(clock.end) not in _UNTIL:
        return clock
    at = stream.skip(clock.end + 1, _CLOCK)
    read = clock_time(stream, at)
    if not read or not read[0]:
        return clock
    after = PARTS.at(stream, read[1])
    until = in_part(read[0], after[0]) if after else read[0]
    start, part = clock.hour, clock.part
    if after and not part and after[0] not in ("dawn", "morning"):
        # «۲ تا ۴ عصر» begins in the afternoon too, «۸ تا ۴ عصر» cannot.
        start = in_part(start, after[0]) if in_part(start, after[0]) < until else start
    hours = (until.hour - start.hour) + (until.minute - start.minute) / 60
    if hours <= 0 or hours * 2 % 1:
        return clock
    end, part = (after[1], part or after[0]) if after else (read[1], part)
    return ClockTime(clock.start, end, start, part, _whole(hours))
