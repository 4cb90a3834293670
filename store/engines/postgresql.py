"""PostgreSQL through asyncpg: a bounded pool, snapshot readers, advisory locks.

Write units run READ COMMITTED: what they depend on is locked (`FOR UPDATE`, `serialise`) or guarded by a revision.
Every round trip counts: BEGIN travels with the lock that follows it, and statements whose result nobody asks for travel
together, as parts of one.
"""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import lru_cache
from typing import Any, ClassVar

import asyncpg
from asyncpg import DataError, InterfaceError, InternalClientError, PostgresConnectionError
from pydantic_core import from_json
from sqlalchemy import URL, ColumnElement, Dialect, Table, func, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from domain.errors import Conflict, DomainError, InvalidField, Unavailable
from store.engines.base import Engine, Insert, Rows, Session, schema_arguments
from store.engines.finishing import to_the_end
from store.engines.types import Utc, to_json

CONNECTIONS = 16
POOL_SECONDS = 10
CONNECT_SECONDS = 10
CLOSE_SECONDS = 3
MOST_TOGETHER = 16
"""Statements that travel as one: the protocol has a limit of parameters, and each composition is prepared anew."""

CACHED_STATEMENTS = 1000
CACHED_OF_ANY_LENGTH = 0
"""How asyncpg says it. Else a statement of more than 15 KB, like the counts of all queues, is planned each time."""

QUERIES_A_CONNECTION = 10_000_000
"""After so many it is opened anew, and every statement prepared again."""

SESSION = {
    "application_name": "pishkhan",
    "timezone": "UTC",
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "300s",
}

_PARAMETER = re.compile(r"\$(\d+)")
_UNIQUE = "23505"
_UNREADABLE_TEXT = {"22021", "22P05"}
# Connection, rollback by the server (deadlock), resources, wrong state of an object (lock timeout), intervention.
_PASSING = {"08", "40", "53", "55", "57"}
# A session that the server ends amid an exchange confuses the driver, no more.
_LOST = (PostgresConnectionError, InterfaceError, InternalClientError, TimeoutError)
_BEGIN = {True: "BEGIN", False: "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"}

Connection = asyncpg.pool.PoolConnectionProxy | asyncpg.Connection


