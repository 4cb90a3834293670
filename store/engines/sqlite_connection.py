"""A connection to an SQLite file, with a thread of its own and the right to be used without it.

The way to the thread and back costs ten times what a short statement costs. A unit that writes therefore runs its
statements in the event loop's own thread: each looks up or changes a few rows by an index, some tens of microseconds.
What may take longer stays in the connection's thread: waiting for another process, the commit, many rows at once, and
everything that a reading unit asks.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from time import monotonic, sleep
from typing import Any, TypeVar

from store.engines.private_files import make_file_private

ResultT = TypeVar("ResultT")

CACHED_STATEMENTS = 1000
BUSY_SECONDS = 10

Call = tuple["asyncio.Future[Any]", Callable[[], Any]]
"""What the thread is asked to do, and who waits for the result."""


class SqliteConnection:
    """A connection of the standard library and its thread, which ends with `close`.

    The functions that are handed over take the connection of the standard library as their first argument.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._calls = SimpleQueue[Call | None]()
        self._closing = False
        # A daemon: a connection that nobody closed must not keep the process alive.
        Thread(target=_answer_calls, args=(self._calls,), name="sqlite", daemon=True).start()

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._connection.in_transaction

    def call_now(self, function: Callable[..., ResultT], *arguments: Any) -> ResultT:
        """Call it at once. Nothing may be under way in the thread: it would be waited for."""
        return function(self._connection, *arguments)

    def call_in_thread(self, function: Callable[..., ResultT], *arguments: Any) -> "asyncio.Future[ResultT]":
        """Have the thread call it, after what it was asked before; a caller that goes away does not stop it."""
        if self._closing:
            raise sqlite3.ProgrammingError("the connection is closed")
        future: asyncio.Future[ResultT] = asyncio.get_running_loop().create_future()
        self._calls.put_nowait((future, partial(function, self._connection, *arguments)))
        return future

    def interrupt(self) -> None:
        """Break off the statement that runs in the thread: whoever waits for it gets an `OperationalError`."""
        self._connection.interrupt()

    async def close(self) -> None:
        """Close it after what was asked before, and end the thread; harmless when it is closed."""
        if not self._closing:
            closed = self.call_in_thread(sqlite3.Connection.close)
            self._closing = True
            self._calls.put_nowait(None)
            await closed


def _answer_calls(calls: "SimpleQueue[Call | None]") -> None:
    """What the thread does: one call after the other, until it gets None."""
    while (call := calls.get()) is not None:
        _answer(*call)
        del call  # nothing of a call outlives it while the next is waited for


def _answer(future: "asyncio.Future[Any]", function: Callable[[], Any]) -> None:
    try:
        result = function()
    except BaseException as error:  # noqa: BLE001 - it is raised where the future is awaited
        _settle_soon(future, future.set_exception, error)
    else:
        _settle_soon(future, future.set_result, result)


def _settle_soon(future: "asyncio.Future[Any]", settle: Callable[[Any], None], outcome: Any) -> None:
    def settle_unless_cancelled() -> None:
        if not future.done():
            settle(outcome)

    with suppress(RuntimeError):  # the event loop is closed: nobody waits any more
        future.get_loop().call_soon_threadsafe(settle_unless_cancelled)


def open_file(path: str, **options: Any) -> sqlite3.Connection:
    """Open a file, which is made when it is missing, for its owner alone; `options` are those of `sqlite3.connect`."""
    make_file_private(Path(path))
    opened: sqlite3.Connection = sqlite3.connect(path, **options)
    return opened


async def open_connection(file_path: str, pragmas: Mapping[str, object]) -> SqliteConnection:
    """Open a file as `open_file`; transactions are begun and ended by whoever uses it."""
    options = {"isolation_level": None, "check_same_thread": False, "cached_statements": CACHED_STATEMENTS}
    connection = SqliteConnection(open_file(file_path, **options))
    try:
        await connection.call_in_thread(apply_pragmas, pragmas)
    except BaseException:
        await connection.close()
        raise
    return connection


def apply_pragmas(connection: sqlite3.Connection, pragmas: Mapping[str, object]) -> None:
    """Set them, in order.

    Of two that turn one file to a write-ahead log at once SQLite refuses one, whatever its `busy_timeout`: it is tried
    again as long.
    """
    given_up_at = monotonic() + BUSY_SECONDS
    for pragma_name, value in pragmas.items():
        while True:
            try:
                connection.execute(f"PRAGMA {pragma_name}={value}")
                break
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > given_up_at:
                    raise
            sleep(0.01)


def run_statement(connection: sqlite3.Connection, sql: str, arguments: Sequence[Any]) -> tuple[list[Any], int]:
    """Run a statement and fetch its rows; return them, and how many it gave or wrote."""
    cursor = connection.execute(sql, arguments)
    rows = cursor.fetchall() if cursor.description else []
    return rows, cursor.rowcount


def run_many_rows(connection: sqlite3.Connection, sql: str, arguments: Sequence[Sequence[Any]]) -> None:
    """Run a statement once for each set of parameters."""
    connection.executemany(sql, arguments)


def run_control(connection: sqlite3.Connection, sql: str) -> None:
    """Run a statement without parameters or rows."""
    connection.execute(sql)


def end_transaction(connection: sqlite3.Connection, sql: str) -> None:
    """End the transaction by COMMIT or ROLLBACK, if there is one."""
    if connection.in_transaction:
        connection.execute(sql)
