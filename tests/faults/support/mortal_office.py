"""A municipality whose server may die at any moment, and comes back: the office of `e2e` with mortal processes."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import repeat
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.e2e.support.office import API_KEY, Office
from tests.e2e.support.office_factory import Furnisher, new_place
from tests.fakes.kavenegar import Webhooks
from tests.faults.support.bad_panel import BadPanel
from tests.faults.support.state_journal import Database
from tests.support.fake_time import FakeTime
from tests.support.postgres_server import PostgresServer

PANEL_SECONDS = 0.8
"""Time that the program waits for the panel: little, so that an outcome is soon unknown."""


class MortalOffice(Office):
    """An office whose panel has faults, and whose database is looked at from outside."""

    panel: BadPanel

    def __init__(
        self, home: Path, database_url: str, panel: BadPanel, clock: FakeTime, settings: Mapping[str, str] | None = None
    ) -> None:
        patience = {"PISHKHAN_SMS__KAVENEGAR__TIMEOUT": str(PANEL_SECONDS)}
        super().__init__(home, database_url, panel, clock, {**patience, **(settings or {})})
        self.database = Database(database_url)
        self.postgresql: DurableServer | None = None
        self.entrances: Iterator[Webhooks] = repeat(self.webhooks)
        """Addresses to which the panel delivers, one after the other."""


@asynccontextmanager
async def mortal_office(
    engine: str, *furnishers: Furnisher, settings: Mapping[str, str] | None = None
) -> AsyncIterator[MortalOffice]:
    """An office with an empty database, or furnished, not opened yet; nothing of it is left behind."""
    async with AsyncExitStack() as stack:
        place = await stack.enter_async_context(new_place(engine, *furnishers, server=DurableServer))
        panel = await stack.enter_async_context(BadPanel(api_key=API_KEY))
        stack.push_async_callback(panel.end)
        office = MortalOffice(place.home, place.url, panel, place.clock, settings)
        if isinstance(place.server, DurableServer):
            await place.server.make_durable(place.database)
            office.postgresql = place.server
            office.database_log = place.server.log
        stack.push_async_callback(office.crash)
        if furnishers:
            await office.database.keep_journal()
        yield office


@asynccontextmanager
async def second_process(office: MortalOffice) -> AsyncIterator[MortalOffice]:
    """Another process on an office's database, with its clock and panel; not opened yet."""
    with TemporaryDirectory(prefix="pishkhan-faults-") as home:
        same = {name: value for name, value in office.settings.items() if name != "PISHKHAN_PORT"}
        other = MortalOffice(Path(home), office.database.url, office.panel, office.clock, same)
        try:
            yield other
        finally:
            await other.crash()


class DurableServer(PostgresServer):
    """A PostgreSQL whose commits outlive its own death."""

    async def make_durable(self, database: str) -> None:
        """From now on, each commit in a database is written before it is answered."""
        await Database(self.url("postgres")).execute(f"ALTER DATABASE {database} SET synchronous_commit = on")
