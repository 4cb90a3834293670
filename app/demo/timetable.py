"""When the steps of the demonstration happen: told in working days and office minutes, so that any day will do.

«-6 09:10» is the sixth working day before today at 9:10 in Tehran; «ago 35» is 35 minutes of office time before now;
«+2» is two minutes after the step before, where a night between them would end a dialogue.
Steps told by days lie on days before today; those told by minutes are recent, whatever the hour: what is under way has
neither broken a deadline nor is about to.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from domain.values.calendar import MONTH_NAMES, WorkingCalendar, in_tehran, tehran, to_jalali
from domain.values.text import persian_digits

OLDEST_RECENT = timedelta(days=2)
"""After long holidays the last office minutes are a week ago: what is recent is then told by the clock instead."""

_DAY = timedelta(days=1)


class Timetable:
    """The days around `now`, by the municipality's calendar."""

    def __init__(self, calendar: WorkingCalendar, now: datetime) -> None:
        self._calendar = calendar
        self._now = now
        self._today = in_tehran(now).date()
        self._working_days: dict[int, date] = {}

    @property
    def today(self) -> date:
        """The day on which the demonstration is loaded."""
        return self._today

    def moments(self, steps: Iterable[str]) -> list[datetime]:
        """Return the moments of the steps of one story."""
        found: list[datetime] = []
        for at in steps:
            found.append(found[-1] + timedelta(minutes=int(at)) if at.startswith("+") else self.moment(at))
        return found

    def moment(self, at: str) -> datetime:
        """Return the moment of one step by itself; `ValueError` for one that cannot be read."""
        first, _, second = at.partition(" ")
        if first == "ago":
            return self._ago(int(second))
        return tehran(self.working_day(int(first)), time.fromisoformat(second))

    def working_day(self, number: int) -> date:
        """Return the n-th working day before (negative) or after (positive) today."""
        if number == 0:
            raise ValueError("today may be no working day: count from -1 or 1")
        if number not in self._working_days:
            self._working_days[number] = self._find_working_day(number)
        return self._working_days[number]

    def _find_working_day(self, number: int) -> date:
        step = _DAY if number > 0 else -_DAY
        day, left = self._today, abs(number)
        while left:
            day += step
            left -= self._calendar.is_working_day(day)
        return day

    def _ago(self, minutes: int) -> datetime:
        worked = timedelta(minutes=minutes)
        day, left = self._today, worked
        while (open_then := self._open_by_now(day)) < left:
            day, left = day - _DAY, left - open_then
        span = self._calendar.office_span(day)
        closes = min(span[1], self._now) if span else self._now
        return max(closes - left, self._now - OLDEST_RECENT - worked)

    def _open_by_now(self, day: date) -> timedelta:
        """Return the office time of a day that has passed."""
        span = self._calendar.office_span(day)
        return max(min(span[1], self._now) - span[0], timedelta()) if span else timedelta()


def day_said(day: date) -> str:
    """Return a day as people write it in a text: «۹ آذر»."""
    _, month, of_month = to_jalali(day)
    return f"{persian_digits(str(of_month))} {MONTH_NAMES[month - 1]}"
