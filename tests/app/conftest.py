"""A terminal for the command line, and an environment without settings."""

import os
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
def terminal(database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """The command line in demo mode, over an empty migrated database."""
    monkeypatch.setenv("PISHKHAN_DEMO", "1")
    monkeypatch.setenv("PISHKHAN_DATABASE_URL", f"sqlite:///{database}")
    return Terminal(capsys)
