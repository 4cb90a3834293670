"""A broken page in an SQLite file, as a failing disk leaves one."""

import sqlite3
from contextlib import closing
from pathlib import Path


def damage_a_page(file: Path, of: str = "ix_audit_at") -> None:
    """Overwrite the root page of an index or table; no process has the file open."""
    with closing(sqlite3.connect(file)) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = int(opened.execute("PRAGMA page_size").fetchone()[0])
        found = opened.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (of,)).fetchone()
        assert found, f"there is no {of}"
    with file.open("r+b") as pages:
        pages.seek((int(found[0]) - 1) * size)
        pages.write(b"\xff" * size)
