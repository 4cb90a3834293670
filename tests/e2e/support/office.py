"""One municipality as its operator runs it: `pishkhan` as child processes, its settings in their environment.

An office has a database, a server process, a command line, a clock of its own (fake, shared by all its processes) and a
Kavenegar panel that it sends through. Everything is reached from outside: commands, webhooks, the panel.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import ClientConnectionError, ClientSession, ClientTimeout
from pydantic import BaseModel, SecretStr
from yarl import URL

from app.configuration.settings import ENV_PREFIX, Settings
from tests.e2e.support.program_runs import Death, Finished, Order, Run, Starter, cold, finished, warm
from tests.e2e.support.sms_panel import Panel
from tests.e2e.support.text_matching import SITE
from tests.fakes.kavenegar import Webhooks
from tests.programs.deeds import deed_command
from tests.support.fake_time import FakeTime
from tests.support.patience import patient
from tests.support.postgres_server import free_port

TEHRAN = ZoneInfo("Asia/Tehran")
OPENING = datetime(2036, 11, 25, 10, 0, tzinfo=TEHRAN)
"""First moment of an office's clock: Tuesday 1415/09/05, ten in the morning. Ahead of real time: see `FakeTime`."""

OPENING_YEAR = "1415"
"""Its Jalali year."""

API_KEY = "4F6E6C79466F7254657374"
SECRET_KEY = "b2f0c1d4e5a69788-e2e"
WEBHOOK_SECRET = "wh-51c0ffee7a"
LINE = "10004346"

START_SECONDS = 30.0
STOP_SECONDS = 15.0
"""It is five on a machine of its own: three for what is under way, and the closing. Tests run beside others."""


def list_secret_settings(section: type[BaseModel] = Settings, prefix: str = ENV_PREFIX) -> Iterator[str]:
    """Yield the environment variables whose values nobody else may read."""
    for name, field in section.model_fields.items():
        kind, setting = field.annotation, prefix + name.upper()
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from list_secret_settings(kind, f"{setting}__")
        elif kind is SecretStr:
            yield setting


