"""Common base of fake SMS panels: a server with a gate for faults, a clock of the test's own."""

from abc import abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime

from aiohttp import web

from tests.fakes.loopback_server import LoopbackServer
from tests.fakes.server_faults import FaultGate


def _read_clock() -> datetime:
    return datetime.now(UTC)


class PanelServer(LoopbackServer):
    """A panel. `gate` lets calls go wrong, `clock` is its time."""

    def __init__(self, *, port: int = 0, clock: Callable[[], datetime] = _read_clock) -> None:
        super().__init__(port=port)
        self.gate = FaultGate()
        self.clock = clock

    async def stop(self) -> None:
        """Close down; calls that are kept waiting end."""
        self.gate.failing_answers.end_waiting()
        await super().stop()

    def build_application(self) -> web.Application:
        """Return the panel's calls behind the gate."""
        application = web.Application(middlewares=[self.gate.middleware])
        self.add_routes(application.router)
        return application

    @abstractmethod
    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add the panel's calls."""
