"""The jobs of the scheduler: a table of (name, trigger, action). It holds no rules; the actions do.

Each run is guarded by a lease in the database, so that of several processes one alone runs a job at a time. A lease is
kept from run to run and renewed while a long run lasts; when its holder dies, another process takes over soon after.
APScheduler begins them at their times (`app/jobs/timetable.py`); a guard compares a steady clock with the one on the
wall and moves those times when the two part. No run goes on without end, and a job that has not run for its time is
reported (`app/job_runs.py`).
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from app.jobs.import_jobs import run_waiting_imports
from app.jobs.leases import LEASE_PERIOD, Lease, LeaseLost
from app.jobs.settlement_jobs import forget_old_files, run_settlement_files
from app.jobs.timetable import ClockReading, Interval, JobTimes, NextTimeTrigger, run_daily, run_every
from app.parts import ServerParts
from app.processes.exporting import make_sheet
from app.processes.verifying import verify_in_process
from app.wiring import build_vault
from channels.relay.relay import CLAIM_LEASE
from domain.actions.citizens.sessions import forget_unused_sessions
from domain.actions.documents.uploads import forget_expired_uploads
from domain.actions.drafts.forgetting import forget_expired_drafts
from domain.actions.history.sealing import seal_history
from domain.actions.history.verifications import request_nightly_verification, run_requested_verification
from domain.actions.messages.notify import SMS_CHANNEL
from domain.actions.offices.accounts import forget_expired_keys
from domain.actions.payments.advance import advance_due_attempts
from domain.actions.payments.card_refund_worker import send_due_refunds
from domain.actions.payments.recover import log_stranded_attempts, recover_unverified
from domain.actions.refunds.accounts import ask_for_ibans
from domain.actions.registries.expiries import FIRST_REMINDER_HOUR, queue_expiry_reminders
from domain.actions.registries.import_jobs import forget_old_imports
from domain.actions.reports.durations import reckon_usual_durations
from domain.actions.reports.monthly import store_monthly_reports
from domain.actions.requests.erase import erase_expired_requests
from domain.actions.requests.timers import run_due_timers
from domain.actions.settings.setting_changes import renew_settings
from domain.actions.settlement.reconciling import reconcile_daily
from domain.actions.staff.own_account import rewrap_paper_codes
from domain.actions.staff.read_events import forget_old_read_events
from domain.actions.staff.signing_in import forget_ended_sessions
from domain.chats.chat import MESSENGERS
from domain.gateways.ports import PAYMENTS_WAKE
from domain.gateways.refund_ports import CARD_REFUNDS_WAKE
from domain.requests.request import TimerKind
from domain.values.errors import DomainError
from store.engines.faults import DatabaseUnavailable

USUAL_LIMIT = timedelta(minutes=10)
LONG_LIMIT = timedelta(hours=3)
"""Time limit of a job that looks through everything there is."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something done again and again."""

    name: str
    """Its own; its lease is `job:` and this."""
    times: JobTimes
    """Due times, and from when on it is late."""
    action: Callable[[ServerParts], Awaitable[object]]
    """May run twice in a row without harm."""
    wake_channel: str | None = None
    """It also runs whenever a commit of this process queued a text for this channel, or left what is known by this
    name; None: by time alone.
    """
    runs_at_start: bool = False
    """It also runs when the process starts, which may have been away at its time."""
    in_every_process: bool = False
    """Each process has its own, and needs no lease."""
    messenger: str | None = None
    """It is there where this messenger's bot is; None: always."""
    needs_gateway: bool = False
    """It is there where a bank gateway is in use."""
    needs_polling: bool = False
    """It is there where texts are fetched from a provider."""
    is_idle: Callable[[ServerParts], bool] | None = None
    """Whether this process has nothing to do by it: then it is not begun, and holds no lease. None: never."""
    is_endless: bool = False
    """It runs until it is cut off, which loses nothing."""
    lease_period: timedelta = LEASE_PERIOD
    """Time for which its lease outlives a process that died with it."""
    run_limit: timedelta = USUAL_LIMIT
    """Any other is cut off when it runs for longer."""


