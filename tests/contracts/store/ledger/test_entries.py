"""Entries of the ledger on every engine: posted with the row that they are about, listed, summed, compared."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.bills.bill import Bill, BillState, PaymentOutcome, RefundState, Reversal
from domain.ledger.accounts import Account, AccountKey
from domain.ledger.balances import AccountTotals
from domain.ledger.entries import EntryKind, LedgerEntry
from domain.ledger.ports import EntryFilter, ListedEntry
from domain.values.errors import Conflict, InvalidField
from domain.values.paging import Cursor, Page, cut_page
from store.engines import build_engine
from store.unit_of_work import SqlStore, SqlUnit
from tests.contracts.store.ledger.test_suspense import a_receipt
from tests.support.factories import NOW, a_bill, a_payment, a_refund, new_id

LATER = NOW + timedelta(days=1)
RECEIVABLE, REVENUE = AccountKey(Account.RECEIVABLE), AccountKey(Account.REVENUE, "machinery")


async def kinds(uow: SqlUnit, bill: Bill) -> list[str]:
    """Kinds of entries about a bill."""
    return [entry.kind.value for entry in await uow.ledger.list_of_bill(bill.id)]


async def test_each_row_is_posted_with_it(store: SqlStore) -> None:
    bill, later = a_bill(amount=5000), timedelta(hours=1)
    paid = a_payment(bill, at=NOW + later)
    surplus = a_payment(bill, at=NOW + 2 * later, reference="2", outcome=PaymentOutcome.SURPLUS)
    refund = a_refund(bill, amount=5000, reason="surplus_payment", created_at=NOW + 3 * later)
    wrong = Reversal(new_id(), surplus.id, bill.id, 5000, surplus.outcome, "اشتباه", "staff:revenue", NOW + 4 * later)
    async with store.open_unit() as uow:
        await uow.bills.add(bill)
        await uow.bills.add_payment(paid)
        await uow.bills.add_payment(surplus)
        await uow.bills.add_refund(refund)
        await uow.bills.add_reversal(wrong)
        await uow.bills.cancel_refund(refund, NOW + 5 * later)
        entries = await uow.ledger.list_of_bill(bill.id)
        assert refund.state is RefundState.CANCELLED
    slip, payable, back = AccountKey(Account.BANK, "slip"), Account.SURPLUS_PAYABLE, Account.REFUNDS_PAYABLE
    assert [(one.kind, one.debit, one.credit) for one in entries] == [
        (EntryKind.BILL_ISSUED, RECEIVABLE, REVENUE),
        (EntryKind.PAYMENT, slip, RECEIVABLE),
        (EntryKind.SURPLUS, slip, AccountKey(payable)),
        (EntryKind.REFUND_DUE, AccountKey(payable), AccountKey(back)),
        (EntryKind.REVERSAL, AccountKey(payable), slip),
        (EntryKind.REFUND_CANCELLED, AccountKey(back), AccountKey(payable)),
    ]
    assert {one.amount for one in entries} == {5000}
    assert entries[4].item_id == surplus.id


async def test_a_bill_is_closed_once_however_often_it_is_saved(store: SqlStore) -> None:
    bill = a_bill(amount=5000)
    async with store.open_unit() as uow:
        await uow.bills.add(bill)
        for state in (BillState.EXPIRED, BillState.REFUND_DUE, BillState.EXPIRED):
            bill.state, bill.settled_at = state, LATER
            await uow.bills.save(bill)
        assert await kinds(uow, bill) == ["bill_issued", "expiry"]


async def test_what_is_rolled_back_was_never_posted(store: SqlStore) -> None:
    bill = a_bill()

    async def fail() -> None:
        async with store.open_unit() as uow:
            await uow.bills.add(bill)
            raise RuntimeError("the lights went out")

    with pytest.raises(RuntimeError):
        await fail()
    async with store.open_unit(write=False) as uow:
        assert await uow.ledger.list_of_bill(bill.id) == []
        assert await uow.ledger.sum_accounts(None, None) == []


async def test_nothing_is_posted_twice(store: SqlStore) -> None:
    entry = LedgerEntry(
        kind=EntryKind.CORRECTION, item_id=new_id(), at=NOW, debit=RECEIVABLE, credit=REVENUE, amount=1, note="آزمون"
    )

    async def post() -> None:
        async with store.open_unit() as uow:
            await uow.ledger.add(entry)

    await post()
    with pytest.raises(Conflict):
        await post()


async def test_accounts_are_summed_by_period(store: SqlStore) -> None:
    early, late = a_bill(amount=5000), a_bill(amount=700, created_at=LATER, subject_kind="duty")
    async with store.open_unit() as uow:
        for bill in (early, late):
            await uow.bills.add(bill)
        await uow.bills.add_payment(a_payment(early, at=LATER))
        totals = {row.account_key: row for row in await uow.ledger.sum_accounts(LATER, None)}
        assert totals == {
            RECEIVABLE: AccountTotals(RECEIVABLE, 5000, 700, 5000),
            REVENUE: AccountTotals(REVENUE, -5000, 0, 0),
            (duty := AccountKey(Account.REVENUE, "duty")): AccountTotals(duty, 0, 0, 700),
            (slip := AccountKey(Account.BANK, "slip")): AccountTotals(slip, 0, 5000, 0),
        }
        before = await uow.ledger.sum_accounts(None, LATER)
        assert {row.account_key: row.closing_balance for row in before} == {RECEIVABLE: 5000, REVENUE: -5000}


async def read_page(uow: SqlUnit, cursor: Cursor | None) -> Page[ListedEntry]:
    """Three entries of the receivable account."""
    rows = await uow.ledger.list_of_account(EntryFilter(Account.RECEIVABLE), 3, cursor)
    return cut_page([(one.entry.sort_key, one.entry.item_id, one) for one in rows], 3, cursor)


async def close_at_once(store: SqlStore) -> list[Bill]:
    """Bills that were void at the moment of their issue."""
    bills = [a_bill(amount=1000 + number, created_at=NOW + timedelta(hours=number // 2)) for number in range(7)]
    async with store.open_unit() as uow:
        for bill in bills:
            await uow.bills.add(bill)
            bill.state, bill.settled_at = BillState.VOID, bill.created_at
            await uow.bills.save(bill)
    return bills


async def test_entries_of_an_account_are_read_page_by_page_and_back(store: SqlStore) -> None:
    bills = await close_at_once(store)
    async with store.open_unit(write=False) as uow:
        page = await read_page(uow, None)
        found = list(page.rows)
        while page.next_cursor is not None:
            page = await read_page(uow, page.next_cursor)
            found += page.rows
        assert [(one.bill_id, one.entry.kind.value) for one in found] == [
            (bill.bill_id, kind) for bill in bills for kind in ("bill_issued", "void")
        ]
        backwards: list[ListedEntry] = []
        while page.previous_cursor is not None:
            page = await read_page(uow, page.previous_cursor)
            backwards = [*page.rows, *backwards]
        assert backwards == found[:12]


async def test_entries_are_those_of_a_subaccount_and_a_period(store: SqlStore) -> None:
    await close_at_once(store)
    only = EntryFilter(Account.CANCELLED_CHARGES, "machinery", NOW + timedelta(hours=1), NOW + timedelta(hours=2))
    async with store.open_unit(write=False) as uow:
        assert len(await uow.ledger.list_of_account(only, 10)) == 2
        assert await uow.ledger.list_of_account(replace(only, subaccount="duty"), 10) == []
        with pytest.raises(InvalidField):
            await uow.ledger.list_of_account(only, 3, Cursor("nonsense", 1))


async def test_commission_is_summed_by_service(store: SqlStore) -> None:
    expense, payable = AccountKey(Account.COMMISSION_EXPENSE, "expert"), AccountKey(Account.COMMISSION_PAYABLE, "1001")
    async with store.open_unit() as uow:
        for debit, credit, amount, month in (
            (expense, payable, 900, "1405-08"),
            (payable, expense, 200, "1405-08"),
            (expense, payable, 50, "1405-09"),
        ):
            entry = LedgerEntry(
                kind=EntryKind.COMMISSION,
                item_id=new_id(),
                at=NOW,
                debit=debit,
                credit=credit,
                amount=amount,
                note=month,
            )
            await uow.ledger.add(entry)
        assert await uow.ledger.sum_commission("1001", "1405-08") == {"expert": 700}
        assert await uow.ledger.sum_commission("1002", "1405-08") == {}


async def tamper(url: str, statement: str) -> None:
    """Change a database behind the store's back."""
    engine = build_engine(url)
    async with engine.open_migration() as connection:
        await connection.execute(text(statement))
    await engine.close()


