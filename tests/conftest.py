"""Fixtures shared by all tests: a migrated SQLite file, a real PostgreSQL when a test asks for it, a clock to move."""

import gc
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web_app
from jinja2 import Environment

from store.engines.prepared import PreparedStatement
from store.migrate import migrate
from tests.e2e.support.office_factory import furnished_stock
from tests.support.fake_time import FakeTime
from tests.support.municipality import Municipality, StandingClock, build_desk, municipality
from tests.support.postgres_server import RunningServer, borrow_server, lent_server, share_template

TESTS = Path(__file__).parent

NIGHT_FOLDERS = ("browser", "docs", "e2e", "faults", "properties", "simulation")
"""Folders of tests that `make night` runs; those marked `day` are in `make test` too."""

gc.disable()  # until all tests are there: what has been imported stays, there is nothing to look for


def pytest_collection_finish() -> None:
    """Let the tests alone be looked through, and seldom: it was an eighth of the time of many."""
    gc.freeze()
    gc.set_threshold(50_000, 5, 4)
    gc.enable()


def pytest_configure(config: pytest.Config) -> None:
    """Keep one stock of furnished offices and one PostgreSQL for all processes that run tests."""
    if not hasattr(config, "workerinput"):
        kept = ExitStack()
        kept.enter_context(lent_server(kept.enter_context(furnished_stock())))
        config.add_cleanup(kept.close)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as `night` what a change need not wait for: whole folders, and stories that are told on the second database
    after the first. The contracts of the store are kept on both.
    """
    for item in items:
        if _is_of_the_night(item):
            item.add_marker("night")


def _is_of_the_night(item: pytest.Item) -> bool:
    folder = item.path.relative_to(TESTS).parts[0]
    varied = item.callspec.id if isinstance(item, pytest.Function) and hasattr(item, "callspec") else ""
    is_told_again = "postgresql" in varied and folder != "contracts"
    return is_told_again or (folder in NIGHT_FOLDERS and not item.get_closest_marker("day"))


@pytest.fixture(scope="session", autouse=True)
def collectable() -> Iterator[None]:
    """Commands that run in this process keep nothing for ever: a program freezes what it has imported, and with it here
    whatever tests left behind, two gigabytes in the end.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gc, "freeze", lambda: None)
        yield


@pytest.fixture(autouse=True)
def forgotten_sites() -> Iterator[None]:
    """Sites end with their tests: aiohttp keeps the applications of the last thousand handlers, here one a test."""
    yield
    web_app._cached_build_middleware.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Compile each template once for all sites of a process: every test builds one, a server does so once."""
    original, kept = Environment.compile, dict[tuple[str, str, str], Any]()

    def compiled(environment: Environment, source: str, name: str, filename: str) -> Any:
        key = source, name, filename
        if key not in kept:
            kept[key] = original(environment, source, name, filename)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Environment, "compile", compiled)
        yield


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "pishkhan.db"
    await migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def database(migrated: Path, tmp_path: Path) -> Path:
    """A migrated SQLite file of the test's own."""
    return Path(shutil.copy(migrated, tmp_path / "pishkhan.db"))


@pytest.fixture
async def town(database: Path) -> AsyncIterator[Municipality]:
    """A furnished municipality on a Tuesday morning."""
    clock = StandingClock()
    async with municipality(database, build_desk(clock), clock) as opened:
        await opened.furnish()
        yield opened


@pytest.fixture(scope="session")
def postgres_server() -> RunningServer:
    """The server that all processes of this run share."""
    return borrow_server()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres_template(postgres_server: RunningServer) -> str:
    """The name of a database with the current schema, to be cloned."""
    return await share_template(postgres_server, migrate)


@pytest.fixture
async def postgres_url(postgres_server: RunningServer, postgres_template: str) -> AsyncIterator[str]:
    """The URL of a database of the test's own, with the current schema and no rows."""
    database = await postgres_server.create(template=postgres_template)
    yield postgres_server.url(database)
    await postgres_server.drop(database)


@pytest.fixture
async def empty_postgres_url(postgres_server: RunningServer) -> AsyncIterator[str]:
    """The URL of a database of the test's own, without any schema."""
    database = await postgres_server.create()
    yield postgres_server.url(database)
    await postgres_server.drop(database)


@pytest.fixture
def fake_time() -> Iterator[FakeTime]:
    """A clock for real processes, in a directory that other users (PostgreSQL's) can read too."""
    with TemporaryDirectory(prefix="pishkhan-clock-") as directory:
        Path(directory).chmod(0o755)
        yield FakeTime(Path(directory) / "clock")


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Statements for the database, as they come."""
    asked: list[str] = []
    bind_values = PreparedStatement.bind_values

    def note_statement(self: PreparedStatement, values: dict[str, Any]) -> tuple[str, list[Any]]:
        sql, arguments = bind_values(self, values)
        asked.append(sql)
        return sql, arguments

    monkeypatch.setattr(PreparedStatement, "bind_values", note_statement)
    return asked
