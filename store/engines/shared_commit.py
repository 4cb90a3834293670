"""The one connection that writes to an SQLite file: units take turns on it, and those that wait share a commit.

A commit waits for the disk, many times longer than the rest of a short unit. So a unit that has done its work leaves
the transaction open and queues for one commit of all; the units that already waited for their turn come before it and
join. Each is a savepoint of its own: one that fails or is cancelled rolls back alone. A unit ends when the commit is
durable.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from domain.values.errors import Unavailable
from store.engines import sqlite_connection as driver
from store.engines.finishing import to_the_end
from store.engines.sqlite_connection import SqliteConnection


class Batch:
    """Units that are committed together. `ended` is None once they are durable, else what went wrong."""

    def __init__(self) -> None:
        self.units = 0
        self.ended: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()
        self.committing: asyncio.Task[None] | None = None

    def void(self, error: Exception) -> None:
        """Tell every unit that nothing of it was kept."""
        if not self.ended.done():
            self.ended.set_result(error)


class SavepointUnit:
    """One unit on the connection, from its begin to its release or rollback."""

    def __init__(self, writer: "Writer", connection: SqliteConnection) -> None:
        self._writer = writer
        self.connection = connection
        self.batch: Batch | None = None
        self.released = False

    async def begin(self) -> None:
        """Join the open transaction, or begin one."""
        self.batch = await self._writer.join(self.connection)
        self.connection.here(driver.control, "SAVEPOINT unit")

    def release(self) -> None:
        """Leave what was done to the commit."""
        self.connection.here(driver.control, "RELEASE SAVEPOINT unit")
        self.released = True

    def rollback(self) -> None:
        """Undo this unit alone."""
        if self.batch is not None and not self.released:
            self._writer.undo(self.connection, self.batch)


class Writer:
    """Gives out turns. `connect` opens the connection when the first is taken, `told` words what stops a commit."""

    def __init__(
        self, connect: Callable[[], Awaitable[SqliteConnection]], told: Callable[[BaseException], BaseException]
    ) -> None:
        self._connect = connect
        self._told = told
        self._connection: SqliteConnection | None = None
        self._turn = asyncio.Lock()
        self._holder: asyncio.Task[Any] | None = None
        self._open: Batch | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[SavepointUnit]:
        """Wait for one's turn; when the block has released its work, wait for the commit."""
        if self._holder is not None and self._holder is asyncio.current_task():
            raise RuntimeError("this task has a write unit open already: it would wait for itself")
        async with self._turn:
            self._holder = asyncio.current_task()
            try:
                turn = SavepointUnit(
                    self, self._connection if self._connection else await to_the_end(self._connected())
                )
                yield turn
                if turn.released and turn.batch:
                    self._queue_commit(turn.batch, turn.connection)
            finally:
                self._holder = None
        if turn.released and turn.batch:
            await self._durable(turn.batch)

    async def _durable(self, batch: Batch) -> None:
        """Wait for the commit; what stopped several is nobody's in particular: each is asked to try again."""
        error = await to_the_end(batch.ended)
        if error is not None:
            told = self._told(error)
            raise told if batch.units == 1 or isinstance(told, Unavailable) else Unavailable("database") from error

    async def _connected(self) -> SqliteConnection:
        if self._connection is None:
            self._connection = await self._connect()
        return self._connection

    async def join(self, connection: SqliteConnection) -> Batch:
        """Return the batch of the open transaction; begin one when there is none."""
        if self._open is None:
            if not connection.here(_began_at_once):
                await to_the_end(connection.there(driver.control, "BEGIN IMMEDIATE"))
            self._open = Batch()
        return self._open

    def undo(self, connection: SqliteConnection, batch: Batch) -> None:
        """Roll one unit back, and the whole transaction when it is alone in it.

        A full disk makes SQLite itself give the transaction up: then the units that had joined are told.
        """
        if batch.units and connection.in_transaction:
            connection.here(driver.control, "ROLLBACK TO SAVEPOINT unit")
            connection.here(driver.control, "RELEASE SAVEPOINT unit")
            return
        connection.here(driver.end, "ROLLBACK")
        batch.void(Unavailable("database"))
        self._open = None

    def _queue_commit(self, batch: Batch, connection: SqliteConnection) -> None:
        batch.units += 1
        if batch.committing is None:
            batch.committing = asyncio.create_task(self._commit(batch, connection))

    async def _commit(self, batch: Batch, connection: SqliteConnection) -> None:
        """Commit after the units that wait already."""
        async with self._turn:
            if self._open is not batch:
                return  # given up meanwhile, and told
            self._open = None
            try:
                await to_the_end(connection.there(driver.control, "COMMIT"))
            except sqlite3.Error as error:
                connection.here(driver.end, "ROLLBACK")
                batch.void(error)
            else:
                batch.ended.set_result(None)

    async def close(self) -> None:
        """Close the connection; open units must have ended."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


def _began_at_once(connection: sqlite3.Connection) -> bool:
    """Begin, unless another process is writing just now."""
    [(patience,)] = connection.execute("PRAGMA busy_timeout").fetchall()
    connection.execute("PRAGMA busy_timeout=0")
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    finally:
        connection.execute(f"PRAGMA busy_timeout={patience}")
    return True
