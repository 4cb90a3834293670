"""The machines of a message: types, counts, and which hours belong to which («لودر و کمپرسی ۴ ساعت»)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

from domain.parsing.machine_names import MACHINE_NAMES
from domain.parsing.numerals import (
    COUNT_LABELS,
    UNIT_WORDS,
    CountMention,
    are_adjacent,
    begins_number,
    find_labelled_counts,
    is_short_one,
    read_count_behind,
    read_number_at,
)
from domain.parsing.places import is_named_road_number, is_place_number, is_place_trade
from domain.parsing.slips import end_of_slip, is_left_out
from domain.parsing.slots import MessageReader
from domain.parsing.spelling import Spelling
from domain.parsing.times.hours import (
    ClockMention,
    DayPart,
    find_lengths_and_clocks,
    hour_in_day_part,
    possible_hours,
    read_clock_time_at,
    take_clock,
    take_day_parts,
)
from domain.parsing.times.lengths import LengthMention, take_length
from domain.parsing.tokens import Phrases, TokenKind, TokenStream, keys_in, keys_of
from domain.values.errors import AmbiguousField
from domain.values.reasons import InvalidReason

_MACHINE_PHRASES = Phrases(
    {
        machine: (
            *spellings,
            *(
                f"{spelling}{ending}"
                for spelling in spellings
                if not spelling.isascii()
                for ending in ("تون", "مون", "تان")
            ),
        )
        for machine, spellings in MACHINE_NAMES.items()
    }
)
"""«لودرتون» is spoken for «لودر شما»."""
_MACHINE_SPELLING = Spelling(_MACHINE_PHRASES.values_by_phrase)
_EACH_PHRASES = Phrases({True: ("هر کدام", "هرکدوم", "هر کدوم", "هر یک", "هر دو", "هر دستگاه", "each")})
_LINK_WORDS = keys_in("values.link_words")
_AND_WORDS = keys_of("و", "،", ",", "and")
_EQUALS_MARKS = frozenset(":=")
_OR_WORDS = keys_of("یا", "or", "ya")
_PIECE_NUMERALS = keys_in("values.piece_numerals")
_MOST_MACHINES, _QUARTER = 99, 15


@dataclass(frozen=True, slots=True)
class MachineItem:
    """One line of a request for machines."""

    machine: str
    """The machine type."""
    hours: float | None = None
    """For each of the machines, in halves; None: not said."""
    count: int = 1
    """Number of machines of the type."""

    def as_json(self) -> dict[str, Any]:
        """Return the item as channels.md shows it; hours that were not said are left out."""
        item_json: dict[str, Any] = {"machine": self.machine, "count": self.count}
        return item_json if self.hours is None else item_json | {"hours": self.hours}


@dataclass(slots=True)
class _MachineMention:
    """A machine in a message, and its hours as soon as they are known."""

    start: int
    """Its first token."""
    end: int
    """The token after its last one."""
    machine: str
    """The machine type."""
    count: int
    """Number of machines wanted."""
    hours: float | None = None
    """For each of them; None: not said yet."""
    is_hours_first: bool = False
    """Whether the hours come before the machine."""
    has_shared_hours: bool = False
    """Whether the hours were said of another machine."""


def take_machine_work(reader: MessageReader) -> None:
    """Take items, start hour and parts of the day of a request for machines; «۰ لودر» is refused."""
    counts = _take_counts(reader.stream)
    lengths, all_clocks = find_lengths_and_clocks(reader.stream)
    lengths = _settle_by_days(reader, lengths)
    clocks = [clock for clock in all_clocks if clock.minutes_ahead is None]
    clock = _take_start_hour(reader, clocks) or _take_moment_ahead(reader, all_clocks)
    machines = _take_items(reader.stream, lengths, counts)
    span_hours = clock.span_hours if clock and "days" not in reader.partial_values else None
    for machine in machines:
        machine.hours = span_hours if machine.hours is None else machine.hours
    if uncounted := next((machine for machine in machines if not machine.count), None):
        reader.reject_tokens("items", uncounted.start, uncounted.end)
    elif machines:
        reader.slots["items"] = tuple(
            MachineItem(machine.machine, machine.hours, machine.count) for machine in machines
        )
    elif hours := next((length.hours for length in lengths if length.hours), span_hours):
        reader.partial_values["hours"] = hours
    reader.is_assumed = any(machine.has_shared_hours for machine in machines) and not _says_each(reader.stream)
    part = take_day_parts(reader.stream)
    if clock and clock.hour:
        is_settled = clock.is_sure or clock.day_part is not None
        reader.slots["start"] = hour_in_day_part(clock.hour, part) if part and not is_settled else clock.hour
        _doubt_start_hour(reader, clock, clocks, part)


def _settle_by_days(reader: MessageReader, lengths: list[LengthMention]) -> list[LengthMention]:
    """Return the lengths; those of several days, or of each, are noted beside the order, for nobody knows how long all
    of it is.
    """
    has_days = "days" in reader.partial_values
    texts = [
        reader.stream.source_text(length.start, length.end) for length in lengths if has_days or length.is_of_each_day
    ]
    if texts:
        noted_texts = filter(None, [reader.partial_values.get("description", ""), *texts])
        reader.partial_values["description"] = "، ".join(noted_texts)
    return [replace(length, hours=None) for length in lengths] if has_days else lengths


def _take_moment_ahead(reader: MessageReader, clocks: list[ClockMention]) -> ClockMention | None:
    """Take «نیم ساعت دیگه», and the day with it, in whole quarters; not where another day is said."""
    ahead = next((clock for clock in clocks if clock.minutes_ahead), None)
    if ahead is None or not ahead.minutes_ahead:
        return None
    take_clock(reader.stream, ahead)
    moment = reader.now + timedelta(minutes=ahead.minutes_ahead)
    moment += timedelta(minutes=-moment.minute % _QUARTER)
    if reader.slots.setdefault("date", moment.date()) != moment.date():
        return None
    return ClockMention(ahead.start, ahead.end, moment.time(), is_sure=True)


def _doubt_start_hour(
    reader: MessageReader, clock: ClockMention, clocks: list[ClockMention], part: DayPart | None
) -> None:
    """Note that an hour may be of the afternoon or of the night, or that several hours were said («ساعت ۸ یا ۹»)."""
    ambiguous_hours = (
        possible_hours(reader.stream, clock.start, clock.end, clock.hour, clock.day_part or part)
        if clock.hour and not clock.is_sure
        else ()
    )
    stated_hours = sorted(
        {
            f"{mention.hour:%H:%M}"
            for mention in (*clocks, *_take_alternative_hour(reader.stream, clock))
            if mention.hour
        }
    )
    if hour_options := ambiguous_hours or (tuple(stated_hours) if len(stated_hours) > 1 else ()):
        reader.problems_by_slot["start"] = AmbiguousField("start", InvalidReason.TWO_HOURS, options=hour_options)
        for mention in clocks:
            take_clock(reader.stream, mention)


def _take_alternative_hour(stream: TokenStream, clock: ClockMention) -> Iterator[ClockMention]:
    """Take and yield the second hour of «ساعت ۸ یا ۹»."""
    clock_read = read_clock_time_at(stream, clock.end + 1) if stream.raw_at(clock.end) in _OR_WORDS else None
    if clock_read:
        yield ClockMention(clock.end, clock_read[1], clock_read[0])
        stream.take(clock.end, clock_read[1])


def take_machine_and_length(reader: MessageReader) -> None:
    """Take one machine and one length, as a tariff is asked for."""
    counts = _take_counts(reader.stream)
    lengths, _ = find_lengths_and_clocks(reader.stream)
    machines = _take_items(reader.stream, lengths, counts)
    if machines:
        reader.slots["machine"] = machines[0].machine
    if hours := next((length.hours for length in lengths), None):
        reader.slots["hours"] = hours


def _take_start_hour(reader: MessageReader, clocks: list[ClockMention]) -> ClockMention | None:
    """Take the first hour that exists; without one, refuse the first that does not."""
    clock = min(clocks, key=lambda mention: (mention.hour is None, mention.start), default=None)
    if clock and clock.hour:
        take_clock(reader.stream, clock)
    elif clock:
        reader.reject_tokens("start", clock.start, clock.end)
    return clock


def _take_counts(stream: TokenStream) -> list[CountMention]:
    """Take what «تعداد» counts before lengths are looked for: «تعداد ۲ ساعت ۸» is two, from eight o'clock."""
    counts = list(find_labelled_counts(stream))
    for count in counts:
        stream.take(count.start, count.end)
    return counts


