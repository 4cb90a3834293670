"""Entries of the ledger: each moves an amount from one account to another, and is never changed or deleted.

An entry has one debit and one credit of the same amount, so none can be out of balance; what moves money between more
accounts than two is several entries. Each movement is posted once: kind and item together are the entry's key, so the
entries that a migration makes for old rows are exactly those that would have been posted at the time.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.ledger.accounts import AccountKey
from domain.values.errors import InvalidField
from domain.values.paging import PAGE_FIELD
from domain.values.reasons import InvalidReason


class EntryKind(StrEnum):
    """Kind of movement; the comment says whose row `item_id` is."""

    BILL_ISSUED = "bill_issued"
    """A bill."""
    WAIVER = "waiver"
    """A bill that was waived."""
    EXPIRY = "expiry"
    """A bill that expired."""
    VOID = "void"
    """A bill that became void."""
    PAYMENT = "payment"
    """A payment that settled its bill."""
    SURPLUS = "surplus"
    """A payment of a bill that needed none."""
    DEPOSIT = "deposit"
    """A payment by a gateway that the gateway's settlement file confirmed: the money lies in the bank since."""
    WITHDRAWAL = "withdrawal"
    """A payment back to a card that the gateway's settlement file confirmed: the bank has taken the money since."""
    REVERSAL = "reversal"
    """A payment that was recorded wrongly: the contra entry of the one that it had."""
    REFUND_DUE = "refund_due"
    """A refund."""
    REFUND_CANCELLED = "refund_cancelled"
    """A refund that is not due after all."""
    REFUND_PAID = "refund_paid"
    """The payment by which money went back."""
    SUSPENSE_RECEIPT = "suspense_receipt"
    """A receipt without a bill."""
    SUSPENSE_MATCHED = "suspense_matched"
    """A receipt whose bill was found: the payment of that bill has an entry of its own."""
    SUSPENSE_RETURNED = "suspense_returned"
    """A receipt that was transferred back."""
    SUSPENSE_CORRECTED = "suspense_corrected"
    """A receipt that the bank itself corrected: the contra entry of the one that it had."""
    COMMISSION = "commission"
    """An entry of its own: what an office earned by a service in a month, or a later difference."""
    CORRECTION = "correction"
    """An entry of its own, with a note that says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One movement of an amount; both sides are equal by construction."""

    kind: EntryKind
    """Kind of movement."""
    item_id: int
    """The row that it is about, by its kind. Entries about one item share it: what of an item is open is their sum."""
    at: datetime
    """Time of the movement, in UTC."""
    debit: AccountKey
    """The account that has more, or owes less."""
    credit: AccountKey
    """The account that has less, or owes more."""
    amount: int
    """In rials, above zero."""
    bill_id: int | None = None
    """The row of the bill that it is about; None: no bill."""
    note: str | None = None
    """Reason, in somebody's words, where no other row keeps it."""
    recorded_by: str | None = None
    """Person who posted it, as a label, where no other row keeps it."""

    def __post_init__(self) -> None:
        """Refuse an entry that moves nothing."""
        if self.amount <= 0:
            raise ValueError(f"an entry is over an amount above zero, got {self.amount}")
        if self.debit == self.credit:
            raise ValueError(f"an entry is between two accounts, got {self.debit} twice")

    @property
    def sort_key(self) -> str:
        """Its place in a list, beside its item: moment and kind."""
        return f"{self.at.isoformat()}|{self.kind}"


def parse_sort_key(sort_key: str) -> tuple[datetime, EntryKind]:
    """Read the place of an entry in a list; `InvalidField("page")`."""
    moment_text, _, kind_text = sort_key.partition("|")
    try:
        moment = datetime.fromisoformat(moment_text)
        if moment.tzinfo is not None:
            return moment, EntryKind(kind_text)
    except ValueError:
        pass
    raise InvalidField(PAGE_FIELD, InvalidReason.BAD_PAGE)
