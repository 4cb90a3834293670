"""The jobs of the house: a table of (name, trigger, action). It holds no rules; the actions do.

Each run is guarded by a lease in the database, so that of several processes one alone runs a job at a time. A lease is
kept from run to run and renewed while a long run lasts; when its holder dies, another process takes over soon after.
When a job is due, `app/jobs/timetable.py` says; no run goes on without end, and a job that has not run for its time is
told (`app/jobs/job_runs.py`).
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any

from app.jobs.exporting import sheet_of
from app.jobs.import_jobs import run_waiting
from app.jobs.leases import PERIOD, Lease, LeaseLost
from app.jobs.timetable import ClockReading, Interval, JobTrigger, daily, every
from app.jobs.verifying import verify_apart
from app.parts import Parts
from app.wiring import build_vault
from domain.actions.history.sealing import seal
from domain.actions.history.verifications import ask_nightly, run_asked
from domain.actions.messages.notify import SMS
from domain.actions.offices.accounts import forget_calls
from domain.actions.registries.expiries import REMINDED_FROM, remind
from domain.actions.registries.import_jobs import forget_old
from domain.actions.reports.monthly import keep_monthly
from domain.actions.requests.erase import erase_kept_long_enough
from domain.actions.requests.timers import run_due
from domain.actions.settings.changes import renew
from domain.actions.staff.own_account import key_paper_codes
from domain.actions.staff.signing_in import forget_sessions
from domain.chats.chat import MESSENGERS
from domain.requests.request import TimerKind
from domain.values.errors import DomainError
from store.engines.faults import DatabaseUnavailable

log = logging.getLogger(__name__)

TICK = 0.25
"""Seconds between two looks at what is due."""

LEAP = timedelta(seconds=5)
"""A clock that was set by so much is told in the log."""

USUAL_LIMIT = timedelta(minutes=10)
LONG_LIMIT = timedelta(hours=3)
"""For what looks through everything there is."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something done again and again; `action` may run twice in a row without harm.

    With `at_once` it also runs whenever a commit of this process queued a text for that channel; with `made_up` also
    when the process starts, since it may have been away at the job's time. A job `everywhere` is each process's own,
    and needs no lease. One of a messenger's `bot` is there where that bot is; an `endless` one runs until it is cut
    off, which loses nothing. Any other is cut off when it runs for longer than its `limit`.
    """

    name: str
    trigger: JobTrigger
    action: Callable[[Parts], Awaitable[object]]
    at_once: str | None = None
    made_up: bool = False
    everywhere: bool = False
    bot: str | None = None
    endless: bool = False
    limit: timedelta = USUAL_LIMIT


async def watch(parts: Parts) -> None:
    """Try whether the database can be written to, read what other processes ran, and tell what is late."""
    try:
        await parts.store.probe()
        async with parts.store.unit(write=False) as uow:
            parts.runs.read(await uow.leases.all())
    finally:
        parts.runs.tell()


def _due(kind: TimerKind) -> Callable[[Parts], Awaitable[int]]:
    return lambda parts: run_due(parts.desk, parts.store, kind)


def _of_bot(messenger: str) -> tuple[Job, ...]:
    return (
        Job(
            f"{messenger}_updates",
            every(seconds=2),
            lambda parts: parts.bots[messenger].updates(),
            bot=messenger,
            endless=True,
        ),
        Job(
            f"{messenger}_relay",
            every(seconds=1),
            lambda parts: parts.bots[messenger].relay.tick(),
            at_once=messenger,
            bot=messenger,
        ),
        Job(f"{messenger}_stale", every(seconds=15), lambda parts: parts.bots[messenger].give_up(), bot=messenger),
    )


JOBS = (
    # The interval is for texts of other processes, and for those that wait until their time comes.
    Job("relay", every(seconds=1), lambda parts: parts.relay.tick(), at_once=SMS),
    Job("outcomes", every(seconds=15), lambda parts: parts.relay.reconcile(), made_up=True),
    Job("receipts", every(minutes=1), lambda parts: parts.relay.poll_receipts()),
    Job("stale", every(minutes=1), lambda parts: parts.relay.expire()),
    Job("deadlines", every(seconds=20), _due(TimerKind.DEADLINE)),
    Job("reminders", every(seconds=20), _due(TimerKind.REMINDER)),
    Job("sla", every(minutes=1), _due(TimerKind.SLA)),
    Job("rules", every(seconds=20), lambda parts: renew(parts.desk, parts.store), everywhere=True),
    Job("calls", every(minutes=10), lambda parts: forget_calls(parts.desk, parts.store)),
    Job(
        "imports",
        every(seconds=2),
        lambda parts: run_waiting(parts.settings, parts.desk, parts.store),
        limit=LONG_LIMIT,
    ),
    Job("forgotten_imports", daily(4), lambda parts: forget_old(parts.desk, parts.store), made_up=True),
    Job("forgotten_sessions", daily(4), lambda parts: forget_sessions(parts.desk, parts.store), made_up=True),
    Job("paper_codes", daily(4), lambda parts: key_paper_codes(parts.store, build_vault(parts.settings)), made_up=True),
    Job("expiries", daily(REMINDED_FROM), lambda parts: remind(parts.desk, parts.store), made_up=True),
    Job(
        "report",
        daily(6),
        lambda parts: keep_monthly(parts.desk, parts.store, sheet_of),
        made_up=True,
        limit=LONG_LIMIT,
    ),
    Job(
        "erasure",
        daily(3),
        lambda parts: erase_kept_long_enough(parts.desk, parts.store),
        made_up=True,
        limit=LONG_LIMIT,
    ),
    Job("integrity", daily(1), lambda parts: parts.store.examine(), limit=LONG_LIMIT),
    Job("nightly", daily(2), lambda parts: ask_nightly(parts.desk, parts.store)),
    Job(
        "verification",
        every(seconds=10),
        lambda parts: run_asked(parts.desk, parts.store, lambda: verify_apart(parts.settings)),
        limit=LONG_LIMIT,
    ),
    Job("watch", every(seconds=10), watch, everywhere=True),
    *(job for messenger in MESSENGERS for job in _of_bot(messenger)),
    Job("seal", every(minutes=10), lambda parts: seal(parts.desk, parts.store, parts.signer)),
)
"""Every job. `outcomes` turns abandoned claims into unknown ones and asks the provider about these."""


class _TooLong(Exception):
    """A run was cut off at its limit; its argument is that limit in seconds."""


class Scheduler:
    """Runs the jobs of one process from `start` to `stop`. `seconds` is a steady clock."""

    def __init__(self, parts: Parts, jobs: tuple[Job, ...] = JOBS, seconds: Callable[[], float] = monotonic) -> None:
        token = parts.desk.ids.token()
        self._parts = parts
        self._seconds = seconds
        self._jobs = tuple(job for job in jobs if job.bot is None or job.bot in parts.bots)
        self._leases = {job.name: Lease(parts.store, f"job:{job.name}", token) for job in jobs}
        self._turns = {job.name: asyncio.Lock() for job in jobs}
        self._running: dict[asyncio.Task[Any], Job] = {}
        self._timed: dict[str, asyncio.Task[bool]] = {}
        self._last: dict[str, ClockReading] = {}
        self._waiting: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to run jobs at their times."""
        now = self._now()
        for job in self._jobs:
            self._last[job.name] = now
            if not job.endless:
                relay = job.at_once is not None
                self._parts.runs.expect(job.name, job.trigger.late_after, long=job.limit > USUAL_LIMIT, carries=relay)
            if job.made_up:
                self._begin(job, now)
        wakers = [asyncio.create_task(self._run_at_once(job, job.at_once)) for job in self._jobs if job.at_once]
        self._waiting = [asyncio.create_task(self._run_at_times()), *wakers]

    async def stop(self, seconds: float) -> None:
        """Begin no more; let what runs finish for some seconds, then cut it off, and give the leases back."""
        if not self._waiting:
            return
        for relay in self._parts.relays:
            relay.end()
        for task in (*self._waiting, *(task for task, job in self._running.items() if job.endless)):
            task.cancel()
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._waiting, *self._running, return_exceptions=True)
        for lease in self._leases.values():
            await lease.release()

    async def run(self, job: Job) -> bool:
        """Run a job now, after its present run in this process; False when another process has it, or it failed."""
        runs = self._parts.runs
        async with self._turns[job.name], self._counted(job):
            runs.began(job.name)
            try:
                ran = await self._within_its_limit(job)
            except asyncio.CancelledError:
                runs.left(job.name)
                raise
            except Exception as error:  # noqa: BLE001 - the edge of a job: it is logged and tried again at its next time
                runs.ended(job.name, well=False)
                _log(job, error)
                return False
            if ran:
                runs.ended(job.name, well=True)
            else:
                runs.left(job.name)
            return ran

    async def _within_its_limit(self, job: Job) -> bool:
        limit = None if job.endless else job.limit.total_seconds()
        limited = asyncio.timeout(limit)
        try:
            async with limited:
                return await self._guarded(job)
        except TimeoutError:
            if limited.expired():
                raise _TooLong(limit) from None
            raise

    async def _guarded(self, job: Job) -> bool:
        """Do it under its lease; False while another process has that."""
        if job.everywhere:
            await job.action(self._parts)
            return True
        lease = self._leases[job.name]
        if not await lease.during(lambda: job.action(self._parts)):
            return False
        if not isinstance(job.trigger, Interval) or job.trigger.length > PERIOD:
            await lease.note_run()
        return True

    async def _run_at_times(self) -> None:
        """Look again and again at what is due; what still runs is begun again when it has come to its end."""
        before = self._now()
        while True:
            await asyncio.sleep(TICK)
            now = self._now()
            _tell_leap(before, now)
            before = now
            for job in self._jobs:
                running = self._timed.get(job.name)
                if (running is None or running.done()) and job.trigger.due(self._last[job.name], now):
                    self._begin(job, now)

    def _begin(self, job: Job, now: ClockReading) -> None:
        self._last[job.name] = now
        self._timed[job.name] = asyncio.create_task(self.run(job))

    def _now(self) -> ClockReading:
        return ClockReading(self._parts.desk.clock.now(), self._seconds())

    async def _run_at_once(self, job: Job, channel: str) -> None:
        """Run a job whenever this process queued something for its channel; no other job is waited for."""
        while True:
            await self._parts.waking.wait(channel)
            # Shielded: `stop` ends this waiting, and gives a run under way its time to finish.
            await asyncio.shield(asyncio.create_task(self.run(job)))

    @asynccontextmanager
    async def _counted(self, job: Job) -> AsyncIterator[None]:
        task = asyncio.current_task()
        assert task is not None, "a coroutine runs in a task"  # noqa: S101 - holds by construction
        self._running[task] = job
        try:
            yield
        finally:
            del self._running[task]


def _log(job: Job, error: Exception) -> None:
    """Tell why a run failed. Why the database cannot be used is told once for all (`store.engines.health`)."""
    if isinstance(error, LeaseLost):
        log.warning("job %s was cut off: another process took its lease", job.name)
    elif isinstance(error, _TooLong):
        log.error("job %s was cut off after %s s", job.name, error)
    elif isinstance(error, DatabaseUnavailable):
        log.debug("job %s failed: %s", job.name, error)
    elif isinstance(error, DomainError):  # a part that does not answer: no fault of ours, and no trace needed
        log.error("job %s failed: %s", job.name, error)
    else:
        log.error("job %s failed", job.name, exc_info=error)


def _tell_leap(before: ClockReading, now: ClockReading) -> None:
    leap = now.wall - before.wall - timedelta(seconds=now.steady - before.steady)
    if abs(leap) > LEAP:
        log.warning("the clock was set by %+.0f s", leap.total_seconds())
