"""Hours of the clock and lengths of time, found in a stream of tokens.

«ساعت ۸» is an hour of the clock, «۸ ساعت» a length. Lengths come in half hours. A part of the day alone («صبح») is no
hour; it is taken so that it does not stay in the free text, and sharpens an hour said without one («عصر … ساعت ۴»).
"""

from dataclasses import dataclass, replace
from datetime import time
from typing import Literal

from domain.parsing.numerals import HALF_WORDS, read_number_at
from domain.parsing.places import is_name_evening, is_place_number
from domain.parsing.slips import end_of_slip
from domain.parsing.times.lengths import (
    CLOCK_WORDS,
    QUARTER_WORDS,
    SINCE_WORDS,
    LengthMention,
    may_begin_length,
    read_length_at,
    read_minutes_ahead_at,
    read_minutes_at,
    whole_hours_as_int,
)
from domain.parsing.tokens import Phrases, TokenKind, TokenStream, keys_in, keys_of
from domain.parsing.word_lists import words_of

DayPart = Literal["dawn", "morning", "noon", "afternoon", "night"]

DAY_PART_PHRASES: Phrases[DayPart] = Phrases(
    {
        "dawn": ("بامداد", "نیمه شب", "am"),
        "morning": ("صبح", "صبح زود", "قبل از ظهر", "پیش از ظهر", "صبحها", "morning", "sobh"),
        "noon": ("ظهر", "noon", "zohr"),
        "afternoon": words_of("values.day_part_phrases.afternoon"),
        "night": ("شب", "night", "shab"),
    }
)

_MINUTE_WORDS, _LESS_WORDS = keys_of("دقیقه", "min", "minute"), keys_of("کم")
_UNTIL_WORDS = keys_of("تا", "الی", "لغایت", "to", "until", "till", "-")
_ONE_WORDS, _TO_WORDS = keys_of("یک", "یه", "1"), keys_of("به", "مانده", "مونده", "be", "to")
_OTHER_UNITS = keys_of("متر", "متری", "کیلومتر", "کیلومتری", "روز", "ماه")
_TIME_POINTS = frozenset(":./٫")
_MARKS_AFTER_CLOCK = frozenset(":،-")
_BEGINNING_WORDS = keys_of("شروع", "شروعش", "آغاز")
_WORK_START_WORDS = _BEGINNING_WORDS | keys_of("کار", "از", ":", "-")
_CLOCK_LEAD_WORDS = keys_in("values.clock_lead_words")
_HOUR_MINUTES = 60
_FIRST_MORNING_HOUR = 6
"""From here on an hour said without a part of the day is one of the morning."""


@dataclass(frozen=True, slots=True)
class ClockMention:
    """An hour of the clock in a message."""

    start: int
    """Its first token."""
    end: int
    """The token after its last one."""
    hour: time | None
    """The hour that is meant; None when no clock shows it."""
    day_part: DayPart | None = None
    """The part of the day said with it."""
    span_hours: float | None = None
    """The length of «ساعت ۸ تا ۱۲», in hours."""
    is_sure: bool = False
    """Whether it is reckoned from now, and so is the one hour that can be meant."""
    minutes_ahead: int | None = None
    """Minutes until then («نیم ساعت دیگه»), where no hour is said."""


def find_lengths_and_clocks(stream: TokenStream) -> tuple[list[LengthMention], list[ClockMention]]:
    """Return the lengths and hours of a message, each from first to last; read together, as «ساعت» serves both."""
    lengths: list[LengthMention] = []
    clocks: list[ClockMention] = []
    index = 0
    while index < len(stream):
        if not _may_begin_time(stream.key_at(index)):
            index += 1
        elif ahead := read_minutes_ahead_at(stream, index):
            clocks.append(ClockMention(index, ahead[1], None, minutes_ahead=ahead[0]))
            index = ahead[1]
        elif length := read_length_at(stream, index):
            lengths.append(length)
            index = length.end
        elif clock := _read_settled_clock_at(stream, index):
            clocks.append(clock)
            index = clock.end
        else:
            index += 1
    return lengths, clocks


def _may_begin_time(key: str) -> bool:
    """Return whether a length or an hour may begin with a token."""
    return may_begin_length(key) or key in CLOCK_WORDS or DAY_PART_PHRASES.may_begin(key)


def take_clock(stream: TokenStream, clock: ClockMention) -> None:
    """Take an hour and the words that lead into it («از», «راس»)."""
    stream.take(stream.skip_back(clock.start, _CLOCK_LEAD_WORDS), clock.end)


