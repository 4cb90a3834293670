"""Places where an import keeps rows while the file is examined: a temporary SQLite file, so that memory does not
grow."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

_SPOOL_TABLES = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
CREATE TABLE claims (field TEXT, value TEXT, row INTEGER, PRIMARY KEY (field, value)) WITHOUT ROWID;
CREATE TABLE kept (place INTEGER PRIMARY KEY, given TEXT);
BEGIN
"""


class TemporarySpool:
    """Implements `domain.registries.imports.Spool`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._connection.executescript(_SPOOL_TABLES)

    def claim_unique(self, field_name: str, value: str, row_number: int) -> int | None:
        statement = "INSERT INTO claims VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
        if self._connection.execute(statement, (field_name, value, row_number)).rowcount:
            return None
        claiming_row = self._connection.execute(
            "SELECT row FROM claims WHERE field = ? AND value = ?", (field_name, value)
        )
        return int(claiming_row.fetchone()[0])

    def add_row(self, row_values: dict[str, Any]) -> None:
        values_json = json.dumps(row_values, ensure_ascii=False)
        self._connection.execute("INSERT INTO kept (given) VALUES (?)", (values_json,))

    def read_rows(self) -> Iterator[dict[str, Any]]:
        for (values_json,) in self._connection.execute("SELECT given FROM kept ORDER BY place"):
            yield json.loads(values_json)


@contextmanager
def open_temporary_spool() -> Iterator[TemporarySpool]:
    """Make a spool that is deleted at the end of the block. It holds personal data: its folder is its owner's alone."""
    with TemporaryDirectory(prefix="pishkhan-import-") as folder:
        connection = sqlite3.connect(Path(folder) / "rows.db", isolation_level=None)
        with closing(connection):
            yield TemporarySpool(connection)
