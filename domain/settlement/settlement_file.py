"""A settlement file that was brought, how far it is, and what became of each of its lines."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.settlement.layouts import FileKind
from domain.settlement.lines import SettlementLine
from domain.settlement.pasted_lists import PASTED_LAYOUT
from domain.values.calendar import to_tehran
from domain.values.version_token import VersionToken

MOST_PAGE_BYTES = 10 * 1024 * 1024
"""Bytes of a file that is brought to the staff's site; larger ones go in by the command line."""

UNBOOKED_RETENTION = timedelta(days=30)
"""Time for which a file that was examined and never booked is kept; its lines may be brought again."""


class LineOutcome(StrEnum):
    """Outcome of a line: foreseen when the file is examined, then what it did when it was booked."""

    SETTLES = "settles"
    """It pays its open bill; of a gateway, it settles an attempt whose end was not known."""
    CONFIRMS = "confirms"
    """Its money counts already: a sale that was settled, a bank slip with the same number."""
    SURPLUS = "surplus"
    """Its bill needs no money any more: settled, expired or void. It is due back."""
    WRONG_AMOUNT = "wrong_amount"
    """The bill, or the attempt, is over another amount. It is held in suspense."""
    NO_BILL = "no_bill"
    """No bill has these ids. It is held in suspense."""
    NO_ATTEMPT = "no_attempt"
    """No attempt at the gateway has these numbers. It is held in suspense."""
    NO_REFUND = "no_refund"
    """Money went back to a card, and no refund of ours has these numbers and this amount. It is only noted."""
    REFUNDED_TWICE = "refunded_twice"
    """Money went back to a card by a refund that the bank denied, and that went another way since. It is only noted."""
    CONTRADICTS = "contradicts"
    """It says that a sale is ours which the bank said it gave back. It is held in suspense."""
    OTHER_NUMBER = "other_number"
    """The bank's number is known of another payment. It is held in suspense."""
    KNOWN = "known"
    """Another file brought it before: it changes nothing."""
    REPEATED = "repeated"
    """It stands in this file before: it counts once."""
    FAULTY = "faulty"
    """It cannot be read."""
    FAILED = "failed"
    """Booking it failed through a fault of ours; it is tried again with the next booking of the file."""

    LEFT_OUT = "left_out"
    """A line of a pasted list that does not fit: it changes nothing, and counts as not brought; its detail is what it
    would have come to.
    """

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to book."""
        return self in {LineOutcome.KNOWN, LineOutcome.REPEATED, LineOutcome.FAULTY, LineOutcome.LEFT_OUT}

    @property
    def makes_known(self) -> bool:
        """Whether the number of such a line is known by it, once it is booked."""
        return not self.is_quiet and self is not LineOutcome.FAILED

    @property
    def fits(self) -> bool:
        """Whether a line of a pasted list is booked: its money is its bill's, or counts already."""
        return self in {LineOutcome.SETTLES, LineOutcome.CONFIRMS}

    @property
    def holds_money(self) -> bool:
        """Whether its money waits in suspense."""
        return self in {
            LineOutcome.WRONG_AMOUNT,
            LineOutcome.NO_BILL,
            LineOutcome.NO_ATTEMPT,
            LineOutcome.CONTRADICTS,
            LineOutcome.OTHER_NUMBER,
        }

    @property
    def needs_somebody(self) -> bool:
        """Whether somebody has to look at it."""
        return self.holds_money or self in {
            LineOutcome.NO_REFUND,
            LineOutcome.REFUNDED_TWICE,
            LineOutcome.FAULTY,
            LineOutcome.FAILED,
        }


class FileState(StrEnum):
    """State of a file: `waiting` to be examined, `examined` and waiting for somebody's word, `confirmed` and being
    booked; then `booked`, `dropped` by somebody, or `refused` for what it is.
    """

    WAITING = "waiting"
    EXAMINED = "examined"
    CONFIRMED = "confirmed"
    BOOKED = "booked"
    DROPPED = "dropped"
    REFUSED = "refused"

    @property
    def is_running(self) -> bool:
        """Whether something is to be done with it without anybody's word."""
        return self in {FileState.WAITING, FileState.CONFIRMED}

    @property
    def is_forgotten(self) -> bool:
        """Whether the same bytes may be brought again."""
        return self in {FileState.DROPPED, FileState.REFUSED}


@dataclass(frozen=True, slots=True)
class OutcomeTotal:
    """Number and sum of the lines of a file with one outcome."""

    line_count: int
    amount: int
    """In rials."""


