"""Times of the steps of the demonstration: counted in working days and office minutes, so that any day will do.

«-6 09:10» is the sixth working day before today at 9:10 in Tehran; «ago 35» is 35 minutes of office time before now;
«+2» is two minutes after the step before, where a night between them would end a dialogue. Steps counted in days lie on
days before today; those counted in minutes are recent, whatever the hour: of what is under way only that is late, or
soon due, which its plot says.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from domain.values.calendar import MONTH_NAMES, WorkingCalendar, tehran_moment, to_jalali, to_tehran
from domain.values.text import persian_digits

OLDEST_RECENT = timedelta(days=2)
"""After long holidays the last office minutes are a week ago: what is recent is then counted by the clock instead."""

_ONE_DAY = timedelta(days=1)


class Timetable:
    """The days around `now`, by the municipality's calendar."""

    def __init__(self, calendar: WorkingCalendar, now: datetime) -> None:
        self._calendar = calendar
        self._now = now
        self._today = to_tehran(now).date()
        self._working_days: dict[int, date] = {}

    @property
    def today(self) -> date:
        """The day on which the demonstration is loaded."""
        return self._today

    def read_moments(self, step_times: Iterable[str]) -> list[datetime]:
        """Return the moments of the steps of one story."""
        moments: list[datetime] = []
        for time_text in step_times:
            moments.append(
                moments[-1] + timedelta(minutes=int(time_text))
                if time_text.startswith("+")
                else self.read_moment(time_text)
            )
        return moments

    def read_moment(self, time_text: str) -> datetime:
        """Return the moment of one step by itself; `ValueError` for one that cannot be read."""
        first_part, _, second_part = time_text.partition(" ")
        if first_part == "ago":
            return self._office_time_ago(int(second_part))
        return tehran_moment(self.working_day(int(first_part)), time.fromisoformat(second_part))

    def working_day(self, day_number: int) -> date:
        """Return the n-th working day before (negative) or after (positive) today."""
        if day_number == 0:
            raise ValueError("today may be no working day: count from -1 or 1")
        if day_number not in self._working_days:
            self._working_days[day_number] = self._find_working_day(day_number)
        return self._working_days[day_number]

    def _find_working_day(self, day_number: int) -> date:
        day_step = _ONE_DAY if day_number > 0 else -_ONE_DAY
        day, days_left = self._today, abs(day_number)
        while days_left:
            day += day_step
            days_left -= self._calendar.is_working_day(day)
        return day

    def _office_time_ago(self, minutes: int) -> datetime:
        office_time = timedelta(minutes=minutes)
        day, time_left = self._today, office_time
        while (open_time := self._office_time_of(day)) < time_left:
            day, time_left = day - _ONE_DAY, time_left - open_time
        office_span = self._calendar.office_span(day)
        closes_at = min(office_span[1], self._now) if office_span else self._now
        return max(closes_at - time_left, self._now - OLDEST_RECENT - office_time)

    def _office_time_of(self, day: date) -> timedelta:
        """Return the office time of a day that has passed."""
        office_span = self._calendar.office_span(day)
        return max(min(office_span[1], self._now) - office_span[0], timedelta()) if office_span else timedelta()


def day_text(day: date) -> str:
    """Return a day as people write it in a text: «۹ آذر»."""
    _, month, day_of_month = to_jalali(day)
    return f"{persian_digits(str(day_of_month))} {MONTH_NAMES[month - 1]}"
