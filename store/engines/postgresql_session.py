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

from store.engines.base import DriverSession, Rows
from store.engines.finishing import to_the_end
from store.engines.limits import ConnectionLimits

MOST_TOGETHER = 16
"""Statements that travel as one: the protocol has a limit of parameters, and each composition is prepared anew."""

CACHED_STATEMENTS = 1000
UNDO_SECONDS = 3.0
"""For a rollback: one that takes longer is left to the server, which undoes what a lost connection began."""

# A session that the server ends amid an exchange confuses the driver, no more.
LOST = (PostgresConnectionError, InterfaceError, InternalClientError, TimeoutError)

_PARAMETER = re.compile(r"\$(\d+)")
_BEGIN = {True: "BEGIN", False: "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"}

Connection = asyncpg.pool.PoolConnectionProxy | asyncpg.Connection
ResultT = TypeVar("ResultT")


class PostgresqlSession(DriverSession):
    """A connection of the pool in the hands of one unit."""

    def __init__(self, connection: Any, limits: ConnectionLimits, silent: Callable[[], None]) -> None:
        """`silent` hears that a connection did not answer in time."""
        self.connection = connection
        self._limits = limits
        self._silent = silent
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
            await self._within(self.connection.execute("; ".join([*self._before, "COMMIT"])))

    async def rollback(self) -> None:
        """Undo, if anything was done."""
        self._before, self._later = [], []
        if in_transaction(self.connection):
            await to_the_end(self._undo())

    async def _undo(self) -> None:
        with suppress(*LOST):
            async with asyncio.timeout(UNDO_SECONDS):  # a statement that was cut off is waited for too
                await self.connection.execute("ROLLBACK")
                return
        self.connection.terminate()

    async def run(self, sql: str, arguments: Sequence[Any], *, returns: bool) -> tuple[Rows, int]:
        """Run a statement; its text is prepared once a connection."""
        await self.settle()
        await self._send()
        if returns:
            rows = await self._within(self.connection.fetch(sql, *arguments, timeout=self._limit))
            return rows, len(rows)
        return [], _count(await self._within(self.connection.execute(sql, *arguments, timeout=self._limit)))

    async def run_many(self, sql: str, arguments: Sequence[Sequence[Any]]) -> None:
        """Run many rows in one exchange."""
        await self.settle()
        await self._send()
        await self._within(self.connection.executemany(sql, arguments, timeout=self._limits.long_command))

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
            await self._within(self.connection.execute(together, *(one for _, arguments in kept for one in arguments)))

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
        return is_lost(self.connection)

    async def _send(self) -> None:
        if self._before:
            sql, self._before = "; ".join(self._before), []
            self._begun = True
            await self._within(self.connection.execute(sql))

    @property
    def _limit(self) -> float:
        return self._limits.long_command if self.long else self._limits.command

    async def _within(self, exchange: Awaitable[ResultT]) -> ResultT:
        """Await the driver, which keeps to the limit; a connection that did not is never used again."""
        try:
            return await exchange
        except TimeoutError:
            self.connection.terminate()
            self._silent()
            raise


def is_lost(connection: Any) -> bool:
    """Tell whether the server or the network ended a connection."""
    try:
        return bool(connection.is_closed())
    except InterfaceError:  # the pool has taken it back by itself
        return True


def in_transaction(connection: Any) -> bool:
    """Tell whether a connection that lives has a transaction open."""
    return not is_lost(connection) and bool(connection.is_in_transaction())


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
