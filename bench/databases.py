"""Databases to measure on: each durable, each thrown away in the end, all on the disk of the temporary directory.

PostgreSQL is the newest one installed, with `fsync` and `synchronous_commit` on: whatever is compared on it shares this
one server. SQLite files are opened by Pishkhan as always (write-ahead log, `synchronous=FULL`).
"""

import asyncio
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg

from bench.processes import printed
from tests.support.postgres_server import PostgresServer, newest_programs

SQLITE, POSTGRESQL = "sqlite", "postgresql"
KINDS = (SQLITE, POSTGRESQL)

REST_SECONDS = 5.0
DUE = "SELECT count(*) FROM timers WHERE at < '{now}'"

PREWARM = """SELECT sum(pg_prewarm(oid::regclass, 'read')) FROM pg_class
WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace"""
"""Reads every table and index of a PostgreSQL database into the system's memory."""

DURABLE = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "512MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "15min",
}
"""Differences from the server of the tests."""


class DurableServer(PostgresServer):
    """A PostgreSQL whose commits are on the disk."""

    def _unprivileged(self, command: Sequence[str | Path]) -> list[str | Path]:
        # Of two settings of one name on the command line, the last one counts.
        serving = Path(command[0]).name == "postgres"
        durable = [f"--{name}={value}" for name, value in DURABLE.items()] if serving else []
        return super()._unprivileged([*command, *durable])


@dataclass(frozen=True, slots=True)
class Place:
    """Server for databases of one kind; `home` is a directory for whatever else a bench needs."""

    kind: str
    home: Path
    server: DurableServer | None
    _numbers: Iterator[int]

    async def database(self) -> str:
        """Make an empty database and return its URL."""
        if self.server:
            return self.server.url(await self.server.create())
        return f"sqlite:///{self.home}/bench-{next(self._numbers)}.db"

    @property
    def name(self) -> str:
        """Its name in tables."""
        return "PostgreSQL" if self.server else "SQLite"


@contextmanager
def place(kind: str) -> Iterator[Place]:
    """Open a place for databases of this kind."""
    with TemporaryDirectory(prefix="pishkhan-bench-") as home:
        if kind == SQLITE:
            yield Place(kind, Path(home), None, count(1))
            return
        with DurableServer() as server:
            yield Place(kind, Path(home), server, count(1))


def versions(kinds: Sequence[str]) -> tuple[str, ...]:
    """Name the PostgreSQL, if it is among the kinds."""
    return (f"PostgreSQL {newest_programs().parent.name}",) if POSTGRESQL in kinds else ()


def sqlite_file(url: str) -> str:
    """Return the path in an SQLite URL."""
    return url.removeprefix("sqlite:///")


async def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    """Read from a database behind Pishkhan's back."""
    if url.startswith(SQLITE):
        with closing(sqlite3.connect(sqlite_file(url))) as file:
            return file.execute(query).fetchall()
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


async def execute(url: str, statement: str) -> None:
    """Change a database behind Pishkhan's back."""
    if url.startswith(SQLITE):
        with closing(sqlite3.connect(sqlite_file(url), timeout=30)) as file, file:
            file.execute(statement)
        return
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def read_once(url: str) -> None:
    """Read all of a database, so that the system holds it as it would after days of service.

    What was written a while ago may have left the memory, and who looks at it first would measure the disk. PostgreSQL
    tidies up first what sealing the history left, which its autovacuum would else do in the midst of the calls.
    """
    if url.startswith(SQLITE):
        await asyncio.to_thread(_read_file, Path(sqlite_file(url)))
        return
    await execute(url, "VACUUM (ANALYZE)")
    await execute(url, "CREATE EXTENSION IF NOT EXISTS pg_prewarm")
    await rows(url, PREWARM)


def _read_file(path: Path) -> None:
    with path.open("rb") as file:
        while file.read(2**24):
            pass


async def at_rest(url: str) -> None:
    """Wait until the jobs of the server that runs over a database have turned to everything whose time has come."""
    left = 1
    while left:
        await asyncio.sleep(REST_SECONDS)
        [(left,)] = await rows(url, DUE.format(now=f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"))


async def filled(where: Place, size: int) -> str:
    """Fill a database and return its URL; how long that takes is told beside the table."""
    url, began = await where.database(), time.monotonic()
    await printed("bench.filling", url, str(size))
    print(f"{where.name}: {size:,} requests filled in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return url
