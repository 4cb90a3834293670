"""The Jalali calendar, Tehran's clock, and working time.

Moments are aware datetimes, UTC inside and in every answer; days and office hours are Tehran's. Jalali dates come from
`persiantools` (right for 1921–2121, no locale, so safe in async code). Holidays come from the `holidays` package: its
dates that follow the moon are **estimated after 2026**, so a table of overrides lies on top. Source: facts-iran.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

from persiantools.jdatetime import JalaliDate

from domain.values.errors import InvalidField
from domain.values.text import persian_digits

TEHRAN = ZoneInfo("Asia/Tehran")
"""+03:30; with summer time until September 2022."""

FIRST_YEAR, LAST_YEAR = 1300, 1499
"""Jalali years for which the calendar is known to be right (facts-iran.md, "Text, calendar, time")."""

DAYS_KEPT = 4096
"""Days of which the Jalali date is kept: a list shows the same few again and again."""

MONTH_NAMES = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip
"""The Jalali months, first to last."""

WEEKDAY_NAMES = ("شنبه", "یک‌شنبه", "دوشنبه", "سه‌شنبه", "چهارشنبه", "پنج‌شنبه", "جمعه")
"""The days of the week, Saturday first."""

Hours: TypeAlias = tuple[time, time]
"""From (inclusive) and to (exclusive), by Tehran's clock."""

Span: TypeAlias = tuple[datetime, datetime]
"""From (inclusive) and to (exclusive), as moments."""

OFFICE_HOURS: Hours = (time(7, 30), time(14, 30))
THURSDAY_HOURS: Hours = (time(7, 30), time(12, 30))
VISIT_HOURS: Hours = (time(7), time(18))
QUIET_HOURS: Hours = (time(21), time(8))

YEAR_AHEAD = timedelta(days=366)
"""Nothing begins later from now than this: of a day further away the year was mistyped, and calendars end somewhere."""

_THURSDAY, _FRIDAY = 5, 6
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


@lru_cache(maxsize=DAYS_KEPT)
def to_jalali(day: date) -> tuple[int, int, int]:
    """Return Jalali year, month and day; `InvalidField("date")` for a day outside the calendar (before the year 1)."""
    if isinstance(day, datetime):
        raise TypeError("a moment has no Jalali date of its own: take its day in Tehran first")
    try:
        jalali = JalaliDate.to_jalali(day)  # type: ignore[no-untyped-call]  # the package leaves it unannotated
    except ValueError as error:
        raise InvalidField("date") from error
    return jalali.year, jalali.month, jalali.day


def from_jalali(year: int, month: int, day: int) -> date:
    """Return the day of a Jalali date (four-digit year); `InvalidField("date")` when there is no such date."""
    try:
        jalali = JalaliDate(year, month, day)  # type: ignore[no-untyped-call]  # the package leaves it unannotated
    except ValueError as error:
        raise InvalidField("date") from error
    return jalali.to_gregorian()


FIRST_DAY, LAST_DAY = from_jalali(FIRST_YEAR, 1, 1), from_jalali(LAST_YEAR + 1, 1, 1) - _DAY
"""The days between which people and programs may name one, both included. They lie so far inside of what the calendar
reckons with that the days and weeks around each of them can be shown too.
"""


def within_calendar(day: date) -> date:
    """Return a day that somebody named; `InvalidField("date")` (`unknown_days`) for one that could not be shown."""
    if not FIRST_DAY <= day <= LAST_DAY:
        years = {"first": persian_digits(FIRST_YEAR), "last": persian_digits(LAST_YEAR)}
        raise InvalidField("date", detail="unknown_days", **years)
    return day


