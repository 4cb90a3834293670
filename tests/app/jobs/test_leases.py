"""A lease in use: one holder at a time, kept from use to use, given up when it is lost."""

import asyncio
from datetime import timedelta

import pytest

from app.jobs.leases import Lease, LeaseLost
from tests.support.municipality import Municipality


class Work:
    """Something that lasts until it is told to end, and counts how often it was begun and ended."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.may_end = asyncio.Event()
        self.ended = 0

    async def do(self) -> None:
        self.begun.set()
        try:
            await self.may_end.wait()
        finally:
            self.ended += 1


async def test_one_holder_at_a_time(town: Municipality) -> None:
    mine, theirs, work = Lease(town.store, "job", "a"), Lease(town.store, "job", "b"), Work()
    running = asyncio.create_task(mine.run_holding(work.do))
    await work.begun.wait()
    assert not await theirs.run_holding(work.do)
    work.may_end.set()
    assert await running
    assert work.ended == 1
    assert not await theirs.acquire(), "it is kept from use to use"
    await mine.release()
    assert await theirs.acquire()


async def test_a_lease_that_is_surely_held_costs_nothing(town: Municipality) -> None:
    lease = Lease(town.store, "job", "a")
    assert await lease.acquire()
    town.sql("UPDATE leases SET token = 'b', until = '2000-01-01 00:00:00.000000'")
    assert await lease.acquire()


async def test_work_is_cut_off_when_the_lease_is_lost(town: Municipality) -> None:
    lease, work = Lease(town.store, "job", "a", timedelta(seconds=0.03)), Work()
    running = asyncio.create_task(lease.run_holding(work.do))
    await work.begun.wait()
    soon = "strftime('%Y-%m-%d %H:%M:%f', 'now', '+1 seconds') || '000'"  # one that ends in another age would be void
    town.sql(f"UPDATE leases SET token = 'b', until = {soon}")  # noqa: S608
    with pytest.raises(LeaseLost):
        await running
    assert work.ended == 1


async def test_what_goes_wrong_inside_comes_out(town: Municipality) -> None:
    async def fail() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await Lease(town.store, "job", "a").run_holding(fail)


async def test_a_cancelled_holder_ends_its_work(town: Municipality) -> None:
    lease, work = Lease(town.store, "job", "a"), Work()
    running = asyncio.create_task(lease.run_holding(work.do))
    await work.begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert work.ended == 1
    await lease.release()
    assert await Lease(town.store, "job", "b").acquire()
