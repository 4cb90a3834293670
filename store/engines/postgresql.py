"""PostgreSQL through asyncpg: a bounded pool, snapshot readers, advisory locks.

Write units run READ COMMITTED: what they depend on is locked (`FOR UPDATE`, `serialise`) or guarded by a revision.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from asyncpg import InternalClientError
from sqlalchemy import URL, ColumnElement, Table, Text, bindparam, event, func, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from domain.errors import Conflict, DomainError, InvalidField, Unavailable
from store.engines.base import Engine, Insert, code_of
from store.engines.types import Utc, to_json

CONNECTIONS = 10
POOL_SECONDS = 10
CONNECT_SECONDS = 10
SESSION = {
    "application_name": "pishkhan",
    "timezone": "UTC",
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "300s",
}

_UNIQUE = "23505"
_UNREADABLE_TEXT = {"22021", "22P05"}
# Connection, rollback by the server (deadlock), resources, wrong state of an object (lock timeout), intervention.
_PASSING = {"08", "40", "53", "55", "57"}


class PostgresqlEngine(Engine):
    """A PostgreSQL database, from `postgresql://user:password@host:port/name` (`?sslmode=…` as libpq has it)."""

    serialised = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("key", type_=Text), 0)))
    now = func.clock_timestamp(type_=Utc())

    def __init__(self, url: URL) -> None:
        super().__init__()
        self.writer = _engine(url)
        self.reader = self.writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def insert(self, table: Table) -> Insert:
        """Return PostgreSQL's INSERT."""
        return postgresql.insert(table)

    def later(self, seconds: ColumnElement[float]) -> ColumnElement[Any]:
        """Return the database's time in so many seconds."""
        return self.now + func.make_interval(0, 0, 0, 0, 0, 0, seconds)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Let writers run beside each other: the rows they touch keep them apart."""
        yield

    @asynccontextmanager
    async def migration(self) -> AsyncIterator[AsyncConnection]:
        """Change the schema under an advisory lock, waiting for another migration as long as it takes."""
        async with self.writer.begin() as connection:
            await connection.execute(text("SET LOCAL lock_timeout = 0"))
            await connection.execute(self.serialised, {"key": "migration"})
            yield connection

    def told(self, error: BaseException) -> BaseException:
        """Return what a failure means; a session that the server ends amid an exchange confuses the driver, no more."""
        return Unavailable("database") if isinstance(error, InternalClientError) else super().told(error)

    def fault(self, error: DBAPIError) -> DomainError | None:
        """Read the SQLSTATE."""
        state: str = code_of(error, "sqlstate") or ""
        if state == _UNIQUE:
            return Conflict()
        if state in _UNREADABLE_TEXT:
            return InvalidField("text")
        return Unavailable("database") if state[:2] in _PASSING else None


def _engine(url: URL) -> AsyncEngine:
    query = {("ssl" if name == "sslmode" else name): value for name, value in url.query.items()}
    engine = create_async_engine(
        url.set(drivername="postgresql+asyncpg", query=query),
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
        pool_use_lifo=True,
        hide_parameters=True,
        json_serializer=to_json,
        connect_args={"server_settings": SESSION, "timeout": CONNECT_SECONDS},
    )

    @event.listens_for(engine.sync_engine, "checkout")
    def refuse_dead(connection: Any, _record: object, _proxy: object) -> None:
        # A server that restarted closed the socket, which asyncpg noticed: no round trip is needed to know.
        if connection.driver_connection.is_closed():
            raise DisconnectionError

    return engine
