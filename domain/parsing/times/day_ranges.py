"""Days from a first to a last («از … تا …», «۳ روز از …», «فردا و پس‌فردا»), and the one day of a piece of work."""

from dataclasses import replace
from datetime import date, timedelta

from domain.parsing.numerals import read_number_at, read_ordinal_at
from domain.parsing.slips import is_denied
from domain.parsing.slots import MessageReader
from domain.parsing.times.dates import (
    DateMention,
    choose_date,
    day_of_same_month,
    find_dates,
    next_month_day,
    start_with_lead,
)
from domain.parsing.tokens import TokenStream, keys_in, keys_of
from domain.values.errors import AmbiguousField
from domain.values.reasons import InvalidReason

_UNTIL_WORDS = keys_of("تا", "الی", "لغایت", "to", "until", "till", "ta")
_FROM_WORDS = keys_of("از", "from", "az")
_DAY_PART_WORDS = keys_of("صبح", "ظهر", "عصر", "شب")
_LINK_WORDS = _UNTIL_WORDS | _DAY_PART_WORDS | keys_in("values.day_ranges_link_words")
_DAY_WORDS, _WEEK_WORDS = (
    keys_of("روز", "روزه", "روزی", "day", "days", "rooz", "ruz"),
    keys_of("هفته", "هفتهای", "week", "weeks"),
)
_LENGTH_LEAD_WORDS = keys_of("به", "مدت", "برای", "تا", "for")
_MOST_DAYS = 366
MOST_DAYS_ASKED = 4
_ROUND_THE_YEAR = timedelta(days=300)
"""«از ۲۵ آذر تا ۲۰ آذر» is a slip, not most of a year; «از ۲۵ اسفند تا ۵ فروردین» goes on into the next."""


def take_day_range(reader: MessageReader) -> None:
    """Take `from` and `to` (inclusive dates); with a number of days, `to` is `from` + days − 1.

    A number of days without any date is kept as `reader.partial_values["days"]`.
    """
    mentions = find_dates(reader.stream, reader.today)
    day_count, _ = take_day_count(reader.stream, mentions)
    first_mention, last_mention = _find_first_and_last(reader.stream, mentions)
    if first_mention and not last_mention and len(mentions) > 1:
        first_mention = _settle_among(reader, mentions)
    if first_mention and not last_mention and _find_bare_day_before(reader.stream, first_mention):
        first_mention, last_mention = None, first_mention
    if last_mention:
        _take_date(reader, "to", last_mention)
    if first_mention:
        first_mention = _settle_by_last(first_mention, last_mention)
        _take_date(reader, "from", first_mention)
    first_day = first_mention.day if first_mention else _take_bare_first_day(reader.stream, last_mention)
    last_day = _last_day_from_first(first_day, last_mention)
    if last_mention and first_day and last_day and last_day - first_day > _ROUND_THE_YEAR:
        reader.reject_tokens("to", last_mention.start, last_mention.end)
        last_day = None
    if day_count:
        first_day, last_day = _complete_by_length(reader, day_count, first_day, last_day)
    reader.slots.update({name: day for name, day in (("from", first_day), ("to", last_day)) if day})


def _settle_among(reader: MessageReader, mentions: list[DateMention]) -> DateMention:
    """Return the first day of several that are no range: the one behind «از» («جمعه راه می‌افتم، ولی از شنبه»); where
    several may be meant, which one is asked.
    """
    beginnings = [mention for mention in mentions if _follows_from(reader.stream, mention)] or mentions
    possible_days = sorted({day for mention in beginnings if mention.day for day in mention.possible_days})
    if len(possible_days) > 1:
        reader.problems_by_slot["from"] = AmbiguousField(
            "from", InvalidReason.TWO_DAYS, options=tuple(possible_days[:MOST_DAYS_ASKED])
        )
    for mention in mentions:
        reader.stream.take(start_with_lead(reader.stream, mention.start), mention.end)
    return beginnings[0]


