"""What monitoring asks: `/healthz` (the process lives), `/readyz` (it can do its work), `/metrics` (Prometheus text,
for who bears its token).

`/readyz` tries it: something is written and forgotten, by the store that serves everybody else, and the jobs that carry
messages must have run. A database that is asked by many at once is tried once. Nothing here tells anything about a
person.
"""

import asyncio
from dataclasses import replace

from aiohttp import web

from app.configuration.settings import Settings
from app.http.bearer import bearing
from app.http.metrics import Metrics
from app.jobs.job_runs import JobRuns, JobState
from domain.unit_of_work import Clock
from domain.values.errors import DomainError
from store.engines import engine_for
from store.engines.faults import DatabaseUnavailable, FaultKind
from store.migrate import head_revision
from store.unit_of_work import SqlStore


class Operations:
    """Mounts the three addresses. What is counted is read beside the store, by a connection of its own."""

    def __init__(self, settings: Settings, store: SqlStore, clock: Clock, runs: JobRuns) -> None:
        self._store = store
        self._runs = runs
        self._metrics_token = settings.metrics.token.get_secret_value()
        self._beside = SqlStore(engine_for(settings.database_url, replace(settings.database.limits(), connections=1)))
        self._metrics = Metrics(self._beside, clock, runs)
        self._schema = head_revision()
        self._trying: asyncio.Task[dict[str, str] | None] | None = None

    def mount(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get("/healthz", self._alive)
        app.router.add_get("/readyz", self._ready)
        app.router.add_get("/metrics", bearing(self._metrics_token, self._metrics.answer))
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

    async def _close(self, _app: web.Application) -> None:
        if self._trying is not None:
            self._trying.cancel()
            await asyncio.gather(self._trying, return_exceptions=True)
        await self._beside.close()


def _seconds(job: JobState) -> float | None:
    return None if job.seconds_ago is None else round(job.seconds_ago, 1)
