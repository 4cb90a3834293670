"""Money that is brought twice in one moment, by a list and at the desk, by two presses of a button: it counts once."""

import asyncio
from pathlib import Path

import pytest

from domain.actions.bills.pay_by_ids import record_payment_by_ids
from domain.actions.context import ActorContext
from domain.actions.settlement.booking import book_file
from domain.actions.settlement.examining import bring_file, examine_file
from domain.bills.bill import PaymentMethod, PaymentOutcome
from store.unit_of_work import SqlStore
from tests.support.municipality import Municipality, StandingClock, build_desk
from tests.support.settlement_files import RevenueUnit, paste, pasted_line

SETTLING_SECONDS = 0.3
"""So long the other process has to come as far as the lock."""


@pytest.fixture
async def revenue(store: SqlStore) -> RevenueUnit:
    """A revenue unit over either database."""
    clock = StandingClock()
    town = Municipality(build_desk(clock), store, clock, Path())
    await town.furnish()
    return RevenueUnit(town)


async def test_a_slip_that_is_recorded_while_a_list_is_booked_leaves_no_surplus(
    revenue: RevenueUnit, other_store: SqlStore
) -> None:
    town, code = revenue.town, await revenue.town.reach("awaiting_payment")
    (bill,) = await town.bills(code)
    brought = paste(pasted_line(bill, "778899", town.clock.now()))
    examined = await examine_file(town.desk, town.store, brought, revenue.actor)
    await revenue.confirm(examined.file.id)
    async with town.store.open_unit() as uow:
        ids = (bill.bill_id, bill.payment_id)
        await record_payment_by_ids(
            ActorContext(town.desk, uow, revenue.actor), ids, bill.amount, PaymentMethod.SLIP, "11223344"
        )
        booking = asyncio.create_task(book_file(town.desk, other_store, examined.file.id, revenue.actor))
        await asyncio.sleep(SETTLING_SECONDS)
    await booking
    assert [one.outcome for one in await town.payments(code)] == [PaymentOutcome.SETTLED]
    assert await revenue.outcomes(examined) == ["left_out"]


async def test_two_presses_bring_one_list(revenue: RevenueUnit, other_store: SqlStore) -> None:
    town = revenue.town
    brought = await asyncio.gather(
        *(bring_file(town.desk, one, paste("1234567 1"), revenue.actor) for one in (town.store, other_store) * 3)
    )
    assert len({one.file.id for one in brought}) == 1
    assert [one.is_same_file for one in brought].count(False) == 1
