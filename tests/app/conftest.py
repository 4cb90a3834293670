"""A terminal for the command line, an environment without settings, and databases that are migrated already."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from store.migrate import migrate
from tests.support.municipality import Municipality, StandingClock, build_desk, municipality
from tests.support.terminal import Terminal


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the developer's own shell has set shall not matter."""
    for name in list(os.environ):
        if name.startswith("PISHKHAN_"):
            monkeypatch.delenv(name)


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


@pytest.fixture
def terminal(database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """The command line in demo mode, over an empty migrated database."""
    monkeypatch.setenv("PISHKHAN_DEMO", "1")
    monkeypatch.setenv("PISHKHAN_DATABASE_URL", f"sqlite:///{database}")
    return Terminal(capsys)