def take_day_parts(stream: TokenStream) -> DayPart | None:
    """Take the parts of the day that are alone beside what was understood; return the first."""
    first_part: DayPart | None = None
    for index in stream.free_indexes():
        part = DAY_PART_PHRASES.match_at(stream, index)
        if part and not is_name_evening(stream, index) and (stream.begins_part(index) or not stream.key_at(part[1])):
            stream.take(index, part[1])
            first_part = first_part or part[0]
    return first_part


def hour_in_day_part(hour: time, part: DayPart) -> time:
    """Return what an hour of a twelve-hour clock is on the day's clock: 4 in the afternoon is 16."""
    if hour.hour > 12:
        return hour
    afternoon_hours = {
        "dawn": (),
        "morning": (),
        "noon": range(1, 5),
        "afternoon": range(1, 12),
        "night": range(4, 12),
    }[part]
    if hour.hour in afternoon_hours:
        return hour.replace(hour=hour.hour + 12)
    return hour.replace(hour=0) if hour.hour == 12 and part in ("dawn", "night") else hour


def possible_hours(stream: TokenStream, start: int, end: int, hour: time, part: DayPart | None) -> tuple[str, ...]:
    """Return both hours (HH:MM) that tokens may mean: «ساعت ۳» without a part of the day is 15:00 or 3 at night.

    Empty where only one is meant: with a part of the day, from six on, and as «03:00» on the day's own clock.
    """
    written_number = next(
        (stream.raw_at(index) for index in range(start, end) if stream.tokens[index].kind is TokenKind.NUMBER), ""
    )
    if part or not 1 <= hour.hour < _FIRST_MORNING_HOUR or written_number.startswith("0"):
        return ()
    return f"{hour.hour + 12:02}:{hour.minute:02}", f"{hour:%H:%M}"


