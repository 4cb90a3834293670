"""Receipts without a bill: money that came and fits no bill of ours, until the revenue unit says whose it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.bills.bill import PaymentMethod, acting_label
from domain.ledger.accounts import Account, AccountKey, MoneySource
from domain.ledger.entries import EntryKind, LedgerEntry
from domain.values.version_token import VersionToken


class SuspenseState(StrEnum):
    """State of a receipt."""

    OPEN = "open"
    MATCHED = "matched"
    """Its bill was found, and paid with it."""
    RETURNED = "returned"
    """It was transferred back."""
    CORRECTED = "corrected"
    """The bank itself filed the same payment again, over another amount: this money never was."""


@dataclass(frozen=True, slots=True)
class SuspenseReceipt:
    """Money in suspense. It is never edited in place."""

    id: int
    """The row's key in the store."""
    method: PaymentMethod
    """Way the money came."""
    gateway: str | None
    """The key of the gateway; None: by none."""
    amount: int
    """In rials, above zero."""
    reference: str
    """The bank's own number; one source gives it once."""
    facts: Mapping[str, str | int]
    """Facts known of it, by stable names (`attempt`, `order_number`, `bill_id` …), without anything secret."""
    state: SuspenseState
    """Its outcome."""
    received_at: datetime
    """Time of posting, in UTC."""
    recorded_by: str
    """Person who brought it, as a label."""
    bill_id: int | None = None
    """The row of the bill that it paid, of a merged bill that of its first part; None: none so far."""
    iban: str | None = None
    """Account that received it; before that, where a second person said that it is to go."""
    approved_by: str | None = None
    """The second person who approved the return, as a label."""
    approved_at: datetime | None = None
    """Time of that approval, in UTC."""
    transfer_reference: str | None = None
    """The bank's number of the transfer back."""
    reason: str | None = None
    """Reason for matching or returning it, in somebody's words; None also once personal data was erased."""
    decided_by: str | None = None
    """Person who matched or returned it, as a label."""
    decided_at: datetime | None = None
    """Time of that order, in UTC."""
    revision: int = 0
    """Counts saves: saving an old revision is a `Conflict`."""

    @property
    def source(self) -> MoneySource:
        """Way by which it came."""
        return MoneySource(self.method, self.gateway)

    @property
    def version_token(self) -> VersionToken:
        """The version that a page showed."""
        return VersionToken.from_number(self.revision)

    @property
    def recorder_label(self) -> str:
        """Person who recorded it with the own hand, as a label."""
        return acting_label(self.recorded_by)


_DECISION_KINDS: Mapping[SuspenseState, EntryKind] = {
    SuspenseState.MATCHED: EntryKind.SUSPENSE_MATCHED,
    SuspenseState.RETURNED: EntryKind.SUSPENSE_RETURNED,
    SuspenseState.CORRECTED: EntryKind.SUSPENSE_CORRECTED,
}

SUSPENSE = AccountKey(Account.SUSPENSE)
TRANSFERRED = MoneySource(PaymentMethod.REFUND).cash_account
"""The account from which money is transferred back."""


def enter_receipt(receipt: SuspenseReceipt) -> LedgerEntry:
    """Return the entry of money that came without a bill."""
    return LedgerEntry(
        kind=EntryKind.SUSPENSE_RECEIPT,
        item_id=receipt.id,
        at=receipt.received_at,
        debit=receipt.source.cash_account,
        credit=SUSPENSE,
        amount=receipt.amount,
    )


def enter_decision(receipt: SuspenseReceipt) -> LedgerEntry | None:
    """Return the entry of what became of a receipt; None while it is open.

    Matched, it takes the money off the account on which it lay: the payment of the bill puts it there again. Corrected,
    it was never there.
    """
    if receipt.state is SuspenseState.OPEN or receipt.decided_at is None:
        return None
    is_returned = receipt.state is SuspenseState.RETURNED
    return LedgerEntry(
        kind=_DECISION_KINDS[receipt.state],
        item_id=receipt.id,
        at=receipt.decided_at,
        debit=SUSPENSE,
        credit=TRANSFERRED if is_returned else receipt.source.cash_account,
        amount=receipt.amount,
    )
