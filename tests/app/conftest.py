"""A terminal for the command line, the parts of a process, and an environment without settings."""

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from app.configuration.settings import Settings
from app.parts import ServerParts
from app.security import passwords
from app.sms_providers import build_providers
from app.waking import WakeEvents
from app.wiring import build_printer, build_signer
from channels.relay.relay import Relay
from channels.sms.polling import InboundPoller
from tests.support.municipality import Municipality
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


@pytest.fixture
def settings(database: Path) -> Settings:
    """The settings of a process over the municipality's database."""
    return Settings(demo=True, database_url=f"sqlite:///{database}")


@pytest.fixture
def parts(town: Municipality, settings: Settings) -> ServerParts:
    """Parts of a process, over the municipality's store and clock."""
    providers = build_providers(settings)
    relay = Relay(town.desk, town.store, tuple(providers.values()), time.monotonic)
    printer = build_printer(settings, town.desk.catalogue)
    return ServerParts(
        settings=settings,
        dependencies=town.desk,
        store=town.store,
        providers=providers,
        sms_relay=relay,
        printer=printer,
        signer=build_signer(settings),
        wake_events=WakeEvents(),
        inbound_poller=InboundPoller(town.desk, town.store, tuple(providers.values())),
    )
