"""The repository of leases, on every engine. Time is the database's: a period of no length has run out at once."""

import asyncio
from datetime import timedelta

from domain.unit_of_work import Store
from store.unit_of_work import SqlStore

LONG, NONE = timedelta(minutes=5), timedelta(0)


async def acquire(store: Store, token: str, period: timedelta = LONG) -> bool:
    """Take the lease of the relay."""
    async with store.open_unit() as uow:
        return await uow.leases.acquire("relay", token, period)


async def test_a_lease_is_held_by_one_and_renewed_by_its_token(store: SqlStore) -> None:
    assert await acquire(store, "a")
    assert not await acquire(store, "b")
    assert await acquire(store, "a")
    async with store.open_unit() as uow:
        assert await uow.leases.acquire("seal", "b", LONG)


async def test_a_lease_that_ran_out_is_taken_over(store: SqlStore) -> None:
    assert await acquire(store, "a", NONE)
    assert await acquire(store, "b")
    assert not await acquire(store, "a")


async def test_a_lease_that_a_clock_ahead_left_behind_holds_nobody_off(store: SqlStore) -> None:
    assert await acquire(store, "dead", timedelta(days=365))
    assert await acquire(store, "a")
    assert not await acquire(store, "b")
    assert await acquire(store, "a")


async def test_a_clock_set_back_by_a_second_takes_no_lease_away(store: SqlStore) -> None:
    assert await acquire(store, "a", LONG + timedelta(seconds=1))
    assert not await acquire(store, "b", LONG)


async def test_everybody_sees_when_a_job_last_ran(store: SqlStore) -> None:
    async def seen() -> float | None:
        async with store.open_unit(write=False) as uow:
            [lease] = await uow.leases.list_held()
        assert lease.job_name == "relay"
        return (lease.database_now - lease.ran_at).total_seconds() if lease.ran_at else None

    assert await acquire(store, "a")
    assert await seen() is None
    async with store.open_unit() as uow:
        assert await uow.leases.acquire("relay", "a", LONG, timedelta(seconds=7))
    for token in ("a", "b"):  # a renewal without news keeps the news
        await acquire(store, token)
        assert 7 <= (await seen() or 0) < 20


async def test_a_lease_is_given_back_by_its_holder_only(store: SqlStore) -> None:
    assert await acquire(store, "a")
    async with store.open_unit() as uow:
        await uow.leases.release("relay", "b")
    assert not await acquire(store, "b")
    async with store.open_unit() as uow:
        await uow.leases.release("relay", "a")
    assert await acquire(store, "b")


async def test_of_many_who_want_it_at_once_one_gets_it(store: SqlStore, other_store: SqlStore) -> None:
    wanting = [acquire(one, str(number)) for number, one in enumerate([store, other_store] * 5)]
    assert sum(await asyncio.gather(*wanting)) == 1