log = logging.getLogger(__name__)

GUARD_SECONDS = 0.25
"""Seconds between two looks at whether the clocks have parted."""

PARTED = timedelta(seconds=1)
"""Clocks that are so far apart move the times of all jobs."""

POLLING_LEASE_PERIOD = timedelta(seconds=1.5)
"""Time without polling after the process that did it has died, but for the half second between two tries.

People wait in their chats meanwhile. A process that stands still for longer loses the lease, if there is another one,
and is cut off: what both got is known by its number.
"""

RELAY_LEASE_PERIOD = CLAIM_LEASE
"""Time without sending after the process that did it has died: people wait for replies."""

CLOCK_LEAP = timedelta(seconds=5)
"""A clock on the wall that was set by so much is logged."""


async def watch_jobs(parts: ServerParts) -> None:
    """Try whether the database can be written to, read what other processes ran, and log what is late."""
    try:
        await parts.store.probe()
        async with parts.store.open_unit(write=False) as uow:
            parts.job_runs.read_leases(await uow.leases.list_held())
    finally:
        parts.job_runs.log_late_jobs()


def _run_due_timers(kind: TimerKind) -> Callable[[ServerParts], Awaitable[int]]:
    return lambda parts: run_due_timers(parts.dependencies, parts.store, kind)


async def _recover_payments(parts: ServerParts) -> int:
    await log_stranded_attempts(parts.dependencies, parts.store, parts.gateways)
    return await recover_unverified(parts.dependencies, parts.store, parts.gateways)


def _clean_up_daily(name: str, action: Callable[[ServerParts], Awaitable[int]]) -> Job:
    """Return a job that forgets at night what nobody needs any more, and at a start what a night left."""
    return Job(name, run_daily(4), action, runs_at_start=True)


def _look_through_daily(name: str, hour: int, action: Callable[[ServerParts], Awaitable[object]]) -> Job:
    """Return a job that looks through everything once a day, and at a start does what a day left."""
    return Job(name, run_daily(hour), action, runs_at_start=True, run_limit=LONG_LIMIT)


def _bot_jobs(messenger: str) -> tuple[Job, ...]:
    return (
        Job(
            f"{messenger}_updates",
            run_every(milliseconds=500),
            lambda parts: parts.bots[messenger].receive_updates(),
            messenger=messenger,
            is_idle=lambda parts: parts.bots.is_asleep(messenger) or parts.bots[messenger].is_called,
            is_endless=True,
            lease_period=POLLING_LEASE_PERIOD,
        ),
        Job(
            f"{messenger}_relay",
            run_every(seconds=1),
            lambda parts: parts.bots[messenger].relay.send_due(),
            wake_channel=messenger,
            messenger=messenger,
            is_idle=lambda parts: parts.bots.is_asleep(messenger),
            lease_period=RELAY_LEASE_PERIOD,
        ),
        Job(
            f"{messenger}_stale",
            run_every(seconds=15),
            lambda parts: parts.bots[messenger].expire_messages(),
            messenger=messenger,
            is_idle=lambda parts: parts.bots.is_asleep(messenger),
        ),
    )


