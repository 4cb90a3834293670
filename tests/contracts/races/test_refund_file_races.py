"""Two of the staff who make the day's file at once, a transfer by hand beside it, a process that dies between.

The money goes back once, on both databases.
"""

import asyncio
from collections.abc import Awaitable
from pathlib import Path

import pytest

from domain.actions.bills.refunds import record_refund
from domain.actions.context import ActorContext
from domain.actions.refunds.accounts import ask_for_ibans
from domain.actions.refunds.transfer_files import make_transfer_file, record_transfer
from domain.bills.bill import Bill, PaymentOutcome
from domain.unit_of_work import Store
from domain.values.actors import Role
from domain.values.errors import DomainError
from store.unit_of_work import SqlStore
from tests.support.municipality import CITIZEN, Municipality, StandingClock, actor, build_desk

IBAN = "IR910120000000100324200001"


@pytest.fixture
async def town(store: SqlStore) -> Municipality:
    """A furnished town over either database."""
    clock = StandingClock()
    town = Municipality(build_desk(clock), store, clock, Path())
    await town.furnish()
    return town


async def owed(town: Municipality) -> Bill:
    """The bill of a paid request that was cancelled, with the account that its citizen gave."""
    code = await town.reach("paid")
    await town.says(f"لغو {code}", "۱", mobile=CITIZEN)
    await ask_for_ibans(town.desk, town.store)
    await town.says(IBAN, "۱", mobile=CITIZEN)
    return (await town.bills(code))[-1]


async def file(town: Municipality, store: Store, by: str) -> str:
    """Make today's file in one of the processes; its id."""
    async with store.open_unit() as uow:
        return str((await make_transfer_file(ActorContext(town.desk, uow, actor(Role.REVENUE, by)))).id)


async def by_hand(town: Municipality, store: Store, bill: Bill) -> str:
    """Record a transfer by hand."""
    async with store.open_unit() as uow:
        await record_refund(
            ActorContext(town.desk, uow, actor(Role.REVENUE, "cashier")), bill.bill_id, IBAN, f"TR-{bill.id}"
        )
    return "hand"


async def ending(deed: Awaitable[str]) -> str:
    """Its end, or the reason for none."""
    try:
        return await deed
    except DomainError as refused:
        return refused.reason or refused.code


async def test_of_two_who_make_the_file_both_have_the_same(town: Municipality, other_store: SqlStore) -> None:
    bill = await owed(town)
    stores = (town.store, other_store) * 2
    ends = await asyncio.gather(*(ending(file(town, store, f"staff{n}")) for n, store in enumerate(stores)))
    assert len(set(ends)) == 1
    async with other_store.open_unit(write=False) as uow:
        (transfer,) = await uow.refund_transfers.list_transfers(int(ends[0]))
        (refund,) = await uow.bills.list_refunds(bill.id)
    assert refund.transfer_id == transfer.id

    async def mark(store: Store) -> str:
        async with store.open_unit() as uow:
            await record_transfer(ActorContext(town.desk, uow, actor(Role.REVENUE, "cashier")), transfer.id, "7001")
        return "done"

    assert await asyncio.gather(*(ending(mark(store)) for store in stores)) == ["done"] * 4
    async with other_store.open_unit(write=False) as uow:
        payments = await uow.bills.list_payments(bill.id)
        assert await uow.ledger.list_differences(9) == []
    assert [payment.outcome for payment in payments].count(PaymentOutcome.RETURNED) == 1


async def test_of_file_and_hand_one_sends_it(town: Municipality, other_store: SqlStore) -> None:
    for turn in range(2):
        bill = await owed(town)
        deeds = [file(town, town.store, "maker"), by_hand(town, other_store, bill)]
        ends = await asyncio.gather(*map(ending, deeds if turn else deeds[::-1]))
        by_file = any(end.isdecimal() for end in ends)
        assert by_file != ("hand" in ends)
        async with other_store.open_unit(write=False) as uow:
            (refund,) = await uow.bills.list_refunds(bill.id)
        assert (refund.transfer_id is not None) == by_file
        town.advance(days=1)


async def test_who_dies_before_the_commit_leaves_nothing(town: Municipality, other_store: SqlStore) -> None:
    bill = await owed(town)

    async def make_and_die() -> None:
        async with town.store.open_unit() as uow:
            await make_transfer_file(ActorContext(town.desk, uow, actor(Role.REVENUE, "maker")))
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await make_and_die()
    async with other_store.open_unit(write=False) as uow:
        assert await uow.refund_transfers.list_files(9) == []
        (refund,) = await uow.bills.list_refunds(bill.id)
        assert refund.is_free
    assert (await file(town, other_store, "maker")).isdecimal()
