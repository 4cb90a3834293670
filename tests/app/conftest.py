"""A terminal for the command line, and an environment without settings."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from app.security import passwords
from tests.support.terminal import Terminal


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove settings of the developer's own shell."""
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
    # A hash names its costs: with these a member of the staff is there at once, of whom each test has several.
    monkeypatch.setattr(passwords, "PASSWORD_HASHER", PasswordHasher(time_cost=1, memory_cost=64))
    return Terminal(capsys)
