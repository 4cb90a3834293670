"""Records of the runs of jobs: when each last came to its end, in whichever process, and which are late.

A process knows its own runs; those of others it reads from the leases. Ages are counted by the steady clock from the
moment at which news came, so that no clock on a wall makes a job late, or hides that it is.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from domain.jobs.ports import HeldLease

LOGGED_AGAIN_SECONDS = 60.0
"""Seconds after which a job that is still late, or still fails, is logged again."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _JobRecord:
    """Record of a job's runs; lengths and moments are seconds, moments by the steady clock."""

    late_after: float
    """So long after its last run it is late."""
    may_take_long: bool
    """It is not late while it runs."""
    carries_messages: bool
    """Whether it carries messages out."""
    last_run_end: float
    """The last end of a run that is known of, at first the start of the process."""
    has_run: bool = False
    """A run came to its end since this process began, or was noted by another."""
    noted_run_at: datetime | None = None
    """End of the run that another process noted last, in UTC; None while none did."""
    is_running: bool = False
    """A run of this process is under way."""
    failures: int = 0
    """Runs of this process that failed, one after the other, up to now."""
    logged_at: float | None = None
    """Time when its lateness was logged; None while it is not."""


@dataclass(frozen=True, slots=True)
class JobState:
    """One job as monitoring sees it."""

    name: str
    """The scheduler's."""
    seconds_ago: float | None
    """Since its last run came to its end; None while no run is known of."""
    is_late: bool
    """It has not run for longer than it may."""
    failures: int
    """Runs of this process that failed, one after the other, up to now."""
    carries_messages: bool
    """Whether it carries messages out: while it is late, nobody is answered."""


class JobRuns:
    """Notified of jobs by the scheduler; answers monitoring. `steady_clock` returns seconds."""

    def __init__(self, steady_clock: Callable[[], float] = monotonic) -> None:
        self._steady_clock = steady_clock
        self._jobs_by_name: dict[str, _JobRecord] = {}

    def expect_job(self, name: str, late_after: timedelta, *, may_take_long: bool, carries_messages: bool) -> None:
        """Have runs of a job looked out for from now on. A `may_take_long` one is not late while it runs."""
        self._jobs_by_name[name] = _JobRecord(
            late_after.total_seconds(), may_take_long, carries_messages, self._steady_clock()
        )

    def note_begun(self, name: str) -> None:
        """Note that a run of this process began."""
        if job := self._jobs_by_name.get(name):
            job.is_running = True

    def note_ended(self, name: str, *, succeeded: bool) -> None:
        """Note that a run of this process came to its end, well or not."""
        if job := self._jobs_by_name.get(name):
            job.is_running = False
            job.failures = 0 if succeeded else job.failures + 1
            if succeeded:
                self._note_run(job, 0.0)

    def note_left(self, name: str) -> None:
        """Note that the job was left to another process."""
        if job := self._jobs_by_name.get(name):
            job.is_running, job.failures = False, 0

    def read_leases(self, leases: Iterable[HeldLease]) -> None:
        """Take note of what other processes say."""
        for lease in leases:
            job = self._jobs_by_name.get(lease.job_name.removeprefix("job:"))
            if job is None or lease.ran_at is None or lease.ran_at == job.noted_run_at:
                continue
            job.noted_run_at = lease.ran_at
            self._note_run(job, min(max((lease.database_now - lease.ran_at).total_seconds(), 0.0), job.late_after / 2))

    def list_states(self) -> list[JobState]:
        """Return what is known of every job."""
        now = self._steady_clock()
        return [
            JobState(
                name,
                now - job.last_run_end if job.has_run else None,
                self._is_late(job, now),
                job.failures,
                job.carries_messages,
            )
            for name, job in self._jobs_by_name.items()
        ]

    def log_late_jobs(self) -> None:
        """Log what is late, once a minute, and that it is no more."""
        now = self._steady_clock()
        for name, job in self._jobs_by_name.items():
            is_late = self._is_late(job, now)
            if is_late and (job.logged_at is None or now - job.logged_at >= LOGGED_AGAIN_SECONDS):
                job.logged_at = now
                log.error("job %s has not run for %.0f s", name, now - job.last_run_end)
            elif not is_late and job.logged_at is not None:
                job.logged_at = None
                log.warning("job %s runs again", name)

    def _note_run(self, job: _JobRecord, seconds_ago: float) -> None:
        job.has_run, job.last_run_end = True, max(job.last_run_end, self._steady_clock() - seconds_ago)

    def _is_late(self, job: _JobRecord, now: float) -> bool:
        return now - job.last_run_end > job.late_after and not (job.may_take_long and job.is_running)
