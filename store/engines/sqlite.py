"""SQLite: one writer at a time, readers beside it (write-ahead log).

Writers of this process take turns and share commits (`shared_commit.py`); writers of other processes are waited for by
SQLite itself (`busy_timeout`). A write begins IMMEDIATE, so it never finds in its middle that somebody else wrote
first. The driver begins no transactions of its own, so DDL is transactional too.
"""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json
from sqlalchemy import URL, ColumnElement, Connection, Dialect, Table, event, func, literal_column
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.exc import IntegrityError

from domain.values.errors import Conflict, DomainError
from store.engines import sqlite_connection as driver
from store.engines.base import DatabaseEngine, DriverRows, DriverSession, Insert, schema_arguments
from store.engines.faults import DatabaseUnavailable, FaultKind, fault_from_error
from store.engines.finishing import finish_uncancelled
from store.engines.limits import DEFAULT_LIMITS, ConnectionLimits
from store.engines.shared_commit import SharedWriter
from store.engines.sqlite_connection import SqliteConnection, open_connection, run_in_thread
from store.engines.types import Utc, to_json

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

BUSY_MILLISECONDS = driver.BUSY_SECONDS * 1000
MIGRATION_BUSY_MILLISECONDS = 600_000
READER_COUNT = 4
MOST_FAULTS_READ = 3
"""Number of faults of a damaged file looked for: one is enough to restore a backup."""
LEAST_FREE_BYTES = 1024 * 1024
"""Bytes on the disk: with less the next texts fail, though a small write may still succeed."""

# Beside a million requests a page touches a few hundred pages of indexes; SQLite's own two megabytes do not hold them.
_READING_PRAGMAS = {"busy_timeout": BUSY_MILLISECONDS, "query_only": "ON", "cache_size": -8_000}  # KiB, of each reader
_WRITING_PRAGMAS = {
    "busy_timeout": BUSY_MILLISECONDS,
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
}
# Changing a table in SQLite means to copy, drop and rename it: keys are checked at the end instead of meanwhile.
_MIGRATING_PRAGMAS = {**_WRITING_PRAGMAS, "busy_timeout": MIGRATION_BUSY_MILLISECONDS, "foreign_keys": "OFF"}

