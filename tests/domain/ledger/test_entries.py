"""Entries and accounts: nothing out of balance can be made."""

from datetime import UTC, datetime

import pytest

from domain.bills.bill import PaymentMethod
from domain.ledger.accounts import CHART_OF_ACCOUNTS, Account, AccountKey, MoneySource, SubaccountKind
from domain.ledger.balances import AccountTotals, TrialBalance
from domain.ledger.entries import EntryKind, LedgerEntry, parse_sort_key
from domain.ledger.suspense import SuspenseReceipt, SuspenseState, enter_decision
from domain.values.errors import InvalidField

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
RECEIVABLE, REVENUE = AccountKey(Account.RECEIVABLE), AccountKey(Account.REVENUE, "machinery")


def an_entry(debit: AccountKey = RECEIVABLE, credit: AccountKey = REVENUE, amount: int = 1000) -> LedgerEntry:
    """A bill that was issued."""
    return LedgerEntry(kind=EntryKind.BILL_ISSUED, item_id=1, at=NOW, debit=debit, credit=credit, amount=amount)


@pytest.mark.parametrize("amount", [0, -1000])
def test_an_entry_moves_an_amount(amount: int) -> None:
    with pytest.raises(ValueError, match="above zero"):
        an_entry(amount=amount)


def test_an_entry_is_between_two_accounts() -> None:
    with pytest.raises(ValueError, match="two accounts"):
        an_entry(RECEIVABLE, RECEIVABLE)


def test_every_account_is_in_the_chart() -> None:
    assert set(CHART_OF_ACCOUNTS) == set(Account)
    with pytest.raises(ValueError, match="no subaccounts"):
        AccountKey(Account.RECEIVABLE, "machinery")


@pytest.mark.parametrize(
    ("source", "account"),
    [
        (MoneySource(PaymentMethod.SLIP), AccountKey(Account.BANK, "slip")),
        (MoneySource(PaymentMethod.BANK_FILE), AccountKey(Account.BANK, "bank_file")),
        (MoneySource(PaymentMethod.POS), AccountKey(Account.OWN_TERMINAL)),
        (MoneySource(PaymentMethod.POS, office="1001"), AccountKey(Account.TILL, "1001")),
        (MoneySource(PaymentMethod.GATEWAY, "saman"), AccountKey(Account.GATEWAY_CLEARING, "saman")),
    ],
)
def test_money_lies_where_it_came(source: MoneySource, account: AccountKey) -> None:
    assert source.cash_account == account
    assert CHART_OF_ACCOUNTS[account.account].subaccounts is not SubaccountKind.NONE or not account.subaccount


def test_a_trial_balance_is_in_the_order_of_the_chart() -> None:
    rows = [AccountTotals(REVENUE, 0, 0, 1000), AccountTotals(RECEIVABLE, 500, 1000, 300)]
    balance = TrialBalance.from_totals(rows)
    assert [row.account_key for row in balance.rows] == [RECEIVABLE, REVENUE]
    assert [row.closing_balance for row in balance.rows] == [1200, -1000]
    assert (balance.debit, balance.credit) == (1000, 1300)


def test_a_place_in_a_list_is_read_back() -> None:
    assert parse_sort_key(an_entry().sort_key) == (NOW, EntryKind.BILL_ISSUED)
    for text in ("", "2026-11-24|payment", f"{NOW.isoformat()}|nothing", "x|payment"):
        with pytest.raises(InvalidField):
            parse_sort_key(text)


def test_an_open_receipt_was_not_decided() -> None:
    method, state = PaymentMethod.GATEWAY, SuspenseState.OPEN
    receipt = SuspenseReceipt(1, method, "saman", 1000, "7", {}, state, NOW, "system:engine")
    assert enter_decision(receipt) is None
