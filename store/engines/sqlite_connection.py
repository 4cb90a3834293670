"""A connection of aiosqlite that can also be used where one stands, without its thread.

The way to the thread and back costs ten times what a short statement costs. A unit that writes therefore runs its
statements in the event loop's own thread: each looks up or changes a few rows by an index, some tens of microseconds.
What may take longer stays in the connection's thread: waiting for another process, the commit, many rows at once, and
everything that a reading unit asks.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from store.engines.private_files import make_private

ResultT = TypeVar("ResultT")

CACHED_STATEMENTS = 1000


class SqliteConnection(aiosqlite.Connection):
    """Its functions take the driver's connection as their first argument."""

    def here(self, function: Callable[..., ResultT], *arguments: Any) -> ResultT:
        """Call it at once. Nothing may be under way in the thread: it would be waited for."""
        return function(self._conn, *arguments)

    def there(self, function: Callable[..., ResultT], *arguments: Any) -> "asyncio.Future[ResultT]":
        """Have the thread call it, after what it was asked before."""
        future: asyncio.Future[ResultT] = asyncio.get_running_loop().create_future()
        self._tx.put_nowait((future, partial(function, self._conn, *arguments)))
        return future

    async def _connect(self) -> aiosqlite.Connection:
        """Connect; when that fails, its thread has ended too, instead of telling an event loop that may be closed."""
        try:
            return await super()._connect()
        except BaseException:
            self._thread.join()
            raise


def unopened(path: str, **options: Any) -> SqliteConnection:
    """Return a connection to be awaited; `options` are those of `sqlite3.connect`."""
    connection = SqliteConnection(partial(_open, path, **options), iter_chunk_size=1)
    connection._thread.daemon = True  # an unclosed connection must not keep the process alive
    return connection


def _open(path: str, **options: Any) -> sqlite3.Connection:
    make_private(Path(path))
    opened: sqlite3.Connection = sqlite3.connect(path, **options)
    return opened


async def connect(path: str, pragmas: dict[str, object]) -> SqliteConnection:
    """Open a file, which is made when it is missing; transactions are begun and ended by whoever uses it."""
    options = {"isolation_level": None, "check_same_thread": False, "cached_statements": CACHED_STATEMENTS}
    connection = unopened(path, **options)
    _ = await connection
    try:
        await connection.there(_set, pragmas)
    except BaseException:
        await connection.close()
        raise
    return connection


def _set(connection: sqlite3.Connection, pragmas: dict[str, object]) -> None:
    for name, value in pragmas.items():
        connection.execute(f"PRAGMA {name}={value}")


def run(connection: sqlite3.Connection, sql: str, arguments: Sequence[Any]) -> tuple[list[Any], int]:
    """Run a statement and fetch its rows; return them, and how many it gave or wrote."""
    cursor = connection.execute(sql, arguments)
    rows = cursor.fetchall() if cursor.description else []
    return rows, cursor.rowcount


def run_many(connection: sqlite3.Connection, sql: str, arguments: Sequence[Sequence[Any]]) -> None:
    """Run a statement once for each set of parameters."""
    connection.executemany(sql, arguments)


def control(connection: sqlite3.Connection, sql: str) -> None:
    """Run a statement without parameters or rows."""
    connection.execute(sql)


def end(connection: sqlite3.Connection, sql: str) -> None:
    """End the transaction by COMMIT or ROLLBACK, if there is one."""
    if connection.in_transaction:
        connection.execute(sql)
