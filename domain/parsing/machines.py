"""The machines of a message: types, counts, and which hours belong to which («لودر و کمپرسی ۴ ساعت»)."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from domain.parsing.counts import NUMBER_OF, UNITS, CountMention, count_behind, labelled_counts, touch
from domain.parsing.hours import (
    ClockTime,
    Length,
    Part,
    clock_time,
    in_part,
    lengths_and_clocks,
    take_clock,
    take_length,
    take_parts,
    two_hours,
)
from domain.parsing.names import MACHINES
from domain.parsing.numerals import number_at
from domain.parsing.places import numbers_a_place, trade_of_a_place
from domain.parsing.slots import MessageReader
from domain.parsing.spelling import Spelling
from domain.parsing.tokens import Phrases, Stream, TokenKind, keys
from domain.values.errors import Doubt

_NAMES = Phrases(MACHINES)
_SPELLING = Spelling(_NAMES.values)
_EACH = Phrases({True: ("هر کدام", "هرکدوم", "هر کدوم", "هر یک", "هر دو", "هر دستگاه", "each")})
_LINKS = keys("و", "،", ",", "+", "/", "-", "همراه", "با", "به", "and", "with")
_AND = keys("و", "،", ",", "and")
_IS = frozenset(":=")
_OR = keys("یا", "or", "ya")
_MOST = 99


@dataclass(frozen=True, slots=True)
class MachineItem:
    """One line of a machinery request: `count` machines of a type, each for `hours` (in halves; None: not said)."""

    machine: str
    hours: float | None = None
    count: int = 1

    def as_json(self) -> dict[str, object]:
        """Return the item as channels.md shows it; hours that were not said are left out."""
        said: dict[str, object] = {"machine": self.machine, "count": self.count}
        return said if self.hours is None else said | {"hours": self.hours}


@dataclass(slots=True)
class _Named:
    """A machine at tokens `start` to `end`, and its hours as soon as they are known."""

    start: int
    end: int
    machine: str
    count: int
    hours: float | None = None
    hours_first: bool = False


def take_work(reading: MessageReader) -> None:
    """Take items, start hour and parts of the day of a machinery request; «۰ لودر» is refused."""
    counts = _take_counts(reading.stream)
    lengths, clocks = lengths_and_clocks(reading.stream)
    clock = _take_start(reading, clocks)
    taken = _take_items(reading.stream, lengths, counts)
    span = clock.hours if clock else None
    for item in taken:
        item.hours = span if item.hours is None else item.hours
    if none := next((item for item in taken if not item.count), None):
        reading.reject("items", none.start, none.end)
    elif taken:
        reading.slots["items"] = tuple(MachineItem(item.machine, item.hours, item.count) for item in taken)
    elif hours := next((length.hours for length in lengths), span):
        reading.partial["hours"] = hours
    part = take_parts(reading.stream)
    if clock and clock.hour:
        reading.slots["start"] = in_part(clock.hour, part) if part and not clock.part else clock.hour
        _doubt_start(reading, clock, clocks, part)


def _doubt_start(reading: MessageReader, clock: ClockTime, clocks: list[ClockTime], part: Part | None) -> None:
    """Note that an hour may be of the afternoon or of the night, or that several hours were said («ساعت ۸ یا ۹»)."""
    both = two_hours(reading.stream, clock.start, clock.end, clock.hour, clock.part or part) if clock.hour else ()
    said = sorted({f"{one.hour:%H:%M}" for one in (*clocks, *_or_another(reading.stream, clock)) if one.hour})
    if options := both or (tuple(said) if len(said) > 1 else ()):
        reading.problems["start"] = Doubt("start", detail="two_hours", options=options)
        for one in clocks:
            take_clock(reading.stream, one)


def _or_another(stream: Stream, clock: ClockTime) -> Iterator[ClockTime]:
    """Take and yield the second hour of «ساعت ۸ یا ۹»."""
    read = clock_time(stream, clock.end + 1) if stream.raw(clock.end) in _OR else None
    if read:
        yield ClockTime(clock.end, read[1], read[0])
        stream.take(clock.end, read[1])


def take_machine_and_hours(reading: MessageReader) -> None:
    """Take one machine and one length, as a tariff is asked for."""
    counts = _take_counts(reading.stream)
    lengths, _ = lengths_and_clocks(reading.stream)
    taken = _take_items(reading.stream, lengths, counts)
    if taken:
        reading.slots["machine"] = taken[0].machine
    if lengths:
        reading.slots["hours"] = lengths[0].hours


def _take_start(reading: MessageReader, clocks: list[ClockTime]) -> ClockTime | None:
    """Take the first hour that exists; without one, refuse the first that does not."""
    clock = min(clocks, key=lambda one: (one.hour is None, one.start), default=None)
    if clock and clock.hour:
        take_clock(reading.stream, clock)
    elif clock:
        reading.reject("start", clock.start, clock.end)
    return clock


def _take_counts(stream: Stream) -> list[CountMention]:
    """Take what «تعداد» counts before lengths are looked for: «تعداد ۲ ساعت ۸» is two, from eight o'clock."""
    counts = list(labelled_counts(stream))
    for count in counts:
        stream.take(count.start, count.end)
    return counts


