"""The days of a taxi's leave: «از … تا …», «۳ روز از …», «فردا و پس‌فردا»."""

from datetime import date, timedelta

from domain.parsing.dates import FoundDate, dates, leading, next_month_day, same_month
from domain.parsing.numerals import number_at, ordinal_at
from domain.parsing.slots import MessageReader
from domain.parsing.tokens import Stream, keys
from domain.values.errors import Doubt

_UNTIL = keys("تا", "الی", "لغایت", "to", "until", "till", "ta")
_PARTS = keys("صبح", "ظهر", "عصر", "شب")
_LINKS = _UNTIL | _PARTS | keys("و", "،", ",", "-", "–", "and", "روز", "تاریخ", "مورخ", "پایان", "آخر")
_DAYS, _WEEKS = keys("روز", "روزه", "روزی", "day", "days", "rooz", "ruz"), keys("هفته", "هفتهای", "week", "weeks")
_LENGTH_LEAD = keys("به", "مدت", "برای", "تا", "for")
_MOST_DAYS = 366
_ROUND_THE_YEAR = timedelta(days=300)
"""«از ۲۵ آذر تا ۲۰ آذر» is a slip, not most of a year; «از ۲۵ اسفند تا ۵ فروردین» goes on into the next."""


def take_leave_days(reading: MessageReader) -> None:
    """Take `from` and `to` (inclusive dates); with a number of days, `to` is `from` + days − 1.

    A number of days without any date is kept as `reading.partial["days"]`.
    """
    found = dates(reading.stream, reading.today)
    days = take_day_count(reading.stream, found)
    begins, ends = _first_and_last(reading.stream, found)
    if begins and not ends and _bare_day_before(reading.stream, begins):
        begins, ends = None, begins
    if ends:
        _take(reading, "to", ends)
    if begins:
        _take(reading, "from", begins)
    first = begins.day if begins else _bare_first_day(reading.stream, ends)
    last = _from_first_on(first, ends)
    if ends and first and last and last - first > _ROUND_THE_YEAR:
        reading.reject("to", ends.start, ends.end)
        last = None
    if days:
        first, last = _with_length(reading, days, first, last)
    reading.slots.update({name: day for name, day in (("from", first), ("to", last)) if day})


def _with_length(
    reading: MessageReader, days: int, first: date | None, last: date | None
) -> tuple[date | None, date | None]:
    """Return both ends, the one not said counted from the other; without a day to count from the days are kept."""
    if "from" in reading.problems or not (first or last):
        reading.partial["days"] = days
        return first, None if "from" in reading.problems else last
    length = timedelta(days=days - 1)
    return first or (last and last - length), last or (first and first + length)


def _first_and_last(stream: Stream, found: list[FoundDate]) -> tuple[FoundDate | None, FoundDate | None]:
    """Return the first day and the last: the date after «تا», or the last of those linked to the first («فردا و …»)."""
    until = next((one for one in found if _after_until(stream, one)), None)
    first = next((one for one in found if one is not until and (not until or one.start < until.start)), None)
    if not first:
        first = next((one for one in found if one is not until), None)
    if first and not until:
        until = _linked(stream, first, found)
    return first, until


def _after_until(stream: Stream, one: FoundDate) -> bool:
    begin = leading(stream, one.start)
    return any(stream.key(at) in _UNTIL for at in range(stream.back(begin, _LINKS), one.start))


def _linked(stream: Stream, first: FoundDate, found: list[FoundDate]) -> FoundDate | None:
    """Return the last of the dates that follow each other; the dates between are taken."""
    last, end = None, first.end
    for one in found:
        if one.start >= end and stream.skip(end, _LINKS) == one.start:
            stream.take(end, one.start)
            last, end = one, one.end
    if last:
        stream.take(first.end, last.start)
    return last


def _take(reading: MessageReader, name: str, found: FoundDate) -> None:
    """Take a date with the words around it; refuse it when it does not exist."""
    stream = reading.stream
    begin = leading(stream, found.start)
    if found.day is None:
        reading.reject(name, found.start, found.end)
    if found.other:
        reading.problems[name] = Doubt(name, detail="two_days", options=found.readings)
    stream.take(stream.back(begin, _LINKS) if name == "to" else begin, stream.skip(found.end, _PARTS))


def _from_first_on(first: date | None, ends: FoundDate | None) -> date | None:
    """Return the last day; a weekday or day of a month is the next such day from the first day on, not from today."""
    if not first or not ends or not ends.day or ends.day >= first:
        return ends.day if ends else None
    if ends.how == "weekday":
        return ends.day + timedelta(days=((first - ends.day).days + 6) // 7 * 7)
    return next_month_day(first, ends.day) if ends.how == "month" else ends.day


def _bare_first_day(stream: Stream, ends: FoundDate | None) -> date | None:
    """Take and return the first day of «از ۵ تا ۸ آذر», which has its month from the last."""
    bare = _bare_day_before(stream, ends) if ends else None
    if bare:
        stream.take(leading(stream, bare[1]), bare[2])
    return bare[0] if bare else None


def _bare_day_before(stream: Stream, ends: FoundDate) -> tuple[date, int, int] | None:
    """Find a number that a link («تا», «و») joins to a day of a month: the day it means, and its tokens."""
    if not ends.day or ends.how != "month":
        return None
    after = ends.start
    while after > 0 and stream.raw(after - 1) in _LINKS:
        after -= 1
    for at in (after - 1, after - 2, after - 3) if after < ends.start else ():
        number = ordinal_at(stream, at)
        if number and number[1] == after and (day := same_month(ends.day, number[0])):
            return day, at, after
    return None


def take_day_count(stream: Stream, found: list[FoundDate]) -> int | None:
    """Take «۳ روز», «یک هفته» and return the days; «۳ روز دیگر» is among the dates and no length."""
    for at in stream.free():
        number = number_at(stream, at)
        if not number or not 0 < number[0] <= _MOST_DAYS or any(one.start <= at < one.end for one in found):
            continue
        unit = stream.key(number[1])
        if unit in _DAYS | _WEEKS:
            stream.take(stream.back(at, _LENGTH_LEAD), number[1] + 1)
            return number[0] * (7 if unit in _WEEKS else 1)
    return None