JOBS = (
    # The interval is for texts of other processes, and for those that wait until their time comes.
    Job(
        "relay",
        run_every(seconds=1),
        lambda parts: parts.sms_relay.send_due(),
        wake_channel=SMS_CHANNEL,
        lease_period=RELAY_LEASE_PERIOD,
    ),
    Job("outcomes", run_every(seconds=15), lambda parts: parts.sms_relay.reconcile_unknown(), runs_at_start=True),
    Job("receipts", run_every(minutes=1), lambda parts: parts.sms_relay.poll_receipts()),
    Job(
        "inbound",
        run_every(seconds=10),
        lambda parts: parts.inbound_poller.fetch_texts(),
        runs_at_start=True,
        needs_polling=True,
    ),
    Job("stale", run_every(minutes=1), lambda parts: parts.sms_relay.expire_messages()),
    Job("deadlines", run_every(seconds=20), _run_due_timers(TimerKind.DEADLINE)),
    Job("reminders", run_every(seconds=20), _run_due_timers(TimerKind.REMINDER)),
    Job("sla", run_every(minutes=1), _run_due_timers(TimerKind.SLA)),
    # The interval is for callbacks that other processes took, and for banks that are asked again.
    Job(
        "payments",
        run_every(seconds=1),
        lambda parts: advance_due_attempts(parts.dependencies, parts.store, parts.gateways),
        wake_channel=PAYMENTS_WAKE,
        needs_gateway=True,
    ),
    Job(
        "card_refunds",
        run_every(seconds=5),
        lambda parts: send_due_refunds(parts.dependencies, parts.store, parts.gateways),
        wake_channel=CARD_REFUNDS_WAKE,
        runs_at_start=True,
        needs_gateway=True,
    ),
    Job("refund_accounts", run_every(minutes=1), lambda parts: ask_for_ibans(parts.dependencies, parts.store)),
    Job("unverified_payments", run_every(minutes=5), _recover_payments, runs_at_start=True, needs_gateway=True),
    Job(
        "settlement_files",
        run_every(seconds=2),
        lambda parts: run_settlement_files(parts.dependencies, parts.store),
        run_limit=LONG_LIMIT,
    ),
    _clean_up_daily("forgotten_settlement_files", lambda parts: forget_old_files(parts.dependencies, parts.store)),
    _look_through_daily("reconciliation", 8, lambda parts: reconcile_daily(parts.dependencies, parts.store)),
    Job(
        "rules",
        run_every(seconds=20),
        lambda parts: renew_settings(parts.dependencies, parts.store),
        in_every_process=True,
    ),
    Job("expired_keys", run_every(minutes=10), lambda parts: forget_expired_keys(parts.dependencies, parts.store)),
    Job(
        "imports",
        run_every(seconds=2),
        lambda parts: run_waiting_imports(parts.settings, parts.dependencies, parts.store),
        run_limit=LONG_LIMIT,
    ),
    _clean_up_daily("forgotten_imports", lambda parts: forget_old_imports(parts.dependencies, parts.store)),
    _clean_up_daily("forgotten_sessions", lambda parts: forget_ended_sessions(parts.dependencies, parts.store)),
    _clean_up_daily("forgotten_read_events", lambda parts: forget_old_read_events(parts.dependencies, parts.store)),
    _clean_up_daily("forgotten_drafts", lambda parts: forget_expired_drafts(parts.dependencies, parts.store)),
    _clean_up_daily("forgotten_uploads", lambda parts: forget_expired_uploads(parts.dependencies, parts.store)),
    _clean_up_daily(
        "forgotten_citizen_sessions", lambda parts: forget_unused_sessions(parts.dependencies, parts.store)
    ),
    Job(
        "paper_codes",
        run_daily(4),
        lambda parts: rewrap_paper_codes(parts.store, build_vault(parts.settings)),
        runs_at_start=True,
    ),
    Job(
        "expiries",
        run_daily(FIRST_REMINDER_HOUR),
        lambda parts: queue_expiry_reminders(parts.dependencies, parts.store),
        runs_at_start=True,
    ),
    _look_through_daily("report", 6, lambda parts: store_monthly_reports(parts.dependencies, parts.store, make_sheet)),
    _look_through_daily("durations", 5, lambda parts: reckon_usual_durations(parts.dependencies, parts.store)),
    _look_through_daily("erasure", 3, lambda parts: erase_expired_requests(parts.dependencies, parts.store)),
    Job("integrity", run_daily(1), lambda parts: parts.store.check_integrity(), run_limit=LONG_LIMIT),
    Job("nightly", run_daily(2), lambda parts: request_nightly_verification(parts.dependencies, parts.store)),
    Job(
        "verification",
        run_every(seconds=10),
        lambda parts: run_requested_verification(
            parts.dependencies, parts.store, lambda: verify_in_process(parts.settings)
        ),
        run_limit=LONG_LIMIT,
    ),
    Job("watch", run_every(seconds=10), watch_jobs, in_every_process=True),
    *(job for messenger in MESSENGERS for job in _bot_jobs(messenger)),
    Job("seal", run_every(minutes=10), lambda parts: seal_history(parts.dependencies, parts.store, parts.signer)),
)
"""Every job. Each relay first settles what a process that died had under way; `outcomes` asks about what is unknown."""


