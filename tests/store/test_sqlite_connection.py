"""A connection that cannot be opened leaves nothing behind that could speak up later."""

import sqlite3
import threading
from pathlib import Path

import pytest

from store.engines.sqlite_connection import connect


async def test_the_thread_of_a_failed_connection_has_ended(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with pytest.raises(sqlite3.OperationalError):
        _ = await connect(str(tmp_path / "no" / "such" / "folder.db"), {})
    assert set(threading.enumerate()) <= before
