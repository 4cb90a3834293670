"""Times at which jobs are due: intervals by a clock that nobody sets, hours of the day by the clock on the wall.

A clock on the wall is corrected: by a few seconds each day, by hours where the machine's own ran in local time, by
years where its battery is empty. An interval that waited for the time on the wall would wait for as long as the clock
went back. When the wall says that more time has passed than the other clock counted (a machine that slept, a clock that
was behind), whatever is due by the wall is due.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from apscheduler.triggers.base import BaseTrigger

from domain.values.calendar import to_tehran

ONE_DAY = timedelta(days=1)
NO_DELAY = timedelta(0)
LEAST_LATE_AFTER = timedelta(seconds=90)
"""Nothing is late sooner: a job may wait for its turn, or for a process that died with its lease."""


@dataclass(frozen=True, slots=True)
class ClockReading:
    """One moment by both clocks: `wall_time` can be set, `steady_seconds` are seconds that only grow."""

    wall_time: datetime
    steady_seconds: float

    def measure_leap(self, now: "ClockReading") -> timedelta:
        """Return by how much the clock on the wall was set between this moment and a later one."""
        return now.wall_time - self.wall_time - timedelta(seconds=now.steady_seconds - self.steady_seconds)


class JobTimes(Protocol):
    """The times of a job. `last_begun` is when it was last begun, or when the process started."""

    @property
    def late_after(self) -> timedelta:
        """Time after its last run at which it is late."""
        ...

    def find_delay(self, last_begun: ClockReading, now: ClockReading) -> timedelta:
        """Return how long it is until it is due, 0 when it is."""
        ...


@dataclass(frozen=True, slots=True)
class Interval:
    """Due this long after it was last begun."""

    length: timedelta

    @property
    def late_after(self) -> timedelta:
        """Three times as long."""
        return max(3 * self.length, LEAST_LATE_AFTER)

    def find_delay(self, last_begun: ClockReading, now: ClockReading) -> timedelta:
        """Return the time to the next beginning, by the clock that has gone further."""
        steady_elapsed = timedelta(seconds=now.steady_seconds - last_begun.steady_seconds)
        return max(self.length - max(steady_elapsed, now.wall_time - last_begun.wall_time), NO_DELAY)


@dataclass(frozen=True, slots=True)
class Daily:
    """Due once a day at this hour of Tehran's clock; once however long the machine slept."""

    hour: int

    @property
    def late_after(self) -> timedelta:
        """An hour past the next time."""
        return ONE_DAY + timedelta(hours=1)

    def find_delay(self, last_begun: ClockReading, now: ClockReading) -> timedelta:
        """After a clock that was ahead by more than a day it is done again, under the right date."""
        latest_due = self._latest_due(now.wall_time)
        is_due = latest_due > self._latest_due(last_begun.wall_time) or last_begun.wall_time - now.wall_time > ONE_DAY
        return NO_DELAY if is_due else latest_due + ONE_DAY - now.wall_time

    def _latest_due(self, moment: datetime) -> datetime:
        """Return the latest time at which it was due."""
        local_time = to_tehran(moment)
        due_today = local_time.replace(hour=self.hour, minute=0, second=0, microsecond=0)
        return due_today if due_today <= local_time else due_today - ONE_DAY


class NextTimeTrigger(BaseTrigger):  # type: ignore[misc]  # the library has no types
    """A trigger of APScheduler that gives the one time after now, whatever was missed."""

    def __init__(self, times: JobTimes, read_clocks: Callable[[], ClockReading]) -> None:
        self._times = times
        self._read_clocks = read_clocks

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Return when a job that is begun now is due again, by the scheduler's own clock."""
        reading = self._read_clocks()
        return now + self._times.find_delay(reading, reading)


def run_every(**length: int) -> Interval:
    """Return an interval (words of a timedelta)."""
    return Interval(timedelta(**length))


def run_daily(hour: int) -> Daily:
    """Return a time of each day, by Tehran's clock."""
    return Daily(hour)
