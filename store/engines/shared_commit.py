"""The one connection that writes to an SQLite file: units take turns on it, and those that wait share a commit.

A commit waits for the disk, many times longer than the rest of a short unit. So a unit that has done its work leaves
the transaction open and queues for one commit of all; the units that already waited for their turn come before it and
join. Each is a savepoint of its own: one that fails or is cancelled rolls back alone. A unit ends when the commit is
durable.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from domain.values.errors import Unavailable
from store.engines import sqlite_connection as driver
from store.engines.base import DriverRows, DriverSession
from store.engines.finishing import finish_uncancelled
from store.engines.sqlite_connection import SqliteConnection


class CommitBatch:
    """Units that are committed together. `outcome` is None once they are durable, else what went wrong."""

    def __init__(self) -> None:
        self.unit_count = 0
        self.outcome: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()
        self.commit_task: asyncio.Task[None] | None = None

    def fail_all(self, error: Exception) -> None:
        """Let every unit know that nothing of it was stored."""
        if not self.outcome.done():
            self.outcome.set_result(error)


class WritingSession(DriverSession):
    """A turn on the writer's connection, from its begin to its release or rollback; short statements run in place."""

    def __init__(self, writer: "SharedWriter", connection: SqliteConnection) -> None:
        self._writer = writer
        self.connection = connection
        self.batch: CommitBatch | None = None
        self.is_released = False

    async def begin(self, *, write: bool) -> None:
        """Join the open transaction, or begin one, after writers of other processes."""
        self.batch = await self._writer.join_batch(self.connection)
        self.connection.direct.execute("SAVEPOINT unit")

    async def plan_statements(self, *, use_generic_plan: bool) -> None:
        """Do nothing: SQLite has one plan for all values."""

    async def commit(self) -> None:
        """Leave it to the commit that is shared: it is waited for when the session is given back."""
        self.connection.direct.execute("RELEASE SAVEPOINT unit")
        self.is_released = True

    async def rollback(self) -> None:
        """Undo this unit alone."""
        if self.batch is not None and not self.is_released:
            self._writer.undo_unit(self.connection, self.batch)

    async def execute(self, sql: str, arguments: Sequence[Any], *, returns: bool) -> tuple[DriverRows, int]:
        """Run a statement and fetch all rows; one that may take long in the thread."""
        if self.may_take_long:
            return await finish_uncancelled(
                driver.run_in_thread(self.connection.threaded, sql, arguments, returns=returns)
            )
        return driver.run_statement(self.connection.direct, sql, arguments)

    async def execute_many(self, sql: str, arguments: Sequence[Sequence[Any]]) -> None:
        """Run many rows in the thread."""
        await finish_uncancelled(self.connection.threaded.executemany(sql, arguments))

    async def defer(self, sql: str, arguments: Sequence[Any]) -> None:
        """Run it at once: there is nothing to gain by waiting."""
        driver.run_statement(self.connection.direct, sql, arguments)

    async def savepoint(self, name: str) -> None:
        """Mark the point."""
        self.connection.direct.execute(f"SAVEPOINT {name}")

    async def roll_back_to(self, name: str) -> None:
        """Go back to it."""
        self.connection.direct.execute(f"ROLLBACK TO SAVEPOINT {name}")

    async def run_deferred(self) -> None:
        """Do nothing: nothing is left for later."""

    @property
    def is_lost(self) -> bool:
        """Whether SQLite gave the transaction up by itself, as on a full disk."""
        return not self.connection.direct.in_transaction


class SharedWriter:
    """Gives out turns. `open_connection` connects at the first one, `translate_error` words what stops a commit."""

    def __init__(
        self,
        open_connection: Callable[[], Awaitable[SqliteConnection]],
        translate_error: Callable[[BaseException], BaseException],
    ) -> None:
        self._connect = open_connection
        self._translate_error = translate_error
        self._connection: SqliteConnection | None = None
        self._turn_lock = asyncio.Lock()
        self._holding_task: asyncio.Task[Any] | None = None
        self._open_batch: CommitBatch | None = None

    @asynccontextmanager
    async def take_turn(self) -> AsyncIterator[WritingSession]:
        """Wait for one's turn; when the block has released its work, wait for the commit."""
        if self._holding_task is not None and self._holding_task is asyncio.current_task():
            raise RuntimeError("this task has a write unit open already: it would wait for itself")
        async with self._turn_lock:
            self._holding_task = asyncio.current_task()
            try:
                session = WritingSession(
                    self, self._connection if self._connection else await finish_uncancelled(self._open_connection())
                )
                yield session
                if session.is_released and session.batch:
                    self._queue_commit(session.batch, session.connection)
            finally:
                self._holding_task = None
        if session.is_released and session.batch:
            await self._wait_until_durable(session.batch)

    async def _wait_until_durable(self, batch: CommitBatch) -> None:
        """Wait for the commit; what stopped several is nobody's in particular: each is asked to try again."""
        error = await finish_uncancelled(batch.outcome)
        if error is not None:
            translated = self._translate_error(error)
            raise (
                translated if batch.unit_count == 1 or isinstance(translated, Unavailable) else Unavailable("database")
            ) from error

    async def _open_connection(self) -> SqliteConnection:
        if self._connection is None:
            self._connection = await self._connect()
        return self._connection

    async def join_batch(self, connection: SqliteConnection) -> CommitBatch:
        """Return the batch of the open transaction; begin one when there is none."""
        if self._open_batch is None:
            try:
                if not _try_begin(connection.direct):
                    await finish_uncancelled(connection.threaded.execute("BEGIN IMMEDIATE"))
            except BaseException:  # cancelled while it waited, it has begun by now
                driver.end_transaction(connection.direct, "ROLLBACK")
                raise
            self._open_batch = CommitBatch()
        return self._open_batch

    def undo_unit(self, connection: SqliteConnection, batch: CommitBatch) -> None:
        """Roll one unit back, and the whole transaction when it is alone in it.

        A full disk makes SQLite itself give the transaction up: then the units that had joined fail.
        """
        if batch.unit_count and connection.direct.in_transaction:
            connection.direct.execute("ROLLBACK TO SAVEPOINT unit")
            connection.direct.execute("RELEASE SAVEPOINT unit")
            return
        driver.end_transaction(connection.direct, "ROLLBACK")
        batch.fail_all(Unavailable("database"))
        self._open_batch = None

    def _queue_commit(self, batch: CommitBatch, connection: SqliteConnection) -> None:
        batch.unit_count += 1
        if batch.commit_task is None:
            batch.commit_task = asyncio.create_task(self._commit_batch(batch, connection))

    async def _commit_batch(self, batch: CommitBatch, connection: SqliteConnection) -> None:
        """Commit after the units that wait already."""
        async with self._turn_lock:
            if self._open_batch is not batch:
                return  # given up meanwhile, and failed
            self._open_batch = None
            try:
                await finish_uncancelled(connection.threaded.execute("COMMIT"))
            except sqlite3.Error as error:
                driver.end_transaction(connection.direct, "ROLLBACK")
                batch.fail_all(error)
            else:
                batch.outcome.set_result(None)

    async def close(self) -> None:
        """Close the connection; open units must have ended."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.threaded.close()


def _try_begin(connection: sqlite3.Connection) -> bool:
    """Begin, unless another process is writing just now."""
    [(busy_timeout,)] = connection.execute("PRAGMA busy_timeout").fetchall()
    connection.execute("PRAGMA busy_timeout=0")
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    finally:
        connection.execute(f"PRAGMA busy_timeout={busy_timeout}")
    return True
