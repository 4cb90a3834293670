"""How many of something a message asks for, where the number does not simply stand before it: «تعداد: ۳», «(۲ دستگاه)».

«تعداد» may stand before or behind what it counts, or apart from it; a number in brackets or after a times sign counts
what it stands right behind.
"""

from collections.abc import Iterator
from typing import NamedTuple

from domain.parsing.numerals import number_at
from domain.parsing.tokens import Stream, keys

UNITS = keys("دستگاه", "عدد", "تا", "ماشین", "فقره", "x", "×")
"""What may stand between a number and what it counts."""
NUMBER_OF = keys("تعداد", "tedad", "count", "qty")

_IS = frozenset(":=-–—،")
_TO = keys("به")
_OPEN, _CLOSED = frozenset("(["), frozenset(")]")
_TIMES = keys("x", "×", "*")
_HOURS = keys("ساعت", "ساعته", "ساعتی", "hours", "hour", "h")


class CountMention(NamedTuple):
    """A number of machines said at tokens `start` to `end`."""

    start: int
    end: int
    number: int


def labelled_counts(stream: Stream) -> Iterator[CountMention]:
    """Yield every «[به] تعداد [:] ۳ [دستگاه]», with the brackets around it."""
    for at in range(len(stream)):
        if stream.key(at) in NUMBER_OF:
            number = number_at(stream, stream.skip(at + 1, _IS))
            if number and not _counts_hours(stream, number[1]):
                start = at - (stream.key(at - 1) in _TO)
                yield _in_brackets(stream, CountMention(start, stream.skip(number[1], UNITS), number[0]))


def count_behind(stream: Stream, at: int) -> CountMention | None:
    """Return the number right behind a name: «(۲)», «(۲ دستگاه)», «×۳»."""
    if stream.key(at) not in _OPEN | _TIMES:
        return None
    number = number_at(stream, at + 1)
    if not number:
        return None
    if stream.key(at) in _TIMES:
        return CountMention(at, number[1], number[0])
    end = stream.skip(number[1], UNITS)
    return CountMention(at, end + 1, number[0]) if stream.key(end) in _CLOSED else None


def touch(stream: Stream, end: int, start: int) -> bool:
    """Tell whether nothing but marks stands between two spans."""
    return end <= start and all(stream.is_mark(at) for at in range(end, start))


def _counts_hours(stream: Stream, at: int) -> bool:
    """Tell whether «ساعت» behind a number makes it a length, unlike «تعداد ۲ ساعت ۸»."""
    return stream.key(at) in _HOURS and number_at(stream, at + 1) is None


def _in_brackets(stream: Stream, count: CountMention) -> CountMention:
    if stream.key(count.start - 1) in _OPEN and stream.key(count.end) in _CLOSED:
        return CountMention(count.start - 1, count.end + 1, count.number)
    return count
