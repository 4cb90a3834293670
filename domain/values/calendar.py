"""The Jalali calendar, Tehran's clock, and working time.

Moments are aware datetimes, UTC inside and in every answer; days and office hours are Tehran's. Jalali dates come from
`persiantools` (right for 1921–2121, no locale, so safe in async code). Holidays lie in `official_holidays.txt`, written
from the `holidays` package (`scripts.official_holidays`): dates that follow the moon are **estimated after 2026**, so a
table of overrides lies on top. Source: facts-iran.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import TypeAlias
from zoneinfo import ZoneInfo

from persiantools.jdatetime import JalaliDate

from domain.values.errors import InvalidField
from domain.values.languages import PERSIAN, language_in_force
from domain.values.reasons import InvalidReason
from domain.values.text import persian_digits

TEHRAN_ZONE = ZoneInfo("Asia/Tehran")
"""+03:30; with summer time until September 2022."""

FIRST_YEAR, LAST_YEAR = 1300, 1499
"""Jalali years for which the calendar is known to be right (facts-iran.md, "Text, calendar, time")."""

CACHED_DAYS = 4096
"""Days of which the Jalali date is kept: a list shows the same few again and again."""

MONTH_NAMES = PERSIAN.month_names
"""The Jalali months as people write them, first to last."""

WEEKDAY_NAMES = PERSIAN.weekday_names
"""The days of the week as people write them, Saturday first."""

HoursOfDay: TypeAlias = tuple[time, time]
"""From (inclusive) and to (exclusive), by Tehran's clock."""

MomentSpan: TypeAlias = tuple[datetime, datetime]
"""From (inclusive) and to (exclusive), as moments."""

OFFICE_HOURS: HoursOfDay = (time(7, 30), time(14, 30))
THURSDAY_HOURS: HoursOfDay = (time(7, 30), time(12, 30))
VISIT_HOURS: HoursOfDay = (time(7), time(18))
QUIET_HOURS: HoursOfDay = (time(21), time(8))

YEAR_AHEAD = timedelta(days=366)
"""Nothing begins later from now than this: of a day further away the year was mistyped, and calendars end somewhere."""

NEAR_PAST, NEAR_FUTURE = timedelta(days=31), timedelta(days=120)
"""A day no further from today than this is said without its year."""

_THURSDAY, _FRIDAY = 5, 6
_ONE_DAY = timedelta(days=1)
_ONE_MINUTE = timedelta(minutes=1)


@lru_cache(maxsize=CACHED_DAYS)
def to_jalali(day: date) -> tuple[int, int, int]:
    """Return Jalali year, month and day; `InvalidField("date")` for a day outside the calendar (before the year 1)."""
    if isinstance(day, datetime):
        raise TypeError("a moment has no Jalali date of its own: take its day in Tehran first")
    try:
        jalali_date = JalaliDate.to_jalali(day)  # type: ignore[no-untyped-call]  # the package leaves it unannotated
    except ValueError as error:
        raise InvalidField("date") from error
    return jalali_date.year, jalali_date.month, jalali_date.day


def from_jalali(year: int, month: int, day: int) -> date:
    """Return the day of a Jalali date (four-digit year); `InvalidField("date")` when there is no such date."""
    try:
        jalali_date = JalaliDate(year, month, day)  # type: ignore[no-untyped-call]  # the package leaves it unannotated
    except ValueError as error:
        raise InvalidField("date") from error
    return jalali_date.to_gregorian()


FIRST_DAY, LAST_DAY = from_jalali(FIRST_YEAR, 1, 1), from_jalali(LAST_YEAR + 1, 1, 1) - _ONE_DAY
"""The days between which people and programs may name one, both included. They lie so far inside of what the calendar
reckons with that the days and weeks around each of them can be shown too.
"""


def first_day_of_year(day: date) -> date:
    """Return the first day of the Jalali year of a day."""
    return from_jalali(to_jalali(day)[0], 1, 1)


def require_calendar_day(day: date) -> date:
    """Return a day that somebody named; `InvalidField("date")` (`unknown_days`) for one that could not be shown."""
    if not FIRST_DAY <= day <= LAST_DAY:
        first_year, last_year = persian_digits(FIRST_YEAR), persian_digits(LAST_YEAR)
        raise InvalidField("date", InvalidReason.UNKNOWN_DAYS, first=first_year, last=last_year)
    return day


