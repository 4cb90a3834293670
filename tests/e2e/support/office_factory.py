"""Offices put up for the tests: with an empty database, or furnished.

Furnishing takes seconds and always comes to the same. So whoever furnishes first leaves a copy of the closed place
in the stock of this run of the tests, and everybody begins with a copy of that.
"""

import asyncio
import fcntl
import json
import os
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.e2e.support.office import API_KEY, OPENING, Office
from tests.e2e.support.sms_panel import Panel
from tests.support.fake_time import FakeTime
from tests.support.postgres_server import PostgresServer

Furnisher = Callable[[Office], Awaitable[None]]
"""Furnisher of an office by commands, without opening it."""

STOCK = "PISHKHAN_TESTS_STOCK"
"""The variable of the environment that names the folder of the stock."""


@contextmanager
def furnished_stock() -> Iterator[Path]:
    """The stock of one run of the tests, which all its processes share; nothing of it is left behind."""
    with TemporaryDirectory(prefix="pishkhan-stock-") as folder:
        os.environ[STOCK] = folder
        try:
            yield Path(folder)
        finally:
            del os.environ[STOCK]


@dataclass(frozen=True, slots=True)
class OfficePlace:
    """Place of an office: a folder for all its files, a clock, and a database, with its server if it has one."""

    home: Path
    clock: FakeTime
    database: str
    server: PostgresServer | None = None

    @property
    def url(self) -> str:
        """The address of its database."""
        return self.server.url(self.database) if self.server else f"sqlite:///{self.home}/{self.database}"

    def keep(self, folder: Path) -> None:
        """Leave a copy in a folder; no process of the office runs meanwhile."""
        (folder / "home").mkdir(parents=True)
        _copy(self.home, folder / "home")
        if self.server:
            self.server.copy(folder / "data")
        (folder / "kept.json").write_text(json.dumps({"at": self.clock.now().isoformat(), "database": self.database}))


@asynccontextmanager
async def new_place(
    engine: str, *furnishers: Furnisher, server: type[PostgresServer] = PostgresServer
) -> AsyncIterator[OfficePlace]:
    """A place of its own, with an empty database, or as the furnishers leave one; nothing of it is left behind."""
    kept = await _stocked(engine, furnishers) if furnishers else None
    with TemporaryDirectory(prefix="pishkhan-e2e-") as folder:
        home = Path(folder)
        home.chmod(0o755)  # PostgreSQL, another user, reads the clock in it
        facts = json.loads((kept / "kept.json").read_text()) if kept else {}
        if kept:
            _copy(kept / "home", home)
        clock = FakeTime(home / "clock", datetime.fromisoformat(facts["at"]) if kept else OPENING)
        if engine == "sqlite":
            yield OfficePlace(home, clock, "pishkhan.db")
            return
        with server(env=clock.env(), data=kept / "data" if kept else None) as running:
            yield OfficePlace(home, clock, facts["database"] if kept else await running.create(), running)


async def _stocked(engine: str, furnishers: tuple[Furnisher, ...]) -> Path:
    """The copy of a place, furnished so."""
    folder = Path(os.environ[STOCK]) / "-".join([engine, *(one.__name__ for one in furnishers)])
    with folder.with_suffix(".lock").open("w") as lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        if not folder.exists():
            *former, last = furnishers
            async with new_place(engine, *former) as place:
                async with Panel(api_key=API_KEY) as panel:
                    await last(Office(place.home, place.url, panel, place.clock))
                place.keep(unfinished := folder.with_suffix(".new"))
            unfinished.rename(folder)
    return folder


def _copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "--archive", f"{source}/.", str(target)], check=True)


@asynccontextmanager
async def new_office(
    engine: str = "sqlite", *furnishers: Furnisher, settings: dict[str, str] | None = None
) -> AsyncIterator[Office]:
    """An office with an empty database, or furnished, not opened yet; nothing of it is left behind."""
    async with AsyncExitStack() as stack:
        place = await stack.enter_async_context(new_place(engine, *furnishers))
        panel = await stack.enter_async_context(Panel(api_key=API_KEY))
        office = Office(place.home, place.url, panel, place.clock, settings)
        if place.server:
            office.database_log = place.server.log
        stack.push_async_callback(office.crash)
        yield office
