"""The databases that the store's contract runs over: an SQLite file and the real PostgreSQL, each with the schema."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from store.unit_of_work import SqlStore
from tests.support.postgres_server import RunningServer


@pytest.fixture
def sqlite_url(database: Path) -> str:
    """The URL of a migrated SQLite file of the test's own."""
    return f"sqlite:///{database}"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_postgres_url(postgres_server: RunningServer, postgres_template: str) -> str:
    """One migrated database for all tests of the contract: emptying it is far quicker than cloning another."""
    return postgres_server.url(await postgres_server.create(template=postgres_template))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def emptying_store(shared_postgres_url: str) -> AsyncIterator[SqlStore]:
    """A store that stays open for the session, to empty that database before each test."""
    opened = await SqlStore.connect(shared_postgres_url)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def emptied_postgres_url(shared_postgres_url: str, emptying_store: SqlStore) -> str:
    """The shared database, without rows."""
    async with emptying_store.open_unit() as uow:
        await uow.everything.delete()
    return shared_postgres_url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database without rows, on each engine."""
    url: str = request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "emptied_postgres_url"}[request.param])
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def own_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of the test's own: many rows would make the shared one slow to be emptied."""
    url: str = request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param])
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any schema, on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[SqlStore]:
    """An open store on each engine."""
    opened = await SqlStore.connect(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def other_store(database_url: str) -> AsyncIterator[SqlStore]:
    """A second engine on the same database, as another process would have."""
    opened = await SqlStore.connect(database_url)
    yield opened
    await opened.close()