def jalali_period(year: int, month: int | None = None) -> tuple[date, date]:
    """Return the first day of a Jalali year or month, and the first day after it; `InvalidField` (`year`, `month`)."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidField("year")
    if month is not None and not 1 <= month <= 12:
        raise InvalidField("month")
    first_month, following_month = (month or 1), (month or 12) % 12 + 1
    return from_jalali(year, first_month, 1), from_jalali(year + (following_month == 1), following_month, 1)


def jalali_text(day: date) -> str:
    """Return a day for people, short: «۱۴۰۵/۰۹/۱۰»."""
    year, month, day_of_month = to_jalali(day)
    return persian_digits(f"{year:04}/{month:02}/{day_of_month:02}")


def jalali_long_text(day: date) -> str:
    """Return a day for people, with its weekday: «سه‌شنبه ۱۰ آذر ۱۴۰۵»."""
    return f"{_weekday_and_day_text(day)} {persian_digits(to_jalali(day)[0])}"


def spoken_day_text(day: date, today: date) -> str:
    """Return a day as people say it: «سه‌شنبه ۱۰ آذر», with its year only where it is far from today."""
    is_near = -NEAR_PAST <= day - today <= NEAR_FUTURE
    return _weekday_and_day_text(day) if is_near else jalali_long_text(day)


def _weekday_and_day_text(day: date) -> str:
    weekday_name = language_in_force().weekday_names[weekday(day)]
    _, month, day_of_month = to_jalali(day)
    return f"{weekday_name} {persian_digits(day_of_month)} {month_name(month)}"


def month_name(month: int) -> str:
    """Return what a Jalali month, 1 to 12, is called."""
    return language_in_force().month_names[month - 1]


def weekday(day: date) -> int:
    """Return the day's place in the Iranian week: 0 is Saturday, 6 is Friday."""
    return (day.weekday() + 2) % 7


def tehran_moment(day: date, clock_time: time) -> datetime:
    """Return the moment (UTC) at which Tehran's clock shows this day and hour."""
    return datetime.combine(day, clock_time, TEHRAN_ZONE).astimezone(UTC)


def day_bounds(day: date) -> MomentSpan:
    """Return the moments at which a day of Tehran begins and ends."""
    return tehran_moment(day, time.min), tehran_moment(day + _ONE_DAY, time.min)


