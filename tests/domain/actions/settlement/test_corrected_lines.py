"""A line over a wrong amount, and the bank's own correction: one payment, of the bill, and no phantom beside it."""

from dataclasses import replace

import pytest

from domain.actions.ledger.suspense_check import SuspenseFault, compare_suspense
from domain.actions.settlement.reconciling import find_differences
from domain.bills.bill import BillState, PaymentOutcome
from domain.gateways.attempt import AttemptState, PaymentAttempt
from domain.ledger.suspense import SuspenseReceipt, SuspenseState
from tests.domain.actions.settlement.test_sale_files import SETTLED, VERIFIED, book, leave
from tests.support.scripted_bank import Payer
from tests.support.settlement_files import RevenueUnit, bill_line, sale_line, write_bills

WRONG_AMOUNTS = [(-1000,), (5000,), (-1000, 5000)]


async def open_receipts(revenue: RevenueUnit) -> list[SuspenseReceipt]:
    """Balance of suspense."""
    async with revenue.town.store.open_unit(write=False) as uow:
        return await uow.suspense.list_in_state(SuspenseState.OPEN, 10)


async def faults(revenue: RevenueUnit) -> list[SuspenseFault]:
    """Findings of `ledger check`: in suspense beside the files, after it found the ledger to be as the books."""
    async with revenue.town.store.open_unit(write=False) as uow:
        assert await uow.ledger.list_differences(100) == []
        return [difference.fault for difference in await compare_suspense(uow, 100)]


@pytest.mark.parametrize("wrong_by", WRONG_AMOUNTS)
@pytest.mark.parametrize("is_one_file", [True, False])
async def test_the_right_line_of_a_bank_pays_the_bill(
    revenue: RevenueUnit, wrong_by: tuple[int, ...], *, is_one_file: bool
) -> None:
    town, code = revenue.town, await revenue.town.reach("awaiting_payment")
    bill, now = (await town.bills(code))[0], revenue.town.clock.now()
    amounts = [*(bill.amount + one for one in wrong_by), bill.amount]
    lines = [bill_line(bill, 71, now, amount=amount) for amount in amounts]
    contents = [write_bills(*lines)] if is_one_file else [write_bills(line) for line in lines]
    booked = [await revenue.book(content) for content in contents]
    assert (await revenue.outcomes(booked[-1]))[-1] == "settles"
    assert (await town.bills(code))[0].state is BillState.PAID
    assert [payment.outcome for payment in await town.payments(code)] == [PaymentOutcome.SETTLED]
    assert await open_receipts(revenue) == []
    assert await faults(revenue) == []
    again = await revenue.book(write_bills(lines[0], lines[-1], bill_line(bill, 71, now)))
    assert set(await revenue.outcomes(again)) <= {"known", "repeated"}, "neither is new money"


async def test_examining_foresees_it(revenue: RevenueUnit) -> None:
    bill = (await revenue.town.bills(await revenue.town.reach("awaiting_payment")))[0]
    now = revenue.town.clock.now()
    await revenue.book(write_bills(bill_line(bill, 71, now, amount=bill.amount - 1000)))
    assert await revenue.outcomes(await revenue.examine(write_bills(bill_line(bill, 71, now)))) == ["settles"]


async def test_what_somebody_decided_on_stays(revenue: RevenueUnit) -> None:
    """The wrong amount was placed on another bill by hand: a person must look at the right one."""
    town = revenue.town
    bill, other = [(await town.bills(await town.reach("awaiting_payment")))[0] for _ in range(2)]
    now = town.clock.now()
    await revenue.book(write_bills(bill_line(replace(bill, amount=other.amount), 71, now, amount=bill.amount - 1000)))
    [receipt] = await open_receipts(revenue)
    async with town.store.open_unit() as uow:
        await uow.suspense.save(replace(receipt, state=SuspenseState.MATCHED, decided_by="staff:x", decided_at=now))
    assert await revenue.outcomes(await revenue.book(write_bills(bill_line(bill, 71, now)))) == ["other_number"]


async def settle_online(payer: Payer, attempt: PaymentAttempt) -> None:
    """Let the bank verify and settle an attempt before any file comes."""
    await payer.come_back(attempt, "5142")
    payer.bank.script(VERIFIED, SETTLED)
    await payer.advance()


@pytest.mark.parametrize("wrong_by", WRONG_AMOUNTS)
@pytest.mark.parametrize("is_settled_before", [True, False])
async def test_the_right_line_of_a_gateway_is_the_attempts(
    revenue: RevenueUnit, payer: Payer, wrong_by: tuple[int, ...], *, is_settled_before: bool
) -> None:
    code, attempt = await leave(payer)
    if is_settled_before:
        await settle_online(payer, attempt)
    now = payer.town.clock.now()
    for one in wrong_by:
        await book(revenue, sale_line(attempt, "5142", now, amount=attempt.amount + one))
    outcomes = await revenue.outcomes(await book(revenue, sale_line(attempt, "5142", now)))
    assert outcomes == (["confirms"] if is_settled_before else ["settles"])
    assert await payer.state(attempt) is AttemptState.SETTLED
    assert [payment.outcome for payment in await payer.town.payments(code)] == [PaymentOutcome.SETTLED]
    assert (await payer.town.bills(code))[0].state is BillState.PAID
    assert await open_receipts(revenue) == []
    assert await faults(revenue) == []
    await find_differences(payer.town.desk, payer.town.store)
    assert await revenue.difference_kinds() == [], "the bank has put it right"


async def test_the_check_finds_money_that_lies_in_suspense_and_counts_besides(revenue: RevenueUnit) -> None:
    """As the books of an earlier version may have it: a receipt was brought back by hand."""
    town = revenue.town
    bill, now = (await town.bills(await town.reach("awaiting_payment")))[0], town.clock.now()
    await revenue.book(write_bills(bill_line(bill, 71, now, amount=bill.amount - 1000)))
    [receipt] = await open_receipts(revenue)
    await revenue.book(write_bills(bill_line(bill, 71, now)))
    phantom = replace(receipt, id=town.new_id(), reference=f"{receipt.reference}/x")
    async with town.store.open_unit() as uow:
        await uow.suspense.add(phantom)
    assert await faults(revenue) == [SuspenseFault.COUNTED_TWICE]


async def test_the_check_finds_a_receipt_over_another_amount_and_a_line_without_its_receipt(
    revenue: RevenueUnit,
) -> None:
    town = revenue.town
    bill, now = (await town.bills(await town.reach("awaiting_payment")))[0], town.clock.now()
    booked = await revenue.book(write_bills(bill_line(bill, 71, now, amount=bill.amount - 1000)))
    assert await faults(revenue) == []
    [receipt], [line] = await open_receipts(revenue), await revenue.lines(booked.file.id)
    async with town.store.open_unit() as uow:
        other = replace(receipt, id=town.new_id(), reference=f"{receipt.reference}/x", amount=receipt.amount + 10)
        await uow.suspense.add(other)
        await uow.settlement.add_lines([replace(line, line_number=line.line_number + 1, reference="99")])
    assert await faults(revenue) == [SuspenseFault.OTHER_AMOUNT, SuspenseFault.NO_RECEIPT]