def period(year: int, month: int | None = None) -> tuple[date, date]:
    """Return the first day of a Jalali year or month, and the first day after it; `InvalidField` (`year`, `month`)."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidField("year")
    if month is not None and not 1 <= month <= 12:
        raise InvalidField("month")
    first, following = (month or 1), (month or 12) % 12 + 1
    return from_jalali(year, first, 1), from_jalali(year + (following == 1), following, 1)


def jalali_text(day: date) -> str:
    """Return a day for people, short: «۱۴۰۵/۰۹/۱۰»."""
    year, month, of_month = to_jalali(day)
    return persian_digits(f"{year:04}/{month:02}/{of_month:02}")


def jalali_long(day: date) -> str:
    """Return a day for people, with its weekday: «سه‌شنبه ۱۰ آذر ۱۴۰۵»."""
    year, month, of_month = to_jalali(day)
    return f"{WEEKDAY_NAMES[weekday(day)]} {persian_digits(of_month)} {MONTH_NAMES[month - 1]} {persian_digits(year)}"


def weekday(day: date) -> int:
    """Return the day's place in the Iranian week: 0 is Saturday, 6 is Friday."""
    return (day.weekday() + 2) % 7


def tehran(day: date, hour: time) -> datetime:
    """Return the moment (UTC) at which Tehran's clock shows this day and hour."""
    return datetime.combine(day, hour, TEHRAN).astimezone(UTC)


def whole_day(day: date) -> Span:
    """Return the moments at which a day of Tehran begins and ends."""
    return tehran(day, time.min), tehran(day + _DAY, time.min)


