"""A merged bill made and paid beside whatever else happens to its parts, on both databases, in two processes."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from domain.actions.context import ActionContext
from domain.actions.links.payment_links import ensure_payment_link
from domain.actions.payments.begin import begin_payment
from domain.bills.bill import BillState, PaymentOutcome
from domain.bills.merged_bill import MergedBill
from domain.values.errors import DomainError, NotAllowedNow
from store.unit_of_work import SqlStore
from tests.support.municipality import Municipality, StandingClock, build_desk
from tests.support.scenarios.merged_bills import MergedTown, open_merged_town
from tests.support.scripted_bank import ScriptedBank

ROUNDS = 3

Sides = tuple[MergedTown, MergedTown]


@pytest.fixture
async def sides(store: SqlStore, other_store: SqlStore) -> Sides:
    """One town in two processes, where three requests of one citizen wait for money."""
    clock = StandingClock()
    desk = build_desk(clock)
    town, beside = (Municipality(desk, one, clock, Path()) for one in (store, other_store))
    await town.furnish()
    opened = await open_merged_town(town)
    return opened, MergedTown(beside, opened.codes)


async def run_both(*deeds: Awaitable[object]) -> list[object]:
    """Do all at once; return what came of each, domain errors among them."""
    ends = await asyncio.gather(*deeds, return_exceptions=True)
    for end in ends:
        if isinstance(end, BaseException) and not isinstance(end, DomainError):
            raise end
    return list(ends)


async def test_merges_at_once_make_one(sides: Sides) -> None:
    made = await run_both(*(side.merge() for side in sides * 4))
    assert len({one.bill_id for one in made if isinstance(one, MergedBill)}) == 1
    assert not [one for one in made if isinstance(one, DomainError)]


async def test_a_merge_while_a_payer_leaves_for_the_bank(sides: Sides) -> None:
    """Either the pair was made before, or the bills are being paid: then nobody gets a pair."""
    merging, paying = sides
    town, bank = paying.town, ScriptedBank()
    async with town.store.open_unit() as uow:
        token = (await ensure_payment_link(ActionContext(town.desk, uow), await paying.list_bills())).token
    leaving = begin_payment(town.desk, town.store, bank, token, "portal", "https://gomishan.example/callback")
    merged, _ = await run_both(merging.merge(), leaving)
    assert isinstance(merged, MergedBill | NotAllowedNow)
    assert await merging.list_states() == [BillState.PAYING] * 3


async def pay_part(side: MergedTown, _: MergedBill) -> object:
    """Pay the second part by itself."""
    return await side.town.pay(side.codes[1])


async def pay_whole(side: MergedTown, merged_bill: MergedBill) -> object:
    """Pay the merged bill once more, by another slip."""
    return await side.pay(merged_bill, "2", surplus=True)


@pytest.mark.parametrize(("beside", "surplus_parts"), [(pay_part, 1), (pay_whole, 3)])
async def test_a_payment_beside_one_of_the_whole(
    sides: Sides, beside: Callable[[MergedTown, MergedBill], Awaitable[object]], surplus_parts: int
) -> None:
    merged_bill = await sides[0].merge()
    ends = await run_both(sides[0].pay(merged_bill, "1", surplus=True), beside(sides[1], merged_bill))
    assert not [end for end in ends if isinstance(end, DomainError)]
    payments = await sides[0].list_payments()
    outcomes = [one.outcome for one in payments]
    assert outcomes.count(PaymentOutcome.SETTLED) == 3
    assert outcomes.count(PaymentOutcome.SURPLUS) == surplus_parts
    assert await sides[0].list_states() == ["paid"] * 3
    assert sum(one.amount for one in await sides[0].list_refunds()) == merged_bill.amount * surplus_parts // 3
    await sides[0].check_ledger()


async def test_one_report_brought_many_times_at_once_counts_once(sides: Sides) -> None:
    merged_bill = await sides[0].merge()
    ends = await run_both(*(side.pay(merged_bill, "1", surplus=True) for side in sides * ROUNDS))
    assert not [end for end in ends if isinstance(end, DomainError)]
    assert [one.outcome for one in await sides[0].list_payments()] == [PaymentOutcome.SETTLED] * 3
    await sides[0].check_ledger()