def _take_items(stream: TokenStream, lengths: list[LengthMention], counts: list[CountMention]) -> list[_MachineMention]:
    """Take machines and lengths, and give each machine its number and its hours."""
    for length in lengths:
        take_length(stream, length)
    named_machines = _put_right(stream, list(_find_machines(stream)) or list(_find_misspelt_machine(stream)))
    machines = [machine for machine in named_machines if not is_left_out(stream, machine.start, machine.end)]
    for machine in named_machines:
        stream.take(machine.start, machine.end)
    lone_counts = [count for count in counts if not _assign_count(stream, count, machines)]
    token_spans = [(machine.start, machine.end) for machine in machines] + [
        (length.start, length.end) for length in lengths
    ]
    token_spans += [(count.start, count.end) for count in lone_counts]
    _take_links(stream, sorted(token_spans))
    for length in lengths:
        if length.hours is not None:
            _assign_length(stream, length, machines)
    _share_hours_forward(_drop_mentions(machines))
    return machines


def _drop_mentions(machines: list[_MachineMention]) -> list[_MachineMention]:
    """Leave out in place what only tells of a machine whose hours are said elsewhere («با لودر صاف بشه … لودر ۳ ساعت»),
    and return what is left.
    """
    with_hours = {machine.machine for machine in machines if machine.hours is not None}
    machines[:] = [one for one in machines if one.hours is not None or one.count > 1 or one.machine not in with_hours]
    return machines


