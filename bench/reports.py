"""Reports over a million requests: how long one of a year takes, what a list of all of them costs, and who waits.

    python -m bench.reports [--requests 1000000] [--rounds 3] [--database sqlite|postgresql]

A database is filled (`bench/filling.py`) and served by `pishkhan serve`, whose own jobs are let come to rest first. A
manager signs in; each report of the last Jalali year that is over is opened some times, then the list of all requests
is fetched as CSV and as XLSX, whole, and its rows are counted. Meanwhile `/healthz` is asked fifty times a second,
which feels how long the event loop is kept from others (`bench/relay.py`), and the manager's work list is opened again
and again. Memory is the peak of the server, and of the process that makes the sheet; it fails where either comes to
250 MB, or the p99 of the lag to 50 ms.
"""

import argparse
import asyncio
import csv
import io
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from zipfile import ZipFile

from aiohttp import ClientSession, CookieJar

from bench.databases import KINDS, Place, at_rest, filled, place, versions
from bench.panel import panel
from bench.processes import Server, free_port, resident_bytes, usual
from bench.relay import lag
from bench.staff import first_sign_in, sign_in
from bench.tables import Percentiles, Spread, judge, machine, table
from domain.actions.reports.declarations import REPORTS
from domain.values.calendar import to_jalali, to_tehran

MIB = 2**20
CHUNK = 1 << 20
LOOK_AGAIN_SECONDS = 0.2
MAKER = "spawn_main"
"""Command line of the process that makes a sheet: nothing else is made apart while this is measured."""
HIGHEST = 250e6 / MIB
"""MiB that may be taken meanwhile, by the server as by the process that makes a list."""
LONGEST_LAG = 50.0
"""Milliseconds that the p99 of the lag may come to."""


@dataclass(slots=True)
class Measured:
    """Measurements of one repeated thing."""

    name: str
    """As the table calls it."""
    seconds: list[float] = field(default_factory=list)
    """Until the answer's end, of each time."""
    first: list[float] = field(default_factory=list)
    """Seconds until its first byte, of each time."""
    lags: list[float] = field(default_factory=list)
    """Milliseconds by which the server was late meanwhile."""
    pages: list[float] = field(default_factory=list)
    """Milliseconds that pages of others took meanwhile."""
    server: float = 0.0
    """MiB that the server took at most."""
    maker: float = 0.0
    """MiB that the process took at most which makes a list; 0 without one."""
    size: int = 0
    """Bytes of the list; 0 without one."""
    rows: int = 0
    """In the list; 0 without one."""

    def missed(self, database: str) -> list[str]:
        """Return which targets were missed."""
        what, memory, lag99 = f"{self.name} on {database}", max(self.server, self.maker), Percentiles.of(self.lags).p99
        heavy = [f"{what}: {memory:.0f} MiB of memory"] if memory >= HIGHEST else []
        return heavy + ([f"{what}: lag p99 {lag99:.1f} ms"] if lag99 >= LONGEST_LAG else [])

    def line(self, database: str) -> Sequence[object]:
        """Return its line of the table."""
        lags, pages = Percentiles.of(self.lags), Percentiles.of(self.pages)
        return (
            database,
            self.name,
            f"{Spread.of(self.seconds):.1f}",
            f"{Spread.of(self.first):.1f}",
            f"{self.rows:,}" if self.rows else "",
            f"{self.size / MIB:.0f}" if self.size else "",
            f"{self.server:.0f} + {self.maker:.0f}" if self.maker else f"{self.server:.0f}",
            f"{lags.p50:.1f} / {lags.p99:.1f}",
            f"{pages.p50:.0f} / {pages.p99:.0f}",
        )


HEADINGS = (
    "database",
    "what",
    "s",
    "first byte, s",
    "rows",
    "MiB",
    "memory, MiB",
    "lag p50 / p99, ms",
    "work list p50 / p99, ms",
)


class Manager:
    """Somebody of the staff in a browser."""

    def __init__(self, server: Server, made: str) -> None:
        self._address = f"http://127.0.0.1:{server.port}"
        self._made = made
        self._session = ClientSession(cookie_jar=CookieJar(unsafe=True))

    async def come(self) -> None:
        """Sign in for the first time."""
        await first_sign_in(self._session, self._address, "bench", self._made)

    async def sign_in(self) -> None:
        """Sign in, which is a fresh proof."""
        await sign_in(self._session, self._address, "bench")

    async def get(self, path: str, file: io.BufferedIOBase | None = None) -> tuple[float, float]:
        """Fetch a page or sheet; return the seconds to its first byte and to its end."""
        began, first = time.perf_counter(), 0.0
        async with self._session.get(f"{self._address}{path}", headers={"Accept": "text/html"}) as answer:
            if answer.status != 200:
                raise SystemExit(f"{path} was answered {answer.status}: {(await answer.text())[:2000]}")
            async for chunk in answer.content.iter_chunked(CHUNK):
                first = first or time.perf_counter() - began
                if file is not None:
                    file.write(chunk)
        return first, time.perf_counter() - began

    async def close(self) -> None:
        """Close connections."""
        await self._session.close()


