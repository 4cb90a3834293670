"""A panel that takes texts as fast as it can: Kavenegar's protocol on loopback, without the bookkeeping of the tests.

    python -m bench.panel

Prints its address and serves. `POST /count` tells how many texts it took (each `localid` once), in how many calls, and
when the first and the last came (seconds of the machine's monotonic clock), and begins to count anew.
"""

import asyncio
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

from aiohttp import ClientSession, web

from bench.processes import spawned

RIALS = 240
SENT = 5


@dataclass(slots=True)
class Count:
    """Number taken since the last question."""

    texts: int = 0
    calls: int = 0
    first: float = 0.0
    last: float = 0.0


class Panel:
    """Answers every send alike; a text's message id follows from its place in the row."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._count = Count()

    def app(self) -> web.Application:
        """Return the application."""
        app = web.Application()
        app.router.add_post("/v1/{key}/sms/send.json", self._send)
        app.router.add_post("/v1/{key}/sms/statuslocalmessageid.json", self._outcomes)
        app.router.add_post("/v1/{key}/sms/status.json", self._statuses)
        app.router.add_post("/count", self._tell)
        return app

    async def _send(self, request: web.Request) -> web.Response:
        form, now, count = await request.post(), time.monotonic(), self._count
        local_id = str(form["localid"])
        count.texts += local_id not in self._known
        message_id = self._known.setdefault(local_id, len(self._known) + 1)
        count.calls, count.last = count.calls + 1, now
        count.first = count.first or now
        return _entries([{"messageid": message_id, "status": SENT, "cost": RIALS}])

    async def _outcomes(self, request: web.Request) -> web.Response:
        asked = str((await request.post())["localid"]).split(",")
        return _entries([{"localid": one, "messageid": self._known.get(one, 0), "status": SENT} for one in asked])

    async def _statuses(self, request: web.Request) -> web.Response:
        asked = str((await request.post())["messageid"]).split(",")
        return _entries([{"messageid": one, "status": SENT} for one in asked])

    async def _tell(self, _request: web.Request) -> web.Response:
        told, self._count = self._count, Count()
        return web.json_response(asdict(told))


def _entries(entries: list[dict[str, Any]]) -> web.Response:
    return web.json_response({"return": {"status": 200, "message": "تایید شد"}, "entries": entries})


@asynccontextmanager
async def panel() -> AsyncIterator[str]:
    """Run a panel as a process of its own; its address."""
    process = await spawned((sys.executable, "-m", "bench.panel"), stdout=PIPE)
    try:
        if process.stdout is None:
            raise RuntimeError("the panel's output is not ours")
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.kill()
        await process.wait()


async def count(address: str) -> Count:
    """Ask a panel what it took since it was last asked."""
    async with ClientSession() as session, session.post(f"{address}/count") as answer:
        return Count(**await answer.json())


async def main() -> None:
    """Serve until killed."""
    runner = web.AppRunner(Panel().app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    print(f"http://{host}:{port}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
