"""The demonstration municipality, loaded once and copied for each test."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.demo.loading import load_demo
from app.demo.summary import Summary
from domain.actions.dependencies import Dependencies
from store.migrate import migrate
from store.unit_of_work import SqlStore
from tests.support.demo_dependencies import ADDRESS, NOW, VAULT, demo_dependencies_at


async def _load_once(url: str) -> Summary:
    await migrate(url)
    store = await SqlStore.connect(url)
    try:
        return await load_demo(demo_dependencies_at(NOW), store, demo=True, address=ADDRESS, vault=VAULT)
    finally:
        await store.close()


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    """A file into which the demonstration was loaded, to be copied, and what was told."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    return path, asyncio.run(_load_once(f"sqlite:///{path}"))


@pytest.fixture
def summary(loaded: tuple[Path, Summary]) -> Summary:
    """Output of the first load."""
    return loaded[1]


@pytest.fixture
async def store(loaded: tuple[Path, Summary], tmp_path: Path) -> AsyncIterator[SqlStore]:
    """A database of the test's own that holds the demonstration."""
    opened = await SqlStore.connect(f"sqlite:///{shutil.copy(loaded[0], tmp_path / 'copy.db')}")
    yield opened
    await opened.close()


@pytest.fixture
async def empty_store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    """A migrated database without rows."""
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    await migrate(url)
    opened = await SqlStore.connect(url)
    yield opened
    await opened.close()


@pytest.fixture
def desk() -> Dependencies:
    """The desk at the moment of the load."""
    return demo_dependencies_at(NOW)