def _put_right(stream: TokenStream, machines: list[_MachineMention]) -> list[_MachineMention]:
    """Return the machines without those that another stands in place of at once («یه لودر، نه ببخشید دو تا لودر»)."""
    settled_machines: list[_MachineMention] = []
    for machine in machines:
        if settled_machines and end_of_slip(stream, settled_machines[-1].end) == machine.start:
            machine.start = settled_machines.pop().start
        settled_machines.append(machine)
    return settled_machines


def _assign_count(stream: TokenStream, count: CountMention, machines: list[_MachineMention]) -> bool:
    """Give a number to the machine that it is right behind or before, else to the nearest; return whether it
    touches.

    «کمپرسی تعداد ۳ و لودر», «تعداد ۳ کمپرسی», «لودر ۴ ساعت فردا، تعداد ۲».
    """
    machines_before = [machine for machine in machines if machine.end <= count.start]
    machines_after = [machine for machine in machines if machine.start >= count.end]
    if machines_before and are_adjacent(stream, machines_before[-1].end, count.start):
        machines_before[-1].count, machines_before[-1].end = count.number, count.end
        return True
    if machines_after and are_adjacent(stream, count.end, machines_after[0].start):
        machines_after[0].count, machines_after[0].start = count.number, count.start
        return True
    for machine in machines_before[-1:] or machines_after[:1]:
        machine.count = count.number
    return False


def end_of_machine_at(stream: TokenStream, index: int) -> int | None:
    """Return where the name of a machine at a place ends; None where there is none."""
    machine_match = _MACHINE_PHRASES.match_at(stream, index)
    return machine_match[1] if machine_match else None


def find_machine_names(stream: TokenStream) -> Iterator[tuple[int, int]]:
    """Yield where the names of machines begin and end, with how many of them there are."""
    yield from ((machine.start, machine.end) for machine in _find_machines(stream))


def _find_machines(stream: TokenStream) -> Iterator[_MachineMention]:
    index = 0
    while index < len(stream):
        machine = _read_machine_at(stream, index) if _may_begin_machine(stream.key_at(index)) else None
        if machine:
            yield machine
        index = machine.end if machine else index + 1


def _may_begin_machine(key: str) -> bool:
    """Return whether a machine, or how many of it there are, may begin with a token."""
    return begins_number(key) or key in UNIT_WORDS or _MACHINE_PHRASES.may_begin(key)