@dataclass(slots=True)
class SettlementFile:
    """One file."""

    id: int
    """The row's key in the store."""
    digest: str
    """SHA-256 of its bytes: the same file again changes nothing."""
    name: str
    """The file's, as it was brought."""
    size: int
    """In bytes."""
    layout: str
    """The name of the layout that it is read by."""
    kind: FileKind
    """Kind of its lines."""
    source: str
    """The bank or gateway that wrote it."""
    brought_by: str
    """The user name of who brought it."""
    brought_at: datetime
    """In UTC."""
    state: FileState = FileState.WAITING
    """Progress."""
    first_paid_at: datetime | None = None
    """The earliest moment of its lines, in UTC; None: it has none."""
    last_paid_at: datetime | None = None
    """The latest moment of its lines."""
    problem: str | None = None
    """Reason for refusing it, in words; None: it was not."""
    decided_by: str | None = None
    """The user name of who had it booked or dropped; None while nobody has."""
    finished_at: datetime | None = None
    """Time when it was booked, dropped or refused, in UTC."""
    revision: int = 0
    """Counts changes of its state."""
    covered_from: date | None = None
    """The first day in Tehran of which it says that it has every sale; None: it says so of none (`coverage.py`)."""
    covered_until: date | None = None
    """The last one."""
    is_whole: bool = False
    """Whether it was booked so that something follows from what it does not name."""

    @property
    def is_pasted(self) -> bool:
        """Whether it is a list that somebody pasted: only lines that fit are booked of it."""
        return self.layout == PASTED_LAYOUT

    @property
    def version_token(self) -> VersionToken:
        """The version that a page showed."""
        return VersionToken.from_number(self.revision)

    def note_covered_days(self, first_day: date, last_day: date) -> None:
        """Take over which days it claims to have every sale of; the day on which it was brought was not over."""
        latest_day = to_tehran(self.brought_at).date() - timedelta(days=1)
        if first_day <= latest_day:
            self.covered_from, self.covered_until = first_day, min(last_day, latest_day)


@dataclass(slots=True)
class FileLine:
    """One line of a file, as it is stored."""

    file_id: int
    line_number: int
    """From 1, header lines counted."""
    source: str
    """The bank or gateway."""
    reference: str
    """The bank's number of the payment; empty of a faulty line."""
    amount: int
    """In rials; 0 of a faulty line."""
    paid_at: datetime | None
    """In UTC; None of a faulty line."""
    outcome: LineOutcome
    """Outcome."""
    is_pending: bool
    """Whether it is still to be booked."""
    bill_id: str = ""
    payment_id: str = ""
    order_number: int | None = None
    sale_number: str | None = None
    channel: str = ""
    detail: str = ""
    """A finer reason: the fault's code, the line that it repeats, the code of the error that booking it met."""
    attempt_id: int | None = None
    """The attempt that it is of; None: none, or of a bank's file of bills, or of a refund."""
    is_refund: bool = False
    """Whether the money went back to a card."""
    card_refund_id: int | None = None
    """The attempt to refund that it is of; None: none."""

    @classmethod
    def of_line(cls, file_id: int, source: str, line: SettlementLine, outcome: LineOutcome) -> "FileLine":
        """Return a line that was read, to be booked unless there is nothing to book."""
        return cls(
            file_id=file_id,
            line_number=line.line_number,
            source=source,
            reference=line.reference,
            amount=line.amount,
            paid_at=line.paid_at,
            bill_id=line.bill_id,
            payment_id=line.payment_id,
            order_number=line.order_number,
            sale_number=line.sale_number,
            channel=line.channel,
            outcome=outcome,
            is_pending=not outcome.is_quiet,
            is_refund=line.is_refund,
        )

    def leave_out(self) -> None:
        """Let it change nothing, and say what it would have come to."""
        self.outcome, self.detail, self.is_pending = LineOutcome.LEFT_OUT, self.outcome.value, False

    def as_read(self) -> SettlementLine:
        """Return the line as it was read; of a faulty one there is none (`ValueError`)."""
        if self.paid_at is None:
            raise ValueError(f"line {self.line_number} could not be read")
        return SettlementLine(
            line_number=self.line_number,
            amount=self.amount,
            reference=self.reference,
            paid_at=self.paid_at,
            bill_id=self.bill_id,
            payment_id=self.payment_id,
            order_number=self.order_number,
            sale_number=self.sale_number,
            channel=self.channel,
            is_refund=self.is_refund,
        )

    @property
    def money_reference(self) -> str:
        """The reference of the payment, or of the receipt in suspense, that it brings: two banks may give the same."""
        return f"{self.source}/{self.reference}"


@dataclass(frozen=True, slots=True)
class KnownLine:
    """A line that has the same number of the same bank."""

    file_id: int
    line_number: int
    is_booked: bool
    """Whether it was booked, not only read."""
    bill_id: str
    payment_id: str
    amount: int
    outcome: LineOutcome
    """Outcome, or the one it would have."""

    @property
    def may_be_corrected(self) -> bool:
        """Whether the bank may have meant another amount: its own was no bill's and no attempt's."""
        return self.outcome in {LineOutcome.WRONG_AMOUNT, LineOutcome.OTHER_NUMBER}

    def is_same_payment(self, line: SettlementLine) -> bool:
        """Whether it says the same."""
        return (self.bill_id, self.payment_id, self.amount) == (line.bill_id, line.payment_id, line.amount)


@dataclass(frozen=True, slots=True)
class ExaminedFile:
    """A file with what its lines come to."""

    file: SettlementFile
    totals: dict[LineOutcome, OutcomeTotal] = field(default_factory=dict)
    is_same_file: bool = False
    """Whether the same bytes had been brought before: nothing was changed."""
