"""SQLite: one writer at a time, readers beside it (write-ahead log).

Writers of this process take turns and share commits (`shared_commit.py`); writers of other processes are waited for by
SQLite itself (`busy_timeout`). A write begins IMMEDIATE, so it never finds in its middle that somebody else wrote
first. The driver begins no transactions of its own, so DDL is transactional too.
"""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic_core import from_json
from sqlalchemy import URL, ColumnElement, Connection, Dialect, Table, event, func, literal_column
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from domain.values.errors import Conflict, DomainError
from store.engines import sqlite_connection as driver
from store.engines.base import DatabaseEngine, DriverSession, Insert, Rows, schema_arguments
from store.engines.faults import DatabaseUnavailable, FaultKind, caused_by
from store.engines.finishing import to_the_end
from store.engines.limits import LIMITS, ConnectionLimits
from store.engines.shared_commit import SavepointUnit, Writer
from store.engines.sqlite_connection import SqliteConnection, connect
from store.engines.types import Utc, to_json

BUSY_MILLISECONDS = 10_000
MIGRATION_BUSY_MILLISECONDS = 600_000
READERS = 4
FAULTS_TOLD = 3
"""How many faults of a damaged file are looked for: one is enough to restore a backup."""
LEAST_ROOM = 1024 * 1024
"""Bytes on the disk: with less the next texts fail, though a small write may still find room."""

# Beside a million requests a page touches a few hundred pages of indexes; SQLite's own two megabytes do not hold them.
_READING = {"busy_timeout": BUSY_MILLISECONDS, "query_only": "ON", "cache_size": -8_000}  # KiB, of each reader
_WRITING = {"busy_timeout": BUSY_MILLISECONDS, "journal_mode": "WAL", "synchronous": "FULL", "foreign_keys": "ON"}
# Changing a table in SQLite means to copy, drop and rename it: keys are checked at the end instead of meanwhile.
_MIGRATING = {**_WRITING, "busy_timeout": MIGRATION_BUSY_MILLISECONDS, "foreign_keys": "OFF"}

_UNIQUE = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}
_KINDS: Mapping[int, FaultKind] = {
    sqlite3.SQLITE_BUSY: FaultKind.BUSY,
    sqlite3.SQLITE_LOCKED: FaultKind.BUSY,
    sqlite3.SQLITE_PROTOCOL: FaultKind.BUSY,
    sqlite3.SQLITE_NOMEM: FaultKind.BUSY,
    sqlite3.SQLITE_FULL: FaultKind.FULL,
    sqlite3.SQLITE_IOERR: FaultKind.IO_ERROR,
    sqlite3.SQLITE_READONLY: FaultKind.READ_ONLY,
    sqlite3.SQLITE_READONLY_DBMOVED: FaultKind.REPLACED,
    sqlite3.SQLITE_READONLY_RECOVERY: FaultKind.REFUSED,  # the files beside it are somebody else's, or cannot be made
    sqlite3.SQLITE_READONLY_CANTLOCK: FaultKind.REFUSED,
    sqlite3.SQLITE_READONLY_CANTINIT: FaultKind.REFUSED,
    sqlite3.SQLITE_READONLY_DIRECTORY: FaultKind.REFUSED,
    sqlite3.SQLITE_CANTOPEN: FaultKind.REFUSED,
    sqlite3.SQLITE_PERM: FaultKind.REFUSED,
    sqlite3.SQLITE_CORRUPT: FaultKind.DAMAGED,
    sqlite3.SQLITE_NOTADB: FaultKind.DAMAGED,
}
"""What result codes mean: extended ones, else their primary ones."""


