"""Meaning of the answer to one asked question, when the dialogue waits for one field.

Every reader takes the whole message and returns the value, or raises `InvalidField`: also when the message says more
than the value, for then it may be something else (free text, a command that interrupts). Courtesies and the name of
the field itself («ساعت کار: ۴») do not count as more.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

from domain.parsing.courtesies import take_courtesies
from domain.parsing.filler_words import COURTESY_WORDS
from domain.parsing.machines import MachineItem, take_machine_work
from domain.parsing.numerals import LONGEST_WHOLE, read_number_at, read_quantity_at
from domain.parsing.slots import MessageReader
from domain.parsing.spelling import Spelling
from domain.parsing.times.dates import DateMention, choose_date, find_dates, read_month_and_day, start_with_lead
from domain.parsing.times.hours import (
    ClockMention,
    find_lengths_and_clocks,
    hour_in_day_part,
    possible_hours,
    read_clock_time_at,
    take_clock,
    take_day_parts,
)
from domain.parsing.times.lengths import take_length
from domain.parsing.tokens import Phrases, TokenKind, TokenStream, keys_in, keys_of
from domain.values.calendar import TEHRAN_ZONE, to_tehran
from domain.values.errors import AmbiguousField, InvalidField
from domain.values.reasons import InvalidReason

_IGNORED_WORDS = COURTESY_WORDS | keys_in("values.ignored_words")
_IGNORED_WITH_CHOICE = _IGNORED_WORDS | keys_in("values.ignored_with_choice")
_IGNORED_WITH_NUMBER = COURTESY_WORDS | keys_in("values.ignored_with_number")
_IGNORED_WITH_LENGTH = COURTESY_WORDS | keys_in("values.ignored_with_length")
_IGNORED_WITH_HOUR = COURTESY_WORDS | keys_in("values.ignored_with_hour")
"""Words that may be beside a value and change nothing: another thing's unit says that another thing is meant."""

_HOUR_WORDS = keys_of("ساعت", "ساعته", "h", "hour", "hours")
_LENGTH_LEAD_WORDS = _HOUR_WORDS | keys_of("کار", "مدت", ":", "-", "=")
_DAY_WORDS = keys_in("values.day_words")
_OR_WORDS = keys_of("یا", "or", "ya")
_MINUS_SIGNS = frozenset("-−")
_ANY_MOMENT = datetime(2026, 3, 21, tzinfo=TEHRAN_ZONE)
"""Moment for cases where it matters only which words of an answer are a date, not which day they mean."""
_NO_PHRASES: Phrases[str] = Phrases({})


def read_date(answer_text: str, now: datetime) -> date:
    """Return the day that is meant; «۹/۱۵» (month, day) is one too here. An hour said with it is passed over."""
    reader = _reader_of(answer_text, to_tehran(now))
    mentions = find_dates(reader.stream, reader.today)
    mention = choose_date(mentions) or _read_month_and_day(reader)
    if not mention or not mention.day:
        raise InvalidField("date")
    if days := _list_days_between_or(reader.stream, mentions):
        raise AmbiguousField("date", InvalidReason.TWO_DAYS, options=days)
    if mention.other_day:
        raise AmbiguousField("date", InvalidReason.TWO_DAYS, options=mention.possible_days)
    _take_date_mention(reader.stream, mention)
    _take_hours(reader.stream)
    _refuse_remaining(reader.stream, "date", _IGNORED_WORDS)
    return mention.day


def _list_days_between_or(stream: TokenStream, mentions: list[DateMention]) -> tuple[str, ...]:
    """Return the days (ISO) that «یا» leaves open («جمعه یا شنبه»), the earlier first."""
    open_days = {
        day
        for one, other in pairwise(mentions)
        if not _OR_WORDS.isdisjoint(map(stream.key_at, range(one.end, other.start)))
        for day in (*one.possible_days, *other.possible_days)
    }
    return tuple(sorted(open_days))


def read_start_hour(answer_text: str) -> time:
    """Return the hour of the clock: «ساعت ۸», «۷:۳۰», «۴ عصر», and here a bare «۸» or «هشت و نیم» too.

    A date said with it is passed over. A part of the day alone («صبح») raises with the reason `part_of_day`, and an
    hour of the afternoon or the night, nobody knows which, a `AmbiguousField`.
    """
    reader = _reader_without_date(answer_text)
    stream = reader.stream
    _, clocks = find_lengths_and_clocks(stream)
    stated_clock = clocks[0] if clocks else _take_bare_hour(stream)
    if clocks:
        take_clock(stream, clocks[0])
    lone_part = take_day_parts(stream)
    _refuse_remaining(stream, "start", _IGNORED_WITH_HOUR)
    if stated_clock is None or stated_clock.hour is None:
        raise InvalidField("start", InvalidReason.PART_OF_DAY if lone_part and not clocks else None)
    if hour_options := possible_hours(
        stream, stated_clock.start, stated_clock.end, stated_clock.hour, stated_clock.day_part or lone_part
    ):
        raise AmbiguousField("start", InvalidReason.TWO_HOURS, options=hour_options)
    return (
        hour_in_day_part(stated_clock.hour, lone_part) if lone_part and not stated_clock.day_part else stated_clock.hour
    )


def read_machine_items(answer_text: str) -> list[dict[str, Any]]:
    """Return the machines as {machine, count, hours}, hours as far as said; a date or hour with them is passed over."""
    reader = _reader_without_date(answer_text)
    take_machine_work(reader)
    machine_items: tuple[MachineItem, ...] = reader.slots.get("items", ())
    if not machine_items:
        raise InvalidField("items", InvalidReason.NO_NUMBER if reader.rejected_texts else InvalidReason.NO_MACHINE)
    _refuse_remaining(reader.stream, "items", _IGNORED_WORDS)
    return [machine_item.as_json() for machine_item in machine_items]


