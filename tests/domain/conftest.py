"""Municipalities for the tests of use cases: an SQLite file each, copied from one that was migrated once."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from store.migrate import migrate
from tests.support.municipality import Municipality, StandingClock, build_desk, municipality


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
