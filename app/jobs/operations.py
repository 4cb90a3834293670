"""What monitoring asks: `/healthz` (the process lives), `/readyz` (it can do its work), `/metrics` (Prometheus text,
for who bears its token).

`/readyz` tries it: something is written and forgotten, by the store that serves everybody else, and the jobs that carry
messages must have run. A database that is asked by many at once is tried once.
Nothing here tells anything about a person. The figures of the last day are bounded by the primary key, which grows with
time, so that asking often costs little however much the database holds.
"""

import asyncio
import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from aiohttp import web
from sqlalchemy import Select, func, or_, select

from app.configuration.settings import Settings
from app.http.bearer import bearing
from app.ids import first_id_of
from app.jobs.job_runs import JobRuns, JobState
from domain.messages.records import InboundState, MessageState
from domain.unit_of_work import Clock
from domain.values.errors import DomainError
from store.engines import engine_for
from store.engines.faults import DatabaseUnavailable, FaultKind
from store.migrate import head_revision
from store.schema import inbox, outbox
from store.unit_of_work import SqlStore
from store.work import transaction

DAY_SECONDS = 24 * 3600
UNDER_WAY = (MessageState.QUEUED, MessageState.SENDING, MessageState.UNKNOWN)

_PAGE_BYTES = os.sysconf("SC_PAGESIZE")
_MEMORY = Path("/proc/self/statm")


class Operations:
    """Mounts the three addresses. What is counted is read beside the store, by a connection of its own."""

    def __init__(self, settings: Settings, store: SqlStore, clock: Clock, runs: JobRuns) -> None:
        self._store = store
        self._clock = clock
        self._runs = runs
        self._metrics_token = settings.metrics.token.get_secret_value()
        self._engine = engine_for(settings.database_url, replace(settings.database.limits(), connections=1))
        self._schema = head_revision()
        self._trying: asyncio.Task[dict[str, str] | None] | None = None

    def mount(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get("/healthz", self._alive)
        app.router.add_get("/readyz", self._ready)
        app.router.add_get("/metrics", bearing(self._metrics_token, self._metrics))
        app.on_cleanup.append(self._close)

    async def _alive(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def _ready(self, _request: web.Request) -> web.Response:
        """Answer 200 while work can be done, else 503, which part cannot and why."""
        if self._trying is None or self._trying.done():
            self._trying = asyncio.create_task(self._fault())
        jobs = self._runs.states()
        late = [job.name for job in jobs if job.late]
        told = {"relays": {job.name: _seconds(job) for job in jobs if job.carries}, "late_jobs": late}
        if fault := await asyncio.shield(self._trying):
            return web.json_response({"status": "unavailable", **fault, **told}, status=503)
        if any(job.late and job.carries for job in jobs):
            return web.json_response({"status": "unavailable", "part": "jobs", **told}, status=503)
        return web.json_response({"status": "ready", **told})

    async def _fault(self) -> dict[str, str] | None:
        """Return what is wrong with the database; None when it can be written to and has this code's schema."""
        try:
            await self._store.probe()
            found = await self._store.revision()
        except DatabaseUnavailable as fault:
            return {"part": "database", "cause": fault.kind.value}
        except DomainError:
            return {"part": "database", "cause": FaultKind.BUSY.value}
        return None if found == self._schema else {"part": "schema"}

    async def _metrics(self, _request: web.Request) -> web.Response:
        """Tell what is known without the database too, while it is away."""
        lines = [*await self._messages(), *_job_lines(self._runs.states())]
        lines += _gauge("process_resident_memory_bytes", "Memory of this process.", [("", memory_bytes())])
        return web.Response(text="\n".join(lines) + "\n", headers={"Content-Type": "text/plain; version=0.0.4"})

    async def _messages(self) -> list[str]:
        since = first_id_of(int(self._clock.now().timestamp()) - DAY_SECONDS)
        try:
            sent, came = await self._counts(since)
        except DomainError:
            return []
        return [
            *_by_state("pishkhan_outbox_messages", "Texts under way, and all of the last day, by state.", sent),
            *_by_state("pishkhan_inbox_messages", "Texts that came in within the last day, by state.", came),
        ]

    async def _counts(self, since: int) -> tuple[dict[str, int], dict[str, int]]:
        async with transaction(self._engine, write=False) as work:
            sent = {state.value: count for state, count in await work.rows(_outbox(since))}
            came = {state.value: count for state, count in await work.rows(_inbox(since))}
        return sent, came

    async def _close(self, _app: web.Application) -> None:
        if self._trying is not None:
            self._trying.cancel()
            await asyncio.gather(self._trying, return_exceptions=True)
        await self._engine.close()


def memory_bytes() -> int:
    """Return how much memory this process holds, in bytes; 0 where the system does not tell."""
    return int(_MEMORY.read_text().split()[1]) * _PAGE_BYTES if _MEMORY.exists() else 0


def _outbox(since: int) -> Select[MessageState, int]:
    wanted = or_(outbox.c.id >= since, outbox.c.state.in_(UNDER_WAY))
    return select(outbox.c.state, func.count()).where(wanted).group_by(outbox.c.state)


def _inbox(since: int) -> Select[InboundState, int]:
    return select(inbox.c.state, func.count()).where(inbox.c.id >= since).group_by(inbox.c.state)


def _seconds(job: JobState) -> float | None:
    return None if job.seconds_ago is None else round(job.seconds_ago, 1)


def _job_lines(jobs: Iterable[JobState]) -> list[str]:
    known = [(f'{{job="{job.name}"}}', job) for job in jobs]
    ran = [(label, round(job.seconds_ago, 1)) for label, job in known if job.seconds_ago is not None]
    failures = [(label, job.failures) for label, job in known]
    late = [(label, int(job.late)) for label, job in known]
    return [
        *_gauge("pishkhan_job_ran_seconds_ago", "Since the last run of a job that came to its end.", ran),
        *_gauge("pishkhan_job_failures", "Runs of a job that failed one after the other.", failures),
        *_gauge("pishkhan_job_late", "1 while a job has not run for its time.", late),
    ]


def _by_state(name: str, meaning: str, counts: Mapping[str, int]) -> list[str]:
    return _gauge(name, meaning, [(f'{{state="{state}"}}', count) for state, count in counts.items()])


def _gauge(name: str, meaning: str, values: Iterable[tuple[str, float]]) -> list[str]:
    return [
        f"# HELP {name} {meaning}",
        f"# TYPE {name} gauge",
        *(f"{name}{label} {value}" for label, value in values),
    ]
