"""A connection to an SQLite file: aiosqlite's, whose thread opened it, and the right to use it without that thread.

The way to the thread and back costs ten times what a short statement costs. A unit that writes therefore runs its
statements in the event loop's own thread: each looks up or changes a few rows by an index, some tens of microseconds.
What may take longer stays in the connection's thread: waiting for another process, the commit, many rows at once, and
every statement of a reading unit.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import aiosqlite

from store.engines.private_files import make_file_private

CACHED_STATEMENTS = 1000
BUSY_SECONDS = 10
_CHUNK_ROWS = 64
"""Rows that aiosqlite fetches at once for a loop over a cursor; nobody loops over one here."""


@dataclass(frozen=True, slots=True)
class SqliteConnection:
    """One connection, seen from its thread and from the event loop's. Transactions are begun and ended by the user."""

    threaded: aiosqlite.Connection
    """Runs one statement after the other in a thread; a caller that goes away does not stop it."""
    direct: sqlite3.Connection
    """The same connection. Nothing may be under way in the thread: it would be waited for."""


def open_file(path: str, **options: Any) -> sqlite3.Connection:
    """Open a file, which is made when it is missing, for its owner alone; `options` are those of `sqlite3.connect`."""
    make_file_private(Path(path))
    opened: sqlite3.Connection = sqlite3.connect(path, **options)
    return opened


async def open_connection(file_path: str, pragmas: Mapping[str, object]) -> SqliteConnection:
    """Open a file as `open_file`; close `threaded` at the end."""
    direct = open_file(file_path, isolation_level=None, check_same_thread=False, cached_statements=CACHED_STATEMENTS)
    failures = list[sqlite3.Error]()

    def prepare() -> sqlite3.Connection:
        # What fails here is raised after the thread has ended: aiosqlite does not wait for the thread of a connection
        # that could not be opened, which would then speak up after the end of the event loop.
        try:
            apply_pragmas(direct, pragmas)
        except sqlite3.Error as error:
            failures.append(error)
        return direct

    threaded = await aiosqlite.Connection(prepare, _CHUNK_ROWS)
    if failures:
        await threaded.close()
        raise failures[0]
    return SqliteConnection(threaded, direct)


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


async def run_in_thread(
    connection: aiosqlite.Connection, sql: str, arguments: Sequence[Any], *, returns: bool
) -> tuple[list[Any], int]:
    """Run a statement in the thread; return its rows, and how many it gave or wrote."""
    if returns:
        rows = list(await connection.execute_fetchall(sql, arguments))
        return rows, len(rows)
    cursor = await connection.execute(sql, arguments)
    return list(await cursor.fetchall()) if cursor.description else [], cursor.rowcount


def end_transaction(connection: sqlite3.Connection, sql: str) -> None:
    """End the transaction by COMMIT or ROLLBACK, if there is one."""
    if connection.in_transaction:
        connection.execute(sql)
