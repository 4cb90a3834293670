"""Ports of the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.ledger.accounts import Account, MoneySource
from domain.ledger.balances import AccountTotals, LedgerDifference
from domain.ledger.entries import LedgerEntry
from domain.ledger.suspense import SuspenseReceipt, SuspenseState
from domain.values.paging import Cursor


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Filter of entries."""

    account: Account
    subaccount: str | None = None
    """None: of every subaccount."""
    start: datetime | None = None
    """From this moment on; None: from the first one on."""
    end: datetime | None = None
    """Before this moment; None: to the last one."""


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """An entry with the digits that people pay its bill by."""

    entry: LedgerEntry
    bill_id: str | None


class LedgerRepository(Protocol):
    """Entries are added, and nothing else. What bills, payments, refunds and receipts move is added by their own
    repositories.
    """

    async def add(self, entry: LedgerEntry) -> None:
        """Post an entry; `Conflict` when its kind was posted for its item before, at the commit at the latest."""
        ...

    async def list_of_bill(self, bill_row_id: int) -> list[LedgerEntry]:
        """Return the entries about a bill, oldest first."""
        ...

    async def list_of_account(
        self, entry_filter: EntryFilter, limit: int, cursor: Cursor | None = None
    ) -> list[ListedEntry]:
        """Return the entries of an account from a place on (of `LedgerEntry.sort_key` and item), oldest first: `limit`
        and, if there are, one more.
        """
        ...

    async def sum_accounts(self, start: datetime | None, end: datetime | None) -> list[AccountTotals]:
        """Return the totals of every account that has entries before `end`, the period beginning at `start`."""
        ...

    async def sum_commission(self, office: str, month: str) -> Mapping[str, int]:
        """Return service → commission that was posted for an office and a month (`1405-08`), rials."""
        ...

    async def list_differences(self, limit: int) -> list[LedgerDifference]:
        """Return where the ledger differs from bills, payments, refunds and receipts."""
        ...


class SuspenseRepository(Protocol):
    """Receipts without a bill; storing one, and what became of it, posts it to the ledger."""

    async def add(self, receipt: SuspenseReceipt) -> None:
        """Store and post a new receipt; `Conflict("reference")` when its source gave that number before."""
        ...

    async def save(self, receipt: SuspenseReceipt) -> SuspenseReceipt:
        """Store what changed, post what became of it, and return it with its new revision; `Conflict("receipt")` when
        another save came in between.
        """
        ...

    async def get(self, receipt_id: int, *, lock: bool = False) -> SuspenseReceipt:
        """Return a receipt; `NotFound("receipt")`."""
        ...

    async def find(self, source: MoneySource, reference: str) -> SuspenseReceipt | None:
        """Return the receipt that a source gave that number."""
        ...

    async def find_transfer(self, transfer_reference: str) -> SuspenseReceipt | None:
        """Return the receipt that was transferred back under a number."""
        ...

    async def list_in_state(
        self, state: SuspenseState, limit: int, cursor: Cursor | None = None
    ) -> list[SuspenseReceipt]:
        """Return receipts from a place on (of the moment since when, and the row id), oldest first: `limit` and, if
        there are, one more.
        """
        ...

    async def count_open(self) -> tuple[int, int]:
        """Return how many receipts are open, and over how many rials in all."""
        ...