def _follows_from(stream: TokenStream, mention: DateMention) -> bool:
    return not _FROM_WORDS.isdisjoint(map(stream.key_at, range(start_with_lead(stream, mention.start), mention.start)))


def _settle_by_last(first_mention: DateMention, last_mention: DateMention | None) -> DateMention:
    """Return the first day as the last one settles it («۵/۱۰ تا ۲۰/۱۰»), where only one reading comes before that."""
    if last_mention is None or last_mention.day is None or last_mention.other_day or not first_mention.other_day:
        return first_mention
    days = [day for day in (first_mention.day, first_mention.other_day) if day and day <= last_mention.day]
    return replace(first_mention, day=days[0], other_day=None) if len(days) == 1 else first_mention


def _complete_by_length(
    reader: MessageReader, day_count: int, first_day: date | None, last_day: date | None
) -> tuple[date | None, date | None]:
    """Return both ends, the one not said counted from the other; without a day to count from the days are kept."""
    if "from" in reader.problems_by_slot or not (first_day or last_day):
        reader.partial_values["days"] = day_count
        return first_day, None if "from" in reader.problems_by_slot else last_day
    whole_length = timedelta(days=day_count - 1)
    return first_day or (last_day and last_day - whole_length), last_day or (first_day and first_day + whole_length)


def _find_first_and_last(
    stream: TokenStream, mentions: list[DateMention]
) -> tuple[DateMention | None, DateMention | None]:
    """Return the first day and the last: the date after «تا», or the last of those linked to the first («فردا و …»)."""
    last_mention = next((mention for mention in mentions if _follows_until(stream, mention)), None)
    first_mention = next(
        (
            mention
            for mention in mentions
            if mention is not last_mention and (not last_mention or mention.start < last_mention.start)
        ),
        None,
    )
    if not first_mention:
        first_mention = next((mention for mention in mentions if mention is not last_mention), None)
    if first_mention and not last_mention:
        last_mention = _find_last_linked(stream, first_mention, mentions)
    return first_mention, last_mention


def _follows_until(stream: TokenStream, mention: DateMention) -> bool:
    lead_begin = start_with_lead(stream, mention.start)
    return any(
        stream.key_at(index) in _UNTIL_WORDS
        for index in range(stream.skip_back(lead_begin, _LINK_WORDS), mention.start)
    )


def _find_last_linked(
    stream: TokenStream, first_mention: DateMention, mentions: list[DateMention]
) -> DateMention | None:
    """Return the last of the dates that follow each other; the dates between are taken."""
    last_mention, end = None, first_mention.end
    for mention in mentions:
        if mention.start >= end and stream.skip(end, _LINK_WORDS) == mention.start:
            stream.take(end, mention.start)
            last_mention, end = mention, mention.end
    if last_mention:
        stream.take(first_mention.end, last_mention.start)
    return last_mention


def _take_date(reader: MessageReader, name: str, mention: DateMention) -> None:
    """Take a date with the words around it; refuse it when it does not exist."""
    stream = reader.stream
    lead_begin = start_with_lead(stream, mention.start)
    if mention.day is None:
        reader.reject_tokens(name, mention.start, mention.end)
    if mention.other_day:
        reader.problems_by_slot[name] = AmbiguousField(name, InvalidReason.TWO_DAYS, options=mention.possible_days)
    stream.take(
        stream.skip_back(lead_begin, _LINK_WORDS) if name == "to" else lead_begin,
        stream.skip(mention.end, _DAY_PART_WORDS),
    )


