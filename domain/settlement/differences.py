"""Differences between gateway, settlement files and ledger: each difference has a name, and somebody who must act."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ResponsibleParty(StrEnum):
    """Party that must act."""

    REVENUE = "revenue"
    """The revenue unit, with what it has before it."""
    BANK = "bank"
    """The bank, which the revenue unit writes to."""
    ADMINISTRATOR = "administrator"
    """Keeper of the installation."""


class DifferenceKind(StrEnum):
    """Kind of difference (`settlement.differences` in the texts)."""

    NO_BILL = "no_bill"
    """A line of a bank's file is of no bill; its money is in suspense."""
    BILL_AMOUNT = "bill_amount"
    """A line is over another amount than its bill; its money is in suspense."""
    OTHER_NUMBER = "other_number"
    """A line bears a number of another payment; its money is in suspense."""
    SLIP_AND_FILE = "slip_and_file"
    """A bill was settled by a bank slip, and a file brings another payment of it: one payment, or two?"""
    NO_ATTEMPT = "no_attempt"
    """A sale of a gateway's file is none of our attempts; its money is in suspense."""
    SALE_AMOUNT = "sale_amount"
    """A sale is over another amount than its attempt."""
    CONTRADICTS = "contradicts"
    """A file says that a sale is ours which the bank said it gave back."""
    NOT_IN_FILE = "not_in_file"
    """An attempt was settled, and no file has it after its banking days."""
    UNKNOWN_ATTEMPT = "unknown_attempt"
    """Attempt whose outcome is not known after its banking days, or of which the bank has said nothing for hours."""
    NO_REFUND = "no_refund"
    """A file says that money went back to a card, and no refund of ours has its numbers and amount."""
    REFUNDED_TWICE = "refunded_twice"
    """A file says that money went back to a card by a transfer that the bank denied and the staff ended; since then the
    same money went another way, or is about to.
    """
    REFUND_NOT_IN_FILE = "refund_not_in_file"
    """Money went back to a card, and none of the gateway's files, which have such lines, has it after its banking days.
    """
    UNKNOWN_REFUND = "unknown_refund"
    """Transfer back to a card whose outcome is not known after its banking days."""
    UNKNOWN_SALE = "unknown_sale"
    """A bank lists a sale as paid and not verified that nobody here knows: it gives the money back by itself."""
    FAULTY_LINES = "faulty_lines"
    """A file has lines that could not be read."""
    FAILED_LINES = "failed_lines"
    """Lines could not be booked through a fault of ours."""
    FILE_WAITING = "file_waiting"
    """A file was examined, and nobody had it booked for a day."""
    FILE_MISSING = "file_missing"
    """A bank or gateway whose files came so far has brought none for its banking days."""
    LEDGER = "ledger"
    """The ledger says something else than bills, payments and refunds do."""


RESPONSIBLE_PARTIES: Mapping[DifferenceKind, ResponsibleParty] = {
    DifferenceKind.NO_BILL: ResponsibleParty.REVENUE,
    DifferenceKind.BILL_AMOUNT: ResponsibleParty.REVENUE,
    DifferenceKind.OTHER_NUMBER: ResponsibleParty.REVENUE,
    DifferenceKind.SLIP_AND_FILE: ResponsibleParty.REVENUE,
    DifferenceKind.NO_ATTEMPT: ResponsibleParty.REVENUE,
    DifferenceKind.SALE_AMOUNT: ResponsibleParty.BANK,
    DifferenceKind.CONTRADICTS: ResponsibleParty.BANK,
    DifferenceKind.NOT_IN_FILE: ResponsibleParty.BANK,
    DifferenceKind.UNKNOWN_ATTEMPT: ResponsibleParty.BANK,
    DifferenceKind.NO_REFUND: ResponsibleParty.BANK,
    DifferenceKind.REFUNDED_TWICE: ResponsibleParty.REVENUE,
    DifferenceKind.REFUND_NOT_IN_FILE: ResponsibleParty.BANK,
    DifferenceKind.UNKNOWN_REFUND: ResponsibleParty.BANK,
    DifferenceKind.UNKNOWN_SALE: ResponsibleParty.BANK,
    DifferenceKind.FAULTY_LINES: ResponsibleParty.BANK,
    DifferenceKind.FAILED_LINES: ResponsibleParty.ADMINISTRATOR,
    DifferenceKind.FILE_WAITING: ResponsibleParty.REVENUE,
    DifferenceKind.FILE_MISSING: ResponsibleParty.REVENUE,
    DifferenceKind.LEDGER: ResponsibleParty.ADMINISTRATOR,
}
"""Parties that must act on each."""


@dataclass(frozen=True, slots=True)
class PaymentDifference:
    """One difference."""

    key: str
    """Names it for good: found again, it is the same one."""
    kind: DifferenceKind
    """Kind of difference."""
    source: str
    """The bank or gateway; empty of the ledger."""
    day: date
    """The day in Tehran that it is of: of the payment, of the file."""
    amount: int
    """Rials that it is about; 0: none, or not known."""
    facts: Mapping[str, str | int]
    """Facts known of it, by stable names (`bill_id`, `order_number`, `reference`, `file`, `line` …)."""
    noted_at: datetime
    """In UTC."""
    alerted_at: datetime | None = None
    """Time of alerting the revenue unit; None: not yet."""
    resolved_at: datetime | None = None
    """Time when it was gone, or somebody closed it; None while it is open."""
    resolved_by: str | None = None
    """Person who closed it, as a label; None: nobody, it was gone."""
    note: str | None = None
    """Reason for closing it, in somebody's words."""

    @property
    def party(self) -> ResponsibleParty:
        """Party that must act."""
        return RESPONSIBLE_PARTIES[self.kind]


@dataclass(frozen=True, slots=True)
class SourceTotals:
    """Sums of one bank or gateway on a day, by our books and by its files."""

    source: str
    """The bank or gateway."""
    counted: int
    """Payments whose money we counted: settled attempts, bills paid by a bank's file."""
    counted_amount: int
    """Their rials."""
    filed: int
    """Lines of booked files that were paid on that day, each payment once."""
    filed_amount: int
    """Their rials."""

    @property
    def is_even(self) -> bool:
        """Whether both say the same."""
        return (self.counted, self.counted_amount) == (self.filed, self.filed_amount)
