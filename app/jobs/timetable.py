"""When jobs are due: intervals by a clock that nobody sets, hours of the day by the clock on the wall.

A clock on the wall is corrected: by a few seconds each day, by hours where the machine's own ran in local time, by
years where its battery is empty. An interval that waited for the time on the wall would wait for as long as the clock
went back. When the wall says that more time has passed than the other clock counted (a machine that slept, a clock that
was behind), whatever is due by the wall is due.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from domain.values.calendar import in_tehran

DAY = timedelta(days=1)
LEAST_LATE = timedelta(seconds=90)
"""Nothing is late sooner: a job may wait for its turn, or for a process that died with its lease."""


@dataclass(frozen=True, slots=True)
class ClockReading:
    """One moment by both clocks: `wall` can be set, `steady` are seconds that only grow."""

    wall: datetime
    steady: float


class JobTrigger(Protocol):
    """When a job is due. `last` is the moment at which it was last begun, or at which the process started."""

    @property
    def late_after(self) -> timedelta:
        """How long after its last run it is late."""
        ...

    def due(self, last: ClockReading, now: ClockReading) -> bool:
        """Tell whether it is due now."""
        ...


@dataclass(frozen=True, slots=True)
class Interval:
    """Due this long after it was last begun."""

    length: timedelta

    @property
    def late_after(self) -> timedelta:
        """Three times as long."""
        return max(3 * self.length, LEAST_LATE)

    def due(self, last: ClockReading, now: ClockReading) -> bool:
        """By whichever clock has gone further."""
        steady = timedelta(seconds=now.steady - last.steady)
        return max(steady, now.wall - last.wall) >= self.length


@dataclass(frozen=True, slots=True)
class Daily:
    """Due once a day at this hour of Tehran's clock; once however long the machine slept."""

    hour: int

    @property
    def late_after(self) -> timedelta:
        """An hour past the next time."""
        return DAY + timedelta(hours=1)

    def due(self, last: ClockReading, now: ClockReading) -> bool:
        """After a clock that was ahead by more than a day it is done again, under the right date."""
        return self._latest(now.wall) > self._latest(last.wall) or last.wall - now.wall > DAY

    def _latest(self, moment: datetime) -> datetime:
        """Return the latest time at which it was due."""
        local = in_tehran(moment)
        today = local.replace(hour=self.hour, minute=0, second=0, microsecond=0)
        return today if today <= local else today - DAY


def every(**length: int) -> Interval:
    """Return an interval (words of a timedelta)."""
    return Interval(timedelta(**length))


def daily(hour: int) -> Daily:
    """Return a time of each day, by Tehran's clock."""
    return Daily(hour)