class _RunLimitReached(Exception):
    """A run was cut off at its limit; its argument is that limit in seconds."""


class Scheduler:
    """Runs the jobs of one process from `start` to `stop`. `seconds` is a steady clock."""

    def __init__(
        self, parts: ServerParts, jobs: tuple[Job, ...] = JOBS, steady_clock: Callable[[], float] = monotonic
    ) -> None:
        lease_token = parts.dependencies.ids.new_token()
        self._parts = parts
        self._steady_clock = steady_clock
        self._jobs = tuple(job for job in jobs if _is_there(job, parts))
        self._leases = {job.name: Lease(parts.store, f"job:{job.name}", lease_token, job.lease_period) for job in jobs}
        self._run_locks = {job.name: asyncio.Lock() for job in jobs}
        self._jobs_by_task: dict[asyncio.Task[Any], Job] = {}
        self._timed_runs: dict[str, asyncio.Task[bool]] = {}
        self._last_begun: dict[str, ClockReading] = {}
        self._waiting_tasks: list[asyncio.Task[None]] = []
        self._timetable = AsyncIOScheduler(timezone=UTC)

    def start(self) -> None:
        """Begin to run jobs at their times."""
        now = self._read_clocks()
        for job in self._jobs:
            self._last_begun[job.name] = now
            if not job.is_endless:
                carries_messages = job.wake_channel not in {None, PAYMENTS_WAKE, CARD_REFUNDS_WAKE}
                self._parts.job_runs.expect_job(
                    job.name,
                    job.times.late_after,
                    may_take_long=job.run_limit > USUAL_LIMIT,
                    carries_messages=carries_messages,
                )
            self._timetable.add_job(
                self._begin_if_free,
                NextTimeTrigger(job.times, self._read_clocks),
                args=(job,),
                id=job.name,
                misfire_grace_time=None,
            )
            if job.runs_at_start:
                self._begin_run(job, now)
        self._timetable.start()
        waker_tasks = [
            asyncio.create_task(self._run_when_woken(job, job.wake_channel)) for job in self._jobs if job.wake_channel
        ]
        self._waiting_tasks = [asyncio.create_task(self._guard_clocks(now)), *waker_tasks]

    async def stop(self, seconds: float) -> None:
        """Begin no more; let what runs finish for some seconds, then cut it off, and give the leases back."""
        if not self._waiting_tasks:
            return
        self._timetable.pause()
        await asyncio.sleep(0)  # a run that was just handed over begins: cut off before, it is logged as failed
        self._timetable.shutdown(wait=False)
        for relay in self._parts.all_relays:
            relay.stop_claiming()
        for task in (*self._waiting_tasks, *(task for task, job in self._jobs_by_task.items() if job.is_endless)):
            task.cancel()
        if self._jobs_by_task:
            await asyncio.wait(self._jobs_by_task, timeout=seconds)
        for task in self._jobs_by_task:
            task.cancel()
        await asyncio.gather(*self._waiting_tasks, *self._jobs_by_task, return_exceptions=True)
        for lease in self._leases.values():
            await lease.release()

    async def run_job(self, job: Job) -> bool:
        """Run a job now, after its present run in this process; False when another process has it, or it failed."""
        job_runs = self._parts.job_runs
        async with self._run_locks[job.name], self._track_run(job):
            job_runs.note_begun(job.name)
            try:
                has_run = await self._run_within_limit(job)
            except asyncio.CancelledError:
                job_runs.note_left(job.name)
                raise
            except Exception as error:  # noqa: BLE001 - the edge of a job: it is logged and tried again at its next time
                job_runs.note_ended(job.name, succeeded=False)
                _log_failure(job, error)
                return False
            if has_run:
                job_runs.note_ended(job.name, succeeded=True)
            else:
                job_runs.note_left(job.name)
            return has_run

    async def _run_within_limit(self, job: Job) -> bool:
        limit_seconds = None if job.is_endless else job.run_limit.total_seconds()
        time_limit = asyncio.timeout(limit_seconds)
        try:
            async with time_limit:
                return await self._run_under_lease(job)
        except TimeoutError:
            if time_limit.expired():
                raise _RunLimitReached(limit_seconds) from None
            raise

    async def _run_under_lease(self, job: Job) -> bool:
        """Do it under its lease; False while another process has that."""
        if job.in_every_process:
            await job.action(self._parts)
            return True
        lease = self._leases[job.name]
        if not await lease.run_holding(lambda: job.action(self._parts)):
            return False
        if not isinstance(job.times, Interval) or job.times.length > job.lease_period:
            await lease.note_run()
        return True

    async def _guard_clocks(self, together_at: ClockReading) -> None:
        """Move the times of all jobs whenever the clock on the wall was set, or the machine slept."""
        while True:
            await asyncio.sleep(GUARD_SECONDS)
            now = self._read_clocks()
            leap = together_at.measure_leap(now)
            if abs(leap) < PARTED:
                continue
            if abs(leap) > CLOCK_LEAP:
                log.warning("the clock was set by %+.0f s", leap.total_seconds())
            together_at = now
            self._move_times(now)

    def _move_times(self, now: ClockReading) -> None:
        for job in self._jobs:
            delay = job.times.find_delay(self._last_begun[job.name], now)
            self._timetable.modify_job(job.name, next_run_time=datetime.now(UTC) + delay)

    async def _begin_if_free(self, job: Job) -> None:
        """Begin a run, unless one is under way or this process has nothing to do by it."""
        timed_run = self._timed_runs.get(job.name)
        if timed_run is not None and not timed_run.done():
            return
        if job.is_idle and job.is_idle(self._parts):
            self._parts.job_runs.note_ended(job.name, succeeded=True)
        else:
            self._begin_run(job, self._read_clocks())

    def _begin_run(self, job: Job, now: ClockReading) -> None:
        self._last_begun[job.name] = now
        self._timed_runs[job.name] = asyncio.create_task(self.run_job(job))

    def _read_clocks(self) -> ClockReading:
        return ClockReading(self._parts.dependencies.clock.now(), self._steady_clock())

    async def _run_when_woken(self, job: Job, channel: str) -> None:
        """Run a job whenever this process queued something for its channel; no other job is waited for."""
        while True:
            await self._parts.wake_events.wait_queued(channel)
            # Shielded: `stop` ends this waiting, and gives a run under way its time to finish.
            await asyncio.shield(asyncio.create_task(self.run_job(job)))

    @asynccontextmanager
    async def _track_run(self, job: Job) -> AsyncIterator[None]:
        task = asyncio.current_task()
        assert task is not None, "a coroutine runs in a task"  # noqa: S101 - holds by construction
        self._jobs_by_task[task] = job
        try:
            yield
        finally:
            del self._jobs_by_task[task]


def _is_there(job: Job, parts: ServerParts) -> bool:
    """Return whether a process made of these parts has the job."""
    has_bot = job.messenger is None or job.messenger in parts.bots
    has_polling = parts.inbound_poller.is_needed or not job.needs_polling
    return has_bot and has_polling and (bool(parts.gateways) or not job.needs_gateway)


def _log_failure(job: Job, error: Exception) -> None:
    """Log why a run failed. Why the database cannot be used is logged once for all (`store.engines.health`)."""
    if isinstance(error, LeaseLost):
        log.warning("job %s was cut off: another process took its lease", job.name)
    elif isinstance(error, _RunLimitReached):
        log.error("job %s was cut off after %s s", job.name, error)
    elif isinstance(error, DatabaseUnavailable):
        log.debug("job %s failed: %s", job.name, error)
    elif isinstance(error, DomainError):  # a part that does not answer: no fault of ours, and no trace needed
        log.error("job %s failed: %s", job.name, error)
    else:
        log.error("job %s failed", job.name, exc_info=error)
