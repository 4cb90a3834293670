"""A connection that cannot be opened leaves nothing behind that could speak up later."""

import sqlite3
import threading
from pathlib import Path

import pytest

from store.engines.sqlite_connection import open_connection


async def test_the_thread_of_a_failed_connection_has_ended(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    for file_path, pragmas in ((str(tmp_path / "no" / "such" / "folder.db"), {}), (str(tmp_path / "a.db"), {"": "("})):
        with pytest.raises(sqlite3.OperationalError):
            _ = await open_connection(file_path, pragmas)
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
        assert not thread.is_alive()
