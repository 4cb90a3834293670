"""How many of something a message asks for, where the number does not simply come before it: «تعداد: ۳», «(۲ دستگاه)».

«تعداد» may be before or behind what it counts, or apart from it; a number in brackets or after a times sign counts
what it is right behind.
"""

from collections.abc import Iterator
from typing import NamedTuple

from domain.parsing.numerals import read_number_at
from domain.parsing.tokens import TokenStream, keys_of

UNIT_WORDS = keys_of("دستگاه", "عدد", "تا", "ماشین", "فقره", "x", "×")
"""What may come between a number and what it counts."""
COUNT_LABELS = keys_of("تعداد", "tedad", "count", "qty")

_EQUALS_MARKS = frozenset(":=-–—،")
_TO_WORDS = keys_of("به")
_OPENING_BRACKETS, _CLOSING_BRACKETS = frozenset("(["), frozenset(")]")
_TIMES_SIGNS = keys_of("x", "×", "*")
_HOUR_WORDS = keys_of("ساعت", "ساعته", "ساعتی", "hours", "hour", "h")


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
