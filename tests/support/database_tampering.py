"""Tampering with a database: changes rows by SQL behind the application's back, and puts them back again."""

import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from domain.requests.history import HistoryEvent, compute_event_hash
from store.unit_of_work import SqlStore

KEPT = ("history", "requests", "seals")
"""The tables that are damaged here."""

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}


class DatabaseTampering:
    """Hands on one database (`sqlite:///…`, `postgresql://…`), bound by none of its rules but its types."""

    def __init__(self, url: str) -> None:
        self.url = url
        scheme, _, rest = url.partition(":")
        self._engine: AsyncEngine = create_async_engine(f"{DRIVERS[scheme]}:{rest}")

    @asynccontextmanager
    async def open(self) -> AsyncIterator[AsyncConnection]:
        """Begin a transaction in which foreign keys are not looked at; it is committed at the end."""
        async with self._engine.begin() as connection:
            if self.url.startswith("postgresql"):
                await connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield connection

    async def keep(self) -> None:
        """Keep copies of what will be damaged."""
        async with self.open() as connection:
            for table in KEPT:
                await connection.execute(text(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}"))  # noqa: S608

    async def put_back(self) -> None:
        """Make it as it was when it was kept."""
        async with self.open() as connection:
            for table in KEPT:
                await connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - the names are our own
                await connection.execute(text(f"INSERT INTO {table} SELECT * FROM kept_{table}"))  # noqa: S608

    async def change(self, *statements: str, **values: Any) -> None:
        """Run statements, each of which must change something; values are named in them (:name)."""
        async with self.open() as connection:
            for statement in statements:
                wanted = {name: value for name, value in values.items() if f":{name}" in statement}
                changed = await connection.execute(text(statement), wanted)
                assert changed.rowcount > 0, statement

    @asynccontextmanager
    async def damage(self, *statements: str, **values: Any) -> AsyncIterator[None]:
        """Change something for a while."""
        try:
            await self.change(*statements, **values)
            yield
        finally:
            await self.put_back()

    async def rows(self, statement: str, **values: Any) -> Sequence[RowMapping]:
        """Read something."""
        async with self.open() as connection:
            return (await connection.execute(text(statement), values)).mappings().all()

    async def rewrite(self, request_id: int, seq: int, **facts: Any) -> None:
        """Change an event and reckon all hashes behind it and the request's head anew, as the application would."""
        store = await SqlStore.connect(self.url)
        async with store.open_unit(write=False) as uow:
            events = await uow.history.list_of_request(request_id)
        await store.close()
        previous = events[seq - 1].previous
        for event in (replace(events[seq - 1], **facts), *events[seq:]):
            forged = replace(event, previous=previous)
            previous = compute_event_hash(forged)
            await self._write(replace(forged, hash=previous), facts if event.seq == seq else {})
        await self.change(
            "UPDATE requests SET head_hash = :hash WHERE id = :request", hash=previous, request=request_id
        )

    async def _write(self, event: HistoryEvent, facts: Mapping[str, Any]) -> None:
        columns = ", ".join(f"{name} = :{name}" for name in ("previous", "hash", *facts))
        statement = f"UPDATE history SET {columns} WHERE request_id = :request AND seq = :seq"  # noqa: S608
        values = {"previous": event.previous, "hash": event.hash, "request": event.request_id, "seq": event.seq}
        await self.change(statement, **values, **facts)

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()


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