def read_clock_time_at(stream: TokenStream, index: int) -> tuple[time | None, int] | None:
    """Read «۸», «۷:۳۰», «هشت و نیم» at a place, without a part of the day; the time is None when no clock shows it."""
    if minutes_to := _read_minutes_to_at(stream, index):
        return minutes_to
    number = read_number_at(stream, index)
    if not number or len(stream.digits_at(index)) in (3, 5, 6):
        return None
    value, end = number
    if len(stream.digits_at(index)) == 4:
        return _valid_time(value // 100, value % 100), end
    minute_digits = stream.digits_at(end + 1) if stream.key_at(end) in _TIME_POINTS and stream.is_glued(end) else ""
    if 0 < len(minute_digits) < 3 and stream.is_glued(end + 1):
        minute = int(minute_digits)
        return (_valid_time(value, minute) or _valid_time(minute, value)), end + 2
    minute, end = read_minutes_at(stream, end)
    return _valid_time(value - (minute < 0), minute % _HOUR_MINUTES), end


def _read_minutes_to_at(stream: TokenStream, index: int) -> tuple[time | None, int] | None:
    """Read «یک ربع به هشت», «ده دقیقه به هشت»."""
    number = read_number_at(stream, index)
    if stream.key_at(index) in QUARTER_WORDS:
        minutes, end = 15, index + 1
    elif number and number[0] == 1 and stream.key_at(number[1]) in QUARTER_WORDS:
        minutes, end = 15, number[1] + 1
    elif number and 0 < number[0] < _HOUR_MINUTES and stream.key_at(number[1]) in _MINUTE_WORDS:
        minutes, end = number[0], number[1] + 1
    else:
        return None
    hour_index = stream.skip(stream.skip(end, _TO_WORDS), CLOCK_WORDS)
    hour = read_number_at(stream, hour_index) if stream.key_at(end) in _TO_WORDS else None
    return (_valid_time(hour[0] - 1, _HOUR_MINUTES - minutes), hour[1]) if hour and 1 <= hour[0] <= 24 else None


def _valid_time(hour: int, minute: int) -> time | None:
    return time(hour, minute) if 0 <= hour < 24 and minute < 60 else None


def _read_settled_clock_at(stream: TokenStream, index: int) -> ClockMention | None:
    """Read an hour at a place, as it is put right at once («ساعت ۷، نه ببخشید ۸»)."""
    clock = _read_clock_at(stream, index)
    while clock and (end := end_of_slip(stream, clock.end)):
        later = _read_clock_at(stream, end) or _read_bare_clock_at(stream, end, clock.day_part)
        if later is None:
            return clock
        clock = replace(later, start=clock.start)
    return clock


def _read_bare_clock_at(stream: TokenStream, index: int, part: DayPart | None) -> ClockMention | None:
    """Read the number alone that stands for another hour, where nothing behind it is counted."""
    hour, end = read_clock_time_at(stream, index) or (None, index)
    if hour is None or not (end >= len(stream) or stream.is_mark_at(end)):
        return None
    return ClockMention(index, end, hour_in_day_part(hour, part) if part else hour, part)


def _read_clock_at(stream: TokenStream, index: int) -> ClockMention | None:
    mention_start = index
    before = DAY_PART_PHRASES.match_at(stream, index)
    if before and _leads_to_clock(stream, index, before[1]):
        index = before[1]
    has_clock_word = stream.key_at(index) in CLOCK_WORDS
    if has_clock_word:
        index = stream.skip(
            index + 1, _WORK_START_WORDS if stream.key_at(index + 1) in _BEGINNING_WORDS else _MARKS_AFTER_CLOCK
        )
    clock_read = read_clock_time_at(stream, index)
    if not clock_read or (not has_clock_word and is_place_number(stream, index)):
        return None
    hour, end = clock_read
    after = DAY_PART_PHRASES.match_at(stream, end)
    part = after[0] if after else before[0] if before and (has_clock_word or index == before[1]) else None
    clock = ClockMention(
        mention_start, after[1] if after else end, hour_in_day_part(hour, part) if hour and part else hour, part
    )
    spanned = _include_span_end(stream, clock)
    is_clock = (
        has_clock_word
        or after
        or spanned.day_part
        or _is_written_as_clock(stream, index)
        or _is_spoken_clock(stream, index, end)
        or _is_hour_span(stream, mention_start, spanned)
    )
    return spanned if is_clock else None


def _leads_to_clock(stream: TokenStream, start: int, index: int) -> bool:
    """Return whether a part of the day is before an hour: «صبح ساعت ۸», or «صبح ۸» where nothing more is said."""
    if stream.key_at(index) in CLOCK_WORDS:
        return not is_name_evening(stream, start)
    return bool(stream.digits_at(index)) and (index + 1 == len(stream) or stream.is_mark_at(index + 1))


def _is_hour_span(stream: TokenStream, index: int, spanned: ClockMention) -> bool:
    """Return whether «از ۸ تا ۱۲» begins here, of hours and not of metres."""
    return (
        spanned.span_hours is not None
        and stream.key_at(index - 1) in SINCE_WORDS
        and stream.key_at(spanned.end) not in _OTHER_UNITS
    )


def _is_written_as_clock(stream: TokenStream, index: int) -> bool:
    """Return whether «۷:۳۰» begins here."""
    has_colon = stream.key_at(index + 1) == ":" and stream.is_glued(index + 1)
    return bool(stream.digits_at(index)) and has_colon and len(stream.digits_at(index + 2)) == 2


def _is_spoken_clock(stream: TokenStream, start: int, end: int) -> bool:
    """Return whether «هشت و ربع», «هفت و نیم», «ربع به هشت» is there, of no other unit."""
    has_fraction = stream.key_at(end - 1) in QUARTER_WORDS | HALF_WORDS and end > start + 1
    is_before_hour = end - 2 > start and stream.key_at(end - 2) in _TO_WORDS
    has_fraction = has_fraction or (stream.key_at(end - 1) in _LESS_WORDS | _MINUTE_WORDS and end > start + 2)
    return (has_fraction or is_before_hour) and stream.key_at(end) not in _OTHER_UNITS


def _include_span_end(stream: TokenStream, clock: ClockMention) -> ClockMention:
    """Read the end of «ساعت ۸ تا ۱۲» and give the hour its length; an end before the start is no end."""
    if not clock.hour or stream.key_at(clock.end) not in _UNTIL_WORDS:
        return clock
    index = stream.skip(clock.end + 1, CLOCK_WORDS)
    end_read = read_clock_time_at(stream, index)
    if not end_read or not end_read[0]:
        return clock
    after = DAY_PART_PHRASES.match_at(stream, end_read[1])
    end_time = hour_in_day_part(end_read[0], after[0]) if after else end_read[0]
    start_time, part = clock.hour, clock.day_part
    if after and not part and after[0] not in ("dawn", "morning"):
        # «۲ تا ۴ عصر» begins in the afternoon too, «۸ تا ۴ عصر» cannot.
        start_time = (
            hour_in_day_part(start_time, after[0]) if hour_in_day_part(start_time, after[0]) < end_time else start_time
        )
    hours = (end_time.hour - start_time.hour) + (end_time.minute - start_time.minute) / 60
    if hours <= 0 or hours * 2 % 1:
        return clock
    mention_end, part = (after[1], part or after[0]) if after else (end_read[1], part)
    return ClockMention(clock.start, mention_end, start_time, part, whole_hours_as_int(hours))