class ReadingSession(DriverSession):
    """A reader's connection in the hands of one unit: everything runs in its thread."""

    def __init__(self, connection: SqliteConnection) -> None:
        self._connection = connection

    async def begin(self, *, write: bool) -> None:
        """Begin; the first statement takes the snapshot."""
        await self._connection.there(driver.control, "BEGIN")

    async def plan(self, *, once: bool) -> None:
        """Do nothing: a statement is planned once."""

    async def commit(self) -> None:
        """End the snapshot."""
        await to_the_end(self._connection.there(driver.end, "COMMIT"))

    async def rollback(self) -> None:
        """End the snapshot; a statement that still runs is waited for."""
        await to_the_end(self._connection.there(driver.end, "ROLLBACK"))

    async def run(self, sql: str, arguments: Sequence[Any], *, returns: bool) -> tuple[Rows, int]:
        """Run a statement and fetch all rows."""
        return await self._connection.there(driver.run, sql, arguments)

    async def run_many(self, sql: str, arguments: Sequence[Sequence[Any]]) -> None:
        """Run many rows."""
        await self._connection.there(driver.run_many, sql, arguments)

    async def later(self, sql: str, arguments: Sequence[Any]) -> None:
        """Run it; the connection refuses what writes."""
        await self._connection.there(driver.run, sql, arguments)

    async def savepoint(self, name: str) -> None:
        """Mark the point."""
        await self._connection.there(driver.control, f"SAVEPOINT {name}")

    async def back_to(self, name: str) -> None:
        """Go back to it."""
        await self._connection.there(driver.control, f"ROLLBACK TO SAVEPOINT {name}")

    async def settle(self) -> None:
        """Do nothing: nothing is left for later."""

    @property
    def lost(self) -> bool:
        """Never: it is a file."""
        return False


class WritingSession(DriverSession):
    """A turn on the writer's connection; short statements run where one stands."""

    def __init__(self, turn: SavepointUnit) -> None:
        self._turn = turn
        self._connection = turn.connection

    async def begin(self, *, write: bool) -> None:
        """Begin, after writers of other processes."""
        await self._turn.begin()

    async def plan(self, *, once: bool) -> None:
        """Do nothing: a statement is planned once."""

    async def commit(self) -> None:
        """Leave it to the commit that is shared: it is waited for when the session is given back."""
        self._turn.release()

    async def rollback(self) -> None:
        """Undo."""
        self._turn.rollback()

    async def run(self, sql: str, arguments: Sequence[Any], *, returns: bool) -> tuple[Rows, int]:
        """Run a statement and fetch all rows; one that may take long in the thread."""
        if self.long:
            return await to_the_end(self._connection.there(driver.run, sql, arguments))
        return self._connection.here(driver.run, sql, arguments)

    async def run_many(self, sql: str, arguments: Sequence[Sequence[Any]]) -> None:
        """Run many rows in the thread."""
        await to_the_end(self._connection.there(driver.run_many, sql, arguments))

    async def later(self, sql: str, arguments: Sequence[Any]) -> None:
        """Run it at once: there is nothing to gain by waiting."""
        self._connection.here(driver.run, sql, arguments)

    async def savepoint(self, name: str) -> None:
        """Mark the point."""
        self._connection.here(driver.control, f"SAVEPOINT {name}")

    async def back_to(self, name: str) -> None:
        """Go back to it."""
        self._connection.here(driver.control, f"ROLLBACK TO SAVEPOINT {name}")

    async def settle(self) -> None:
        """Do nothing: nothing is left for later."""

    @property
    def lost(self) -> bool:
        """Whether SQLite gave the transaction up by itself, as on a full disk."""
        return not self._connection.in_transaction