def _last_day_from_first(first_day: date | None, last_mention: DateMention | None) -> date | None:
    """Return the last day; a weekday or day of a month is the next such day from the first day on, not from today."""
    if not first_day or not last_mention or not last_mention.day or last_mention.day >= first_day:
        return last_mention.day if last_mention else None
    if last_mention.notation == "weekday":
        return last_mention.day + timedelta(days=((first_day - last_mention.day).days + 6) // 7 * 7)
    return next_month_day(first_day, last_mention.day) if last_mention.notation == "month" else last_mention.day


def _take_bare_first_day(stream: TokenStream, last_mention: DateMention | None) -> date | None:
    """Take and return the first day of «از ۵ تا ۸ آذر», which has its month from the last."""
    bare_day = _find_bare_day_before(stream, last_mention) if last_mention else None
    if bare_day:
        stream.take(start_with_lead(stream, bare_day[1]), bare_day[2])
    return bare_day[0] if bare_day else None


def _find_bare_day_before(stream: TokenStream, last_mention: DateMention) -> tuple[date, int, int] | None:
    """Find a number that a link («تا», «و») joins to a day of a month: the day it means, and its tokens."""
    if not last_mention.day or last_mention.notation != "month":
        return None
    link_start = last_mention.start
    while link_start > 0 and stream.raw_at(link_start - 1) in _LINK_WORDS:
        link_start -= 1
    for index in (link_start - 1, link_start - 2, link_start - 3) if link_start < last_mention.start else ():
        number = read_ordinal_at(stream, index)
        if number and number[1] == link_start and (day := day_of_same_month(last_mention.day, number[0])):
            return day, index, link_start
    return None


def take_day_count(stream: TokenStream, mentions: list[DateMention]) -> tuple[int, str]:
    """Take «۳ روز», «یک هفته» and return the days, with its text; 0 where there are none. «۳ روز دیگر» is among the
    dates and no length.
    """
    for index in stream.free_indexes():
        number = read_number_at(stream, index)
        if (
            not number
            or not 0 < number[0] <= _MOST_DAYS
            or any(mention.start <= index < mention.end for mention in mentions)
        ):
            continue
        unit_key = stream.key_at(number[1])
        if unit_key in _DAY_WORDS | _WEEK_WORDS:
            stream.take(stream.skip_back(index, _LENGTH_LEAD_WORDS), number[1] + 1)
            day_count = number[0] * (7 if unit_key in _WEEK_WORDS else 1)
            return day_count, stream.source_text(index, number[1] + 1)
    return 0, ""


def _take_denied_days(stream: TokenStream, mentions: list[DateMention]) -> list[DateMention]:
    """Take the days that are denied («جمعه نباشه»), and return the others."""
    denied_mentions = [mention for mention in mentions if is_denied(stream, mention.end)]
    for mention in denied_mentions:
        stream.take(start_with_lead(stream, mention.start), mention.end)
    return [mention for mention in mentions if mention not in denied_mentions]


def take_work_date(reader: MessageReader) -> None:
    """Take the wanted date; refuse it when no calendar has it. A number of days is noted beside the order.

    Of several days («فردا یا شنبه»), and of one that can be read in two ways, nobody knows which is meant.
    """
    candidates = _take_denied_days(reader.stream, find_dates(reader.stream, reader.today))
    day_count, count_text = take_day_count(reader.stream, candidates)
    if day_count > 1:
        reader.partial_values.update(days=day_count, description=count_text)
    chosen_mention = choose_date(candidates)
    if not chosen_mention:
        return
    lead_begin = start_with_lead(reader.stream, chosen_mention.start)
    if chosen_mention.day is None:
        reader.reject_tokens("date", chosen_mention.start, chosen_mention.end)
    else:
        reader.slots["date"] = chosen_mention.day
    reader.stream.take(lead_begin, chosen_mention.end)
    possible_days = {
        day for mention in candidates if mention.day and not mention.names_street for day in mention.possible_days
    } | {*chosen_mention.possible_days}
    if len(possible_days) > 1:
        reader.problems_by_slot["date"] = AmbiguousField(
            "date", InvalidReason.TWO_DAYS, options=tuple(sorted(possible_days))[:MOST_DAYS_ASKED]
        )
        for mention in candidates:
            reader.stream.take(start_with_lead(reader.stream, mention.start), mention.end)