def read_hours(answer_text: str) -> float:
    """Return a length in hours, in halves: «۴», «۴ ساعت», «چهار و نیم», «از ۸ تا ۱۲»; whole hours as an int.

    An hour of the clock («ساعت ۸») and days («یک روز») are no length in hours: each is refused with its own reason.
    """
    stream = _stream_of(answer_text)
    hours = _take_length_hours(stream)
    _refuse_remaining(stream, "hours", _IGNORED_WITH_LENGTH)
    if not hours:
        raise InvalidField("hours")
    return hours


def _take_length_hours(stream: TokenStream) -> float:
    """Take and return a length; 0 where there is none."""
    lengths, clocks = find_lengths_and_clocks(stream)
    if lengths and (hours := lengths[0].hours) is not None:
        take_length(stream, lengths[0])
        return hours
    if lengths:
        raise InvalidField("hours")
    if any(stream.raw_at(index) in _DAY_WORDS for index in range(len(stream))):
        raise InvalidField("hours", InvalidReason.DAYS_NOT_HOURS)
    if clocks and clocks[0].span_hours:
        take_clock(stream, clocks[0])
        return clocks[0].span_hours
    index = stream.skip(_first_content_index(stream), _LENGTH_LEAD_WORDS | _IGNORED_WITH_LENGTH)
    quantity = read_quantity_at(stream, index)
    if clocks and (
        not quantity or (index, quantity[1]) != (clocks[0].start, clocks[0].end)
    ):  # «هفت و نیم» may be either
        raise InvalidField("hours", InvalidReason.CLOCK_NOT_HOURS)
    stream.take(0, quantity[1] if quantity else 0)
    return quantity[0] if quantity else 0.0


def read_number(answer_text: str, unit_words: tuple[str, ...] = ()) -> int:
    """Return a whole number, in digits of any script or in words; a minus before the digits makes it negative.

    Words of its `unit_words` may be with it; those of another unit say that it is another number.
    """
    stream = _stream_of(answer_text)
    index = _first_content_index(stream)
    number = read_number_at(stream, index, LONGEST_WHOLE)
    if not number:
        raise InvalidField("number")
    stream.take(index, number[1])
    _refuse_remaining(stream, "number", _IGNORED_WITH_NUMBER | keys_of(*unit_words))
    return -number[0] if stream.raw_at(index - 1) in _MINUS_SIGNS and stream.is_glued(index) else number[0]


def read_choice(answer_text: str, words_by_choice: Mapping[str, Iterable[str]]) -> str:
    """Return the choice whose words are meant, a little misspelt at most; numbers of a menu are the dialogue's."""
    phrases = Phrases(words_by_choice)
    stream = _stream_of(answer_text)
    for index in range(len(stream)):
        if match := phrases.match_at(stream, index):
            stream.take(index, match[1])
            _refuse_remaining(stream, "choice", _IGNORED_WITH_CHOICE)
            return match[0]
    joined_letters = "".join(
        token.key for token in stream.tokens if token.kind is TokenKind.WORD and token.key not in _IGNORED_WITH_CHOICE
    )
    near_words = Spelling(phrases.values_by_phrase).find_near(joined_letters)
    meant_choices = {phrases.values_by_phrase[near_word] for cost, near_word in near_words if cost == near_words[0][0]}
    if len(meant_choices) != 1:
        raise InvalidField("choice")
    return meant_choices.pop()


def _stream_of(answer_text: str) -> TokenStream:
    """Return an answer without its greetings, titles and thanks."""
    stream = TokenStream(answer_text)
    take_courtesies(stream, keeps_thanks=False)
    return stream


def _reader_of(text: str, now: datetime) -> MessageReader:
    return MessageReader(_stream_of(text), now, _NO_PHRASES, _NO_PHRASES)


def _reader_without_date(answer_text: str) -> MessageReader:
    reader = _reader_of(answer_text, _ANY_MOMENT)
    if mention := choose_date(find_dates(reader.stream, reader.today)):
        _take_date_mention(reader.stream, mention)
    return reader


def _take_date_mention(stream: TokenStream, mention: DateMention) -> None:
    stream.take(start_with_lead(stream, mention.start), mention.end)


def _first_content_index(stream: TokenStream) -> int:
    """Return the place of the first token that is neither a mark nor passed over."""
    positions = (index for index in range(len(stream)) if stream.key_at(index) and not stream.is_mark_at(index))
    return next(
        (
            index
            for index in positions
            if stream.raw_at(index) not in _IGNORED_WORDS or read_number_at(stream, index, LONGEST_WHOLE)
        ),
        len(stream),
    )


def _read_month_and_day(reader: MessageReader) -> DateMention | None:
    return read_month_and_day(reader.stream, _first_content_index(reader.stream), reader.today)


def _take_hours(stream: TokenStream) -> None:
    lengths, clocks = find_lengths_and_clocks(stream)
    for length in lengths:
        take_length(stream, length)
    for clock in clocks:
        take_clock(stream, clock)
    take_day_parts(stream)


def _take_bare_hour(stream: TokenStream) -> ClockMention | None:
    """Take and return «۸», «هشت و نیم», or here even «۸ ساعت»: an hour of the clock is what was asked."""
    index = _first_content_index(stream)
    clock_read = read_clock_time_at(stream, index)
    if not clock_read:
        return None
    stream.take(index, stream.skip(clock_read[1], _HOUR_WORDS))
    return ClockMention(index, clock_read[1], clock_read[0])


def _refuse_remaining(stream: TokenStream, field_name: str, ignored_keys: frozenset[str]) -> None:
    if stream.free_texts(ignored_keys):
        raise InvalidField(field_name)
