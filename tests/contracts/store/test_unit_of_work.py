"""Units of work: all or nothing, whatever becomes of the task, on every engine."""

import asyncio
import sqlite3
from contextlib import suppress
from datetime import datetime, timedelta

import asyncpg
import pytest

from domain.requests.request import RequestFilter
from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import Conflict, InvalidField, NotFound, Unavailable
from store.unit_of_work import SqlStore
from tests.support.factories import MOBILE, NOW, a_message, a_request, a_tariff

MINUTE = timedelta(minutes=1)


async def count_of(store: Store, key: str) -> int:
    """Number of statements with `key`."""
    async with store.open_unit(write=False) as uow:
        return await uow.lines.count_hits(key, NOW, MINUTE)


async def hit(store: Store, key: str) -> int:
    """One more hit, in a unit of its own."""
    async with store.open_unit() as uow:
        return await uow.lines.add_hit(key, NOW, MINUTE)


async def test_a_unit_that_ends_is_durable(store: SqlStore, database_url: str) -> None:
    request = a_request()
    async with store.open_unit() as uow:
        await uow.requests.add(request)
    await store.close()
    again = await SqlStore.connect(database_url)
    async with again.open_unit(write=False) as uow:
        assert await uow.requests.get(request.id) == request
    await again.close()


async def test_an_exception_leaves_nothing(store: SqlStore) -> None:
    request = a_request()

    async def fail() -> None:
        async with store.open_unit() as uow:
            await uow.requests.add(request)
            await uow.outbox.add(a_message(request_id=request.id))
            await uow.lines.add_hit("x", NOW, MINUTE)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with store.open_unit(write=False) as uow:
        assert await uow.requests.list_requests(RequestFilter()) == []
        assert await uow.outbox.list_recent() == []
    assert await count_of(store, "x") == 0


async def test_cancellation_in_the_middle_rolls_back_and_frees_the_writer(store: SqlStore) -> None:
    inside = asyncio.Event()

    async def write_and_wait() -> None:
        async with store.open_unit() as uow:
            await uow.lines.add_hit("x", NOW, MINUTE)
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write_and_wait())
    await inside.wait()
    waiting = asyncio.create_task(hit(store, "y"))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await waiting == 1
    assert await count_of(store, "x") == 0


async def test_cancellation_at_any_moment_is_all_or_nothing(store: SqlStore) -> None:
    """Cancelled after 0, 1, 2 … turns of the loop: at begin, in a statement, at commit, at the end."""

    async def write_both() -> None:
        async with store.open_unit() as uow:
            await uow.lines.add_hit("first", NOW, MINUTE)
            await uow.lines.add_hit("second", NOW, MINUTE)

    outcomes = set()
    for turns in range(120):
        task = asyncio.create_task(write_both())
        for _ in range(turns):
            await asyncio.sleep(0)
        before = task.done()
        task.cancel()
        outcomes.add((before, (await asyncio.gather(task, return_exceptions=True))[0] is None))
        assert await hit(store, "after") == turns + 1
    assert await count_of(store, "first") == await count_of(store, "second")
    assert (False, False) in outcomes


