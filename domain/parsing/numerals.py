"""Numbers in a stream of tokens: digits of any script, Persian words and ordinals, English words, halves.

Also how many of something a message asks for, where the number does not come before it: «تعداد: ۳», «(۲ دستگاه)».
«تعداد» may be before or behind what it counts, or apart from it; a number in brackets or after a times sign counts what
it is right behind.
"""

from collections.abc import Iterator
from typing import NamedTuple

from domain.parsing.tokens import TokenStream, keys_in, keys_of
from domain.parsing.word_lists import words_of

_BASIC_NUMERALS = words_of("values.basic_numerals")
_SPOKEN_NUMERALS = {
    "یه": 1,
    "اول": 1,
    "نخست": 1,
    "دوم": 2,
    "سوم": 3,
    "چار": 4,
    "چارده": 14,
    "شیش": 6,
    "هش": 8,
    "پونزده": 15,
    "شونزده": 16,
    "هیفده": 17,
    "هیجده": 18,
    "هژده": 18,
    "سیم": 30,
}
_LAST_OWN_ORDINAL = 3
"""Up to here an ordinal is a word of its own («سوم»)."""
_TENS = {"بیست": 20, "سی": 30, "چهل": 40, "پنجاه": 50, "شصت": 60, "شست": 60, "هفتاد": 70, "هشتاد": 80, "نود": 90}
_HUNDREDS = {
    "صد": 100, "یکصد": 100, "دویست": 200, "سیصد": 300, "چهارصد": 400, "چارصد": 400, "پانصد": 500, "پونصد": 500,
    "ششصد": 600, "شیشصد": 600, "هفتصد": 700, "هشتصد": 800, "نهصد": 900,
}  # fmt: skip
_ENGLISH_NUMERALS = words_of("values.english_numerals")
_VALUES_BY_WORD: dict[str, int] = (
    {word: value for value, word in enumerate(_BASIC_NUMERALS)}
    | {f"{word}م": value for value, word in enumerate(_BASIC_NUMERALS) if value}
    | {f"{word}تا": value for value, word in enumerate(_BASIC_NUMERALS[:11]) if value}
    | {word: value for value, word in enumerate(_ENGLISH_NUMERALS, start=1)}
    | {f"{word}م": value for word, value in _SPOKEN_NUMERALS.items() if value > _LAST_OWN_ORDINAL}
    | _SPOKEN_NUMERALS
    | _TENS
    | {f"{word}م": value for word, value in _TENS.items()}
    | _HUNDREDS
)
_ORDINAL_WORDS = (keys_of("اول", "سوم") | {f"{word}م" for word in _VALUES_BY_WORD}) & _VALUES_BY_WORD.keys() - {"سهم"}
AND_WORDS = keys_of("و", "and")
HALF_WORDS = keys_of("نیم", "نیمه", "half")
_AND_HALF_WORDS = keys_of("ونیم")
_ORDINAL_ENDINGS = keys_of("م", "ام", "مین", "امین", "om", "th")
_DECIMAL_MARKS = frozenset("./٫,،")
_COMMAS = frozenset(",،")
_THOUSANDS_GROUP = 3
_LONGEST_NUMBER = 6
_LONGEST_MONTH = 31
LONGEST_WHOLE = 18
"""Digits of a whole number that is asked for, which may be long."""
UNIT_WORDS = keys_in("values.unit_words")
"""Words that may come between a number and what it counts."""
COUNT_LABELS = keys_of("تعداد", "tedad", "count", "qty")

_EQUALS_MARKS = frozenset(":=-–—،")
_TO_WORDS = keys_of("به")
_OPENING_BRACKETS, _CLOSING_BRACKETS = frozenset("(["), frozenset(")]")
_TIMES_SIGNS = keys_of("x", "×", "*")
_SHORT_ONE, _UNITS_OF_ONE = (
    keys_of("ی"),
    keys_of("ساعت", "ساعته", "روز", "روزه", "هفته", "دقیقه", "ربع", "دستگاه", "دونه"),
)
"""«ی» is typed for «یه»; elsewhere it is an ending apart («روستا ی …»)."""
_HOUR_WORDS = keys_of("ساعت", "ساعته", "ساعتی", "hours", "hour", "h")


def begins_number(key: str) -> bool:
    """Return whether a number may begin with a token, to pass over at once what cannot."""
    return key in _VALUES_BY_WORD or key in _SHORT_ONE or key.isdecimal()


def read_number_at(stream: TokenStream, index: int, most_digits: int = _LONGEST_NUMBER) -> tuple[int, int] | None:
    """Return the number at a place, in digits or words («بیست و پنج»), and its end; long digits identify, not count."""
    key = stream.key_at(index)
    if not begins_number(key):
        return None
    if key in _SHORT_ONE:
        return (1, index + 1) if stream.key_at(index + 1) in _UNITS_OF_ONE else None
    value = _VALUES_BY_WORD.get(key)
    if value is None:
        digits = stream.digits_at(index)
        return (int(digits), index + 1) if 0 < len(digits) <= most_digits else None
    return _read_cardinal_at(stream, index, value)


def _read_cardinal_at(stream: TokenStream, index: int, value: int) -> tuple[int, int]:
    """Return a number of several words («سیصد و چهل و پنج») whose first is worth `value`, and its end."""
    end, step = index + 1, _step_of(value)
    while step and stream.key_at(end) in AND_WORDS:
        smaller = _VALUES_BY_WORD.get(stream.key_at(end + 1), 0)
        if not 0 < smaller < step:
            break
        value, end, step = value + smaller, end + 2, _step_of(smaller)
    return value, end