_UNIQUE_CODES = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}
_KINDS_BY_CODE: Mapping[int, FaultKind] = {
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
"""Kinds of fault by result code: extended ones, else their primary ones."""


class ReadingSession(DriverSession):
    """A reader's connection in the hands of one unit: statements run in its thread, for they may take long. A snapshot
    begins with the first of them and ends without touching the file, so that its BEGIN and COMMIT need no thread.
    """

    def __init__(self, connection: SqliteConnection) -> None:
        self._direct, self._connection = connection.direct, connection.threaded

    async def begin(self, *, write: bool) -> None:
        """Begin; the first statement takes the snapshot."""
        self._direct.execute("BEGIN")

    async def plan_statements(self, *, use_generic_plan: bool) -> None:
        """Do nothing: SQLite has one plan for all values."""

    async def commit(self) -> None:
        """End the snapshot."""
        driver.end_transaction(self._direct, "COMMIT")

    async def rollback(self) -> None:
        """End the snapshot; a statement that still runs is waited for."""
        await finish_uncancelled(self._connection.rollback())

    async def execute(self, sql: str, arguments: Sequence[Any], *, returns: bool) -> tuple[DriverRows, int]:
        """Run a statement and fetch all rows."""
        return await run_in_thread(self._connection, sql, arguments, returns=returns)

    async def execute_many(self, sql: str, arguments: Sequence[Sequence[Any]]) -> None:
        """Run many rows."""
        await self._connection.executemany(sql, arguments)

    async def defer(self, sql: str, arguments: Sequence[Any]) -> None:
        """Run it; the connection refuses what writes."""
        await self._connection.execute(sql, arguments)

    async def savepoint(self, name: str) -> None:
        """Mark the point."""
        await self._connection.execute(f"SAVEPOINT {name}")

    async def roll_back_to(self, name: str) -> None:
        """Go back to it."""
        await self._connection.execute(f"ROLLBACK TO SAVEPOINT {name}")

    async def run_deferred(self) -> None:
        """Do nothing: nothing is left for later."""

    @property
    def is_lost(self) -> bool:
        """Never: it is a file."""
        return False


class SqliteEngine(DatabaseEngine):
    """An SQLite file, from `sqlite:///relative/path` or `sqlite:////absolute/path`."""

    # The same form as the moments that the driver writes, six digits after the point: text that compares as time.
    now = literal_column("strftime('%Y-%m-%d %H:%M:%f000', 'now')", Utc())

    dialect = SQLiteDialect_aiosqlite(json_serializer=to_json, json_deserializer=from_json)
    version_count_sql = "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
    reads_side_by_side = True

    def __init__(self, database_url: URL, limits: ConnectionLimits = DEFAULT_LIMITS) -> None:
        super().__init__(limits)
        if not database_url.database or database_url.database == ":memory:":
            raise ValueError("SQLite needs a file: sqlite:///path")
        self._database_url = database_url.set(drivername="sqlite+aiosqlite")
        self._file_path = database_url.database
        pragmas = {**_WRITING_PRAGMAS, "busy_timeout": round(limits.wait_seconds * 1000)}
        self._writer = SharedWriter(lambda: open_connection(self._file_path, pragmas), self.to_domain_error)
        self._reader_turns = asyncio.Semaphore(READER_COUNT)
        self._idle_readers: list[SqliteConnection] = []
        self._opened_file: tuple[int, int] | None = None
        self._require_same_file()

    def insert_into(self, table: Table) -> Insert:
        """Return SQLite's INSERT."""
        return sqlite.insert(table)

    def time_after(self, seconds: ColumnElement[float]) -> ColumnElement[Any]:
        """Return the database's time in so many seconds (to the millisecond)."""
        time_shift = func.printf("%+.3f seconds", seconds)
        return func.strftime("%Y-%m-%d %H:%M:%f000", "now", time_shift, type_=Utc())

    @asynccontextmanager
    async def open_session(self, *, write: bool) -> AsyncIterator[DriverSession]:
        """Take the writer's connection in turn, or one of the readers'.

        SQLite itself writes on into a file that was moved or deleted. So each unit looks whether the file is still
        there, and one that writes once more when it is durable: nothing that a lost file has is acknowledged.
        """
        self._require_same_file()
        if write:
            async with self._writer.take_turn() as session:
                yield session
            self._require_same_file()
        else:
            async with self._reader_turns, self._take_reader() as connection:
                yield ReadingSession(connection)

    @asynccontextmanager
    async def _take_reader(self) -> AsyncIterator[SqliteConnection]:
        while not self._idle_readers:  # one that was just opened may be taken by another before we go on
            await finish_uncancelled(self._open_reader())
        connection = self._idle_readers.pop()
        try:
            yield connection
        finally:
            self._idle_readers.append(connection)

    async def _open_reader(self) -> None:
        self._idle_readers.append(await open_connection(self._file_path, _READING_PRAGMAS))

    async def serialise(self, session: DriverSession, key: str) -> None:
        """Do nothing: writers are serial anyway."""

    @asynccontextmanager
    async def open_migration(self) -> AsyncIterator["AsyncConnection"]:
        """Change the schema with keys unchecked, then check them all before the commit."""
        engine = self.create_schema_engine()
        try:
            async with engine.begin() as connection:
                yield connection
                broken_keys = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all()
                if broken_keys:
                    raise IntegrityError("PRAGMA foreign_key_check", None, ValueError(broken_keys[0]))
        finally:
            await engine.dispose()

    def create_schema_engine(self) -> "AsyncEngine":
        """Return an engine that begins IMMEDIATE."""
        # With SQLAlchemy's connections comes its whole ORM, which nothing but work on the schema needs.
        from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415

        engine = create_async_engine(self._database_url, **schema_arguments(connect_args={"isolation_level": None}))

        @event.listens_for(engine.sync_engine, "do_connect")
        def open_first(
            _dialect: Dialect, _connection_record: object, arguments: Sequence[str], _options: object
        ) -> None:
            # Made private before SQLAlchemy's driver opens it; what cannot be opened fails here, not in its thread. The
            # write-ahead log begins here too: the driver would not try again where another process begins it.
            with closing(driver.open_file(arguments[0])) as opened_file:
                driver.apply_pragmas(opened_file, _WRITING_PRAGMAS)

        @event.listens_for(engine.sync_engine, "connect")
        def set_pragmas(connection: Any, _connection_record: object) -> None:
            _set_pragmas(connection, _MIGRATING_PRAGMAS)

        @event.listens_for(engine.sync_engine, "begin")
        def begin_transaction(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

        return engine

    def translate_error(self, error: BaseException) -> DomainError | None:
        """Read SQLite's extended result code."""
        result_code = getattr(error, "sqlite_errorcode", None)
        if result_code in _UNIQUE_CODES:
            return Conflict()
        fault_kind = (
            None if result_code is None else _KINDS_BY_CODE.get(result_code) or _KINDS_BY_CODE.get(result_code & 0xFF)
        )
        return fault_from_error(fault_kind, error) if fault_kind else None

    def check_location(self) -> None:
        """Compare the file at the path with the one that was opened, and look for space on its disk."""
        self._require_same_file()
        disk_status = os.statvfs(self._file_path)
        if disk_status.f_bavail * disk_status.f_frsize < LEAST_FREE_BYTES:
            raise DatabaseUnavailable(FaultKind.FULL, "less than a megabyte is left on the disk")

    def _require_same_file(self) -> None:
        """Raise `DatabaseUnavailable` where the file at the path is not the one that was there when this engine was
        made. A first one is made by whoever opens it.
        """
        try:
            file_status = os.stat(self._file_path)
        except OSError as error:
            if self._opened_file is None:
                return
            raise fault_from_error(FaultKind.REPLACED, error) from None
        file_identity = file_status.st_dev, file_status.st_ino
        if self._opened_file is not None and self._opened_file != file_identity:
            raise DatabaseUnavailable(FaultKind.REPLACED, "another file stands in its place: start the process again")
        self._opened_file = file_identity

    async def find_damage(self) -> str:
        """Have SQLite look at every page, in a reader's thread: of a gigabyte that takes seconds."""
        async with self._reader_turns, self._take_reader() as connection:
            try:
                rows = await connection.threaded.execute_fetchall(f"PRAGMA quick_check({MOST_FAULTS_READ})")
            except asyncio.CancelledError:
                await connection.threaded.interrupt()
                raise
        check_result = "; ".join(str(row[0]).replace("\n", " ") for row in rows)
        return "" if check_result == "ok" else check_result

    def abandon(self) -> None:
        """Do nothing: a file keeps nobody waiting."""

    async def close(self) -> None:
        """Close all connections."""
        await self._writer.close()
        while self._idle_readers:
            await self._idle_readers.pop().threaded.close()


def _set_pragmas(connection: Any, pragmas: Mapping[str, object]) -> None:
    cursor = connection.cursor()
    for pragma_name, value in pragmas.items():
        cursor.execute(f"PRAGMA {pragma_name}={value}")
    cursor.close()