def to_tehran(moment: datetime) -> datetime:
    """Return a moment by Tehran's clock; `ValueError` for one without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(TEHRAN_ZONE)


@cache
def _official_holidays() -> frozenset[date]:
    lines = (files("domain") / "values" / "official_holidays.txt").read_text("utf-8").splitlines()
    days_by_year = {year: days for year, *days in map(str.split, lines)}
    return frozenset(date.fromisoformat(f"{year}-{day}") for year, days in days_by_year.items() for day in days)


@dataclass(frozen=True, slots=True)
class WorkHours:
    """Hours of the office (on Thursdays if there are hours for them), of visits, and of quiet."""

    office: HoursOfDay = OFFICE_HOURS
    thursday: HoursOfDay | None = None
    quiet: HoursOfDay = QUIET_HOURS
    visits: HoursOfDay = VISIT_HOURS


class WorkingCalendar:
    """Days and hours on which the municipality works, and hours of quiet.

    The week is Saturday to Wednesday, Thursday if `thursday` hours are given; Friday is always a holiday. `overrides`
    names single days otherwise: True works (even a Friday), False is a holiday; it corrects the estimated holidays.
    """

    def __init__(
        self,
        *,
        office: HoursOfDay = OFFICE_HOURS,
        thursday: HoursOfDay | None = None,
        quiet: HoursOfDay = QUIET_HOURS,
        visits: HoursOfDay = VISIT_HOURS,
        overrides: Mapping[date, bool] | None = None,
    ) -> None:
        """Take hours by Tehran's clock; `ValueError` when an office, or the time of visits, closes before it opens."""
        for opens_at, closes_at in filter(None, (office, thursday, visits)):
            if opens_at >= closes_at:
                raise ValueError(f"the office cannot close ({closes_at}) before it opens ({opens_at})")
        self.work_hours = WorkHours(office, thursday, quiet, visits)
        self._overrides = dict(overrides or {})

    def is_holiday(self, day: date) -> bool:
        """Return whether this is a Friday or a public holiday, unless an override says otherwise."""
        override = self._overrides.get(day)
        if override is not None:
            return not override
        return weekday(day) == _FRIDAY or day in _official_holidays()

    def is_public_holiday(self, day: date) -> bool:
        """Return whether this is a holiday, and no Friday like every other."""
        return self.is_holiday(day) and (day in self._overrides or day in _official_holidays())

    def is_working_day(self, day: date) -> bool:
        """Return whether the office opens on this day; a Thursday without hours is neither a holiday nor worked."""
        if weekday(day) == _THURSDAY and self.work_hours.thursday is None:
            return self._overrides.get(day, False)
        return not self.is_holiday(day)

    def is_banking_day(self, day: date) -> bool:
        """Tell whether the banks settle on this day: they do not on Thursdays and Fridays, whatever the office does."""
        return weekday(day) not in {_THURSDAY, _FRIDAY} and not self.is_holiday(day)

    def add_banking_days(self, moment: datetime, days: int) -> datetime:
        """Return the midnight (Tehran) at which so many whole banking days have passed; with 0, the moment itself.

        The day that begins at a midnight is whole; of any other moment the next one is the first.
        """
        if not days:
            return moment
        day, remaining_days = to_tehran(moment - timedelta.resolution).date(), days
        while remaining_days:
            day += _ONE_DAY
            remaining_days -= self.is_banking_day(day)
        return tehran_moment(day + _ONE_DAY, time.min)

    def office_span(self, day: date) -> MomentSpan | None:
        """Return when the office opens and closes on this day, or None when it stays closed."""
        if not self.is_working_day(day):
            return None
        opens_at, closes_at = (
            (self.work_hours.thursday or self.work_hours.office)
            if weekday(day) == _THURSDAY
            else self.work_hours.office
        )
        return tehran_moment(day, opens_at), tehran_moment(day, closes_at)

    def is_visiting_time(self, start: datetime, end: datetime) -> bool:
        """Return whether officers go out then: on one day that is no holiday (a Thursday does), within `visits`
        hours.
        """
        begins_at, ends_at = to_tehran(start), to_tehran(end)
        opens_at, closes_at = self.work_hours.visits
        within_hours = (
            begins_at.date() == ends_at.date() and opens_at <= begins_at.time() and ends_at.time() <= closes_at
        )
        return within_hours and not self.is_holiday(begins_at.date())

    def add_working_minutes(self, start: datetime, minutes: int) -> datetime:
        """Return the earliest moment at which `minutes` of office time have passed since `start`.

        That may be a closing time; with 0 minutes it is `start` itself. Negative minutes are a `ValueError`.
        """
        if minutes < 0:
            raise ValueError(f"working time runs forward, got {minutes} minutes")
        end, remaining_time = to_tehran(start).astimezone(UTC), timedelta(minutes=minutes)
        office_spans = self._office_spans(start)
        while remaining_time:
            opens_at, closes_at = next(office_spans)
            worked_time = min(remaining_time, closes_at - opens_at)
            end, remaining_time = opens_at + worked_time, remaining_time - worked_time
        return end

    def working_minutes_between(self, start: datetime, end: datetime) -> int:
        """Return the whole minutes of office time from `start` to `end`; 0 when `end` is not after `start`."""
        worked_time = timedelta()
        for opens_at, closes_at in self._office_spans(start):
            if opens_at >= end:
                break
            worked_time += min(closes_at, end) - opens_at
        return worked_time // _ONE_MINUTE

    def find_office_span(self, moment: datetime) -> MomentSpan:
        """Return from when (`moment` itself while the office is open) until when it is open next."""
        return next(self._office_spans(moment))

    def _office_spans(self, start: datetime) -> Iterator[MomentSpan]:
        """Yield, without end, the office spans still ahead at `start`, the first one from `start` on."""
        day = to_tehran(start).date()
        while True:
            office_span = self.office_span(day)
            if office_span and office_span[1] > start:
                yield max(office_span[0], start.astimezone(UTC)), office_span[1]
            day += _ONE_DAY

    def is_quiet(self, moment: datetime) -> bool:
        """Return whether only replies, codes and receipts may go now (21:00–8:00 by default, whatever the day)."""
        return self.next_sending_time(moment, skip_holidays=False) != moment

    def next_sending_time(self, moment: datetime, *, skip_holidays: bool) -> datetime:
        """Return when a message may go: the moment itself outside quiet hours, else their end.

        `skip_holidays` keeps holidays silent too (bulk messages): then the next day that is none.
        """
        day = to_tehran(moment).date()
        while True:
            for opens_at, closes_at in self._sending_windows(day, skip_holidays=skip_holidays):
                if moment < closes_at:
                    return max(opens_at, moment.astimezone(UTC))
            day += _ONE_DAY

    def last_sending_time_before(
        self, event_at: datetime, *, skip_holidays: bool = False, lead_time: timedelta
    ) -> datetime:
        """Return when to send a reminder of `event_at`: the latest moment outside quiet hours, at least `lead_time`
        before it.

        That is `event_at - lead_time` when it is not quiet then, else the last minute before that quiet time began: the
        reminder of a visit at 8 with an hour's lead goes at 20:59 of the evening before, never after the visit.
        `skip_holidays` also goes back over holidays.
        """
        latest_moment = event_at - lead_time
        day = to_tehran(latest_moment).date()
        while True:
            for opens_at, closes_at in reversed(self._sending_windows(day, skip_holidays=skip_holidays)):
                if latest_moment >= opens_at:
                    return latest_moment.astimezone(UTC) if latest_moment < closes_at else closes_at - _ONE_MINUTE
            day -= _ONE_DAY

    def _sending_windows(self, day: date, *, skip_holidays: bool) -> list[MomentSpan]:
        """Return the parts of a day outside quiet hours, in order."""
        if skip_holidays and self.is_holiday(day):
            return []
        midnight, next_midnight = tehran_moment(day, time.min), tehran_moment(day + _ONE_DAY, time.min)
        begins_at, ends_at = (tehran_moment(day, hour) for hour in self.work_hours.quiet)
        if begins_at > ends_at:  # over midnight
            return [(ends_at, begins_at)]
        return [window for window in ((midnight, begins_at), (ends_at, next_midnight)) if window[0] < window[1]]


def clock_text(clock_time: time | datetime) -> str:
    """Return hour and minutes for people: «۸:۳۰»."""
    return persian_digits(f"{clock_time.hour}:{clock_time.minute:02}")


def hour_text(clock_time: time) -> str:
    """Return an hour of the day for people, without a needless :00."""
    return clock_text(clock_time) if clock_time.minute else persian_digits(clock_time.hour)
