"""A connection that cannot be opened leaves nothing behind that could speak up later."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from store.engines.sqlite_connection import SqliteConnection, open_connection, run_control, run_statement


async def test_the_thread_of_a_failed_connection_has_ended(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with pytest.raises(sqlite3.OperationalError):
        _ = await open_connection(str(tmp_path / "no" / "such" / "folder.db"), {})
    assert set(threading.enumerate()) <= before


async def test_calls_of_the_thread_follow_each_other(tmp_path: Path) -> None:
    connection = await open_connection(str(tmp_path / "file.db"), {})
    done = list[int]()
    futures = [connection.call_in_thread(lambda _driver, number=number: done.append(number)) for number in range(20)]
    futures[3].cancel()
    await asyncio.gather(*futures, return_exceptions=True)
    assert done == list(range(20)), "a caller that goes away stops nothing"
    await connection.close()


async def test_what_the_driver_raises_is_raised_where_it_is_awaited(tmp_path: Path) -> None:
    connection = await open_connection(str(tmp_path / "file.db"), {})
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await connection.call_in_thread(run_control, "SELECT * FROM nowhere")
    await connection.close()


async def test_a_statement_in_the_thread_can_be_broken_off(tmp_path: Path) -> None:
    connection = await open_connection(str(tmp_path / "file.db"), {})
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    running = connection.call_in_thread(run_statement, endless, ())
    while not running.done():
        await asyncio.sleep(0.01)
        connection.interrupt()
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        running.result()
    await connection.close()


async def test_closing_waits_for_what_was_asked_and_ends_the_thread(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    connection = await open_connection(str(tmp_path / "file.db"), {})
    asked = connection.call_in_thread(run_control, "CREATE TABLE made (id)")
    await connection.close()
    await connection.close()
    assert asked.done()
    with pytest.raises(sqlite3.ProgrammingError):
        await connection.call_in_thread(run_control, "SELECT 1")
    for thread in set(threading.enumerate()) - before:
        await asyncio.to_thread(thread.join, 5)
        assert not thread.is_alive()


def test_a_result_that_comes_after_the_event_loop_disturbs_nobody(tmp_path: Path) -> None:
    may_end = threading.Event()

    async def leave() -> SqliteConnection:
        connection = await open_connection(str(tmp_path / "file.db"), {})
        _ = connection.call_in_thread(lambda _driver: may_end.wait(5))
        return connection

    connection = asyncio.run(leave())
    may_end.set()
    asyncio.run(connection.close())  # its thread still answers
