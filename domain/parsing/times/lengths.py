"""Lengths of time in a stream of tokens: «۴ ساعت», «سه ساعت و نیم», «۹۰ دقیقه», in half hours.

Where nobody knows how long («یکی دو ساعت»), or it is how long on each day («روزی ۴ ساعت»), a length has no hours: they
are asked. «نیم ساعت دیگه» says when, and is none.
"""

from dataclasses import dataclass, replace

from domain.parsing.negation import find_negations
from domain.parsing.numerals import HALF_WORDS, begins_number, end_of_half, is_ordinal, read_number_at, read_quantity_at
from domain.parsing.places import is_place_number, is_road_number
from domain.parsing.slips import end_of_slip
from domain.parsing.tokens import TokenStream, keys_in, keys_of, read_once

CLOCK_WORDS = keys_of("ساعت", "at", "saat", "ساعته")
QUARTER_WORDS = keys_of("ربع")
SINCE_WORDS = keys_of("از", "from", "بین")
_LENGTH_WORDS = keys_in("values.length_words")
_MINUTE_WORDS = keys_of("دقیقه", "دقیقهای", "min", "minutes", "minute")
_AND_WORDS, _LESS_WORDS, _QUARTER_COUNTS = keys_of("و", "and"), keys_of("کم"), keys_of("سه", "3")
_LENGTH_LEAD_WORDS = keys_in("values.length_lead_words")
_WORK_WORDS = keys_of("کار", "کارکرد", "کاری")
_OR_WORDS = keys_of("یا", "تا", "الی", "-", "–", "،", "or", "ya", "ta")
_ONE_OR = keys_of("یکی")
_SOME_WORDS = keys_of("چند", "چن", "چندین", "chand")
_EACH_DAY_WORDS = keys_of("روزی", "روزانه", "هرروز", "daily", "ruzi", "roozi", "rozi", "rozane", "roozane")
_DAY, _OF_EACH_DAY = keys_of("روز", "day"), keys_of("هر", "در", "per", "har", "dar", "a")
_LATER_WORDS, _FROM_OR_NOON = keys_of("دیگر", "بعد"), keys_of("از", "ظهر", "az")
_ALSO_WORDS = keys_of("هم", "کار", "وقت", "اضافه", "بیشتر")
"""Behind «دیگه» they say that it is more of the same («دو ساعت دیگه هم»)."""
_MORE_WORDS, _FEWER_WORDS = keys_of("بیشتر", "اضافه", "bishtar", "ezafe"), keys_of("کمتر", "kamtar")
LONGEST_COMPARISON = 3
"""Words behind a length in which it is said that it is more, or less, than before."""
_LONGEST_HOURS = 200
_MOST_APART = 2
_HOUR_MINUTES = 60


@dataclass(frozen=True, slots=True)
class LengthMention:
    """A length of `hours` (a multiple of a half) at tokens `start` to `end`; None where nobody knows how many."""

    start: int
    end: int
    hours: float | None
    is_of_each_day: bool = False


def read_length_at(stream: TokenStream, index: int) -> LengthMention | None:
    """Read a length at a place, as it is put right at once («سی ساعت، نه ببخشید سه»)."""
    length = _read_stated_length_at(stream, index)
    while length and (end := end_of_slip(stream, length.end)):
        later = _read_stated_length_at(stream, end) or _read_bare_length_at(stream, end)
        if later is None:
            return length
        length = replace(later, start=length.start)
    return length


def read_added_hours(text: str) -> float | None:
    """Return how many hours more than before a text wants («دو ساعت بیشتر», «۲ ساعت اضافه کنید»), negative where fewer
    («یک ساعت کمتر»); None where it wants neither.
    """
    stream = TokenStream(text)
    length = next((found for index in range(len(stream)) if (found := read_length_at(stream, index))), None)
    if length is None or length.hours is None or find_negations(read_once(text)).verbs:
        return None
    behind = {stream.key_at(place) for place in range(length.end, min(length.end + LONGEST_COMPARISON, len(stream)))}
    if behind & _MORE_WORDS:
        return length.hours
    return -length.hours if behind & _FEWER_WORDS else None


def read_minutes_ahead_at(stream: TokenStream, index: int) -> tuple[int, int] | None:
    """Read «نیم ساعت دیگه», «یک ربع دیگر», «۲ ساعت بعد»: in how many minutes, and its end."""
    quantity = read_quantity_at(stream, index)
    if stream.key_at(index) in QUARTER_WORDS:
        minutes, end = 15, index + 1
    elif not quantity or quantity[0] > _LONGEST_HOURS or is_ordinal(stream, quantity[1]):
        return None
    elif stream.key_at(quantity[1]) in QUARTER_WORDS and quantity[0] == 1:
        minutes, end = 15, quantity[1] + 1
    elif stream.key_at(quantity[1]) in _MINUTE_WORDS:
        minutes, end = int(quantity[0]), quantity[1] + 1
    elif stream.key_at(quantity[1]) in _LENGTH_WORDS:
        more, end = read_minutes_at(stream, quantity[1] + 1)
        minutes = int(quantity[0] * _HOUR_MINUTES) + more
    else:
        return None
    is_ahead = stream.key_at(end) in _LATER_WORDS and stream.key_at(end + 1) not in _FROM_OR_NOON | _ALSO_WORDS
    is_no_more = is_ahead and any(verb.start == end + 1 for verb in find_negations(stream.read).verbs)
    return (minutes, end + 1) if is_ahead and minutes and not is_no_more else None


