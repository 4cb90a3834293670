"""A served counter channel over an SQLite file of the test's own, and the databases that some tests run over."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from store.migrate import migrate
from tests.channels.pishkhan_soap.soap_office import Office, furnish_counters, office_at, open_town, serve_soap
from tests.support.municipality import StandingClock


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def counter_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with a furnished municipality, to be copied."""
    path = tmp_path_factory.mktemp("counters") / "pishkhan.db"
    await migrate(f"sqlite:///{path}")
    async with open_town(f"sqlite:///{path}", StandingClock()) as town:
        await furnish_counters(town)
    return path


@pytest.fixture
def sqlite_url(counter_database: Path, tmp_path: Path) -> str:
    """The URL of a furnished SQLite file of the test's own."""
    return f"sqlite:///{shutil.copy(counter_database, tmp_path / 'pishkhan.db')}"


@pytest.fixture
async def office(sqlite_url: str) -> AsyncIterator[Office]:
    """An office at a served channel."""
    async with open_town(sqlite_url, StandingClock()) as town, serve_soap(town) as wire:
        yield office_at(town, wire)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of the test's own, on each engine; PostgreSQL's is empty."""
    name = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    return str(request.getfixturevalue(name))


@pytest.fixture
async def furnished_url(database_url: str) -> str:
    """A furnished database of the test's own, on each engine."""
    if not database_url.startswith("sqlite"):
        async with open_town(database_url, StandingClock()) as town:
            await furnish_counters(town)
    return database_url
