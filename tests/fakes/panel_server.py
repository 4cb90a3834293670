"""What fake SMS panels have in common: a real HTTP server on loopback, a gate for faults, a clock of the test's own."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Self

from aiohttp import web

from tests.fakes.server_faults import FaultGate


def _read_clock() -> datetime:
    return datetime.now(UTC)


class PanelServer(ABC):
    """A panel. `async with` it; `base_url` is where it answers, `gate` lets calls go wrong, `clock` is its time."""

    def __init__(self, *, port: int = 0, clock: Callable[[], datetime] = _read_clock) -> None:
        self.gate = FaultGate()
        self.clock = clock
        self.base_url = ""
        self._port = port
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        application = web.Application(middlewares=[self.gate.middleware])
        self.add_routes(application.router)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *exception: object) -> None:
        self.gate.failing_answers.end_waiting()
        assert self._runner
        await self._runner.cleanup()

    @abstractmethod
    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add the panel's calls."""
