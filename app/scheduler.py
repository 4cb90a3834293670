"""The jobs of the house: a table of (name, trigger, action). It holds no rules; the actions do.

Each run is guarded by a lease in the database, so that of several processes one alone runs a job at a time. A lease is
kept from run to run and renewed while a long run lasts; when its holder dies, another process takes over soon after.
Jobs live in code: a job store shared by processes would double them.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from app.exporting import sheet_of
from app.import_jobs import run_waiting
from app.leases import Lease, LeaseLost
from app.parts import Parts
from app.verifying import verify_apart
from domain.actions.erase import erase_kept_long_enough
from domain.actions.expiries import REMINDED_FROM, remind
from domain.actions.house import renew
from domain.actions.import_jobs import forget_old
from domain.actions.monthly import keep_monthly
from domain.actions.notify import SMS
from domain.actions.offices import forget_calls
from domain.actions.sealing import seal
from domain.actions.signing_in import forget_sessions
from domain.actions.timers import run_due
from domain.actions.verifications import ask_nightly, run_asked
from domain.calendar import TEHRAN
from domain.chats import MESSENGERS
from domain.errors import DomainError
from domain.requests import TimerKind

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """Something done again and again; `action` may run twice in a row without harm.

    With `at_once` it also runs whenever a commit of this process queued a text for that channel; with `made_up` also
    when the process starts, since it may have been away at the job's time. A job `everywhere` is each process's own,
    and needs no lease. One of a messenger's `bot` is there where that bot is; an `endless` one runs until it is cut
    off, which loses nothing.
    """

    name: str
    trigger: Any
    action: Callable[[Parts], Awaitable[object]]
    at_once: str | None = None
    made_up: bool = False
    everywhere: bool = False
    bot: str | None = None
    endless: bool = False


class _Interval(IntervalTrigger):  # type: ignore[misc]  # APScheduler has no types
    """An interval that leaves out the times that have passed.

    The timetable asks for each of them, one after the other, in the event loop: a machine that slept for a month would
    answer nobody for ten seconds, to learn that a job is due once.
    """

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        following: datetime | None = super().get_next_fire_time(previous_fire_time, now)
        if previous_fire_time and following and following < now:
            following = super().get_next_fire_time(None, now)
        return following


def every(**length: int) -> Any:
    """Return a trigger that fires at this interval (words of a timedelta), by Tehran's clock."""
    return _Interval(**length, timezone=TEHRAN)


def daily(hour: int) -> Any:
    """Return a trigger that fires once a day at this hour of Tehran's clock."""
    return CronTrigger(hour=hour, timezone=TEHRAN)


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
    Job("outcomes", every(seconds=15), lambda parts: parts.relay.reconcile()),
    Job("receipts", every(minutes=1), lambda parts: parts.relay.poll_receipts()),
    Job("stale", every(minutes=1), lambda parts: parts.relay.expire()),
    Job("deadlines", every(seconds=20), _due(TimerKind.DEADLINE)),
    Job("reminders", every(seconds=20), _due(TimerKind.REMINDER)),
    Job("sla", every(minutes=1), _due(TimerKind.SLA)),
    Job("rules", every(seconds=20), lambda parts: renew(parts.desk, parts.store), everywhere=True),
    Job("calls", every(minutes=10), lambda parts: forget_calls(parts.desk, parts.store)),
    Job("imports", every(seconds=2), lambda parts: run_waiting(parts.settings, parts.desk, parts.store)),
    Job("forgotten_imports", daily(4), lambda parts: forget_old(parts.desk, parts.store), made_up=True),
    Job("forgotten_sessions", daily(4), lambda parts: forget_sessions(parts.desk, parts.store), made_up=True),
    Job("expiries", daily(REMINDED_FROM), lambda parts: remind(parts.desk, parts.store), made_up=True),
    Job("report", daily(6), lambda parts: keep_monthly(parts.desk, parts.store, sheet_of), made_up=True),
    Job("erasure", daily(3), lambda parts: erase_kept_long_enough(parts.desk, parts.store), made_up=True),
    Job("nightly", daily(2), lambda parts: ask_nightly(parts.desk, parts.store)),
    Job(
        "verification",
        every(seconds=10),
        lambda parts: run_asked(parts.desk, parts.store, lambda: verify_apart(parts.settings)),
    ),
    *(job for messenger in MESSENGERS for job in _of_bot(messenger)),
    Job("seal", every(minutes=10), lambda parts: seal(parts.desk, parts.store, parts.signer)),
)
"""Every job. `outcomes` turns abandoned claims into unknown ones and asks the provider about these."""


class Scheduler:
    """Runs the jobs of one process from `start` to `stop`."""

    def __init__(self, parts: Parts, jobs: tuple[Job, ...] = JOBS) -> None:
        token = parts.desk.ids.token()
        self._parts = parts
        self._jobs = tuple(job for job in jobs if job.bot is None or job.bot in parts.bots)
        self._leases = {job.name: Lease(parts.store, f"job:{job.name}", token) for job in jobs}
        self._turns = {job.name: asyncio.Lock() for job in jobs}
        self._running: dict[asyncio.Task[Any], Job] = {}
        self._wakers: list[asyncio.Task[None]] = []
        self._timetable = AsyncIOScheduler(timezone=TEHRAN)
        # It tells each run, each one left out, and each one that `stop` cuts off; `run` logs what is news.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)

    def start(self) -> None:
        """Begin to run jobs at their times."""
        for job in self._jobs:
            self._timetable.add_job(
                self.run, job.trigger, args=[job], id=job.name, max_instances=1, coalesce=True, misfire_grace_time=None
            )
            if job.made_up:
                self._timetable.add_job(self.run, args=[job], misfire_grace_time=None)  # once, at once
        self._timetable.start()
        self._wakers = [asyncio.create_task(self._run_at_once(job, job.at_once)) for job in self._jobs if job.at_once]

    async def stop(self, seconds: float) -> None:
        """Begin no more; let what runs finish for some seconds, then cut it off, and give the leases back."""
        if not self._timetable.running:
            return
        self._timetable.pause()
        for relay in self._parts.relays:
            relay.end()
        for task in (*self._wakers, *(task for task, job in self._running.items() if job.endless)):
            task.cancel()
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)
        self._timetable.shutdown(wait=False)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._wakers, *self._running, return_exceptions=True)
        for lease in self._leases.values():
            await lease.release()

    async def run(self, job: Job) -> bool:
        """Run a job now, after its present run in this process; False when another process has it, or it failed."""
        async with self._turns[job.name], self._counted(job):
            try:
                if job.everywhere:
                    await job.action(self._parts)
                    return True
                return await self._leases[job.name].during(lambda: job.action(self._parts))
            except LeaseLost:
                log.warning("job %s was cut off: another process took its lease", job.name)
            except DomainError as error:  # the database does not answer: no fault of ours, and no trace needed
                log.error("job %s failed: %s", job.name, error)
            except Exception:  # the edge of a job: it is logged and tried again at its next time
                log.exception("job %s failed", job.name)
            return False

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
