"""Fixtures shared by all tests: a real PostgreSQL, started only when a test asks for it, and a clock to move."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import pytest_asyncio

from store.migrate import migrate
from tests.faketime import FakeTime
from tests.postgres import PostgresServer, TemplateFiller


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
