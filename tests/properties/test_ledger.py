"""Money that comes, goes back and is put right in any order: the ledger says what the books say after every step."""

import asyncio
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from domain.ledger.accounts import Account
from domain.ledger.balances import TrialBalance
from domain.ledger.entries import LedgerEntry
from domain.ledger.suspense import SuspenseState
from domain.values.errors import DomainError
from tests.properties.support.ledger_rules import ledger_says
from tests.properties.support.revenue_moves import RevenueUnit
from tests.support.effort import examples

STEPS = 12


async def look(revenue: RevenueUnit, known: set[LedgerEntry]) -> set[LedgerEntry]:
    """Look at all bills of an example and at the whole ledger; return the entries about the bills."""
    entries: set[LedgerEntry] = set()
    async with revenue.town.store.open_unit(write=False) as uow:
        for row in revenue.bills:
            bill, of_bill = await uow.bills.get(row), await uow.ledger.list_of_bill(row)
            ledger_says(bill, await uow.bills.list_payments(row), await uow.bills.list_refunds(row), of_bill)
            entries.update(of_bill)
        assert known <= entries, "an entry was changed, or is gone"
        totals = TrialBalance.from_totals(await uow.ledger.sum_accounts(None, None))
        assert (totals.debit - totals.credit, sum(row.closing_balance for row in totals.rows)) == (0, 0)
        assert await uow.ledger.list_differences(10) == []
        open_receipts = [one for one in await uow.suspense.list_in_state(SuspenseState.OPEN, 10_000)]
        suspense = [row.closing_balance for row in totals.rows if row.account_key.account is Account.SUSPENSE]
        assert sum(suspense) == -sum(one.amount for one in open_receipts)
        assert await uow.suspense.count_open() == (len(open_receipts), -sum(suspense))
    return entries


async def live(revenue: RevenueUnit, draw: st.DataObject) -> None:
    """Let a dozen things happen."""
    revenue.begin(draw)
    known: set[LedgerEntry] = set()
    for _ in range(STEPS):
        with suppress(DomainError):
            await revenue.move()
        known = await look(revenue, known)


def test_the_ledger_says_what_the_books_say(database_url: str) -> None:
    with asyncio.Runner() as runner:
        revenue = runner.run(RevenueUnit.open(database_url))

        @examples(20)
        @given(st.data())
        def work(draw: st.DataObject) -> None:
            runner.run(live(revenue, draw))

        try:
            work()
        finally:
            runner.run(revenue.town.store.close())