def read_minutes_at(stream: TokenStream, index: int) -> tuple[int, int]:
    """Read «و نیم», «و ربع», «و سه ربع», «و ۲۰ دقیقه», and what lacks to an hour («ربع کم»: -15)."""
    half_end = end_of_half(stream, index)
    if half_end > index:
        return 30, half_end
    has_and = stream.key_at(index) in _AND_WORDS
    start = index + has_and
    minutes, end = 0, index
    if stream.key_at(start) in QUARTER_WORDS:
        minutes, end = 15, start + 1
    elif stream.key_at(start) in _QUARTER_COUNTS and stream.key_at(start + 1) in QUARTER_WORDS:
        minutes, end = 45, start + 2
    elif (number := read_number_at(stream, start)) and stream.key_at(number[1]) in _MINUTE_WORDS:
        minutes, end = number[0], number[1] + 1
    if stream.key_at(end) in _LESS_WORDS and 0 < minutes < _HOUR_MINUTES:
        return -minutes, end + 1
    return (minutes, end) if has_and else (0, index)


def take_length(stream: TokenStream, length: LengthMention) -> None:
    """Take a length and the words that lead into it («به مدت»)."""
    stream.take(stream.skip_back(length.start, _LENGTH_LEAD_WORDS), length.end)


def may_begin_length(key: str) -> bool:
    """Return whether a length may begin with a token."""
    return begins_number(key) or key in _BEGINNINGS


def whole_hours_as_int(hours: float) -> float:
    """Return whole hours as an int, so that 4 stays 4 in JSON."""
    return int(hours) if hours == int(hours) else hours


_BEGINNINGS = HALF_WORDS | QUARTER_WORDS | _ONE_OR | _SOME_WORDS | _EACH_DAY_WORDS | _OF_EACH_DAY


def _read_stated_length_at(stream: TokenStream, index: int) -> LengthMention | None:
    if each_day := _end_of_each_day(stream, index):
        length = _read_plain_length_at(stream, each_day)
        return length and LengthMention(index, length.end, None, is_of_each_day=True)
    if vague_end := _end_of_vague_length(stream, index):
        return LengthMention(index, vague_end, None)
    return _read_plain_length_at(stream, index)


def _read_plain_length_at(stream: TokenStream, index: int) -> LengthMention | None:
    quantity = read_quantity_at(stream, index)
    if (
        not quantity
        or quantity[0] > _LONGEST_HOURS
        or is_place_number(stream, index)
        or is_ordinal(stream, quantity[1])
    ):
        return None
    value, end = quantity
    if stream.key_at(end) in _MINUTE_WORDS and value % 30 == 0:
        return LengthMention(index, end + 1, value / _HOUR_MINUTES) if value else None
    if stream.key_at(end) not in _LENGTH_WORDS or not value or _is_road_then_clock(stream, index, end):
        return None
    minutes, end = read_minutes_at(stream, end + 1)
    if minutes % 30:
        return None
    end = stream.skip(end, _WORK_WORDS)
    hours = whole_hours_as_int(value + minutes / _HOUR_MINUTES)
    each_day = _end_of_each_day(stream, end)
    return LengthMention(index, each_day or end, None if each_day else hours, is_of_each_day=each_day is not None)


def _read_bare_length_at(stream: TokenStream, index: int) -> LengthMention | None:
    """Read the number alone that stands for another («سی ساعت نه ببخشید سه»), where nothing behind it is counted."""
    quantity = read_quantity_at(stream, index)
    is_last = quantity is not None and (quantity[1] >= len(stream) or stream.is_mark_at(quantity[1]))
    return LengthMention(index, quantity[1], quantity[0]) if quantity and is_last and quantity[0] else None


def _end_of_each_day(stream: TokenStream, index: int) -> int | None:
    """Return where «روزی», «هر روز», «در روز» at a place ends; None where it is not there."""
    if stream.key_at(index) in _EACH_DAY_WORDS:
        return index + 1
    is_each = stream.key_at(index) in _OF_EACH_DAY and stream.key_at(index + 1) in _DAY
    return index + 2 if is_each else None


def _end_of_vague_length(stream: TokenStream, index: int) -> int | None:
    """Return where «یکی دو ساعت», «۲ تا ۳ ساعت», «چند ساعت» at a place ends; None where no such length is there."""
    if stream.key_at(index) in _SOME_WORDS and stream.key_at(index + 1) in _LENGTH_WORDS:
        return index + 2
    word_before = stream.key_at(index - 1)
    if word_before in CLOCK_WORDS | SINCE_WORDS or is_place_number(stream, index) or is_road_number(stream, index):
        return None
    number = (1, index + 1) if stream.key_at(index) in _ONE_OR else read_number_at(stream, index)
    behind = stream.skip(number[1], _OR_WORDS) if number else index
    other = read_number_at(stream, behind) if number else None
    if not number or not other or stream.key_at(other[1]) not in _LENGTH_WORDS:
        return None
    is_near = 0 < other[0] - number[0] <= (_MOST_APART if behind > number[1] else 1)
    return other[1] + 1 if is_near and read_number_at(stream, other[1] + 1) is None else None


def _is_road_then_clock(stream: TokenStream, index: int, unit_index: int) -> bool:
    """Return whether «میدان ۷ ساعت ۸» begins here: a road's number, then an hour."""
    return is_road_number(stream, index) and read_number_at(stream, unit_index + 1) is not None