def in_tehran(moment: datetime) -> datetime:
    """Return a moment by Tehran's clock; `ValueError` for one without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(TEHRAN)


@lru_cache(maxsize=256)
def _official_holidays(year: int) -> frozenset[date]:
    # The package takes a fifth of a second to import, and a process that asks for no holiday should not wait for it.
    from holidays import country_holidays  # noqa: PLC0415

    return frozenset(country_holidays("IR", years=year, expand=False))


@dataclass(frozen=True, slots=True)
class WorkHours:
    """When the office opens (on Thursdays if there are hours for them), when officers visit, and when it is quiet."""

    office: Hours = OFFICE_HOURS
    thursday: Hours | None = None
    quiet: Hours = QUIET_HOURS
    visits: Hours = VISIT_HOURS


class WorkingCalendar:
    """Which days and hours the municipality works, and when people are not disturbed.

    The week is Saturday to Wednesday, Thursday if `thursday` hours are given; Friday is always a holiday. `overrides`
    names single days otherwise: True works (even a Friday), False is a holiday; it corrects the estimated holidays.
    """

    def __init__(
        self,
        *,
        office: Hours = OFFICE_HOURS,
        thursday: Hours | None = None,
        quiet: Hours = QUIET_HOURS,
        visits: Hours = VISIT_HOURS,
        overrides: Mapping[date, bool] | None = None,
    ) -> None:
        """Take hours by Tehran's clock; `ValueError` when an office, or the time of visits, closes before it opens."""
        for opens, closes in filter(None, (office, thursday, visits)):
            if opens >= closes:
                raise ValueError(f"the office cannot close ({closes}) before it opens ({opens})")
        self.hours = WorkHours(office, thursday, quiet, visits)
        self._overrides = dict(overrides or {})

    def is_holiday(self, day: date) -> bool:
        """Tell whether this is a Friday or a public holiday, unless an override says otherwise."""
        works = self._overrides.get(day)
        if works is not None:
            return not works
        return weekday(day) == _FRIDAY or day in _official_holidays(day.year)

    def is_working_day(self, day: date) -> bool:
        """Tell whether the office opens on this day; a Thursday without hours is neither a holiday nor worked."""
        if weekday(day) == _THURSDAY and self.hours.thursday is None:
            return self._overrides.get(day, False)
        return not self.is_holiday(day)

    def office_span(self, day: date) -> Span | None:
        """Return when the office opens and closes on this day, or None when it stays closed."""
        if not self.is_working_day(day):
            return None
        opens, closes = (self.hours.thursday or self.hours.office) if weekday(day) == _THURSDAY else self.hours.office
        return tehran(day, opens), tehran(day, closes)

    def visitable(self, start: datetime, end: datetime) -> bool:
        """Tell whether officers go out then: on one day that is no holiday (a Thursday does), within `visits` hours."""
        begins, ends = in_tehran(start), in_tehran(end)
        opens, closes = self.hours.visits
        within = begins.date() == ends.date() and opens <= begins.time() and ends.time() <= closes
        return within and not self.is_holiday(begins.date())

    def add_working_minutes(self, start: datetime, minutes: int) -> datetime:
        """Return the earliest moment at which `minutes` of office time have passed since `start`.

        That may be a closing time; with 0 minutes it is `start` itself. Negative minutes are a `ValueError`.
        """
        if minutes < 0:
            raise ValueError(f"working time runs forward, got {minutes} minutes")
        end, left = in_tehran(start).astimezone(UTC), timedelta(minutes=minutes)
        spans = self._office_spans(start)
        while left:
            opens, closes = next(spans)
            worked = min(left, closes - opens)
            end, left = opens + worked, left - worked
        return end

    def working_minutes_between(self, start: datetime, end: datetime) -> int:
        """Return the whole minutes of office time from `start` to `end`; 0 when `end` is not after `start`."""
        worked = timedelta()
        for opens, closes in self._office_spans(start):
            if opens >= end:
                break
            worked += min(closes, end) - opens
        return worked // _MINUTE

    def _office_spans(self, start: datetime) -> Iterator[Span]:
        """Yield, without end, the office spans still ahead at `start`, the first one from `start` on."""
        day = in_tehran(start).date()
        while True:
            span = self.office_span(day)
            if span and span[1] > start:
                yield max(span[0], start.astimezone(UTC)), span[1]
            day += _DAY

    def quiet(self, moment: datetime) -> bool:
        """Tell whether only replies, codes and receipts may go now (21:00–8:00 by default, whatever the day)."""
        return self.next_open(moment, skip_holidays=False) != moment

    def next_open(self, moment: datetime, *, skip_holidays: bool) -> datetime:
        """Return when a message may go: the moment itself outside quiet hours, else their end.

        `skip_holidays` keeps holidays silent too (bulk messages): then the next day that is none.
        """
        day = in_tehran(moment).date()
        while True:
            for opens, closes in self._open_windows(day, skip_holidays=skip_holidays):
                if moment < closes:
                    return max(opens, moment.astimezone(UTC))
            day += _DAY

    def last_open_before(self, event: datetime, *, skip_holidays: bool = False, lead: timedelta) -> datetime:
        """Return when to send a reminder of `event`: the latest moment outside quiet hours, at least `lead` before it.

        That is `event - lead` when it is not quiet then, else the last minute before that quiet time began: the
        reminder of a visit at 8 with an hour's lead goes at 20:59 of the evening before, never after the visit.
        `skip_holidays` also goes back over holidays.
        """
        latest = event - lead
        day = in_tehran(latest).date()
        while True:
            for opens, closes in reversed(self._open_windows(day, skip_holidays=skip_holidays)):
                if latest >= opens:
                    return latest.astimezone(UTC) if latest < closes else closes - _MINUTE
            day -= _DAY

    def _open_windows(self, day: date, *, skip_holidays: bool) -> list[Span]:
        """Return the parts of a day outside quiet hours, in order."""
        if skip_holidays and self.is_holiday(day):
            return []
        midnight, next_midnight = tehran(day, time.min), tehran(day + _DAY, time.min)
        begins, ends = (tehran(day, hour) for hour in self.hours.quiet)
        if begins > ends:  # over midnight
            return [(ends, begins)]
        return [window for window in ((midnight, begins), (ends, next_midnight)) if window[0] < window[1]]


def hour_text(hour: time) -> str:
    """Return an hour of the day with Persian digits, without a needless :00."""
    return persian_digits(f"{hour.hour}:{hour.minute:02}" if hour.minute else str(hour.hour))
