"""Money that goes back to citizens' bank accounts: the account of each, and the transfers of a day's file."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.values.ibans import Iban


@dataclass(slots=True)
class RefundAccount:
    """Account for what is due back on a bill, as its owner names it."""

    bill_id: int
    """The row of the bill; its only key."""
    mobile: str
    """The line (+989…) that is asked, and that may give it."""
    asked_at: datetime | None = None
    """Time when the account was asked for last, in UTC; None: it is to be asked."""
    iban: Iban | None = None
    """The account; None: not given yet."""
    given_at: datetime | None = None
    """Time when the account was given, in UTC."""


@dataclass(frozen=True, slots=True)
class RefundFile:
    """Transfers asked of a bank on one day: there is one a day."""

    id: int
    """The row's key in the store."""
    day: date
    """Tehran's day."""
    made_at: datetime
    """Time of making, in UTC."""
    made_by: str
    """Maker, as a label."""


class TransferState(StrEnum):
    """State of a transfer: whether it was made is not known, it was made, or the bank refused it."""

    FILED = "filed"
    DONE = "done"
    REFUSED = "refused"


@dataclass(slots=True)
class RefundTransfer:
    """One line of such a file: all that was due back on a bill when the file was made."""

    id: int
    """The row's key in the store; the refunds that it carries name it."""
    file_id: int
    """The row of the file."""
    bill_id: int
    """The row of the bill."""
    amount: int
    """In rials."""
    iban: Iban | None
    """The account, as it was sent to the bank; None once personal data was erased."""
    name: str | None
    """Owner's name, as it was sent; None: not known, or erased."""
    state: TransferState = TransferState.FILED
    """Its outcome."""
    reference: str | None = None
    """The bank's own number of the transfer; None before it is known."""
    ended_at: datetime | None = None
    """Time when somebody recorded its end, in UTC."""
    ended_by: str | None = None
    """Person who recorded that, as a label."""