class SqliteEngine(DatabaseEngine):
    """An SQLite file, from `sqlite:///relative/path` or `sqlite:////absolute/path`."""

    # The same form as the moments that the driver writes, six digits after the point: text that compares as time.
    now = literal_column("strftime('%Y-%m-%d %H:%M:%f000', 'now')", Utc())

    dialect = SQLiteDialect_aiosqlite(json_serializer=to_json, json_deserializer=from_json)
    has_version = "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
    side_by_side = True

    def __init__(self, url: URL, limits: ConnectionLimits = LIMITS) -> None:
        super().__init__(limits)
        if not url.database or url.database == ":memory:":
            raise ValueError("SQLite needs a file: sqlite:///path")
        self._url = url.set(drivername="sqlite+aiosqlite")
        self._path = url.database
        self._writer = Writer(lambda: connect(self._path, _WRITING), self.told)
        self._readers = asyncio.Semaphore(READERS)
        self._idle: list[SqliteConnection] = []
        self._opened: tuple[int, int] | None = None

    def insert(self, table: Table) -> Insert:
        """Return SQLite's INSERT."""
        return sqlite.insert(table)

    def later(self, seconds: ColumnElement[float]) -> ColumnElement[Any]:
        """Return the database's time in so many seconds (to the millisecond)."""
        shift = func.printf("%+.3f seconds", seconds)
        return func.strftime("%Y-%m-%d %H:%M:%f000", "now", shift, type_=Utc())

    @asynccontextmanager
    async def session(self, *, write: bool) -> AsyncIterator[DriverSession]:
        """Take the writer's connection in turn, or one of the readers'."""
        if write:
            async with self._writer.turn() as turn:
                yield WritingSession(turn)
        else:
            async with self._readers, self._reader() as connection:
                yield ReadingSession(connection)

    @asynccontextmanager
    async def _reader(self) -> AsyncIterator[SqliteConnection]:
        while not self._idle:  # one that was just opened may be taken by another before we go on
            await to_the_end(self._open_reader())
        connection = self._idle.pop()
        try:
            yield connection
        finally:
            self._idle.append(connection)

    async def _open_reader(self) -> None:
        self._idle.append(await connect(self._path, _READING))

    async def serialise(self, session: DriverSession, key: str) -> None:
        """Do nothing: writers are serial anyway."""

    @asynccontextmanager
    async def migration(self) -> AsyncIterator[AsyncConnection]:
        """Change the schema with keys unchecked, then check them all before the commit."""
        engine = self.schema_engine()
        try:
            async with engine.begin() as connection:
                yield connection
                broken = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all()
                if broken:
                    raise IntegrityError("PRAGMA foreign_key_check", None, ValueError(broken[0]))
        finally:
            await engine.dispose()

    def schema_engine(self) -> AsyncEngine:
        """Return an engine that begins IMMEDIATE."""
        engine = create_async_engine(self._url, **schema_arguments(connect_args={"isolation_level": None}))

        @event.listens_for(engine.sync_engine, "do_connect")
        def open_first(_dialect: Dialect, _record: object, arguments: Sequence[str], _options: object) -> None:
            # Made private before SQLAlchemy's driver opens it; what cannot be opened fails here, not in its thread.
            driver.open_file(arguments[0]).close()

        @event.listens_for(engine.sync_engine, "connect")
        def set_pragmas(connection: Any, _record: object) -> None:
            _set_pragmas(connection, _MIGRATING)

        @event.listens_for(engine.sync_engine, "begin")
        def begin_transaction(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

        return engine

    def fault(self, error: BaseException) -> DomainError | None:
        """Read SQLite's extended result code."""
        code = getattr(error, "sqlite_errorcode", None)
        if code in _UNIQUE:
            return Conflict()
        kind = None if code is None else _KINDS.get(code) or _KINDS.get(code & 0xFF)
        return caused_by(kind, error) if kind else None

    def look_at_place(self) -> None:
        """Compare the file at the path with the one that is written to: SQLite itself writes on into a deleted one."""
        try:
            found = Path(self._path).stat()
        except OSError as error:
            raise caused_by(FaultKind.REPLACED, error) from None
        there = found.st_dev, found.st_ino
        if self._opened is not None and self._opened != there:
            raise DatabaseUnavailable(FaultKind.REPLACED, "another file stands in its place: start the process again")
        self._opened = there
        room = os.statvfs(self._path)
        if room.f_bavail * room.f_frsize < LEAST_ROOM:
            raise DatabaseUnavailable(FaultKind.FULL, "less than a megabyte is left on the disk")

    async def damage(self) -> str:
        """Have SQLite look at every page, in a reader's thread: of a gigabyte that takes seconds."""
        async with self._readers, self._reader() as connection:
            try:
                rows, _ = await connection.there(driver.run, f"PRAGMA quick_check({FAULTS_TOLD})", ())
            except asyncio.CancelledError:
                connection.interrupt()
                raise
        said = "; ".join(str(row[0]).replace("\n", " ") for row in rows)
        return "" if said == "ok" else said

    def abandon(self) -> None:
        """Do nothing: a file keeps nobody waiting."""

    async def close(self) -> None:
        """Close all connections."""
        await self._writer.close()
        while self._idle:
            await self._idle.pop().close()


def _set_pragmas(connection: Any, pragmas: Mapping[str, object]) -> None:
    cursor = connection.cursor()
    for name, value in pragmas.items():
        cursor.execute(f"PRAGMA {name}={value}")
    cursor.close()
