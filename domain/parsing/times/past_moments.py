"""Moments that are over, as people tell of them: «دیروز ساعت ۵», «همین الان», «نیم ساعت پیش», «سه‌شنبه صبح»."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from domain.parsing.numerals import read_quantity_at
from domain.parsing.times.dates import DateMention, find_dates
from domain.parsing.times.day_names import WEEKDAY_PHRASES, match_name_at
from domain.parsing.times.hours import ClockMention, find_lengths_and_clocks, hour_in_day_part, possible_hours
from domain.parsing.tokens import Phrases, TokenStream, keys_in, keys_of
from domain.parsing.word_lists import words_of
from domain.values.calendar import tehran_moment, to_tehran, weekday

_NOW_PHRASES: Phrases[bool] = Phrases({True: words_of("values.just_now")})
_DAYS_BACK: Phrases[int] = Phrases(
    {
        0: ("امروز", "today", "emruz"),
        1: (*words_of("values.yesterday"), *words_of("values.last_night")),
        2: words_of("values.day_before_yesterday"),
    }
)
_LAST_NIGHT = keys_in("values.last_night")
_AGO = keys_of("پیش", "قبل", "ago", "pish", "ghabl")
_UNITS = {
    **dict.fromkeys(keys_of("دقیقه", "دیقه", "daghighe", "min", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(keys_of("ساعت", "saat", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(keys_of("روز", "ruz", "day", "days"), timedelta(days=1)),
    **dict.fromkeys(keys_of("هفته", "week", "weeks"), timedelta(days=7)),
}
_SOME, _QUARTER = keys_of("چند", "chand"), keys_of("ربع", "rob")
_LONGEST_AGO = timedelta(days=90)
"""Time after which nobody names a day without its year."""

_LATEST_HOUR_OF_A_NIGHT = 4
"""Hours before it, of last night, are of the day that has begun."""


@dataclass(frozen=True, slots=True)
class PastMoment:
    """A day that is over or lasts, and its hour."""

    day: date
    hour: time | None = None
    """None where none is said."""


def find_past_moment(text: str, now: datetime) -> PastMoment | None:
    """Return the moment before `now` that a text names, in Tehran; None where it names none."""
    stream, local_now = TokenStream(text), to_tehran(now)
    if (ago := _find_ago(stream)) is not None:
        moment = local_now - ago
        return PastMoment(moment.date(), None if ago >= timedelta(days=1) else _to_minute(moment))
    if any(_NOW_PHRASES.find_in(stream)):
        return PastMoment(local_now.date(), _to_minute(local_now))
    today = local_now.date()
    day = _find_day(stream, today)
    if day is None and any(find_dates(stream, today)):
        return None  # what is to come is no payment: «برای فردا ساعت ۸ پرداخت کردم»
    _, clocks = find_lengths_and_clocks(stream)
    clock = next((one for one in clocks if one.hour), None)
    if clock is None or any(_is_to_come(mention, today) for mention in find_dates(stream, today)):
        return PastMoment(day) if day else None
    return _find_hour(stream, clock, day or today, now)


def _find_ago(stream: TokenStream) -> timedelta | None:
    """Read «نیم ساعت پیش», «۲ روز قبل», «یک ربع پیش»; «چند دقیقه پیش» is hardly over."""
    for index in range(len(stream)):
        if stream.key_at(index) in _QUARTER and stream.key_at(index + 1) in _AGO:
            return timedelta(minutes=15)
        quantity = (0, index + 1) if stream.key_at(index) in _SOME else read_quantity_at(stream, index)
        unit = _UNITS.get(stream.key_at(quantity[1])) if quantity else None
        if quantity and unit and stream.key_at(quantity[1] + 1) in _AGO:
            is_known = quantity[0] or unit == timedelta(minutes=1)
            return unit * quantity[0] if is_known else None
    return None


def _find_day(stream: TokenStream, today: date) -> date | None:
    """Return the last day of that name, not after today."""
    for _, days_back, _ in _DAYS_BACK.find_in(stream):
        return today - timedelta(days=days_back)
    for index in range(len(stream)):
        if match := match_name_at(stream, index, WEEKDAY_PHRASES):
            return today - timedelta(days=(weekday(today) - match[0] - 1) % 7 + 1)
    mentions = find_dates(stream, today - _LONGEST_AGO)
    dated = (mention.day for mention in mentions if mention.notation in {"month", "numeric"})
    return next((day for day in dated if day and today - _LONGEST_AGO <= day <= today), None)


def _is_to_come(mention: DateMention, today: date) -> bool:
    """Return whether «فردا» or «۲ روز دیگر» is meant: an hour beside it is not of what is over."""
    return mention.notation == "relative" and mention.day is not None and mention.day > today


def _find_hour(stream: TokenStream, clock: ClockMention, day: date, now: datetime) -> PastMoment | None:
    """Return an hour of a day: the later of two that may be meant, unless that is still to come."""
    hour = clock.hour or time(0)
    if not _LAST_NIGHT.isdisjoint(stream.read.key_set):
        hour = hour_in_day_part(hour, "night")
        day += timedelta(days=hour.hour < _LATEST_HOUR_OF_A_NIGHT)
    either = possible_hours(stream, clock.start, clock.end, hour, clock.day_part)
    hours = [*map(time.fromisoformat, either)] if either else [hour]
    past_hours = [one for one in hours if tehran_moment(day, one) <= now]
    return PastMoment(day, past_hours[0]) if past_hours else None


def _to_minute(moment: datetime) -> time:
    return moment.time().replace(second=0, microsecond=0)