def makers(server: Server) -> list[int]:
    """Return the processes that make sheets now."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return [int(pid) for pid in children if MAKER in Path(f"/proc/{pid}/cmdline").read_text()]


@asynccontextmanager
async def beside(server: Server, manager: Manager, found: Measured) -> AsyncIterator[None]:
    """Note lag, memory and pages of others while the block lasts."""
    async with lag(server.port) as lags:
        watching = [asyncio.create_task(_weigh(server, found)), asyncio.create_task(_browse(manager, found))]
        try:
            yield
        finally:
            for one in watching:
                one.cancel()
            for ended in await asyncio.gather(*watching, return_exceptions=True):
                if isinstance(ended, Exception) and not isinstance(ended, asyncio.CancelledError):
                    raise ended
    found.lags += lags


async def _weigh(server: Server, found: Measured) -> None:
    while True:
        found.server = max(found.server, resident_bytes(server.pid) / MIB)
        for pid in makers(server):
            try:
                found.maker = max(found.maker, resident_bytes(pid) / MIB)
            except (OSError, StopIteration):  # it has just ended
                continue
        await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def _browse(manager: Manager, found: Measured) -> None:
    while True:
        _, seconds = await manager.get("/staff")
        found.pages.append(seconds * 1000)
        await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def report(server: Server, manager: Manager, name: str, year: int, rounds: int) -> Measured:
    """Open a report of a year some times."""
    found = Measured(f"report {name}, a year")
    async with beside(server, manager, found):
        for _ in range(rounds):
            first, seconds = await manager.get(f"/staff/reports/{name}?year={year}")
            found.first.append(first)
            found.seconds.append(seconds)
    return found


async def sheet(server: Server, manager: Manager, kind: str, wanted: int) -> Measured:
    """Fetch the list of all requests; end the bench unless each is in it, under headings."""
    found = Measured(f"list as {kind.upper()}")
    await manager.sign_in()
    with NamedTemporaryFile(suffix=f".{kind}") as file:
        async with beside(server, manager, found):
            first, seconds = await manager.get(f"/staff/reports/manager.{kind}?from=1390/01/01&to=1450/01/01", file)  # type: ignore[arg-type]  # it writes
        file.flush()
        found.size, found.rows = file.tell(), await asyncio.to_thread(counted, file.name, kind)
    found.first.append(first)
    found.seconds.append(seconds)
    if found.rows != wanted:
        raise SystemExit(f"{found.rows} rows of {wanted} are in the {kind}")
    return found


def counted(path: str, kind: str) -> int:
    """Return how many rows of a sheet stand under headings."""
    if kind == "csv":
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            return sum(1 for _ in csv.reader(file)) - 1
    with ZipFile(path) as book:
        names = [name for name in book.namelist() if name.startswith("xl/worksheets/")]
        return sum(_rows_of(book, name) - 1 for name in names)


def _rows_of(book: ZipFile, name: str) -> int:
    found, rest = 0, b""
    with book.open(name) as sheet:
        while block := sheet.read(CHUNK):
            found += (rest + block).count(b"<row>") - rest.count(b"<row>")
            rest = block[-4:]
    return found


async def measured(where: Place, url: str, requests: int, rounds: int) -> list[Measured]:
    """Do everything on one database with so many requests in it."""
    year = to_jalali(to_tehran(datetime.now(UTC)).date())[0] - 1
    async with panel() as address:
        server = Server(where.home, usual(url, free_port(), address))
        added = await server.run("staff", "add", "bench", "--role", "manager", "--json")
        async with server:
            manager = Manager(server, json.loads(added)["password"])
            try:
                await at_rest(url)
                await manager.come()
                found = [await report(server, manager, name, year, rounds) for name in REPORTS]
                return found + [await sheet(server, manager, kind, requests) for kind in ("csv", "xlsx")]
            finally:
                await manager.close()


async def main(kinds: Sequence[str], requests: int, rounds: int) -> None:
    """Print the table; fail when anything missed its target."""
    print(machine(*versions(kinds)), flush=True)
    lines, late = [], []
    for kind in kinds:
        with place(kind) as where:
            for one in await measured(where, await filled(where, requests), requests, rounds):
                lines.append(one.line(where.name))
                late += one.missed(where.name)
    print(f"\n{table(HEADINGS, lines)}\n")
    judge(late)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3, help="how often each report is opened")
    parser.add_argument("--database", choices=KINDS, action="append")
    given = parser.parse_args()
    asyncio.run(main(given.database or KINDS, given.requests, given.rounds))