class Office:
    """The processes of one municipality. `settings` are environment variables over the usual ones."""

    def __init__(
        self, home: Path, database_url: str, panel: Panel, clock: FakeTime, settings: Mapping[str, str] | None = None
    ) -> None:
        self.panel = panel
        self.clock = clock
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.sms_url = f"{self.url}/sms/kavenegar/{WEBHOOK_SECRET}"
        self.webhooks = Webhooks(self.sms_url)
        self.settings = {**self._usual(database_url), **(settings or {})}
        self.home = home
        self.database_log: Callable[[], str] = str  # a server of its own has something to say; a file has not
        self.server: Run | None = None
        """The server's latest run."""
        self._start: Starter = warm

    def _usual(self, database_url: str) -> dict[str, str]:
        return {
            "PISHKHAN_DATABASE_URL": database_url,
            "PISHKHAN_PORT": str(self.port),
            "PISHKHAN_BASE_URL": SITE,
            "PISHKHAN_SECRET_KEY": SECRET_KEY,
            "PISHKHAN_BILLS__COMPANY_CODE": "077",
            "PISHKHAN_SOAP__CALLS_PER_MINUTE": "1000000",  # programs call faster than any office
            "PISHKHAN_SMS__PROVIDERS": "kavenegar",
            "PISHKHAN_SMS__KAVENEGAR__BASE_URL": self.panel.base_url,
            "PISHKHAN_SMS__KAVENEGAR__API_KEY": API_KEY,
            "PISHKHAN_SMS__KAVENEGAR__SENDER": LINE,
            "PISHKHAN_SMS__KAVENEGAR__WEBHOOK_SECRET": WEBHOOK_SECRET,
            "PISHKHAN_SMS__KAVENEGAR__RATE": "1000",
        }

    @property
    def environment(self) -> dict[str, str]:
        """All that its processes get to see of the environment."""
        base = {"PATH": os.environ["PATH"], "HOME": str(self.home), "LANG": "C.UTF-8"}
        return {**base, **self.clock.env(), **self.settings}

    def make_url(self, path: str) -> URL:
        """The address of a page of its site."""
        return URL(self.url).join(URL(path))

    @property
    def said(self) -> str:
        """All that its servers wrote so far, on both streams."""
        return self._log("out").read_text() + self.complained

    @property
    def complained(self) -> str:
        """Standard error of its servers so far."""
        log = self._log("err")
        return log.read_text() if log.exists() else ""  # it may not have begun yet

    @property
    def secrets(self) -> frozenset[str]:
        """The values of its secret settings; of a bot's token what is behind the colon too, which may be escaped."""
        values = {self.settings[name] for name in list_secret_settings() if self.settings.get(name)}
        return frozenset(values | {value.partition(":")[2] or value for value in values})

    def assert_clean_log(self) -> None:
        """Its servers told no secret and stumbled over nothing."""
        said = self.said
        assert [secret for secret in self.secrets if secret in said] == []
        assert "Traceback" not in said, said[max(0, said.index("Traceback") - 500) :] + self.database_log()

    def _log(self, stream: str) -> Path:
        return self.home / f"serve.{stream}"

    @contextmanager
    def cold(self) -> Iterator[None]:
        """Have processes start as a user's do, inside the block."""
        self._start = cold
        try:
            yield
        finally:
            self._start = warm

    def start_by(self, starter: Starter) -> None:
        """Have processes started that way from now on."""
        self._start = starter

    async def run(self, *arguments: str, death: Death | None = None) -> Finished:
        """Run a command of `pishkhan` to its end, or to its death."""
        return await self.run_with({}, *arguments, death=death)

    async def run_with(self, settings: Mapping[str, str], *arguments: str, death: Death | None = None) -> Finished:
        """Run a command under other settings than the office's own."""
        return await finished(self._start, arguments, {**self.environment, **settings}, self.home, death)

    async def cli(self, *arguments: str) -> Any:
        """Run a command that must do well, with `--json`, and return what it prints."""
        finished = await self.run(*arguments, "--json")
        assert finished.code == 0, f"{arguments}: {finished}"
        return finished.json

    async def deed(self, name: str, /, *, by: str | None = None, **values: Any) -> Any:
        """Do what the staff do at their site alone (`tests/programs/deeds.py`), and return what is told."""
        return await self.cli(*deed_command(name, by, values))

    async def tries(self, name: str, /, *, by: str | None = None, **values: Any) -> Finished:
        """Try such a deed, which may be refused."""
        return await self.run(*deed_command(name, by, values))

    async def begin(self, death: Death | None = None) -> Run:
        """Start the server; nobody waits for it."""
        out, err = self._log("out"), self._log("err")
        self.server = await self._start(Order(("serve",), self.environment, self.home, out, err, death))
        return self.server

    async def open(self, death: Death | None = None) -> None:
        """Start the server and wait until it says that it is ready."""
        server = await self.begin(death)
        try:
            await self.is_up_or_dead(server)
        except TimeoutError:
            await self.crash()
            raise AssertionError(f"not ready within {START_SECONDS:.0f} s:\n{self.said}") from None
        assert not server.ended.done(), f"the server ended:\n{self.said}"

    async def is_up_or_dead(self, server: Run) -> None:
        """Wait until the server says that it is ready, or ended. A TimeoutError when neither comes."""
        async with asyncio.timeout(patient(START_SECONDS)):
            while not server.ended.done() and not await self.is_ready():
                await server.ends_within(0.02)

    async def close(self) -> int:
        """Stop the server as an operator does (SIGTERM) and return its exit code."""
        assert self.server
        self.server.signal(signal.SIGTERM)
        if not await self.server.ends_within(STOP_SECONDS):
            await self.crash()
            raise AssertionError(f"SIGTERM did not end the server within {STOP_SECONDS:.0f} s:\n{self.said}")
        return self.server.ended.result()

    async def crash(self) -> None:
        """Kill the server as a power cut does (SIGKILL), if it runs."""
        if self.server is not None:
            self.server.signal(signal.SIGKILL)
            await self.server.ended

    async def is_ready(self) -> bool:
        """Whether `/readyz` answers 200."""
        try:
            async with ClientSession(timeout=ClientTimeout(5)) as session, session.get(f"{self.url}/readyz") as answer:
                return answer.status == 200
        except (ClientConnectionError, TimeoutError):
            return False

    @property
    def now(self) -> datetime:
        """Time of its clock, in Tehran."""
        return self.clock.now().astimezone(TEHRAN)

    def advance(self, **by: float) -> None:
        """Let time pass (the words of a timedelta)."""
        self.clock.advance(timedelta(**by))

    def wake_at(self, hour: int, minute: int = 0, *, days: int = 0) -> None:
        """Let time pass until the clock shows this hour, so many days from today (the next day when it is past)."""
        moment = datetime.combine(self.now.date() + timedelta(days=days), time(hour, minute), TEHRAN)
        self.clock.set(moment if moment > self.now else moment + timedelta(days=1))
