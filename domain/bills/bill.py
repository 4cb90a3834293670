"""Bills, payments and refunds: what is owed, what came in, what must go back. All amounts are whole rials."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.values.text import ascii_digits, tidy_text

_DIRECTION_MARKS = re.compile("[\u200b-\u200f\u061c\u2060-\u2069\ufeff\u00ad]")
_SPACE_BETWEEN_DIGITS = re.compile(r"(?<=\d) (?=\d)")


PAID_BILL_FACT = "paid_bill_id"
"""The fact by which a notice knows the bill whose payment it tells of: its bill id."""


class BillState(StrEnum):
    """The life of a bill (services.md, "Tariffs and money")."""

    OPEN = "open"
    PAYING = "paying"
    PAID = "paid"
    EXPIRED = "expired"
    VOID = "void"
    WAIVED = "waived"
    REFUND_DUE = "refund_due"
    REFUNDED = "refunded"

    @property
    def is_settled(self) -> bool:
        """Whether the service may go on: the money came, or was waived. (A refund due was paid once.)"""
        return self in {BillState.PAID, BillState.WAIVED, BillState.REFUND_DUE, BillState.REFUNDED}

    @property
    def was_paid(self) -> bool:
        """Whether the money came; of that of an expired or void bill all is due back."""
        return self in {BillState.PAID, BillState.REFUND_DUE, BillState.REFUNDED}

    @property
    def is_payable(self) -> bool:
        """Whether the two ids may still be paid."""
        return self in {BillState.OPEN, BillState.PAYING}


class BillKind(StrEnum):
    """Kind of a bill."""

    MAIN = "main"
    SUPPLEMENT = "supplement"


@dataclass(slots=True)
class Bill:
    """A charge with its Iranian bill id and payment id (facts-iran.md, "Bills")."""

    id: int
    """The row's; people know the bill by `bill_id`."""
    file_number: int
    """The number inside the bill id that is this bill's alone."""
    bill_id: str
    """The bill id (شناسه قبض), digits."""
    payment_id: str
    """The payment id (شناسه پرداخت), digits; it holds the amount."""
    amount: int
    """In rials, VAT and rounding included."""
    state: BillState
    """Current state of the bill."""
    kind: BillKind
    """Whether it is the first charge or one beside it."""
    subject_kind: str
    """Subject: request, duty or violation."""
    subject_id: int
    """The id of that request or row."""
    service: str
    """Service whose revenue it is: the key of the request's service, or of the row's registry."""
    created_at: datetime
    """Time of issue, in UTC."""
    deadline: datetime | None
    """Deadline told to the citizen; nothing expires before it and the settlement lag. None: no deadline."""
    explanation: dict[str, Any] = field(default_factory=dict)
    """The quote that made the amount, line by line, as JSON."""
    settled_at: datetime | None = None
    """Time when it was paid, waived or closed otherwise, in UTC; None while it is payable."""
    note: str | None = None
    """Reason for the waiver or closing, in somebody's words; None: no reason was given."""
    revision: int = 0
    """Counts saves: saving an old revision is a `Conflict`."""


class PaymentMethod(StrEnum):
    """Way the money came."""

    SLIP = "slip"
    POS = "pos"
    GATEWAY = "gateway"
    BANK_FILE = "bank_file"
    REFUND = "refund"
    """A transfer back to the citizen: the one method by which money goes out."""


class PaymentOutcome(StrEnum):
    """Outcome of a payment: settled its bill, or is surplus (bill already settled, expired or void) and goes back; what
    went back is `returned`.
    """

    SETTLED = "settled"
    SURPLUS = "surplus"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that arrived for a bill, or went back (`returned`)."""

    id: int
    """The row's key in the store."""
    bill_id: int
    """The bill's row, not the digits that people pay by."""
    amount: int
    """In rials, also of money that went back."""
    method: PaymentMethod
    """Way the money came."""
    reference: str
    """The bank's or POS's own number; an office's bears the code of the office (`terminal_reference`)."""
    outcome: PaymentOutcome
    """Outcome: settled the bill, or is surplus …"""
    recorded_by: str
    """Recorder, as a label."""
    at: datetime
    """Time of recording, in UTC."""
    office: str | None = None
    """The code of the counter office that took it; None when none did."""
    rrn: str | None = None
    """The retrieval reference number of its POS receipt (domain/bills/pos_receipts.py); None: not said."""
    terminal_id: str | None = None
    """The terminal of that receipt; None: not said."""
    paid_at: datetime | None = None
    """The moment on that receipt, with its zone; None: not said."""
    reversed_at: datetime | None = None
    """Time at which it was found to be recorded wrongly: it stays, and counts nowhere any more (`Reversal`)."""
    attempt_id: int | None = None
    """The attempt at a bank gateway that brought it; None: it came in another way."""
    gateway: str | None = None
    """The key of the bank gateway that it came or went by; None: by none."""
    merged_bill_id: int | None = None
    """The row of the merged bill that was paid, of which its bill is a part; None: the bill itself was."""
    part_position: int = 0
    """Its place among the payments of one receipt that paid a merged bill; 0: the first, or the only one."""
    card_refund_id: int | None = None
    """The attempt to refund by which it went back to a card (`RefundAttempt`); None: it did not."""
    line: str | None = None
    """The number (+989…) by which whom its bill concerns was reached when it came; None: by none, or erased."""

    @property
    def is_incoming(self) -> bool:
        """Whether it came in, and was not reversed."""
        return self.is_recorded and self.outcome is not PaymentOutcome.RETURNED

    @property
    def is_recorded(self) -> bool:
        """Whether it was not reversed."""
        return self.reversed_at is None

    @property
    def number(self) -> str:
        """The bank's, the gateway's or the terminal's own number of it, without whose it is."""
        return self.reference.rpartition("/")[2] if self.gateway or self.office else self.reference

    @property
    def recorder_label(self) -> str:
        """Label of the person who recorded it, whomever they substituted."""
        return acting_label(self.recorded_by)


