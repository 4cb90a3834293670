"""A municipality whose server may die at any moment, and comes back: `e2e.office` with mortal processes."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count, repeat
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.e2e.commands import COMMAND_SECONDS, Finished
from tests.e2e.furnish import furnish
from tests.e2e.office import API_KEY, OPENING, SECRET_KEY, START_SECONDS, STOP_SECONDS, WEBHOOK_SECRET, Office
from tests.fakes.kavenegar import Webhooks
from tests.faketime import FakeTime
from tests.faults.database import Database
from tests.faults.panel import BadPanel
from tests.faults.runs import Death, Program, Run
from tests.postgres import PostgresServer

PANEL_SECONDS = 0.8
"""How long the program waits for the panel: little, so that an outcome is soon unknown."""


class MortalOffice(Office):
    """An office of which every process is forked from a warm one, and may be told where it dies."""

    panel: BadPanel

    def __init__(
        self, home: Path, database_url: str, panel: BadPanel, clock: FakeTime, settings: Mapping[str, str] | None = None
    ) -> None:
        patience = {"PISHKHAN_SMS__KAVENEGAR__TIMEOUT": str(PANEL_SECONDS)}
        super().__init__(home, database_url, panel, clock, {**patience, **(settings or {})})
        self.database = Database(database_url)
        self.postgresql: DurableServer | None = None
        self.server: Run | None = None
        self.entrances: Iterator[Webhooks] = repeat(self.webhooks)
        """Where the panel delivers, one after the other."""
        self._program = Program()
        self._commands = count(1)

    async def warm_up(self) -> None:
        """Start what all its processes are forked from."""
        await self._program.start(self.environment, self.home)

    async def begin(self, death: Death | None = None) -> Run:
        """Start the server; nobody waits for it."""
        self.server = await self._program.begin(("serve",), self._log("out"), self._log("err"), death)
        return self.server

    async def open(self, death: Death | None = None) -> None:
        """Start the server and wait until it says that it is ready."""
        server = await self.begin(death)
        await self.is_up_or_dead(server)
        assert not server.ended.done(), f"the server ended:\n{self.said}"

    async def is_up_or_dead(self, server: Run) -> None:
        """Wait until the server says that it is ready, or ended."""
        async with asyncio.timeout(START_SECONDS):
            while not server.ended.done() and not await self.is_ready():
                await asyncio.wait([server.ended], timeout=0.01)

    async def close(self) -> int:
        """Stop the server as an operator does and return its exit code."""
        assert self.server
        self.server.signal(signal.SIGTERM)
        return await asyncio.wait_for(self.server.ended, STOP_SECONDS)

    async def crash(self) -> None:
        """Kill the server, if it runs."""
        if self.server is not None:
            self.server.signal(signal.SIGKILL)
            await self.server.ended

    async def leave(self) -> None:
        """End everything."""
        await self._program.stop()

    async def run(self, *arguments: str) -> Finished:
        """Run a command to its end."""
        return await self.run_until(None, *arguments)

    async def run_until(self, death: Death | None, *arguments: str) -> Finished:
        """Run a command to its end or death."""
        number = next(self._commands)
        out, err = (self.home / f"command-{number}.{stream}" for stream in ("out", "err"))
        run = await self._program.begin(arguments, out, err, death)
        code = await asyncio.wait_for(run.ended, COMMAND_SECONDS)
        finished = Finished(code, out.read_text(), err.read_text())
        for file in (out, err):
            file.unlink()
        return finished

    def kept_secrets(self) -> None:
        """Its servers told no secret."""
        said = self.said
        assert [secret for secret in (API_KEY, SECRET_KEY, WEBHOOK_SECRET) if secret in said] == []

    def spoke_well(self) -> None:
        """Its servers told no secret and stumbled over nothing."""
        self.kept_secrets()
        said = self.said
        assert "Traceback" not in said, said[max(0, said.index("Traceback") - 500) :] + self.database_log()


@asynccontextmanager
async def mortal_office(
    engine: str,
    *,
    furnished: bool = True,
    folder: Path | None = None,
    settings: Mapping[str, str] | None = None,
) -> AsyncIterator[MortalOffice]:
    """An office with its people and machines (or an empty database), not opened yet; nothing of it is left behind.

    An SQLite file lies in `folder`, or else with the rest of it.
    """
    async with AsyncExitStack() as stack:
        home = Path(stack.enter_context(TemporaryDirectory(prefix="pishkhan-faults-")))
        home.chmod(0o755)  # PostgreSQL, another user, reads the clock in it
        clock = FakeTime(home / "clock", OPENING)
        panel = await stack.enter_async_context(BadPanel(api_key=API_KEY))
        stack.push_async_callback(panel.end)
        server, url = None, f"sqlite:///{folder or home}/pishkhan.db"
        if engine == "postgresql":
            server = stack.enter_context(DurableServer(env=clock.env()))
            url = await server.create_durable()
        office = MortalOffice(home, url, panel, clock, settings)
        office.postgresql = server
        if server:
            office.database_log = server.log
        stack.push_async_callback(office.leave)
        await office.warm_up()
        if furnished:
            await furnish(office, home)
            await office.database.keep_journal()
        yield office


@asynccontextmanager
async def second_process(office: MortalOffice) -> AsyncIterator[MortalOffice]:
    """Another process on an office's database, with its clock and panel; not opened yet."""
    with TemporaryDirectory(prefix="pishkhan-faults-") as home:
        same = {name: value for name, value in office.settings.items() if name != "PISHKHAN_PORT"}
        other = MortalOffice(Path(home), office.database.url, office.panel, office.clock, same)
        await other.warm_up()
        try:
            yield other
        finally:
            await other.leave()


class DurableServer(PostgresServer):
    """A PostgreSQL whose commits outlive its own death, and which can be restarted."""

    async def create_durable(self) -> str:
        """Make a database whose every commit is written before it is answered; its URL."""
        name = await self.create()
        await Database(self.url("postgres")).execute(f"ALTER DATABASE {name} SET synchronous_commit = on")
        return self.url(name)

    def restart(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it (SIGINT: connections are cut, SIGQUIT: it falls down where it stands) and start it again."""
        self._process.send_signal(how)
        self._process.wait(START_SECONDS)
        self._start()
