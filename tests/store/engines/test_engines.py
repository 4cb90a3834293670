"""URLs that name a database, and the secrets of an engine."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, text

from domain.values.errors import Unavailable
from store.engines import ENGINE_CLASSES, build_engine, sqlite_connection
from store.engines.limits import ConnectionLimits
from store.engines.sqlite import SqliteEngine
from store.engines.sqlite_connection import open_connection, open_file, run_statement
from store.migrate import migrate
from store.unit_of_work import SqlStore


@pytest.mark.parametrize(
    ("url", "scheme"),
    [
        ("sqlite:///var/pishkhan.db", "sqlite"),
        ("sqlite:////var/lib/pishkhan.db", "sqlite"),
        ("postgresql://pishkhan:secret@db.example:5433/pishkhan?sslmode=require", "postgresql"),
    ],
)
def test_the_scheme_chooses_the_engine(url: str, scheme: str) -> None:
    engine_class = type(build_engine(url))
    assert f"{engine_class.__module__}.{engine_class.__name__}" == ENGINE_CLASSES[scheme]


def test_the_url_goes_to_the_async_driver() -> None:
    url = (
        build_engine("postgresql://pishkhan:secret@db.example:5433/pishkhan?sslmode=require").create_schema_engine().url
    )
    assert (url.drivername, url.host, url.port, dict(url.query)) == (
        "postgresql+asyncpg",
        "db.example",
        5433,
        {"ssl": "require"},
    )


@pytest.mark.parametrize(
    "url", ["", "pishkhan.db", "mysql://db/pishkhan", "sqlite://", "sqlite:///:memory:", "postgresql+psycopg://db/x"]
)
def test_other_urls_are_refused_without_repeating_them(url: str) -> None:
    with pytest.raises(ValueError, match=r"sqlite"):
        build_engine(url)


@pytest.mark.parametrize("port", [0, 65536, 99999])
def test_a_port_that_cannot_be_is_refused(port: int) -> None:
    with pytest.raises(ValueError, match=str(port)):
        build_engine(f"postgresql://user:secret@127.0.0.1:{port}/x")


async def test_a_write_unit_inside_another_is_an_error_not_a_silent_wait(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'pishkhan.db'}"
    await migrate(url)
    store = await SqlStore.connect(url)
    async with store.open_unit():
        with pytest.raises(RuntimeError, match="open already"):
            async with store.open_unit():
                pass
        async with store.open_unit(write=False):
            pass
    await store.close()


async def test_a_file_that_another_process_makes_just_now_is_waited_for(tmp_path: Path) -> None:
    """SQLite itself refuses at once to begin a write-ahead log beside a writer, whatever its `busy_timeout`."""
    file_path = str(tmp_path / "pishkhan.db")
    with closing(open_file(file_path, isolation_level=None)) as other_process:
        other_process.execute("BEGIN IMMEDIATE")
        opening = asyncio.create_task(open_connection(file_path, {"journal_mode": "WAL"}))
        await asyncio.sleep(0.2)
        other_process.execute("COMMIT")
        await (await opening).threaded.close()


async def test_another_process_that_writes_for_too_long_is_told(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'pishkhan.db'}"
    await migrate(url)
    first, second = [SqlStore(build_engine(url, ConnectionLimits(wait_seconds=0.001))) for _ in range(2)]
    async with first.open_unit():
        with pytest.raises(Unavailable):
            async with second.open_unit():
                pass
    async with second.open_unit():
        pass
    await asyncio.gather(first.close(), second.close())


async def test_a_cancellation_is_never_swallowed_by_a_failure(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'pishkhan.db'}"
    await migrate(url)
    first, second = [SqlStore(build_engine(url, ConnectionLimits(wait_seconds=0.05))) for _ in range(2)]

    async def write() -> None:
        async with second.open_unit():
            pass

    async with first.open_unit():
        waiting = asyncio.create_task(write())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    await write()
    await asyncio.gather(first.close(), second.close())


@pytest.mark.parametrize("write", [False, True])
async def test_a_unit_cancelled_while_it_begins_leaves_no_transaction(tmp_path: Path, write: bool) -> None:
    url = f"sqlite:///{tmp_path / 'pishkhan.db'}"
    await migrate(url)
    other_process, store = [SqlStore(build_engine(url)) for _ in range(2)]

    async def begin() -> None:
        async with store.open_unit(write=write):
            pass

    await begin()
    for turns in range(12):
        async with other_process.open_unit():  # a writer waits for it in the connection's thread
            waiting = asyncio.create_task(begin())
            for _ in range(turns):
                await asyncio.sleep(0)
            waiting.cancel()
        with suppress(asyncio.CancelledError):  # those that had ended before are done
            await waiting
        await begin()
    await asyncio.gather(other_process.close(), store.close())


async def test_broken_references_are_found_before_a_migration_is_committed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'pishkhan.db'}"
    await migrate(url)
    engine = build_engine(url)
    assert isinstance(engine, SqliteEngine)
    with pytest.raises(Exception, match="timers"):
        async with engine.open_migration() as connection:
            await connection.exec_driver_sql("INSERT INTO timers VALUES (1, 'now', 'sla', 'x')")
    await engine.close()


async def test_readers_that_come_at_any_moment_each_get_a_connection(tmp_path: Path) -> None:
    """The first reader opens a connection; another one may come just when it is open and take it."""
    url = f"sqlite:///{tmp_path / 'pishkhan.db'}"
    await migrate(url)

    async def read(engine: SqliteEngine) -> None:
        async with engine.open_session(write=False):
            await asyncio.sleep(0)

    for _ in range(20):
        engine = SqliteEngine(make_url(url))
        first = asyncio.create_task(read(engine))
        while not engine._idle_readers and not first.done():  # noqa: ASYNC110 - every turn of the loop counts
            await asyncio.sleep(0)
        await asyncio.gather(first, read(engine))
        await engine.close()


async def test_what_looks_through_a_whole_table_keeps_nobody_waiting(database: Path) -> None:
    counted = text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000) SELECT max(i) FROM n"
    )
    store = await SqlStore.connect(f"sqlite:///{database}")
    async with store.open_unit() as uow:
        with uow._transaction.running_long():
            counting, turns = asyncio.create_task(uow._transaction.fetch_value(counted)), 0
            while not counting.done():
                await asyncio.sleep(0)
                turns += 1
    await store.close()
    assert (counting.result(), turns > 10) == (500000, True)


async def test_the_nightly_erasure_keeps_nobody_waiting(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, statements_at_once = await SqlStore.connect(f"sqlite:///{database}"), list[str]()

    def run_at_once(connection: sqlite3.Connection, sql: str, arguments: Sequence[Any]) -> tuple[list[Any], int]:
        statements_at_once.append(sql)
        return run_statement(connection, sql, arguments)

    async with store.open_unit() as uow:
        monkeypatch.setattr(sqlite_connection, "run_statement", run_at_once)
        await uow.personal_data.erase_older(datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
        monkeypatch.undo()
    await store.close()
    assert not statements_at_once
