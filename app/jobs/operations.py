"""What monitoring asks: `/healthz` (the process lives), `/readyz` (it can do its work), `/metrics` (Prometheus text,
for who bears its token).

`/readyz` tries it: something is written and forgotten, by the store that serves everybody else, and the jobs that carry
messages must have run. A database that is asked by many at once is tried once. Nothing here reveals anything about a
person.
"""

import asyncio
from dataclasses import replace

from aiohttp import web

from app.configuration.settings import Settings
from app.http.bearer import require_bearer
from app.http.metrics import Metrics
from app.jobs.job_runs import JobRuns, JobState
from domain.actions.dependencies import Dependencies
from domain.values.errors import DomainError
from store.engines import build_engine
from store.engines.faults import DatabaseUnavailable, FaultKind
from store.migrate import head_revision
from store.unit_of_work import SqlStore


class Operations:
    """Mounts the three addresses. What is counted is read beside the store, by a connection of its own."""

    def __init__(self, settings: Settings, store: SqlStore, dependencies: Dependencies, job_runs: JobRuns) -> None:
        self._store = store
        self._job_runs = job_runs
        self._metrics_token = settings.metrics.token.get_secret_value()
        self._beside = SqlStore(
            build_engine(settings.database_url, replace(settings.database.connection_limits(), connections=1))
        )
        self._answer_metrics = Metrics(self._beside, dependencies, job_runs, settings.active_gateways)
        self._schema_revision = head_revision()
        self._database_check: asyncio.Task[dict[str, str] | None] | None = None

    def mount(self, app: web.Application) -> None:
        app.router.add_get("/healthz", self._answer_alive)
        app.router.add_get("/readyz", self._answer_ready)
        app.router.add_get("/metrics", require_bearer(self._metrics_token, self._answer_metrics.answer))
        app.on_cleanup.append(self._close_engine)

    async def _answer_alive(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def _answer_ready(self, _request: web.Request) -> web.Response:
        """Answer 200 while work can be done, else 503, which part cannot and why."""
        if self._database_check is None or self._database_check.done():
            self._database_check = asyncio.create_task(self._find_database_fault())
        jobs = self._job_runs.list_states()
        late_jobs = [job.name for job in jobs if job.is_late]
        job_facts = {
            "relays": {job.name: _rounded_seconds(job) for job in jobs if job.carries_messages},
            "late_jobs": late_jobs,
        }
        if fault := await asyncio.shield(self._database_check):
            return web.json_response({"status": "unavailable", **fault, **job_facts}, status=503)
        if any(job.is_late and job.carries_messages for job in jobs):
            return web.json_response({"status": "unavailable", "part": "jobs", **job_facts}, status=503)
        return web.json_response({"status": "ready", **job_facts})

    async def _find_database_fault(self) -> dict[str, str] | None:
        """Return what is wrong with the database; None when it can be written to and has this code's schema."""
        try:
            await self._store.probe()
            revision = await self._store.read_revision()
        except DatabaseUnavailable as fault:
            return {"part": "database", "cause": fault.kind.value}
        except DomainError:
            return {"part": "database", "cause": FaultKind.BUSY.value}
        return None if revision == self._schema_revision else {"part": "schema"}

    async def _close_engine(self, _app: web.Application) -> None:
        if self._database_check is not None:
            self._database_check.cancel()
            await asyncio.gather(self._database_check, return_exceptions=True)
        await self._beside.close()


def _rounded_seconds(job: JobState) -> float | None:
    return None if job.seconds_ago is None else round(job.seconds_ago, 1)
