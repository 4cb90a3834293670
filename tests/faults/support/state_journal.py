"""The database of an office as somebody sees it who does not trust the program: plain rows, and a journal of states.

The journal is written by triggers that the harness adds: each change of an outgoing text's state, in the transaction
that made it. So what a text passed through is known even if the process died right after.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from itertools import pairwise
from typing import Any

import asyncpg

Row = dict[str, Any]

SQLITE = "sqlite:///"
TABLES = (
    "inbox", "outbox", "requests", "history", "seals", "bills", "payments", "bookings", "slots", "receipts",
    "dialogues", "timers", "leases", "outbox_journal", "refunds", "comments", "audit",
    "idempotency_keys", "office_nonces",
    "payment_attempts", "payment_attempt_shares", "payment_attempt_events", "payment_callbacks", "payment_links",
    "suspense_receipts", "ledger_entries", "card_refunds", "card_refund_events",
)  # fmt: skip
"""Tables read as evidence."""

_SQLITE_JOURNAL = """
CREATE TABLE outbox_journal (number INTEGER PRIMARY KEY, message_id BIGINT, was TEXT, became TEXT, reason TEXT);
CREATE TRIGGER outbox_journal AFTER UPDATE OF state ON outbox WHEN OLD.state <> NEW.state BEGIN
  INSERT INTO outbox_journal (message_id, was, became, reason) VALUES (NEW.id, OLD.state, NEW.state, NEW.reason);
END;
"""
_POSTGRESQL_JOURNAL = """
CREATE TABLE outbox_journal (number BIGSERIAL PRIMARY KEY, message_id BIGINT, was TEXT, became TEXT, reason TEXT);
CREATE FUNCTION outbox_journal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO outbox_journal (message_id, was, became, reason) VALUES (NEW.id, OLD.state, NEW.state, NEW.reason);
  RETURN NULL;
END $$;
CREATE TRIGGER outbox_journal AFTER UPDATE OF state ON outbox
  FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION outbox_journal();
"""

_SQLITE_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"
_POSTGRESQL_TABLES = "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"


class Database:
    """Reads one database, each time through a connection of its own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._path = url.removeprefix(SQLITE) if url.startswith(SQLITE) else None

    async def rows(self, query: str) -> list[Row]:
        """Rows found by a query."""
        return (await self.read([query]))[0]

    async def read(self, queries: Sequence[str]) -> list[list[Row]]:
        """Rows found by each of some queries, all in one snapshot."""
        if self._path is not None:
            return _read_file(self._path, queries)
        server = await asyncpg.connect(self.url)
        try:
            async with server.transaction(isolation="repeatable_read", readonly=True):
                return [[dict(row) for row in await server.fetch(query)] for query in queries]
        finally:
            await server.close()

    async def execute(self, script: str) -> None:
        """Change it behind the program's back."""
        if self._path is not None:
            with closing(sqlite3.connect(self._path)) as file, file:
                file.executescript(script)
            return
        server = await asyncpg.connect(self.url)
        try:
            await server.execute(script)
        finally:
            await server.close()

    async def keep_journal(self) -> None:
        """Have the states of outgoing texts written down from now on."""
        await self.execute(_POSTGRESQL_JOURNAL if self._path is None else _SQLITE_JOURNAL)

    async def list_tables(self) -> list[str]:
        """The names of all tables."""
        query = _SQLITE_TABLES if self._path is not None else _POSTGRESQL_TABLES
        return [row["name"] for row in await self.rows(query)]

    async def read_all(self) -> dict[str, list[Row]]:
        """Every row of every table."""
        tables = await self.list_tables()
        found = await self.read([f'SELECT * FROM "{table}"' for table in tables])  # noqa: S608 - names from the database
        return dict(zip(tables, found, strict=True))

    async def evidence(self) -> dict[str, list[Row]]:
        """All rows of the tables that matter."""
        found = await self.read([f"SELECT * FROM {table}" for table in TABLES])  # noqa: S608 - names from above
        return dict(zip(TABLES, found, strict=True))


def _read_file(path: str, queries: Sequence[str]) -> list[list[Row]]:
    # Read-only: the last to close a file writes its log back, which is the program's own business after a death.
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)) as file:
        file.row_factory = sqlite3.Row
        file.execute("BEGIN")
        return [[dict(row) for row in file.execute(query)] for query in queries]


def passages(journal: Sequence[Row]) -> dict[int, list[tuple[str, str]]]:
    """Each text's changes of state, oldest first."""
    found: dict[int, list[tuple[str, str]]] = {}
    for row in sorted(journal, key=lambda row: row["number"]):
        found.setdefault(row["message_id"], []).append((row["was"], row["became"]))
    return found


def broken(changes: Sequence[tuple[str, str]]) -> bool:
    """Whether a text's changes do not follow from each other, the first one from `queued`."""
    return any(former[1] != later[0] for former, later in pairwise([("", "queued"), *changes]))
