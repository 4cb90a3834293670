"""Values asked for by monitoring: `/healthz` (the process lives), `/readyz` (it can do its work), `/metrics`
(Prometheus text, for who bears its token).

`/readyz` tries it: something is written and forgotten, by the store that serves everybody else, and the jobs that carry
messages must have run. A database that is asked by many at once is tried once. A scanner of files that is away refuses
these alone, so `/readyz` says so and stays ready. Nothing here reveals anything about a
person.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Generic, TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler

from app.configuration.settings import Settings
from app.http.metrics import Metrics
from app.job_runs import JobRuns, JobState
from domain.actions.dependencies import Dependencies
from domain.values.errors import DomainError
from store.engines import build_engine
from store.engines.faults import DatabaseUnavailable, FaultKind
from store.migrate import head_revision
from store.unit_of_work import SqlStore

_Result = TypeVar("_Result")


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
        self._database_check = SharedCheck(self._find_database_fault)
        scanner = dependencies.malware_scanner
        self._scanner_check = SharedCheck(scanner.find_fault) if scanner else None

    def mount(self, app: web.Application) -> None:
        app.router.add_get("/healthz", self._answer_alive)
        app.router.add_get("/readyz", self._answer_ready)
        app.router.add_get("/metrics", require_bearer(self._metrics_token, self._answer_metrics.answer))
        app.on_cleanup.append(self._close_engine)

    async def _answer_alive(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def _answer_ready(self, _request: web.Request) -> web.Response:
        """Answer 200 while work can be done, else 503, which part cannot and why."""
        jobs = self._job_runs.list_states()
        late_jobs = [job.name for job in jobs if job.is_late]
        facts = {
            "relays": {job.name: _rounded_seconds(job) for job in jobs if job.carries_messages},
            "late_jobs": late_jobs,
            **await self._describe_scanner(),
        }
        if fault := await self._database_check.ask():
            return web.json_response({"status": "unavailable", **fault, **facts}, status=503)
        if any(job.is_late and job.carries_messages for job in jobs):
            return web.json_response({"status": "unavailable", "part": "jobs", **facts}, status=503)
        return web.json_response({"status": "ready", **facts})

    async def _describe_scanner(self) -> dict[str, str]:
        """Return whether files can be scanned, where they are to be."""
        if self._scanner_check is None:
            return {}
        return {"file_scanner": "unavailable" if await self._scanner_check.ask() else "ready"}

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
        await self._database_check.close()
        if self._scanner_check:
            await self._scanner_check.close()
        await self._beside.close()


def _rounded_seconds(job: JobState) -> float | None:
    return None if job.seconds_ago is None else round(job.seconds_ago, 1)


def require_bearer(token: str, handler: Handler) -> Handler:
    """Return the handler behind its token (RFC 6750); 404 while none is set, 401 for who does not bear it."""

    async def answer_bearer(request: web.Request) -> web.StreamResponse:
        if not token:
            raise web.HTTPNotFound
        auth_scheme, _, borne_token = request.headers.get("Authorization", "").partition(" ")
        is_ours = hmac.compare_digest(borne_token.strip().encode("utf-8", "replace"), token.encode())
        if auth_scheme.lower() != "bearer" or not is_ours:
            raise web.HTTPUnauthorized(headers={"WWW-Authenticate": "Bearer"})
        return await handler(request)

    return answer_bearer


class SharedCheck(Generic[_Result]):
    """A check that is made once, however many ask for it meanwhile."""

    def __init__(self, check: Callable[[], Awaitable[_Result]]) -> None:
        self._check = check
        self._running: asyncio.Future[_Result] | None = None

    async def ask(self) -> _Result:
        """Return what the check finds now."""
        if self._running is None or self._running.done():
            self._running = asyncio.ensure_future(self._check())
        return await asyncio.shield(self._running)

    async def close(self) -> None:
        """End a check that is being made."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