async def test_a_unit_cancelled_while_it_waits_for_its_turn_was_never_there(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        await uow.serialise("line")
        waiting = asyncio.create_task(serialised_hit(store, "line"))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await uow.lines.add_hit("line", NOW, MINUTE)
    assert await hit(store, "line") == 2


async def serialised_hit(store: Store, key: str) -> int:
    """Read, let others run, write what was read plus one: right only when nobody else is in between."""
    async with store.open_unit() as uow:
        await uow.serialise(key)
        stored = await uow.dialogues.load("sms", key)
        count = stored[0]["count"] + 1 if stored else 1
        await asyncio.sleep(0)
        await uow.dialogues.save("sms", key, {"count": count}, NOW)
        return count


async def test_units_that_hold_one_key_run_one_after_another(store: SqlStore, other_store: SqlStore) -> None:
    stores = [store, other_store] * 6
    counts = await asyncio.gather(*(serialised_hit(one, "line") for one in stores))
    assert sorted(counts) == list(range(1, 13))


async def test_concurrent_writers_of_one_counter_lose_nothing(store: SqlStore, other_store: SqlStore) -> None:
    counts = await asyncio.gather(*(hit(one, "x") for one in [store, other_store] * 15))
    assert sorted(counts) == list(range(1, 31))


async def test_readers_see_one_snapshot_beside_a_writer(store: SqlStore) -> None:
    await hit(store, "x")
    async with store.open_unit(write=False) as uow:
        assert await uow.lines.count_hits("x", NOW, MINUTE) == 1
        assert await hit(store, "x") == 2
        assert await uow.lines.count_hits("x", NOW, MINUTE) == 1
    assert await count_of(store, "x") == 2


async def test_a_reading_unit_cannot_write(store: SqlStore) -> None:
    with pytest.raises((sqlite3.OperationalError, asyncpg.ReadOnlySQLTransactionError)):
        async with store.open_unit(write=False) as uow:
            await uow.lines.add_hit("x", NOW, MINUTE)
    assert await hit(store, "x") == 1


async def fail_to_add(uow: UnitOfWork) -> None:
    """A price that is open twice, and the error swallowed."""
    await uow.tariffs.add(a_tariff())
    with pytest.raises(Conflict):
        await uow.tariffs.add(a_tariff())


async def test_after_a_failed_statement_nothing_can_be_committed(store: SqlStore) -> None:
    """PostgreSQL would answer COMMIT with a silent rollback; a swallowed error must not look like success."""

    async def swallow() -> None:
        async with store.open_unit() as uow:
            await uow.lines.add_hit("x", NOW, MINUTE)
            await fail_to_add(uow)
            with pytest.raises(Conflict):
                await uow.tariffs.list_all()

    with pytest.raises(Conflict):
        await swallow()
    assert await count_of(store, "x") == 0


async def test_an_attempt_rolls_back_alone(store: SqlStore) -> None:
    async def hit_and_fail(uow: UnitOfWork) -> None:
        async with uow.savepoint():
            await uow.lines.add_hit("y", NOW, MINUTE)
            await uow.requests.get(1)

    async with store.open_unit() as uow:
        await uow.lines.add_hit("x", NOW, MINUTE)
        with pytest.raises(NotFound):
            await hit_and_fail(uow)
        async with uow.savepoint():
            await uow.lines.add_hit("z", NOW, MINUTE)
    assert [await count_of(store, key) for key in "xyz"] == [1, 0, 1]


@pytest.mark.parametrize("written", [0, 1])
@pytest.mark.parametrize("fails", [True, False])
async def test_an_attempt_may_be_the_last_of_a_unit(store: SqlStore, written: int, fails: bool) -> None:
    async def last(uow: UnitOfWork) -> None:
        async with uow.savepoint():
            if written:
                await uow.lines.add_hit("y", NOW, MINUTE)
            if fails:
                raise NotFound("request")

    async with store.open_unit() as uow:
        await uow.lines.add_hit("x", NOW, MINUTE)
        with suppress(NotFound):
            await last(uow)
    assert [await count_of(store, key) for key in "xy"] == [1, written if not fails else 0]


async def test_an_attempt_survives_a_failed_statement(store: SqlStore) -> None:
    """Swallowed inside the attempt, it fails the attempt; the unit around it goes on."""
    async with store.open_unit() as uow:
        with pytest.raises(Conflict):
            async with uow.savepoint():
                await fail_to_add(uow)
        await uow.lines.add_hit("x", NOW, MINUTE)
        assert await uow.tariffs.list_all() == []
    assert await count_of(store, "x") == 1


async def test_an_attempt_that_was_cut_off_takes_the_unit_with_it(store: SqlStore) -> None:
    async def cut_off() -> None:
        async with store.open_unit() as uow:
            await uow.lines.add_hit("x", NOW, MINUTE)
            with suppress(TimeoutError):
                async with asyncio.timeout(0), uow.savepoint():
                    await asyncio.Event().wait()

    with pytest.raises(Unavailable):
        await cut_off()
    assert await hit(store, "x") == 1


async def test_a_statement_that_was_cut_off_takes_the_unit_with_it(store: SqlStore) -> None:
    """Engines at which a statement can be cut off at all: SQLite's run without a pause."""
    cut: list[bool] = []

    async def cut_off() -> None:
        async with store.open_unit() as uow:
            await uow.lines.add_hit("x", NOW, MINUTE)
            try:
                async with asyncio.timeout(0):
                    await uow.lines.add_hit("y", NOW, MINUTE)
            except TimeoutError:
                cut.append(True)

    ended = (await asyncio.gather(cut_off(), return_exceptions=True))[0]
    assert type(ended) is (Unavailable if cut else type(None))
    assert await count_of(store, "x") == await count_of(store, "y") == (0 if cut else 1)


async def test_the_relay_is_woken_after_commits_that_queued_a_message(database_url: str) -> None:
    woken: list[set[str]] = []
    store = await SqlStore.connect(database_url, on_queued=lambda channels: woken.append(set(channels)))
    async with store.open_unit() as uow:
        await uow.outbox.add(a_message())
        await uow.outbox.add(a_message(channel="bale"))
        assert not woken
    assert woken == [{"sms", "bale"}]
    await hit(store, "x")
    orphan = a_message(request_id=1)  # refused at the commit
    with pytest.raises((sqlite3.IntegrityError, asyncpg.ForeignKeyViolationError)):
        async with store.open_unit() as uow:
            await uow.outbox.add(orphan)
    assert len(woken) == 1
    await store.close()


async def test_what_a_column_cannot_hold_is_refused(store: SqlStore) -> None:
    for text in ("a\0b", "\ud800"):
        with pytest.raises(InvalidField):
            async with store.open_unit() as uow:
                await uow.outbox.add(a_message(text=text))
        with pytest.raises(InvalidField):
            async with store.open_unit() as uow:
                await uow.requests.add(a_request(fields={"place": text}))
    with pytest.raises(ValueError, match="aware"):
        async with store.open_unit() as uow:
            await uow.lines.save_opt_out(MOBILE, True, datetime(2026, 11, 24))  # noqa: DTZ001 - the very mistake


async def test_a_backslash_before_u0000_is_only_text(store: SqlStore) -> None:
    request = a_request(fields={"place": "\\u0000 و \\\\u0000"})
    async with store.open_unit() as uow:
        await uow.requests.add(request)
        assert await uow.requests.get(request.id) == request
