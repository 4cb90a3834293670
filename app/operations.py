"""What monitoring asks: `/healthz` (the process lives), `/readyz` (it can do its work), `/metrics` (Prometheus text,
for who bears its token).

Nothing here tells anything about a person. The figures of the last day are bounded by the primary key, which grows with
time, so that asking often costs little however much the database holds.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from aiohttp import web
from sqlalchemy import Select, func, or_, select

from app.bearer import bearing
from app.ids import first_id_of
from domain.errors import DomainError
from domain.outgoing import InboundState, MessageState
from domain.ports import Clock
from store.engines import engine_for
from store.migrate import current_revision, head_revision
from store.schema import inbox, outbox
from store.work import transaction

DAY_SECONDS = 24 * 3600
UNDER_WAY = (MessageState.QUEUED, MessageState.SENDING, MessageState.UNKNOWN)

_PAGE_BYTES = os.sysconf("SC_PAGESIZE")
_MEMORY = Path("/proc/self/statm")


class Operations:
    """Mounts the three addresses. It reads the database beside the store, with connections of its own."""

    def __init__(self, database_url: str, clock: Clock, metrics_token: str) -> None:
        self._url = database_url
        self._clock = clock
        self._metrics_token = metrics_token
        self._engine = engine_for(database_url)
        self._schema = head_revision()

    def mount(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get("/healthz", self._alive)
        app.router.add_get("/readyz", self._ready)
        app.router.add_get("/metrics", bearing(self._metrics_token, self._metrics))
        app.on_cleanup.append(self._close)

    async def _alive(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def _ready(self, _request: web.Request) -> web.Response:
        """Answer 200 while the database answers with the schema of this code, else 503."""
        try:
            found = await current_revision(self._url)
        except DomainError:
            return web.json_response({"status": "unavailable", "part": "database"}, status=503)
        if found != self._schema:
            return web.json_response({"status": "unavailable", "part": "schema"}, status=503)
        return web.json_response({"status": "ready"})

    async def _metrics(self, _request: web.Request) -> web.Response:
        since = first_id_of(int(self._clock.now().timestamp()) - DAY_SECONDS)
        sent, came = await self._counts(since)
        lines = [
            *_by_state("pishkhan_outbox_messages", "Texts under way, and all of the last day, by state.", sent),
            *_by_state("pishkhan_inbox_messages", "Texts that came in within the last day, by state.", came),
            *_gauge("process_resident_memory_bytes", "Memory of this process.", [("", memory_bytes())]),
        ]
        return web.Response(text="\n".join(lines) + "\n", headers={"Content-Type": "text/plain; version=0.0.4"})

    async def _counts(self, since: int) -> tuple[dict[str, int], dict[str, int]]:
        async with transaction(self._engine, write=False) as work:
            sent = {state.value: count for state, count in await work.rows(_outbox(since))}
            came = {state.value: count for state, count in await work.rows(_inbox(since))}
        return sent, came

    async def _close(self, _app: web.Application) -> None:
        await self._engine.close()


def memory_bytes() -> int:
    """Return how much memory this process holds, in bytes; 0 where the system does not tell."""
    return int(_MEMORY.read_text().split()[1]) * _PAGE_BYTES if _MEMORY.exists() else 0


def _outbox(since: int) -> Select[MessageState, int]:
    wanted = or_(outbox.c.id >= since, outbox.c.state.in_(UNDER_WAY))
    return select(outbox.c.state, func.count()).where(wanted).group_by(outbox.c.state)


def _inbox(since: int) -> Select[InboundState, int]:
    return select(inbox.c.state, func.count()).where(inbox.c.id >= since).group_by(inbox.c.state)


def _by_state(name: str, meaning: str, counts: Mapping[str, int]) -> list[str]:
    return _gauge(name, meaning, [(f'{{state="{state}"}}', count) for state, count in counts.items()])


def _gauge(name: str, meaning: str, values: Iterable[tuple[str, int]]) -> list[str]:
    return [f"# HELP {name} {meaning}", f"# TYPE {name} gauge", *(f"{name}{label} {value}" for label, value in values)]
