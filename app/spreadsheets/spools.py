"""Where an import keeps rows while the file is examined: a temporary SQLite file, so that memory does not grow."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

_TABLES = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
CREATE TABLE claims (field TEXT, value TEXT, row INTEGER, PRIMARY KEY (field, value)) WITHOUT ROWID;
CREATE TABLE kept (place INTEGER PRIMARY KEY, given TEXT);
BEGIN
"""


class TemporaryPile:
    """Implements `domain.imports.Pile`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._connection.executescript(_TABLES)

    def claim(self, field: str, value: str, row: int) -> int | None:
        """Note that a row has this value of a field that no two rows share; return the earlier row that has it."""
        statement = "INSERT INTO claims VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
        if self._connection.execute(statement, (field, value, row)).rowcount:
            return None
        found = self._connection.execute("SELECT row FROM claims WHERE field = ? AND value = ?", (field, value))
        return int(found.fetchone()[0])

    def add(self, values: dict[str, Any]) -> None:
        """Keep the values of a good row."""
        text = json.dumps(values, ensure_ascii=False)
        self._connection.execute("INSERT INTO kept (given) VALUES (?)", (text,))

    def rows(self) -> Iterator[dict[str, Any]]:
        """Return what was kept, in order."""
        for (text,) in self._connection.execute("SELECT given FROM kept ORDER BY place"):
            yield json.loads(text)


@contextmanager
def temporary_pile() -> Iterator[TemporaryPile]:
    """Make a pile that is gone with the block. It holds personal data: its folder is its owner's alone."""
    with TemporaryDirectory(prefix="pishkhan-import-") as folder:
        connection = sqlite3.connect(Path(folder) / "rows.db", isolation_level=None)
        with closing(connection):
            yield TemporaryPile(connection)
