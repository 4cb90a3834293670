"""A connection of asyncpg in the hands of one unit of work.

Every round trip counts: BEGIN travels with the lock that follows it, and statements whose result nobody asks for travel
together, as parts of one. No statement is waited for without end: a connection that is silent for too long is cut.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, TypeVar

import asyncpg
from asyncpg import InterfaceError, InternalClientError, PostgresConnectionError

from store.engines.base import DriverRows, DriverSession
from store.engines.finishing import finish_uncancelled
from store.engines.limits import ConnectionLimits

MOST_STATEMENTS_TOGETHER = 16
"""Statements that travel as one: the protocol has a limit of parameters, and each composition is prepared again."""

CACHED_STATEMENTS = 1000
UNDO_SECONDS = 3.0
"""For a rollback: one that takes longer is left to the server, which undoes what a lost connection began."""

# A session that the server ends amid an exchange confuses the driver, no more.
LOST_ERRORS = (PostgresConnectionError, InterfaceError, InternalClientError, TimeoutError)

_PARAMETER_PATTERN = re.compile(r"\$(\d+)")
_BEGIN_SQL = {True: "BEGIN", False: "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"}

Connection = asyncpg.pool.PoolConnectionProxy | asyncpg.Connection
ResultT = TypeVar("ResultT")


class PostgresqlSession(DriverSession):
    """A connection of the pool in the hands of one unit."""

    def __init__(self, connection: Any, limits: ConnectionLimits, on_silence: Callable[[], None]) -> None:
        """`on_silence` is called when a connection did not answer in time."""
        self.connection = connection
        self._limits = limits
        self._on_silence = on_silence
        self._has_begun = False
        self._pending_sql: list[str] = []
        self._deferred: list[tuple[str, Sequence[Any]]] = []
        self._uses_generic_plan = False

    async def begin(self, *, write: bool) -> None:
        """Begin with the first statement."""
        self._pending_sql = [_BEGIN_SQL[write]]

    async def plan_statements(self, *, use_generic_plan: bool) -> None:
        """Set it with the next exchange. Left to itself, PostgreSQL plans a long statement again each time that it
        expects a little of the values, which takes ten times as long as to run it.
        """
        if use_generic_plan is not self._uses_generic_plan:
            self._uses_generic_plan = use_generic_plan
            self._pending_sql.append(
                f"SET LOCAL plan_cache_mode = {'force_generic_plan' if use_generic_plan else 'auto'}"
            )

    async def commit(self) -> None:
        """Commit, if anything was done."""
        await finish_uncancelled(self._commit_transaction())

    async def _commit_transaction(self) -> None:
        await self.run_deferred()
        if self._has_begun:  # with what is still to be sent: a point to go back to may be the last of a unit
            await self._await_exchange(self.connection.execute("; ".join([*self._pending_sql, "COMMIT"])))

    async def rollback(self) -> None:
        """Undo, if anything was done."""
        self._pending_sql, self._deferred = [], []
        if has_open_transaction(self.connection):
            await finish_uncancelled(self._roll_back())

    async def _roll_back(self) -> None:
        with suppress(*LOST_ERRORS):
            async with asyncio.timeout(UNDO_SECONDS):  # a statement that was cut off is waited for too
                await self.connection.execute("ROLLBACK")
                return
        self.connection.terminate()

    async def execute(self, sql: str, arguments: Sequence[Any], *, returns: bool) -> tuple[DriverRows, int]:
        """Run a statement; its text is prepared once a connection."""
        await self.run_deferred()
        await self._send_pending()
        if returns:
            rows = await self._await_exchange(self.connection.fetch(sql, *arguments, timeout=self._time_limit))
            return rows, len(rows)
        return [], _read_row_count(
            await self._await_exchange(self.connection.execute(sql, *arguments, timeout=self._time_limit))
        )

    async def execute_many(self, sql: str, arguments: Sequence[Sequence[Any]]) -> None:
        """Run many rows in one exchange."""
        await self.run_deferred()
        await self._send_pending()
        await self._await_exchange(
            self.connection.executemany(sql, arguments, timeout=self._limits.long_command_seconds)
        )

    async def defer(self, sql: str, arguments: Sequence[Any]) -> None:
        """Keep it for the next exchange. Parts of one statement may not change one row twice, as an upsert could."""
        changes_row_twice = "DO UPDATE" in sql and any(sql == deferred_sql for deferred_sql, _ in self._deferred)
        if changes_row_twice or len(self._deferred) == MOST_STATEMENTS_TOGETHER:
            await self.run_deferred()
        self._deferred.append((sql, arguments))

    async def run_deferred(self) -> None:
        """Run what was kept, in one exchange."""
        if self._deferred:
            deferred, self._deferred = self._deferred, []
            await self._send_pending()
            joined_sql = _join_statements(tuple(sql for sql, _ in deferred))
            await self._await_exchange(
                self.connection.execute(joined_sql, *(argument for _, arguments in deferred for argument in arguments))
            )

    async def savepoint(self, name: str) -> None:
        """Mark the point with the next exchange."""
        await self.run_deferred()
        self._pending_sql.append(f"SAVEPOINT {name}")

    async def roll_back_to(self, name: str) -> None:
        """Go back to it with the next exchange; what was kept came after it, and is dropped."""
        self._deferred = []
        self._pending_sql.append(f"ROLLBACK TO SAVEPOINT {name}")

    async def take_lock(self, lock_number: int) -> None:
        """Take an advisory lock to the end of the transaction."""
        await self.run_deferred()
        self._pending_sql.append(f"SELECT pg_advisory_xact_lock({lock_number})")
        await self._send_pending()

    @property
    def is_lost(self) -> bool:
        """Whether the server or the network ended it."""
        return is_connection_lost(self.connection)

    async def _send_pending(self) -> None:
        if self._pending_sql:
            sql, self._pending_sql = "; ".join(self._pending_sql), []
            self._has_begun = True
            await self._await_exchange(self.connection.execute(sql))

    @property
    def _time_limit(self) -> float:
        return self._limits.long_command_seconds if self.may_take_long else self._limits.command_seconds

    async def _await_exchange(self, exchange: Awaitable[ResultT]) -> ResultT:
        """Await the driver, which keeps to the limit; a connection that did not is never used again."""
        try:
            return await exchange
        except TimeoutError:
            self.connection.terminate()
            self._on_silence()
            raise


def is_connection_lost(connection: Any) -> bool:
    """Return whether the server or the network ended a connection."""
    try:
        return bool(connection.is_closed())
    except InterfaceError:  # the pool has taken it back by itself
        return True


def has_open_transaction(connection: Any) -> bool:
    """Return whether a connection that lives has a transaction open."""
    return not is_connection_lost(connection) and bool(connection.is_in_transaction())


@lru_cache(CACHED_STATEMENTS)
def _join_statements(statements: tuple[str, ...]) -> str:
    """Return one statement that does all of these; none sees what another one wrote."""
    shifted_statements, offset = [], 0
    for sql in statements:
        shifted_sql = _PARAMETER_PATTERN.sub(lambda match, by=offset: f"${int(match[1]) + by}", sql)  # type: ignore[misc]
        offset += max((int(number) for number in _PARAMETER_PATTERN.findall(sql)), default=0)
        shifted_statements.append(shifted_sql)
    if len(shifted_statements) == 1:
        return shifted_statements[0]
    common_tables = ", ".join(
        f"part_{number} AS ({common_table})" for number, common_table in enumerate(shifted_statements[:-1])
    )
    return f"WITH {common_tables} {shifted_statements[-1]}"


def _read_row_count(status: str) -> int:
    """Return the number at the end of «UPDATE 3», 0 where there is none."""
    row_count = status.rpartition(" ")[2]
    return int(row_count) if row_count.isdigit() else 0
