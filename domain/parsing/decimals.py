"""Decimal numbers and lengths in metres, found in a stream of tokens and in answers; exact, never a float.

People write the decimal mark as a point, «٫», a comma or, by hand, a slash («۲/۵» is two and a half); halves in words.
Thousands are written together: «۱,۵۰۰» is refused, for nobody knows whether one and a half is meant.
Lengths are metres where no unit is named: «۲٫۵», «دو متر و نیم», «۲ متر و ۴۰ سانت», «۱۲۰ سانتی‌متر».
"""

from collections.abc import Iterable
from decimal import Decimal

from domain.parsing.filler_words import COURTESY_WORDS
from domain.parsing.numerals import (
    AND_WORDS,
    HALF_WORDS,
    LONGEST_WHOLE,
    end_of_half,
    read_fraction_at,
    read_number_at,
)
from domain.parsing.tokens import TokenStream, keys_in, keys_of
from domain.values.errors import InvalidField

METRE_WORDS = keys_in("values.metre_words")
_CENTIMETRE_WORDS = keys_in("values.centimetre_words")
_MINUS_SIGNS = frozenset("-−")
_LEAD_WORDS = COURTESY_WORDS | keys_in("values.lead_words")
_HALF = Decimal("0.5")


def _read_decimal_at(stream: TokenStream, index: int) -> tuple[Decimal, int] | None:
    """Return the decimal number at a place («۲٫۷۶», «سه و نیم», «نیم») and where it ends, whatever its places."""
    if stream.key_at(index) in HALF_WORDS:
        return _HALF, index + 1
    number = read_number_at(stream, index, LONGEST_WHOLE)
    if not number:
        return None
    whole_part, end = number
    fraction_digits = read_fraction_at(stream, end)
    if stream.digits_at(end - 1) and fraction_digits:
        return Decimal(f"{whole_part}.{fraction_digits}"), end + 2
    half_end = end_of_half(stream, end)
    return (whole_part + _HALF, half_end) if half_end > end else (Decimal(whole_part), end)


def read_length_at(stream: TokenStream, index: int) -> tuple[Decimal, int] | None:
    """Return the length in metres at a place, with or without its unit, and where it ends."""
    number = _read_decimal_at(stream, index)
    if not number:
        return None
    metres, end = number
    if centimetres_end := _end_of_centimetres(stream, end):
        return metres / 100, centimetres_end
    if stream.key_at(end) not in METRE_WORDS:
        return metres, end
    half_end = end_of_half(stream, end + 1)
    if half_end > end + 1:
        return metres + _HALF, half_end
    smaller = _read_decimal_at(stream, end + 2) if stream.key_at(end + 1) in AND_WORDS else None
    if smaller and (centimetres_end := _end_of_centimetres(stream, smaller[1])):
        return metres + smaller[0] / 100, centimetres_end
    return metres, end + 1


def read_decimal(answer_text: str, unit_words: Iterable[str] = ()) -> Decimal:
    """Return the decimal number that an answer is; words of `unit_words` may be with it."""
    stream = TokenStream(answer_text)
    return _read_alone(stream, _read_decimal_at(stream, _first_place(stream)), keys_of(*unit_words))


def read_length(answer_text: str) -> Decimal:
    """Return the metres that an answer is."""
    stream = TokenStream(answer_text)
    return _read_alone(stream, read_length_at(stream, _first_place(stream)), frozenset())


def _first_place(stream: TokenStream) -> int:
    """Return where a number may begin: behind courtesies and marks."""
    index = 0
    while stream.key_at(index) in _LEAD_WORDS or stream.is_mark_at(index):
        index += 1
    return index


def _read_alone(stream: TokenStream, number: tuple[Decimal, int] | None, unit_keys: frozenset[str]) -> Decimal:
    """Return a number that the whole answer is; `InvalidField` where it says more, or none."""
    if not number:
        raise InvalidField("number")
    first_place = _first_place(stream)
    is_negative = stream.raw_at(first_place - 1) in _MINUS_SIGNS and stream.is_glued(first_place)
    stream.take(first_place, number[1])
    if stream.free_texts(_LEAD_WORDS | unit_keys):
        raise InvalidField("number")
    return -number[0] if is_negative else number[0]


def _end_of_centimetres(stream: TokenStream, index: int) -> int | None:
    """Return where «سانت», «سانتی‌متر» at a place ends; None where it is not there."""
    if stream.key_at(index) not in _CENTIMETRE_WORDS:
        return None
    return stream.skip(index + 1, METRE_WORDS)
