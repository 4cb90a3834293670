"""Merged bills on every engine: found by their ids and by their parts; the same bills are merged once."""

import asyncio

import pytest

from domain.bills.bill import Bill, PaymentMethod
from domain.bills.merged_bill import MergedBill
from domain.unit_of_work import Store
from domain.values.errors import BillNotFound, Conflict
from store.unit_of_work import SqlStore
from tests.support.factories import NOW, a_bill, a_payment, new_id


async def add_bills(store: Store, number: int) -> list[Bill]:
    """Store so many bills."""
    bills = [a_bill(amount=1_000_000) for _ in range(number)]
    async with store.open_unit() as uow:
        for bill in bills:
            await uow.bills.add(bill)
    return bills


def build_merged_bill(*bills: Bill) -> MergedBill:
    """Return a merged bill of these."""
    as_bill, part_row_ids = a_bill(), tuple(sorted(bill.id for bill in bills))
    amount = sum(bill.amount for bill in bills)
    return MergedBill(
        new_id(), as_bill.file_number, as_bill.bill_id, as_bill.payment_id, amount, part_row_ids, created_at=NOW
    )


async def test_it_is_found_by_its_ids_and_by_its_parts(store: SqlStore) -> None:
    first, second, third = await add_bills(store, 3)
    both, other = build_merged_bill(second, first), build_merged_bill(first, third)
    async with store.open_unit() as uow:
        for merged_bill in (both, other):
            await uow.merged_bills.add(merged_bill)
    async with store.open_unit(write=False) as uow:
        assert await uow.merged_bills.get(both.id) == both
        assert await uow.merged_bills.find_by_bill_id(other.bill_id) == other
        assert await uow.merged_bills.find_by_bill_id(first.bill_id) is None
        assert await uow.merged_bills.find_of_parts([second.id, first.id]) == both
        assert await uow.merged_bills.find_of_parts([first.id]) is None
        assert await uow.merged_bills.list_of_bill(first.id) == [both, other]
        assert await uow.merged_bills.list_of_bill(second.id) == [both]
        with pytest.raises(BillNotFound):
            await uow.merged_bills.get(first.id)


async def test_the_same_bills_are_merged_once(store: SqlStore, other_store: SqlStore) -> None:
    bills = await add_bills(store, 2)

    async def add(number: int) -> None:
        async with (store if number % 2 else other_store).open_unit() as uow:
            await uow.merged_bills.add(build_merged_bill(*bills))

    ends = await asyncio.gather(*map(add, range(8)), return_exceptions=True)
    assert sum(end is None for end in ends) == 1
    assert {type(end) for end in ends} == {type(None), Conflict}
    async with store.open_unit(write=False) as uow:
        assert len(await uow.merged_bills.list_of_bill(bills[0].id)) == 1


async def test_the_file_is_compared_with_its_parts(store: SqlStore) -> None:
    bills = await add_bills(store, 2)
    merged_bill = build_merged_bill(*bills)
    async with store.open_unit() as uow:
        await uow.merged_bills.add(merged_bill)
    async with store.open_unit(write=False) as uow:
        found = await uow.settlement.find_bills({merged_bill.bill_id, bills[0].bill_id, "1"})
    assert found.keys() == {merged_bill.bill_id, bills[0].bill_id}
    facts = found[merged_bill.bill_id]
    assert (sorted(facts.row_ids), facts.amount, facts.merged_bill_id) == (
        list(merged_bill.part_row_ids), 2_000_000, merged_bill.id,
    )  # fmt: skip
    assert (found[bills[0].bill_id].row_ids, found[bills[0].bill_id].merged_bill_id) == ((bills[0].id,), None)


async def test_a_receipt_pays_every_part_once(store: SqlStore) -> None:
    """Its number, and its RRN at a terminal, are unique but for the place among the payments of one receipt."""
    bills = await add_bills(store, 2)
    merged_bill, pos = build_merged_bill(*bills), PaymentMethod.POS
    receipt = {"method": pos, "office": "1001", "reference": "1001/5", "rrn": "433812345678"}
    async with store.open_unit() as uow:
        await uow.merged_bills.add(merged_bill)
        for position, bill in enumerate(bills):
            part = {"merged_bill_id": merged_bill.id, "part_position": position}
            await uow.bills.add_payment(a_payment(bill, **receipt, **part))
    for position, number in ((0, "1001/5"), (1, "1001/6")):
        taken = receipt | {"reference": number, "part_position": position}
        async with store.open_unit() as uow:
            with pytest.raises(Conflict):
                await uow.bills.add_payment(a_payment(bills[0], **taken))
    async with store.open_unit(write=False) as uow:
        payments = [one for bill in bills for one in await uow.bills.list_payments(bill.id)]
    assert [(one.merged_bill_id, one.part_position) for one in payments] == [(merged_bill.id, 0), (merged_bill.id, 1)]
