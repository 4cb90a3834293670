"""Refunds still due, bill by bill, on every engine."""

from dataclasses import replace
from datetime import timedelta

from domain.bills.bill import DueBack, PaymentMethod, PaymentOutcome, RefundState
from domain.values.paging import Cursor, cut_page
from store.bills.bills import _SELECT_FIRST_DUE, _SELECT_TOTAL_DUE
from store.unit_of_work import SqlStore
from tests.support.factories import NOW, a_bill, a_payment, a_refund


async def test_what_is_due_back_is_summed_bill_by_bill(store: SqlStore) -> None:
    twice, other, done = a_bill(amount=5_000), a_bill(amount=3_000), a_bill()
    earlier = NOW - timedelta(days=1)
    async with store.open_unit() as uow:
        for bill in (twice, other, done):
            await uow.bills.add(bill)
        for number, (amount, outcome) in enumerate([(5_000, PaymentOutcome.SETTLED), (5_000, PaymentOutcome.SURPLUS)]):
            await uow.bills.add_payment(a_payment(twice, amount=amount, outcome=outcome, reference=str(number)))
        back = {"method": PaymentMethod.REFUND, "outcome": PaymentOutcome.RETURNED, "amount": 1_000}
        await uow.bills.add_payment(a_payment(twice, reference="9", **back))
        refunds = [
            a_refund(twice, amount=5_000, created_at=NOW + timedelta(days=1)),
            a_refund(twice, amount=700),
            a_refund(twice, amount=1_000, created_at=earlier - timedelta(days=9), state=RefundState.REFUNDED),
            a_refund(other, amount=3_000, created_at=earlier),
            a_refund(done, state=RefundState.REFUNDED),
        ]
        for one in refunds:
            await uow.bills.add_refund(one)
    async with store.open_unit(write=False) as uow:
        assert await uow.bills.list_due_back(10) == [
            DueBack(other, 3_000, earlier, 0),
            DueBack(twice, 5_700, NOW, 10_000),
        ]
        assert await uow.bills.count_due_back() == (2, 8_700)


async def test_nothing_is_due_back(store: SqlStore) -> None:
    async with store.open_unit(write=False) as uow:
        assert await uow.bills.list_due_back(10) == []
        assert await uow.bills.count_due_back() == (0, 0)


async def test_the_list_is_read_page_by_page_and_back(store: SqlStore) -> None:
    """Two of each moment: the place is after one of them."""
    bills = [a_bill() for _ in range(5)]
    async with store.open_unit() as uow:
        for number, bill in enumerate(bills):
            await uow.bills.add(bill)
            await uow.bills.add_refund(a_refund(bill, created_at=NOW + timedelta(hours=number // 2)))

    async def page(at: Cursor | None) -> tuple[list[int], Cursor | None, Cursor | None]:
        async with store.open_unit(write=False) as uow:
            found = cut_page([(one.due_since, one.bill.id, one) for one in await uow.bills.list_due_back(2, at)], 2, at)
        return [bills.index(replace(one.bill)) for one in found.rows], found.previous_cursor, found.next_cursor

    first, nothing, after = await page(None)
    second, before, further = await page(after)
    third, back, end = await page(further)
    assert (first, second, third) == ([0, 1], [2, 3], [4])
    assert (nothing, end) == (None, None)
    assert (await page(before))[0] == first
    assert (await page(back))[0] == second


async def test_what_went_back_long_ago_is_not_looked_through(sqlite_url: str) -> None:
    store = await SqlStore.connect(sqlite_url)
    async with store.open_unit(write=False) as uow:
        work = uow.bills._transaction
        for statement, values in ((_SELECT_FIRST_DUE, {"most": 10}), (_SELECT_TOTAL_DUE, {})):
            sql, arguments = work.engine.prepare_statement(statement, tuple(values)).bind_values(values)
            plan, _ = await work.session.execute(f"EXPLAIN QUERY PLAN {sql}", arguments, returns=True)
            through = [str(row[-1]) for row in plan if "refunds" in str(row[-1])]
            assert through
            assert all("ix_refunds_due" in one for one in through), through
    await store.close()
