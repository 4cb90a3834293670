"""Numbers in a stream of tokens: digits of any script, Persian words and ordinals, English words, halves."""

from domain.parsing.tokens import TokenStream, keys_of

_BASIC_NUMERALS = (
    "صفر", "یک", "دو", "سه", "چهار", "پنج", "شش", "هفت", "هشت", "نه", "ده", "یازده", "دوازده", "سیزده", "چهارده",
    "پانزده", "شانزده", "هفده", "هجده", "نوزده", "بیست",
)  # fmt: skip
_SPOKEN_NUMERALS = {
    "یه": 1,
    "اول": 1,
    "نخست": 1,
    "دوم": 2,
    "سوم": 3,
    "چار": 4,
    "شیش": 6,
    "هش": 8,
    "پونزده": 15,
    "شونزده": 16,
    "هیفده": 17,
    "هیجده": 18,
    "هژده": 18,
    "سی": 30,
    "سیم": 30,
}
_ENGLISH_NUMERALS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_VALUES_BY_WORD: dict[str, int] = (
    {word: value for value, word in enumerate(_BASIC_NUMERALS)}
    | {f"{word}م": value for value, word in enumerate(_BASIC_NUMERALS) if value}
    | {f"{word}تا": value for value, word in enumerate(_BASIC_NUMERALS[:11]) if value}
    | {word: value for value, word in enumerate(_ENGLISH_NUMERALS, start=1)}
    | _SPOKEN_NUMERALS
)
AND_WORDS = keys_of("و", "and")
HALF_WORDS = keys_of("نیم", "نیمه", "half")
_AND_HALF_WORDS = keys_of("ونیم")
_ORDINAL_ENDINGS = keys_of("م", "ام", "مین", "امین")
_DECIMAL_MARKS = frozenset("./٫,،")
_COMMAS = frozenset(",،")
_THOUSANDS_GROUP = 3
_LONGEST_NUMBER = 6
LONGEST_WHOLE = 18
"""Digits of a whole number that is asked for, which may be long."""


def read_number_at(stream: TokenStream, index: int, most_digits: int = _LONGEST_NUMBER) -> tuple[int, int] | None:
    """Return the number at a place, in digits or words («بیست و پنج»), and its end; long digits identify, not count."""
    key = stream.key_at(index)
    if not key:
        return None
    value = _VALUES_BY_WORD.get(key)
    if value is None:
        digits = stream.digits_at(index)
        return (int(digits), index + 1) if 0 < len(digits) <= most_digits else None
    ones = (
        _VALUES_BY_WORD.get(stream.key_at(index + 2), 0)
        if value in (20, 30) and stream.key_at(index + 1) in AND_WORDS
        else 0
    )
    return (value + ones, index + 3) if 0 < ones < 10 else (value, index + 1)


def read_ordinal_at(stream: TokenStream, index: int) -> tuple[int, int] | None:
    """Return a number that may carry an ordinal ending apart («۱۵ ام», «سی‌ام») and where it ends."""
    number_match = read_number_at(stream, index)
    return (number_match[0], stream.skip(number_match[1], _ORDINAL_ENDINGS)) if number_match else None


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