TAMPERINGS = {
    "a payment without an entry": "DELETE FROM ledger_entries WHERE kind = 'payment'",
    "a bill without an entry": "DELETE FROM ledger_entries WHERE kind = 'bill_issued'",
    "another amount": "UPDATE ledger_entries SET amount = amount + 1 WHERE kind = 'payment'",
    "another account": "UPDATE ledger_entries SET debit_subaccount = 'bank_file' WHERE kind = 'payment'",
    "a bill that is said to be open": "UPDATE bills SET state = 'open'",
    "a payment that is gone": "DELETE FROM payments",
    "a receipt without an entry": "DELETE FROM ledger_entries WHERE kind = 'suspense_receipt'",
}


@pytest.mark.parametrize("name", TAMPERINGS)
async def test_each_difference_is_named(store: SqlStore, database_url: str, name: str) -> None:
    bill, receipt = a_bill(amount=5000), a_receipt()
    async with store.open_unit() as uow:
        await uow.bills.add(bill)
        await uow.bills.add_payment(a_payment(bill))
        bill.state = BillState.PAID
        await uow.bills.save(bill)
        await uow.suspense.add(receipt)
        assert await uow.ledger.list_differences(10) == []
    await tamper(database_url, TAMPERINGS[name])
    async with store.open_unit(write=False) as uow:
        found = await uow.ledger.list_differences(10)
        assert found
        assert {one.bill_id for one in found} == {None if "receipt" in name else bill.bill_id}
        assert all(one.ledger_amount != one.recorded_amount for one in found)
        assert len(await uow.ledger.list_differences(1)) == 1