def acting_label(actor_label: str) -> str:
    """Return whose hand a label of an actor names: a substitute's own, not that of the absent one."""
    return actor_label.partition(" for ")[0]


@dataclass(frozen=True, slots=True)
class Reversal:
    """Reversal of a payment that was recorded wrongly: a record of its own, never edited, from which the ledger can
    post."""

    id: int
    """The row's key in the store."""
    payment_id: int
    """The key of the payment."""
    bill_id: int
    """The key of the bill, not the digits that people pay by."""
    amount: int
    """The payment's amount, in rials."""
    outcome: PaymentOutcome
    """Former outcome of the payment."""
    reason: str | None
    """In somebody's words; None once personal data was erased."""
    reversed_by: str
    """Reverser, as a label."""
    at: datetime
    """Time of the reversal, in UTC."""


def normalise_reference(reference_text: str) -> str:
    """Return a payment's number in the one form that is compared: digits in ASCII, no marks of direction, one space
    between words and none between digits.
    """
    spaced_text = " ".join(ascii_digits(_DIRECTION_MARKS.sub("", tidy_text(reference_text))).split())
    return _SPACE_BETWEEN_DIGITS.sub("", spaced_text)


def terminal_reference(office_code: str | None, reference: str) -> str:
    """Return a POS reference as it is stored: two offices' terminals may give the same number."""
    return f"{office_code}/{reference}" if office_code else reference


class RefundState(StrEnum):
    """Whether the money went back; `cancelled`: it is not due after all, since the payment behind it was reversed."""

    DUE = "due"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"


SURPLUS_REASON = "surplus_payment"
"""Reason for a refund of money that came in for a bill which was settled, expired or void."""


@dataclass(frozen=True, slots=True)
class RefundTarget:
    """Destination of a refund: an IBAN, or else the card that paid."""

    iban: str | None = None
    """The IBAN; None: it goes to the card."""
    card: str | None = None
    """The card, masked, where it is known; None of an IBAN."""

    @property
    def history_facts(self) -> dict[str, str]:
        """Facts that the history of a request keeps of it, until personal data is erased."""
        return {"iban": self.iban} if self.iban else {"card": self.card or ""}

    @property
    def audit_facts(self) -> dict[str, str]:
        """Facts that the audit keeps of it, for good: of a card no digits."""
        return {"iban": self.iban} if self.iban else {"destination": "card"}


@dataclass(slots=True)
class Refund:
    """Money to return to the citizen."""

    id: int
    """The row's key in the store."""
    bill_id: int
    """The key of the bill, not the digits that people pay by."""
    amount: int
    """In rials."""
    reason: str
    """A stable code: cancelled, fewer_hours, surplus_payment."""
    state: RefundState
    """Whether it is due, went back or was cancelled."""
    created_at: datetime
    """Since when it is due, in UTC."""
    iban: str | None = None
    """Account that received it; before that, where a second person said that it is to go. None: not said yet."""
    refunded_at: datetime | None = None
    """Time of the refund; None while it is due, or cancelled."""
    bill_was: BillState | None = None
    """The bill's state before this became due on it, where that changed it."""
    approved_by: str | None = None
    """The second person who approved it, as a label; None while nobody has."""
    approved_at: datetime | None = None
    """Time of that approval, in UTC."""
    to_card: bool = False
    """Whether it goes to the card that paid, as the second person or who sent it said."""
    card_refund_id: int | None = None
    """The row of the attempt to send it to the card (`RefundAttempt`), also once it went; None: there is none."""

    transfer_id: int | None = None
    """The row of its transfer in the file of a day (`RefundTransfer`), also once it went; None: it is in none."""

    @property
    def is_free(self) -> bool:
        """Whether it is due and goes no way yet: it may be sent, approved or cancelled."""
        return self.state is RefundState.DUE and not self.is_sent

    @property
    def is_on_its_way(self) -> bool:
        """Whether a bank has been asked to send it, or is about to be."""
        return self.state is RefundState.DUE and self.is_sent

    @property
    def is_sent(self) -> bool:
        """Whether it is with an attempt to send it to the card, or in a file of transfers."""
        return self.card_refund_id is not None or self.transfer_id is not None

    @property
    def is_of_surplus(self) -> bool:
        """Whether it gives back what came in for a bill that needed none."""
        return self.reason == SURPLUS_REASON


@dataclass(frozen=True, slots=True)
class DueBack:
    """Refund still due on a bill."""

    bill: Bill
    due_amount: int
    """The sum of its refunds that are due, in rials."""
    due_since: datetime
    """Since when the oldest of them is due."""
    paid_amount: int
    """All that ever came in for the bill, in rials."""
