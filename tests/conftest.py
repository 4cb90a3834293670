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
from jinja2 import Environment

from store.engines.prepared import PreparedStatement
from store.migrate import migrate
from tests.e2e.support.office_factory import furnished_stock
from tests.support.fake_time import FakeTime
from tests.support.municipality import Municipality, StandingClock, build_desk, municipality
from tests.support.postgres_server import PostgresServer, TemplateFiller

gc.disable()  # until all tests are there: what has been imported stays, there is nothing to look for


def pytest_collection_finish() -> None:
    """Let the tests alone be looked through, and seldom: it was an eighth of the time of many."""
    gc.freeze()
    gc.set_threshold(50_000, 5, 4)
    gc.enable()


def pytest_configure(config: pytest.Config) -> None:
    """Keep one stock of furnished offices for all processes that run tests."""
    if not hasattr(config, "workerinput"):
        kept = ExitStack()
        kept.enter_context(furnished_stock())
        config.add_cleanup(kept.close)


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


@pytest.fixture(scope="module")
def uncollected() -> Iterator[None]:
    """No search for garbage while the tests of a module parse the whole project: there are no circles in its trees, and
    to look through them takes longer than to parse them.
    """
    gc.disable()
    yield
    gc.enable()


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
def postgres_server() -> Iterator[PostgresServer]:
    """One server for the session (each xdist worker has its own)."""
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def template_filled_by() -> TemplateFiller:
    """Brings an empty database to the current schema."""
    return migrate


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres_template(postgres_server: PostgresServer, template_filled_by: TemplateFiller) -> str:
    """The name of a database with the current schema, to be cloned."""
    return await postgres_server.create_template(template_filled_by)


@pytest.fixture
async def postgres_url(postgres_server: PostgresServer, postgres_template: str) -> AsyncIterator[str]:
    """The URL of a database of the test's own, with the current schema and no rows."""
    database = await postgres_server.create(template=postgres_template)
    yield postgres_server.url(database)
    await postgres_server.drop(database)


@pytest.fixture
async def empty_postgres_url(postgres_server: PostgresServer) -> AsyncIterator[str]:
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
