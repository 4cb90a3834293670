"""A terminal for the command line, and an environment without settings."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.terminal import Terminal


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the developer's own shell has set shall not matter."""
    for name in list(os.environ):
        if name.startswith("PISHKHAN_"):
            monkeypatch.delenv(name)


@pytest.fixture
def audit(database: Path) -> Callable[[str], list[tuple[str, str]]]:
    """Reads the audit: who did such a thing, and what is kept of it."""

    def read(what: str) -> list[tuple[str, str]]:
        with closing(sqlite3.connect(database)) as file:
            return file.execute("SELECT actor, detail FROM audit WHERE what = ? ORDER BY id", (what,)).fetchall()

    return read


@pytest.fixture
def terminal(database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """The command line in demo mode, over an empty migrated database."""
    monkeypatch.setenv("PISHKHAN_DEMO", "1")
    monkeypatch.setenv("PISHKHAN_DATABASE_URL", f"sqlite:///{database}")
    return Terminal(capsys)