def _read_machine_at(stream: TokenStream, index: int) -> _MachineMention | None:
    """Read «لودر», «۲ لودر», «دو دستگاه لودر», «لودر ۲ دستگاه», «لودر (۲)» at a place."""
    is_counted = stream.key_at(index + 1) in UNIT_WORDS
    is_of_place = is_place_number(stream, index) or (is_named_road_number(stream, index) and not is_counted)
    number = None if is_of_place else read_number_at(stream, index)
    count, count_end = number if number and number[0] <= _MOST_MACHINES else (1, index + is_short_one(stream, index))
    name_index = stream.skip(count_end, UNIT_WORDS)
    machine_match = None if is_place_trade(stream, name_index) else _MACHINE_PHRASES.match_at(stream, name_index)
    if not machine_match:
        return None
    machine, end = machine_match
    if count_end == index and (count_mention := read_count_behind(stream, end)):
        return _MachineMention(index, count_mention.end, machine, count_mention.number)
    has_count_label = stream.key_at(index - 1) in COUNT_LABELS  # «تعداد کمپرسی ۳»
    number_after = read_number_at(stream, stream.skip(end, _EQUALS_MARKS) if has_count_label else end)
    if not number_after or not number_after[0] <= _MOST_MACHINES or is_left_out(stream, index, end):
        return _MachineMention(index - has_count_label, end, machine, count)
    is_counted = has_count_label or (
        (stream.key_at(number_after[1]) in UNIT_WORDS or stream.key_at(end) in _PIECE_NUMERALS)
        and not _MACHINE_PHRASES.match_at(stream, number_after[1] + 1)
    )
    if count_end == index and is_counted:
        return _MachineMention(
            index - has_count_label, stream.skip(number_after[1], UNIT_WORDS), machine, number_after[0]
        )
    next_index = stream.skip(number_after[1], _AND_WORDS)
    # «لودر ۴ و گریدر ۳ ساعت»: the word for hours comes once, after the last number.
    hours = number_after[0] if next_index > number_after[1] and _MACHINE_PHRASES.match_at(stream, next_index) else None
    return _MachineMention(index, number_after[1] if hours else end, machine, count, hours)


def _find_misspelt_machine(stream: TokenStream) -> Iterator[_MachineMention]:
    """Yield the one machine that is meant by a misspelt word, when no other word could be one."""
    for index in stream.free_indexes():
        near_names = (
            _MACHINE_SPELLING.find_near(stream.key_at(index))
            if stream.tokens[index].kind is TokenKind.WORD and stream.begins_part(index)
            else []
        )
        if near_names and near_names[0][0] <= 1:
            count = read_number_at(stream, index - 1) if index else None
            has_count = count is not None and 0 < count[0] <= _MOST_MACHINES
            yield _MachineMention(
                index - has_count,
                index + 1,
                _MACHINE_PHRASES.values_by_phrase[near_names[0][1]],
                count[0] if count and has_count else 1,
            )
            return


def _take_links(stream: TokenStream, token_spans: list[tuple[int, int]]) -> None:
    """Take «و», commas and «هر کدام» between machines and lengths that are next to each other."""
    for (_, end), (start, _) in pairwise(token_spans):
        each_match = _EACH_PHRASES.match_at(stream, stream.skip(end, _LINK_WORDS))
        if stream.skip(each_match[1] if each_match else end, _LINK_WORDS) == start:
            stream.take(end, start)


def _assign_length(stream: TokenStream, length: LengthMention, machines: list[_MachineMention]) -> None:
    """Give a length to the machine right before it (and those joined to it that still lack hours), else right after
    it. Machines that stand apart get none.
    """
    lacking_machines = [machine for machine in machines if machine.hours is None]
    machines_before = [machine for machine in lacking_machines if machine.start < length.start]
    machines_after = [machine for machine in lacking_machines if machine.start >= length.end]
    is_adjacent = any(machine.end == length.start for machine in machines_before)
    if machines_after and machines_after[0].start == length.end and not is_adjacent:
        machines_after[0].hours, machines_after[0].is_hours_first = length.hours, True
        return
    named_machines = list(_last_joined(stream, machines_before)) or machines_after
    for machine in named_machines:
        machine.hours, machine.has_shared_hours = length.hours, len(named_machines) > 1


def _last_joined(stream: TokenStream, machines: list[_MachineMention]) -> Iterator[_MachineMention]:
    """Yield the last machine and those before it that «و» and commas join to it."""
    start: int | None = None
    for machine in reversed(machines):
        if start is not None and any(stream.raw_at(index) not in _LINK_WORDS for index in range(machine.end, start)):
            return
        yield machine
        start = machine.start


def _says_each(stream: TokenStream) -> bool:
    """Return whether «هر کدام» says that a length is that of each machine."""
    full_stream = TokenStream(stream.text)
    return any(_EACH_PHRASES.match_at(full_stream, index) for index in range(len(full_stream)))


def _share_hours_forward(machines: list[_MachineMention]) -> None:
    """Let machines after a machine with its hours said first share them («۴ ساعت لودر و کمپرسی»)."""
    shared_hours: float | None = None
    for machine in machines:
        if machine.hours is None:
            machine.hours, machine.has_shared_hours = shared_hours, shared_hours is not None
        else:
            shared_hours = machine.hours if machine.is_hours_first else None
