"""What is known of the runs of jobs: when each last came to its end, in whichever process, and which are late.

A process knows its own runs; those of others it reads from the leases. Ages are counted by the steady clock from the
moment at which news came, so that no clock on a wall makes a job late, or hides that it is.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from domain.jobs.ports import HeldLease

TOLD_AGAIN = 60.0
"""Seconds after which a job that is still late, or still fails, is logged again."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Job:
    late_after: float
    long: bool
    carries: bool
    since: float
    """The last end of a run that is known of, at first the start of the process."""
    ran: bool = False
    noted: datetime | None = None
    """What another process noted last."""
    under_way: bool = False
    failures: int = 0
    told: float | None = None


@dataclass(frozen=True, slots=True)
class JobState:
    """One job as monitoring sees it. `seconds_ago` is None while no run is known of."""

    name: str
    seconds_ago: float | None
    late: bool
    failures: int
    """Runs of this process that failed, one after the other, up to now."""
    carries: bool
    """Whether it carries messages out: while it is late, nobody is answered."""


class JobRuns:
    """Hears of jobs from the scheduler and answers monitoring. `seconds` is a steady clock."""

    def __init__(self, seconds: Callable[[], float] = monotonic) -> None:
        self._seconds = seconds
        self._jobs: dict[str, _Job] = {}

    def expect(self, name: str, late_after: timedelta, *, long: bool, carries: bool) -> None:
        """Have runs of a job looked out for from now on. A `long` one is not late while it runs."""
        self._jobs[name] = _Job(late_after.total_seconds(), long, carries, self._seconds())

    def began(self, name: str) -> None:
        """Note that a run of this process began."""
        if job := self._jobs.get(name):
            job.under_way = True

    def ended(self, name: str, *, well: bool) -> None:
        """Note that a run of this process came to its end, well or not."""
        if job := self._jobs.get(name):
            job.under_way = False
            job.failures = 0 if well else job.failures + 1
            if well:
                self._ran(job, 0.0)

    def left(self, name: str) -> None:
        """Note that the job was left to another process."""
        if job := self._jobs.get(name):
            job.under_way, job.failures = False, 0

    def read(self, leases: Iterable[HeldLease]) -> None:
        """Take note of what other processes say."""
        for lease in leases:
            job = self._jobs.get(lease.name.removeprefix("job:"))
            if job is None or lease.ran_at is None or lease.ran_at == job.noted:
                continue
            job.noted = lease.ran_at
            self._ran(job, min(max((lease.now - lease.ran_at).total_seconds(), 0.0), job.late_after / 2))

    def states(self) -> list[JobState]:
        """Return what is known of every job."""
        now = self._seconds()
        return [
            JobState(name, now - job.since if job.ran else None, self._late(job, now), job.failures, job.carries)
            for name, job in self._jobs.items()
        ]

    def tell(self) -> None:
        """Log what is late, once a minute, and that it is no more."""
        now = self._seconds()
        for name, job in self._jobs.items():
            late = self._late(job, now)
            if late and (job.told is None or now - job.told >= TOLD_AGAIN):
                job.told = now
                log.error("job %s has not run for %.0f s", name, now - job.since)
            elif not late and job.told is not None:
                job.told = None
                log.warning("job %s runs again", name)

    def _ran(self, job: _Job, ago: float) -> None:
        job.ran, job.since = True, max(job.since, self._seconds() - ago)

    def _late(self, job: _Job, now: float) -> bool:
        return now - job.since > job.late_after and not (job.long and job.under_way)