def _step_of(value: int) -> int:
    """Return below what a number has to be that goes on a word worth `value`; 0 where none does."""
    return next((step for step in (100, 10) if value >= (100 if step == 100 else 20) and value % step == 0), 0)


def read_ordinal_at(stream: TokenStream, index: int) -> tuple[int, int] | None:
    """Return a number that may carry an ordinal ending apart («۱۵ ام», «سی‌ام») and where it ends."""
    number_match = read_number_at(stream, index)
    return (number_match[0], stream.skip(number_match[1], _ORDINAL_ENDINGS)) if number_match else None


def read_day_of_month_at(stream: TokenStream, index: int) -> tuple[int, int] | None:
    """Return the day of a month that an ordinal alone names («یازدهم», «۲۰ام») and where it ends."""
    number = read_ordinal_at(stream, index)
    if not number or not 1 <= number[0] <= _LONGEST_MONTH:
        return None
    is_ordinal = stream.key_at(number[1] - 1) in _ORDINAL_WORDS | _ORDINAL_ENDINGS
    return number if is_ordinal else None


def is_short_one(stream: TokenStream, index: int) -> bool:
    """Return whether «ی» at a place may be typed for «یه»."""
    return stream.key_at(index) in _SHORT_ONE


def is_ordinal(stream: TokenStream, end: int) -> bool:
    """Return whether the number that ends at a place is an ordinal: it counts nothing."""
    return stream.key_at(end - 1) in _ORDINAL_WORDS


def end_of_half(stream: TokenStream, index: int) -> int:
    """Return where «و نیم» at a place ends, or the place itself when it is not there."""
    if stream.key_at(index) in _AND_HALF_WORDS:
        return index + 1
    return index + 2 if stream.key_at(index) in AND_WORDS and stream.key_at(index + 1) in HALF_WORDS else index


def read_fraction_at(stream: TokenStream, index: int) -> str:
    """Return the digits behind a decimal mark at a place, with no space around it («٫۵»); empty where there are none.

    Three digits behind a comma may as well be thousands («۱,۵۰۰»): they are no fraction.
    """
    separator, digits = stream.key_at(index), stream.digits_at(index + 1)
    is_fraction = separator in _DECIMAL_MARKS and stream.is_glued(index) and stream.is_glued(index + 1)
    return "" if not is_fraction or (separator in _COMMAS and len(digits) == _THOUSANDS_GROUP) else digits


def read_quantity_at(stream: TokenStream, index: int) -> tuple[float, int] | None:
    """Return a quantity in halves («۴», «چهار و نیم», «4.5», «نیم») and where it ends."""
    if stream.key_at(index) in HALF_WORDS:
        return 0.5, index + 1
    number_match = read_number_at(stream, index)
    if not number_match:
        return None
    value, end = number_match
    if read_fraction_at(stream, end) == "5":
        return value + 0.5, end + 2
    half_end = end_of_half(stream, end)
    return (value + 0.5, half_end) if half_end > end else (value, end)


class CountMention(NamedTuple):
    """A number of machines said at tokens `start` to `end`."""

    start: int
    end: int
    number: int


def find_labelled_counts(stream: TokenStream) -> Iterator[CountMention]:
    """Yield every «[به] تعداد [:] ۳ [دستگاه]», with the brackets around it."""
    for index in range(len(stream)):
        if stream.key_at(index) in COUNT_LABELS:
            number = read_number_at(stream, stream.skip(index + 1, _EQUALS_MARKS))
            if number and not _is_length_in_hours(stream, number[1]):
                start = index - (stream.key_at(index - 1) in _TO_WORDS)
                yield _include_brackets(stream, CountMention(start, stream.skip(number[1], UNIT_WORDS), number[0]))


def read_count_behind(stream: TokenStream, index: int) -> CountMention | None:
    """Return the number right behind a name: «(۲)», «(۲ دستگاه)», «×۳»."""
    if stream.key_at(index) not in _OPENING_BRACKETS | _TIMES_SIGNS:
        return None
    number = read_number_at(stream, index + 1)
    if not number:
        return None
    if stream.key_at(index) in _TIMES_SIGNS:
        return CountMention(index, number[1], number[0])
    end = stream.skip(number[1], UNIT_WORDS)
    return CountMention(index, end + 1, number[0]) if stream.key_at(end) in _CLOSING_BRACKETS else None


def are_adjacent(stream: TokenStream, end: int, start: int) -> bool:
    """Return whether nothing but marks is between two spans."""
    return end <= start and all(stream.is_mark_at(index) for index in range(end, start))


def _is_length_in_hours(stream: TokenStream, index: int) -> bool:
    """Return whether «ساعت» behind a number makes it a length, unlike «تعداد ۲ ساعت ۸»."""
    return stream.key_at(index) in _HOUR_WORDS and read_number_at(stream, index + 1) is None


def _include_brackets(stream: TokenStream, count: CountMention) -> CountMention:
    if stream.key_at(count.start - 1) in _OPENING_BRACKETS and stream.key_at(count.end) in _CLOSING_BRACKETS:
        return CountMention(count.start - 1, count.end + 1, count.number)
    return count
