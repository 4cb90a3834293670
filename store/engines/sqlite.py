"""SQLite: one file, one writer at a time, readers beside it (write-ahead log).

Writers of this process queue in an `asyncio.Lock`, which is fair and costs nothing; writers of other processes are
waited for by SQLite itself (`busy_timeout`). A write begins IMMEDIATE, so it never finds in its middle that somebody
else wrote first. The driver begins no transactions of its own (`isolation_level=None`), so DDL is transactional too.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import URL, ColumnElement, Connection, ExceptionContext, Table, event, func, literal_column
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from domain.errors import Conflict, DomainError, Unavailable
from store.engines import one_trip
from store.engines.base import Engine, Insert, code_of
from store.engines.types import Utc, to_json

BUSY_MILLISECONDS = 10_000
MIGRATION_BUSY_MILLISECONDS = 600_000
READERS = 4

_COMMON = {"busy_timeout": BUSY_MILLISECONDS}
_READING = {**_COMMON, "query_only": "ON"}
_WRITING = {**_COMMON, "journal_mode": "WAL", "synchronous": "FULL", "foreign_keys": "ON"}
# Changing a table in SQLite means to copy, drop and rename it: keys are checked at the end instead of meanwhile.
_MIGRATING = {**_WRITING, "busy_timeout": MIGRATION_BUSY_MILLISECONDS, "foreign_keys": "OFF"}

_UNIQUE = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}
_PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
}


class SqliteEngine(Engine):
    """An SQLite file, from `sqlite:///relative/path` or `sqlite:////absolute/path`."""

    serialised = None
    # The same form as the moments that the driver writes, six digits after the point: text that compares as time.
    now = literal_column("strftime('%Y-%m-%d %H:%M:%f000', 'now')", Utc())

    def __init__(self, url: URL) -> None:
        super().__init__()
        if not url.database or url.database == ":memory:":
            raise ValueError("SQLite needs a file: sqlite:///path")
        self._url = url.set(drivername="sqlite+aiosqlite")
        self._turn = asyncio.Lock()
        self._holder: asyncio.Task[Any] | None = None
        self.writer = _engine(self._url, _WRITING, "BEGIN IMMEDIATE", connections=1)
        self.reader = _engine(self._url, _READING, "BEGIN", connections=READERS)

    def insert(self, table: Table) -> Insert:
        """Return SQLite's INSERT."""
        return sqlite.insert(table)

    def later(self, seconds: ColumnElement[float]) -> ColumnElement[Any]:
        """Return the database's time in so many seconds (to the millisecond)."""
        shift = func.printf("%+.3f seconds", seconds)
        return func.strftime("%Y-%m-%d %H:%M:%f000", "now", shift, type_=Utc())

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Queue with the other writers of this process."""
        if self._holder is not None and self._holder is asyncio.current_task():
            raise RuntimeError("this task has a write unit open already: it would wait for itself")
        async with self._turn:
            self._holder = asyncio.current_task()
            try:
                yield
            finally:
                self._holder = None

    @asynccontextmanager
    async def migration(self) -> AsyncIterator[AsyncConnection]:
        """Change the schema with keys unchecked, then check them all before the commit."""
        engine = _engine(self._url, _MIGRATING, "BEGIN IMMEDIATE", connections=1)
        try:
            async with engine.begin() as connection:
                yield connection
                broken = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all()
                if broken:
                    raise IntegrityError("PRAGMA foreign_key_check", None, ValueError(broken[0]))
        finally:
            await engine.dispose()

    def fault(self, error: DBAPIError) -> DomainError | None:
        """Read SQLite's extended result code."""
        code = code_of(error, "sqlite_errorcode")
        if code in _UNIQUE:
            return Conflict()
        if code is not None and code & 0xFF in _PASSING:
            return Unavailable("database")
        return None


def _engine(url: URL, pragmas: Mapping[str, object], begin: str, *, connections: int) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_use_lifo=True,
        hide_parameters=True,
        json_serializer=to_json,
        connect_args={"isolation_level": None, "async_creator_fn": one_trip.connect},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def set_pragmas(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for name, value in pragmas.items():
            cursor.execute(f"PRAGMA {name}={value}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    @event.listens_for(engine.sync_engine, "handle_error")
    def keep_connection(context: ExceptionContext) -> None:
        # A cancelled statement still runs to its end in the connection's own thread, and the rollback after it.
        if isinstance(context.original_exception, asyncio.CancelledError):
            context.is_disconnect = False

    return engine
