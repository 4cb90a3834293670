"""PostgreSQL through asyncpg: a bounded pool, snapshot readers, advisory locks.

Write units run READ COMMITTED: what they depend on is locked (`FOR UPDATE`, `serialise`) or guarded by a revision.
Whatever is waited for has its limit (`limits.py`): a server that hangs, a network that drops everything and a host of
several that does not answer all come out as `Unavailable`.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

import asyncpg
from asyncpg import (
    CannotConnectNowError,
    DataError,
    TargetServerAttributeNotMatched,
    TooManyConnectionsError,
    UndefinedObjectError,
)
from pydantic_core import from_json
from sqlalchemy import URL, ColumnElement, Dialect, Table, func, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from domain.values.errors import Conflict, DomainError, InvalidField
from store.engines.addresses import split_hosts
from store.engines.base import DatabaseEngine, DriverSession, Insert, schema_arguments
from store.engines.faults import DatabaseUnavailable, FaultKind, fault_from_error
from store.engines.limits import DEFAULT_LIMITS, ConnectionLimits
from store.engines.postgresql_session import (
    CACHED_STATEMENTS,
    LOST_ERRORS,
    Connection,
    PostgresqlSession,
    has_open_transaction,
)
from store.engines.types import Utc, to_json

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

CLOSE_SECONDS = 3
FULL_PAUSE_SECONDS = 0.1
"""Seconds between two tries for a place at a server that has none."""

CACHED_OF_ANY_LENGTH = 0
"""asyncpg's spelling of it. Else a statement of more than 15 KB, like the counts of all queues, is planned each
time."""

QUERIES_A_CONNECTION = 10_000_000
"""After so many it is opened again, and every statement prepared again."""

IDLE_SECONDS = 60.0
"""A connection that nobody used for so long is closed: a network may have forgotten it."""

_CHECKSUM_FAILURES = (
    "SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database() AND checksum_failures > 0"
)
_UNIQUE_VIOLATION = "23505"
_UNREADABLE_TEXT = {"22021", "22P05"}
_KINDS_BY_SQLSTATE: Mapping[str, FaultKind] = {
    "08": FaultKind.NO_ANSWER,  # connection
    "57": FaultKind.NO_ANSWER,  # intervention: shutdown, start, a statement that was cancelled
    "25P03": FaultKind.NO_ANSWER,  # sessions that the server ended for doing nothing
    "25P04": FaultKind.NO_ANSWER,
    "40": FaultKind.BUSY,  # rollback by the server (deadlock)
    "53": FaultKind.BUSY,  # resources
    "55": FaultKind.BUSY,  # wrong state of an object (lock timeout)
    "53100": FaultKind.FULL,
    "25006": FaultKind.READ_ONLY,
    "58030": FaultKind.IO_ERROR,
    "58P01": FaultKind.DAMAGED,  # a file is missing
    "XX001": FaultKind.DAMAGED,
    "XX002": FaultKind.DAMAGED,
    "28": FaultKind.REFUSED,  # who we are
    "42501": FaultKind.REFUSED,  # what we may
    "3D000": FaultKind.REFUSED,  # no such database
}
"""Kinds of fault by SQLSTATE, or by its class."""

_NEXT_HOST_ERRORS = (OSError, TimeoutError, CannotConnectNowError, TargetServerAttributeNotMatched)
"""Errors after which the next host is asked."""


class PostgresqlEngine(DatabaseEngine):
    """A PostgreSQL database, from `postgresql://user:password@host:port/name` (`?sslmode=…` as libpq has it)."""

    now = func.clock_timestamp(type_=Utc())
    dialect: ClassVar[Dialect] = PGDialect_asyncpg(json_serializer=to_json)  # type: ignore[no-untyped-call]  # it has no types
    version_count_sql = "SELECT count(to_regclass('alembic_version'))"

    def __init__(self, database_url: URL, limits: ConnectionLimits = DEFAULT_LIMITS) -> None:
        super().__init__(limits)
        self._database_url = database_url
        self._hosts = split_hosts(database_url)
        self._pool: asyncpg.Pool | None = None
        self._opening_lock = asyncio.Lock()
        self._is_abandoned = False
        self._closing_tasks: set[asyncio.Task[None]] = set()

    def insert_into(self, table: Table) -> Insert:
        """Return PostgreSQL's INSERT."""
        return postgresql.insert(table)

    def time_after(self, seconds: ColumnElement[float]) -> ColumnElement[Any]:
        """Return the database's time in so many seconds."""
        return self.now + func.make_interval(0, 0, 0, 0, 0, 0, seconds)

    @asynccontextmanager
    async def open_session(self, *, write: bool) -> AsyncIterator[DriverSession]:
        """Take a connection of the pool; writers run beside each other, the rows they touch keep them apart."""
        pool = self._pool or await self._open_pool()
        connection = await self._acquire_connection(pool)
        try:
            yield PostgresqlSession(connection, self.limits, lambda: self._retire_pool(pool))
        finally:
            if has_open_transaction(connection):  # it could not be rolled back: nobody may go on in it
                connection.terminate()
            with suppress(
                *LOST_ERRORS
            ):  # lost at this very moment: the pool has its place back, and the unit its outcome
                await pool.release(connection, timeout=CLOSE_SECONDS)  # which asyncpg does to the end by itself

    async def _open_pool(self) -> asyncpg.Pool:
        async with self._opening_lock:
            if self._is_abandoned:
                raise DatabaseUnavailable(FaultKind.NO_ANSWER, "the process ends")
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    min_size=0,
                    max_size=self.limits.connections,
                    max_queries=QUERIES_A_CONNECTION,
                    max_inactive_connection_lifetime=IDLE_SECONDS,
                    connect=self._connect_to_host,
                    statement_cache_size=CACHED_STATEMENTS,
                    max_cacheable_statement_size=CACHED_OF_ANY_LENGTH,
                    command_timeout=self.limits.command_seconds,
                    init=_set_json_codec,
                    reset=_skip_reset,
                )
            return self._pool

    async def _acquire_connection(self, pool: asyncpg.Pool) -> Connection:
        """Take a connection. While the server has no place for another one, one that comes back here will do."""
        ends_at = monotonic() + self.limits.wait_seconds
        while True:
            try:
                return await pool.acquire(timeout=max(ends_at - monotonic(), FULL_PAUSE_SECONDS))
            except TooManyConnectionsError:
                if monotonic() >= ends_at:
                    raise
                await asyncio.sleep(FULL_PAUSE_SECONDS)

    async def _connect_for_schema(self, *_address: Any, **_options: Any) -> asyncpg.Connection:
        """Connect as SQLAlchemy asks for it: its own reading of the address knows no several hosts."""
        return await self._connect_to_host()

    async def _connect_to_host(self, *_address: Any, **options: Any) -> asyncpg.Connection:
        """Connect to the first host that answers; of several, to the one that can be written to."""
        if len(self._hosts) > 1:
            options.setdefault("target_session_attrs", "read-write")
        last_error: BaseException | None = None
        for host in self._hosts:
            try:
                return await asyncpg.connect(host, **{**options, **self._session_options})
            except _NEXT_HOST_ERRORS as error:
                last_error = error
            except UndefinedObjectError as error:  # a parameter that the URL names
                raise fault_from_error(FaultKind.REFUSED, error) from None
        assert last_error is not None, "there is a host"  # noqa: S101 - holds by construction
        raise last_error

    @property
    def _session_options(self) -> dict[str, Any]:
        """Options that every connection is opened with. The server ends those of a process that is gone without a
        word."""
        limits = self.limits
        server_settings = {
            "application_name": "pishkhan",
            "timezone": "UTC",
            "lock_timeout": f"{limits.lock_seconds * 1000:.0f}ms",
            "statement_timeout": f"{limits.long_command_seconds * 1000:.0f}ms",
            "idle_in_transaction_session_timeout": "300s",
            "tcp_keepalives_idle": "30",
            "tcp_keepalives_interval": "10",
            "tcp_keepalives_count": "3",
        }
        return {"timeout": limits.connect_seconds, "server_settings": server_settings}

    def _retire_pool(self, pool: asyncpg.Pool | None) -> None:
        """Have no more taken from a pool: what happened to one connection may have happened to all. Units that have one
        of it go on.
        """
        if pool is not None and pool is self._pool:
            self._pool = None
            closing_task = asyncio.create_task(_close_pool(pool, self.limits.command_seconds + CLOSE_SECONDS))
            self._closing_tasks.add(closing_task)
            closing_task.add_done_callback(self._closing_tasks.discard)

    async def serialise(self, session: DriverSession, key: str) -> None:
        """Take an advisory lock."""
        assert isinstance(session, PostgresqlSession), "sessions are this engine's own"  # noqa: S101
        await session.take_lock(_lock_number(key))

    @asynccontextmanager
    async def open_migration(self) -> AsyncIterator["AsyncConnection"]:
        """Change the schema under an advisory lock, waiting for another migration as long as it takes."""
        engine = self.create_schema_engine()
        try:
            async with engine.begin() as connection:
                await connection.execute(text("SET LOCAL lock_timeout = 0"))
                await connection.execute(text("SET LOCAL statement_timeout = 0"))
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({_lock_number('migration')})"))
                yield connection
        finally:
            await engine.dispose()

    def create_schema_engine(self) -> "AsyncEngine":
        """Return an engine on asyncpg, whose statements take as long as they take."""
        # With SQLAlchemy's connections comes its whole ORM, which nothing but work on the schema needs.
        from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415

        query = {
            ("ssl" if option_name == "sslmode" else option_name): value
            for option_name, value in self._database_url.query.items()
        }
        asyncpg_url = self._database_url.set(drivername="postgresql+asyncpg", query=query)
        return create_async_engine(
            asyncpg_url, **schema_arguments(connect_args={"async_creator_fn": self._connect_for_schema})
        )

    def translate_error(self, error: BaseException) -> DomainError | None:
        """Read the SQLSTATE."""
        sqlstate: str = getattr(error, "sqlstate", None) or ""
        if sqlstate == _UNIQUE_VIOLATION:
            return Conflict()
        if sqlstate in _UNREADABLE_TEXT:
            return InvalidField("text")
        fault_kind = _KINDS_BY_SQLSTATE.get(sqlstate) or _KINDS_BY_SQLSTATE.get(sqlstate[:2])
        if (
            fault_kind is None and isinstance(error, LOST_ERRORS) and not isinstance(error, DataError)
        ):  # an argument is our mistake
            fault_kind = FaultKind.NO_ANSWER
        if fault_kind is FaultKind.READ_ONLY and len(self._hosts) > 1:
            self._retire_pool(self._pool)  # another host may have become the primary
        return fault_from_error(fault_kind, error) if fault_kind else None

    async def close(self) -> None:
        """Close all connections."""
        pool, self._pool = self._pool, None
        for closing_task in self._closing_tasks:
            closing_task.cancel()
        await asyncio.gather(*self._closing_tasks, return_exceptions=True)
        if pool is not None:
            await _close_pool(pool, CLOSE_SECONDS)

    async def find_damage(self) -> str:
        """Return how many pages failed their checksum since the server's figures began, where it was made with
        checksums: it looks at each page that it reads. To look at all of them is for `pg_amcheck`, by night.
        """
        async with self.open_session(write=False) as session:
            rows, _ = await session.execute(_CHECKSUM_FAILURES, (), returns=True)
        return f"{rows[0][0]} pages failed their checksum" if rows else ""

    def check_location(self) -> None:
        """Do nothing: the server looks after its files."""

    def abandon(self) -> None:
        """Cut every connection off."""
        self._is_abandoned = True
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.terminate()
        for closing_task in self._closing_tasks:
            closing_task.cancel()


async def _close_pool(pool: asyncpg.Pool, seconds: float) -> None:
    """Close a pool when its connections are given back, or after some seconds whatever they do."""
    with suppress(*LOST_ERRORS):
        async with asyncio.timeout(seconds):
            await pool.close()  # which ends the hard way when it is cut off


async def _set_json_codec(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec("json", encoder=str, decoder=from_json, schema="pg_catalog")


async def _skip_reset(_connection: asyncpg.Connection) -> None:
    """Units leave nothing behind in a session that would have to be reset."""


def _lock_number(key: str) -> int:
    """Return the number of an advisory lock, 64 bits signed."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), signed=True)
