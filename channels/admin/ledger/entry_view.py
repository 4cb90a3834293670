"""Entries and balances as pages and sheets show them."""

from dataclasses import dataclass
from urllib.parse import urlencode

from domain.actions.ledger.labels import AccountLabels
from domain.ledger.accounts import CHART_OF_ACCOUNTS
from domain.ledger.balances import AccountTotals
from domain.ledger.entries import LedgerEntry
from domain.ledger.ports import ListedEntry


@dataclass(frozen=True, slots=True)
class TotalsView:
    """A row of the trial balance; amounts are rials."""

    account: str
    """The account in words."""
    subaccount: str
    """The subaccount in words; empty where there is none."""
    nature: str
    """Nature of the account: asset, liability, income or what lessens it."""
    opening: int
    """Before the period; positive on the debit side."""
    debit: int
    """Debits of the period."""
    credit: int
    """Credits of the period."""
    closing: int
    """At its end; positive on the debit side."""
    href_query: str
    """Query of the link to its entries."""


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry in words."""

    entry: LedgerEntry
    """As it was posted."""
    kind: str
    """Kind of movement."""
    debit: str
    """The account that it was debited to."""
    credit: str
    """The account that it was credited to."""
    bill_id: str | None
    """The digits that people pay its bill by."""
    note: str
    """Reason, in somebody's words; empty: not said here."""


def build_totals_view(labels: AccountLabels, totals: AccountTotals, period_query: str) -> TotalsView:
    """Return a row of the balance, with what leads to its entries in the same period."""
    account_key = totals.account_key
    return TotalsView(
        account=labels.label_account(account_key.account),
        subaccount=labels.label_subaccount(account_key),
        nature=labels.label_nature(CHART_OF_ACCOUNTS[account_key.account].nature),
        opening=totals.opening_balance,
        debit=totals.debit,
        credit=totals.credit,
        closing=totals.closing_balance,
        href_query=f"{urlencode({'account': account_key.account.value, 'of': account_key.subaccount})}&{period_query}",
    )


def build_entry_view(labels: AccountLabels, listed: ListedEntry) -> EntryView:
    """Return an entry in words."""
    entry = listed.entry
    return EntryView(
        entry,
        labels.label_kind(entry.kind),
        labels.label_key(entry.debit),
        labels.label_key(entry.credit),
        listed.bill_id,
        entry.note or "",
    )
