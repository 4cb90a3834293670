"""Sums of the ledger: the trial balance, what of an account is open, and where it differs from the books."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.ledger.accounts import CHART_OF_ACCOUNTS, AccountKey


@dataclass(frozen=True, slots=True)
class AccountTotals:
    """One row of a trial balance (تراز آزمایشی), in rials. A positive balance is a debit balance (مانده بدهکار)."""

    account_key: AccountKey
    opening_balance: int
    """Before the period."""
    debit: int
    """Debits of the period (گردش بدهکار)."""
    credit: int
    """Credits of the period (گردش بستانکار)."""

    @property
    def closing_balance(self) -> int:
        """At the end of the period."""
        return self.opening_balance + self.debit - self.credit


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Every account that has entries, in the order of the chart."""

    rows: tuple[AccountTotals, ...]

    @classmethod
    def from_totals(cls, totals: Iterable[AccountTotals]) -> "TrialBalance":
        """Put the rows in order."""
        order = {account: position for position, account in enumerate(CHART_OF_ACCOUNTS)}
        return cls(tuple(sorted(totals, key=lambda row: (order[row.account_key.account], row.account_key.subaccount))))

    @property
    def debit(self) -> int:
        """All debits of the period."""
        return sum(row.debit for row in self.rows)

    @property
    def credit(self) -> int:
        """All credits of the period; the same as the debits."""
        return sum(row.credit for row in self.rows)


@dataclass(frozen=True, slots=True)
class LedgerDifference:
    """An account on which the ledger says something else about a bill than bills, payments and refunds do."""

    bill_id: str | None
    """The digits that people pay by; None: receipts without a bill."""
    account_key: AccountKey
    ledger_amount: int
    """Amount in the ledger, in rials; positive on the debit side."""
    recorded_amount: int
    """Amount by bills, payments, refunds and receipts."""
