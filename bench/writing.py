"""Writing millions of rows straight into the tables of a migrated database, each engine its fastest way."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from itertools import chain
from typing import Any

import asyncpg

from bench.databases import SQLITE, sqlite_file
from store.schema import metadata

Batch = dict[str, list[list[Any]]]
"""Rows by table; the cells are in the order of the schema's columns."""

SQLITE_INDEXES = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
POSTGRESQL_INDEXES = """SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND NOT EXISTS
(SELECT FROM pg_constraint WHERE conindid = to_regclass(indexname))"""
"""Indexes that are no keys: they are dropped, and made again when all rows are there."""


async def write(url: str, *batches: Iterable[Batch]) -> None:
    """Write the batches."""
    if url.startswith(SQLITE):
        write_sqlite(url, chain(*batches))
    else:
        await write_postgresql(url, chain(*batches))


def write_sqlite(url: str, batches: Iterable[Batch]) -> None:
    """Write without a journal: a file that is half written is thrown away."""
    with closing(sqlite3.connect(sqlite_file(url), isolation_level=None)) as file:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000", "temp_store=MEMORY", "threads=2"):
            file.execute(f"PRAGMA {pragma}")
        indexes = file.execute(SQLITE_INDEXES).fetchall()
        file.execute("BEGIN")
        for name, _ in indexes:
            file.execute(f"DROP INDEX {name}")
        for batch in batches:
            for table, rows in batch.items():
                file.executemany(_insert(table), rows)
        for _, definition in indexes:
            file.execute(definition)
        file.execute("COMMIT")
        file.execute("PRAGMA journal_mode=WAL")


def _insert(table: str) -> str:
    columns = metadata.tables[table].columns
    names = ", ".join(f'"{column.name}"' for column in columns)
    return f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608


async def write_postgresql(url: str, batches: Iterable[Batch]) -> None:
    """Write by COPY, with the checks of foreign keys put off for good; gather statistics in the end."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        indexes = await connection.fetch(POSTGRESQL_INDEXES)
        for name, _ in indexes:
            await connection.execute(f"DROP INDEX {name}")
        for batch in batches:
            for table, rows in batch.items():
                columns = [column.name for column in metadata.tables[table].columns]
                await connection.copy_records_to_table(table, records=rows, columns=columns)
        for _, definition in indexes:
            await connection.execute(definition)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