def _take_items(stream: Stream, lengths: list[Length], counts: list[CountMention]) -> list[_Named]:
    """Take machines and lengths, and give each machine its number and its hours."""
    for length in lengths:
        take_length(stream, length)
    items = list(_named(stream)) or list(_misspelt(stream))
    for item in items:
        stream.take(item.start, item.end)
    apart = [count for count in counts if not _number(stream, count, items)]
    spans = [(item.start, item.end) for item in items] + [(length.start, length.end) for length in lengths]
    spans += [(count.start, count.end) for count in apart]
    _take_links(stream, sorted(spans))
    for length in lengths:
        _give(length, items)
    _share_forward(items)
    return items


def _number(stream: Stream, count: CountMention, items: list[_Named]) -> bool:
    """Give a number to the machine that it stands right behind or before, else to the nearest; tell whether it touches.

    «کمپرسی تعداد ۳ و لودر», «تعداد ۳ کمپرسی», «لودر ۴ ساعت فردا، تعداد ۲».
    """
    before = [item for item in items if item.end <= count.start]
    after = [item for item in items if item.start >= count.end]
    if before and touch(stream, before[-1].end, count.start):
        before[-1].count, before[-1].end = count.number, count.end
        return True
    if after and touch(stream, count.end, after[0].start):
        after[0].count, after[0].start = count.number, count.start
        return True
    for item in before[-1:] or after[:1]:
        item.count = count.number
    return False


def machine_at(stream: Stream, at: int) -> int | None:
    """Return where the name of a machine at a place ends; None where none stands."""
    found = _NAMES.at(stream, at)
    return found[1] if found else None


def _named(stream: Stream) -> Iterator[_Named]:
    at = 0
    while at < len(stream):
        item = _item_at(stream, at)
        if item:
            yield item
        at = item.end if item else at + 1


def _item_at(stream: Stream, at: int) -> _Named | None:
    """Read «لودر», «۲ لودر», «دو دستگاه لودر», «لودر ۲ دستگاه», «لودر (۲)» at a place."""
    number = None if numbers_a_place(stream, at) else number_at(stream, at)
    count, behind = number if number and number[0] <= _MOST else (1, at)
    named_at = stream.skip(behind, UNITS)
    name = None if trade_of_a_place(stream, named_at) else _NAMES.at(stream, named_at)
    if not name:
        return None
    machine, end = name
    if behind == at and (said := count_behind(stream, end)):
        return _Named(at, said.end, machine, said.number)
    number_of = stream.key(at - 1) in NUMBER_OF  # «تعداد کمپرسی ۳»
    after = number_at(stream, stream.skip(end, _IS) if number_of else end)
    if not after or not after[0] <= _MOST:
        return _Named(at - number_of, end, machine, count)
    counted = number_of or (stream.key(after[1]) in UNITS and not _NAMES.at(stream, after[1] + 1))
    if behind == at and counted:
        return _Named(at - number_of, stream.skip(after[1], UNITS), machine, after[0])
    next_at = stream.skip(after[1], _AND)
    # «لودر ۴ و گریدر ۳ ساعت»: the word for hours comes once, after the last number.
    hours = after[0] if next_at > after[1] and _NAMES.at(stream, next_at) else None
    return _Named(at, after[1] if hours else end, machine, count, hours)


def _misspelt(stream: Stream) -> Iterator[_Named]:
    """Yield the one machine that is meant by a misspelt word, when no other word could be one."""
    for at in stream.free():
        known = (
            _SPELLING.near(stream.key(at)) if stream.tokens[at].kind is TokenKind.WORD and stream.at_head(at) else []
        )
        if known and known[0][0] <= 1:
            count = number_at(stream, at - 1) if at else None
            fits = count is not None and 0 < count[0] <= _MOST
            yield _Named(at - fits, at + 1, _NAMES.values[known[0][1]], count[0] if count and fits else 1)
            return


def _take_links(stream: Stream, spans: list[tuple[int, int]]) -> None:
    """Take «و», commas and «هر کدام» between machines and lengths that stand together."""
    for (_, end), (start, _) in pairwise(spans):
        each = _EACH.at(stream, stream.skip(end, _LINKS))
        if stream.skip(each[1] if each else end, _LINKS) == start:
            stream.take(end, start)


def _give(length: Length, items: list[_Named]) -> None:
    """Give a length to the machine right before it (and those before that still lack hours), else right after it."""
    lacking = [item for item in items if item.hours is None]
    before = [item for item in lacking if item.start < length.start]
    after = [item for item in lacking if item.start >= length.end]
    touches = any(item.end == length.start for item in before)
    if after and after[0].start == length.end and not touches:
        after[0].hours, after[0].hours_first = length.hours, True
    elif before or after:
        for item in before or after:
            item.hours = length.hours


def _share_forward(items: list[_Named]) -> None:
    """Let machines after a machine with its hours said first share them («۴ ساعت لودر و کمپرسی»)."""
    shared: float | None = None
    for item in items:
        if item.hours is None:
            item.hours = shared
        else:
            shared = item.hours if item.hours_first else None
