"""Units that wait for their turn to write to SQLite share a commit, and nothing else."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from domain.values.errors import NotFound, Unavailable
from store.engines import build_engine
from store.engines.sqlite import SqliteEngine
from store.migrate import migrate
from store.unit_of_work import SqlStore
from tests.contracts.store.test_unit_of_work import MINUTE, count_of, hit
from tests.support.factories import NOW, a_message, a_request

UNITS = 12


@pytest.fixture
async def url(tmp_path: Path) -> str:
    """A migrated SQLite file."""
    address = f"sqlite:///{tmp_path / 'pishkhan.db'}"
    await migrate(address)
    return address


@pytest.fixture
async def engine(url: str) -> SqliteEngine:
    """Its engine."""
    made = build_engine(url)
    assert isinstance(made, SqliteEngine)
    return made


@pytest.fixture
async def store(engine: SqliteEngine) -> AsyncIterator[SqlStore]:
    """A store on it."""
    opened = SqlStore(engine)
    yield opened
    await opened.close()


@pytest.fixture
async def commits(store: SqlStore, engine: SqliteEngine) -> list[str]:
    """Every COMMIT from now on that the driver is told of."""
    await hit(store, "opens the connection")
    seen: list[str] = []
    connection = engine._writer._connection
    assert connection
    connection.direct.set_trace_callback(lambda sql: seen.append(sql) if sql == "COMMIT" else None)
    return seen


async def test_those_that_wait_share_one(store: SqlStore, commits: list[str]) -> None:
    counts = await asyncio.gather(*(hit(store, "x") for _ in range(UNITS)))
    assert sorted(counts) == list(range(1, UNITS + 1))
    assert len(commits) == 1
    await hit(store, "x")
    assert len(commits) == 2


async def test_no_unit_ends_before_it_is_durable(url: str, store: SqlStore, tmp_path: Path) -> None:
    """The writes of each unit lie in the file, for everybody to see, when its block has ended."""

    async def write(key: str) -> int:
        await hit(store, key)
        with closing(sqlite3.connect(tmp_path / "pishkhan.db")) as other:
            return int(other.execute("SELECT count(*) FROM hits WHERE key LIKE ?", (f"{key}|%",)).fetchone()[0])

    assert await asyncio.gather(*(write(f"key-{number}") for number in range(UNITS))) == [1] * UNITS


async def test_one_that_fails_rolls_back_alone(store: SqlStore, commits: list[str]) -> None:
    async def fail(key: str) -> None:
        async with store.open_unit() as uow:
            await uow.lines.add_hit(key, NOW, MINUTE)
            raise NotFound("code")

    work = [fail(f"bad-{number}") if number % 3 == 0 else hit(store, f"good-{number}") for number in range(UNITS)]
    ends = await asyncio.gather(*work, return_exceptions=True)
    assert [isinstance(end, NotFound) for end in ends] == [number % 3 == 0 for number in range(UNITS)]
    for number in range(UNITS):
        key = f"bad-{number}" if number % 3 == 0 else f"good-{number}"
        assert await count_of(store, key) == (0 if number % 3 == 0 else 1)
    assert len(commits) <= 2


async def test_one_that_is_cancelled_rolls_back_alone(store: SqlStore) -> None:
    inside = asyncio.Event()

    async def wait_inside() -> None:
        async with store.open_unit() as uow:
            await uow.lines.add_hit("cancelled", NOW, MINUTE)
            inside.set()
            await asyncio.Event().wait()

    first = asyncio.create_task(hit(store, "before"))
    waiting = asyncio.create_task(wait_inside())
    after = [asyncio.create_task(hit(store, "after")) for _ in range(3)]
    await inside.wait()
    waiting.cancel()
    ends = await asyncio.gather(first, waiting, *after, return_exceptions=True)
    assert isinstance(ends[1], asyncio.CancelledError)
    assert [await count_of(store, key) for key in ("before", "cancelled", "after")] == [1, 0, 3]


async def test_what_stops_the_commit_of_several_is_told_to_each(store: SqlStore, commits: list[str]) -> None:
    """A reference to nothing, which only the commit finds: nobody's text is kept, and each is asked to try again."""

    async def break_the_commit() -> None:
        async with store.open_unit() as uow:
            await uow.outbox.add(a_message(request_id=1))

    ends = await asyncio.gather(*(hit(store, "x") for _ in range(3)), break_the_commit(), return_exceptions=True)
    assert [type(end) for end in ends] == [Unavailable] * 4
    assert await count_of(store, "x") == 0
    with pytest.raises(sqlite3.IntegrityError):
        await break_the_commit()
    assert await hit(store, "x") == 1


async def test_a_transaction_that_sqlite_gives_up_is_told_to_all(store: SqlStore, engine: SqliteEngine) -> None:
    """As on a full disk: the units that had joined hear that nothing was kept, and the next one begins anew."""
    request = a_request()

    async def lose_it() -> None:
        async with store.open_unit() as uow:
            await uow.requests.add(request)
            connection = engine._writer._connection
            assert connection
            connection.direct.execute("ROLLBACK")
            raise Unavailable("database")

    ends = await asyncio.gather(hit(store, "x"), hit(store, "x"), lose_it(), return_exceptions=True)
    assert [type(end) for end in ends] == [Unavailable] * 3
    assert await hit(store, "x") == 1
