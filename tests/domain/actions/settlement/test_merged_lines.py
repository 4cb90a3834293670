"""A line of a bank's file under the ids of a merged bill: one payment of each part, counted as one line."""

from datetime import date, timedelta

import pytest

from domain.actions.context import ActionContext
from domain.actions.settlement.reconciling import load_reconciliation
from domain.bills.bill import PaymentMethod, RefundState
from domain.values.calendar import to_tehran
from tests.support.scenarios.merged_bills import MergedTown, open_merged_town
from tests.support.settlement_files import RevenueUnit, bill_line, write_bills


@pytest.fixture
async def merged(revenue: RevenueUnit) -> MergedTown:
    """Three requests of one citizen that wait for money."""
    return await open_merged_town(revenue.town)


async def test_a_line_pays_every_part_and_the_same_file_changes_nothing(
    revenue: RevenueUnit, merged: MergedTown
) -> None:
    merged_bill, town = await merged.merge(), merged.town
    line = bill_line(merged_bill, 778899, town.clock.now())
    assert await revenue.outcomes(await revenue.examine(write_bills(line))) == ["settles"]
    assert await revenue.outcomes(await revenue.book(write_bills(line))) == ["settles"]
    assert await merged.list_states() == ["paid"] * 3
    assert {payment.method for payment in await merged.list_payments()} == {PaymentMethod.BANK_FILE}
    assert await revenue.outcomes(await revenue.book(write_bills(line, line))) == ["known", "known"]
    assert len(await merged.list_payments()) == 3
    await merged.check_ledger()


async def test_the_day_counts_one_line_and_its_whole_amount(revenue: RevenueUnit, merged: MergedTown) -> None:
    merged_bill, town = await merged.merge(), merged.town
    await revenue.book(write_bills(bill_line(merged_bill, 1, town.clock.now())))
    day: date = to_tehran(town.clock.now()).date()
    async with town.store.open_unit(write=False) as uow:
        (totals,) = (await load_reconciliation(ActionContext(town.desk, uow), day)).totals
    assert (totals.counted, totals.counted_amount) == (totals.filed, totals.filed_amount) == (1, merged_bill.amount)


async def test_a_slip_of_the_same_number_is_the_same_payment(revenue: RevenueUnit, merged: MergedTown) -> None:
    merged_bill = await merged.merge()
    await merged.pay(merged_bill, "778899")
    line = bill_line(merged_bill, "000778899", merged.town.clock.now())
    assert await revenue.outcomes(await revenue.examine(write_bills(line))) == ["confirms"]
    assert await revenue.outcomes(await revenue.book(write_bills(line))) == ["confirms"]
    assert len(await merged.list_payments()) == 3


async def test_a_part_and_the_whole_in_one_file(revenue: RevenueUnit, merged: MergedTown) -> None:
    """Somebody paid a part at an ATM and the merged bill by USSD: the part's money goes back."""
    merged_bill, first = await merged.merge(), (await merged.list_bills())[0]
    moment = merged.town.clock.now()
    lines = [bill_line(first, 1, moment), bill_line(merged_bill, 2, moment)]
    assert await revenue.outcomes(await revenue.examine(write_bills(*lines))) == ["settles", "surplus"]
    assert await revenue.outcomes(await revenue.book(write_bills(*lines))) == ["settles", "surplus"]
    assert await merged.list_states() == ["paid"] * 3
    (refund,) = await merged.list_refunds()
    assert (refund.bill_id, refund.amount, refund.state) == (first.id, first.amount, RefundState.DUE)
    await merged.check_ledger()


async def test_a_wrong_amount_is_held(revenue: RevenueUnit, merged: MergedTown) -> None:
    merged_bill = await merged.merge()
    line = bill_line(merged_bill, 1, merged.town.clock.now(), amount=merged_bill.amount - 1000)
    assert await revenue.outcomes(await revenue.book(write_bills(line))) == ["wrong_amount"]
    assert await merged.list_states() == ["open"] * 3
    assert await revenue.difference_kinds() == ["bill_amount"]


async def test_what_comes_after_it_expired_goes_to_what_is_open(revenue: RevenueUnit, merged: MergedTown) -> None:
    merged_bill, town = await merged.merge(), merged.town
    paid_at = town.clock.now()
    town.advance(**{"days": 1})
    await town.pay(merged.codes[0])
    line = bill_line(merged_bill, 1, paid_at + timedelta(minutes=1))
    assert await revenue.outcomes(await revenue.book(write_bills(line))) == ["surplus"]
    assert await merged.list_states() == ["paid"] * 3
    assert sum(refund.amount for refund in await merged.list_refunds()) == merged_bill.amount // 3