class PostgresqlSession(Session):
    """A connection of the pool in the hands of one unit."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self._begun = False
        self._before: list[str] = []
        self._later: list[tuple[str, Sequence[Any]]] = []
        self._plans_once = False

    async def begin(self, *, write: bool) -> None:
        """Begin with the first statement."""
        self._before = [_BEGIN[write]]

    async def plan(self, *, once: bool) -> None:
        """Say so with the next exchange. Left to itself, PostgreSQL plans a long statement anew each time that it
        expects a little of the values, which takes ten times as long as to run it.
        """
        if once is not self._plans_once:
            self._plans_once = once
            self._before.append(f"SET LOCAL plan_cache_mode = {'force_generic_plan' if once else 'auto'}")

    async def commit(self) -> None:
        """Commit, if anything was done."""
        await to_the_end(self._finish())

    async def _finish(self) -> None:
        await self.settle()
        if self._begun:  # with what is still to be told: a point to go back to may be the last of a unit
            await self.connection.execute("; ".join([*self._before, "COMMIT"]))

    async def rollback(self) -> None:
        """Undo, if anything was done."""
        self._before, self._later = [], []
        if _in_transaction(self.connection):
            await to_the_end(self.connection.execute("ROLLBACK"))

    async def run(self, sql: str, arguments: Sequence[Any], *, returns: bool) -> tuple[Rows, int]:
        """Run a statement; its text is prepared once a connection."""
        await self.settle()
        await self._send()
        if returns:
            rows = await self.connection.fetch(sql, *arguments)
            return rows, len(rows)
        return [], _count(await self.connection.execute(sql, *arguments))

    async def run_many(self, sql: str, arguments: Sequence[Sequence[Any]]) -> None:
        """Run many rows in one exchange."""
        await self.settle()
        await self._send()
        await self.connection.executemany(sql, arguments)

    async def later(self, sql: str, arguments: Sequence[Any]) -> None:
        """Keep it for the next exchange. Parts of one statement may not change one row twice, as an upsert could."""
        twice = "DO UPDATE" in sql and any(sql == kept for kept, _ in self._later)
        if twice or len(self._later) == MOST_TOGETHER:
            await self.settle()
        self._later.append((sql, arguments))

    async def settle(self) -> None:
        """Run what was kept, in one exchange."""
        if self._later:
            kept, self._later = self._later, []
            await self._send()
            together = _together(tuple(sql for sql, _ in kept))
            await self.connection.execute(together, *(one for _, arguments in kept for one in arguments))

    async def savepoint(self, name: str) -> None:
        """Mark the point with the next exchange."""
        await self.settle()
        self._before.append(f"SAVEPOINT {name}")

    async def back_to(self, name: str) -> None:
        """Go back to it with the next exchange; what was kept came after it, and is dropped."""
        self._later = []
        self._before.append(f"ROLLBACK TO SAVEPOINT {name}")

    async def lock(self, number: int) -> None:
        """Take an advisory lock to the end of the transaction."""
        await self.settle()
        self._before.append(f"SELECT pg_advisory_xact_lock({number})")
        await self._send()

    @property
    def lost(self) -> bool:
        """Whether the server or the network ended it."""
        return _lost(self.connection)

    async def _send(self) -> None:
        if self._before:
            sql, self._before = "; ".join(self._before), []
            self._begun = True
            await self.connection.execute(sql)


class PostgresqlEngine(Engine):
    """A PostgreSQL database, from `postgresql://user:password@host:port/name` (`?sslmode=…` as libpq has it)."""

    now = func.clock_timestamp(type_=Utc())
    dialect: ClassVar[Dialect] = PGDialect_asyncpg(json_serializer=to_json)  # type: ignore[no-untyped-call]  # it has no types
    has_version = "SELECT count(to_regclass('alembic_version'))"

    def __init__(self, url: URL) -> None:
        self._url = url
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()

    def insert(self, table: Table) -> Insert:
        """Return PostgreSQL's INSERT."""
        return postgresql.insert(table)

    def later(self, seconds: ColumnElement[float]) -> ColumnElement[Any]:
        """Return the database's time in so many seconds."""
        return self.now + func.make_interval(0, 0, 0, 0, 0, 0, seconds)

    @asynccontextmanager
    async def session(self, *, write: bool) -> AsyncIterator[Session]:
        """Take a connection of the pool; writers run beside each other, the rows they touch keep them apart."""
        pool = self._pool or await self._open()
        connection = await pool.acquire(timeout=POOL_SECONDS)
        try:
            yield PostgresqlSession(connection)
        finally:
            if _in_transaction(connection):  # it could not be rolled back: nobody may go on in it
                connection.terminate()
            with suppress(*_LOST):  # lost at this very moment: the pool has its place back, and the unit its outcome
                await pool.release(connection)  # which asyncpg does to the end by itself

    async def _open(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._url.set(drivername="postgresql").render_as_string(hide_password=False),
                    min_size=0,
                    max_size=CONNECTIONS,
                    timeout=CONNECT_SECONDS,
                    max_queries=QUERIES_A_CONNECTION,
                    statement_cache_size=CACHED_STATEMENTS,
                    max_cacheable_statement_size=CACHED_OF_ANY_LENGTH,
                    server_settings=SESSION,
                    init=_read_json,
                    reset=_nothing,
                )
            return self._pool

    async def serialise(self, session: Session, key: str) -> None:
        """Take an advisory lock."""
        assert isinstance(session, PostgresqlSession), "sessions are this engine's own"  # noqa: S101
        await session.lock(_lock(key))

    @asynccontextmanager
    async def migration(self) -> AsyncIterator[AsyncConnection]:
        """Change the schema under an advisory lock, waiting for another migration as long as it takes."""
        engine = self.schema_engine()
        try:
            async with engine.begin() as connection:
                await connection.execute(text("SET LOCAL lock_timeout = 0"))
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({_lock('migration')})"))
                yield connection
        finally:
            await engine.dispose()

    def schema_engine(self) -> AsyncEngine:
        """Return an engine on asyncpg."""
        query = {("ssl" if name == "sslmode" else name): value for name, value in self._url.query.items()}
        url = self._url.set(drivername="postgresql+asyncpg", query=query)
        arguments = {"server_settings": SESSION, "timeout": CONNECT_SECONDS}
        return create_async_engine(url, **schema_arguments(connect_args=arguments))

    def fault(self, error: BaseException) -> DomainError | None:
        """Read the SQLSTATE."""
        if isinstance(error, _LOST) and not isinstance(error, DataError):  # a wrong argument is our mistake
            return Unavailable("database")
        state: str = getattr(error, "sqlstate", None) or ""
        if state == _UNIQUE:
            return Conflict()
        if state in _UNREADABLE_TEXT:
            return InvalidField("text")
        return Unavailable("database") if state[:2] in _PASSING else None

    async def close(self) -> None:
        """Close all connections."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await pool.close()
        except TimeoutError:  # somebody still holds a connection
            pool.terminate()


def _lost(connection: Any) -> bool:
    try:
        return bool(connection.is_closed())
    except InterfaceError:  # the pool has taken it back by itself
        return True


def _in_transaction(connection: Any) -> bool:
    return not _lost(connection) and bool(connection.is_in_transaction())


async def _read_json(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec("json", encoder=str, decoder=from_json, schema="pg_catalog")


async def _nothing(_connection: asyncpg.Connection) -> None:
    """Units leave nothing behind in a session that would have to be reset."""


@lru_cache(CACHED_STATEMENTS)
def _together(statements: tuple[str, ...]) -> str:
    """Return one statement that does all of these; none sees what another one wrote."""
    parts, offset = [], 0
    for sql in statements:
        shifted = _PARAMETER.sub(lambda found, by=offset: f"${int(found[1]) + by}", sql)  # type: ignore[misc]
        offset += max((int(number) for number in _PARAMETER.findall(sql)), default=0)
        parts.append(shifted)
    if len(parts) == 1:
        return parts[0]
    kept = ", ".join(f"part_{number} AS ({part})" for number, part in enumerate(parts[:-1]))
    return f"WITH {kept} {parts[-1]}"


def _count(status: str) -> int:
    """Return the number at the end of «UPDATE 3», 0 where there is none."""
    number = status.rpartition(" ")[2]
    return int(number) if number.isdigit() else 0


def _lock(key: str) -> int:
    """Return the number of an advisory lock, 64 bits signed."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), signed=True)
