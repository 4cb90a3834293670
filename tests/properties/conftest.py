"""Databases for the properties: migrated SQLite files and PostgreSQL databases, and a furnished town to be copied."""

import shutil
from pathlib import Path

import pytest
import pytest_asyncio

from tests.properties.support.whole_town import furnish


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def furnished(migrated: Path) -> Path:
    """The file of a furnished town, to be copied."""
    path = Path(shutil.copy(migrated, migrated.with_name("furnished.db")))
    await furnish(path)
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database without rows, on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('database')}"
    url: str = request.getfixturevalue("postgres_url")
    return url
