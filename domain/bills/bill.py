"""Bills, payments and refunds: what is owed, what came in, what must go back. All amounts are whole rials."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.values.text import ascii_digits, tidy_text

_DIRECTION_MARKS = re.compile("[\u200b-\u200f\u061c\u2060-\u2069\ufeff\u00ad]")
_SPACE_BETWEEN_DIGITS = re.compile(r"(?<=\d) (?=\d)")


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
    def is_payable(self) -> bool:
        """Whether the two ids may still be paid."""
        return self in {BillState.OPEN, BillState.PAYING}


class BillKind(StrEnum):
    """Why the bill exists."""

    MAIN = "main"
    SUPPLEMENT = "supplement"


@dataclass(slots=True)
class Bill:
    """A charge with its Iranian bill id and payment id (facts-iran.md, "Bills").

    `subject_kind` is request, duty or violation, and `subject_id` its id. `explanation` is the quote, line by line,
    that made the amount. `deadline` is what the citizen is told; nothing expires before deadline + settlement lag.
    `revision` counts saves: saving an old revision is a `Conflict`.
    """

    id: int
    file_number: int
    bill_id: str
    payment_id: str
    amount: int
    state: BillState
    kind: BillKind
    subject_kind: str
    subject_id: int
    created_at: datetime
    deadline: datetime | None
    explanation: dict[str, Any] = field(default_factory=dict)
    settled_at: datetime | None = None
    note: str | None = None
    revision: int = 0


class PaymentMethod(StrEnum):
    """How the money came."""

    SLIP = "slip"
    POS = "pos"
    GATEWAY = "gateway"
    BANK_FILE = "bank_file"
    REFUND = "refund"
    """A transfer back to the citizen: the one method by which money goes out."""


class PaymentOutcome(StrEnum):
    """What a payment did: settled its bill, or is surplus (bill already settled, expired or void) and goes back; what
    went back is `returned`.
    """

    SETTLED = "settled"
    SURPLUS = "surplus"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that arrived for a bill, or went back (`returned`). `reference` is the bank's or POS's own number.

    `office` is the code of the counter office that took it; its references bear the code (`terminal_reference`).
    `rrn`, `terminal_id` and `paid_at` are what else a POS receipt says (domain/bills/pos_receipts.py).
    `reversed_at` is when it was found to be recorded wrongly: it stays, and counts nowhere any more (`Reversal`).
    """

    id: int
    bill_id: int
    amount: int
    method: PaymentMethod
    reference: str
    outcome: PaymentOutcome
    recorded_by: str
    at: datetime
    office: str | None = None
    rrn: str | None = None
    terminal_id: str | None = None
    paid_at: datetime | None = None
    reversed_at: datetime | None = None

    @property
    def is_recorded(self) -> bool:
        """Whether it was not reversed."""
        return self.reversed_at is None

    @property
    def recorder_label(self) -> str:
        """Who recorded it with the own hand, as a label, whomever they stood for."""
        return acting_label(self.recorded_by)


def acting_label(actor_label: str) -> str:
    """Return whose hand a label of an actor names: a substitute's own, not that of the absent one."""
    return actor_label.partition(" for ")[0]


@dataclass(frozen=True, slots=True)
class Reversal:
    """That a payment was recorded wrongly: a record of its own, never edited, from which the ledger can post.

    `payment_id` is the payment's row, `amount` its rials, `outcome` what it had done; `reason` is in somebody's words
    (None once personal data was erased), `reversed_by` a label.
    """

    id: int
    payment_id: int
    bill_id: int
    amount: int
    outcome: PaymentOutcome
    reason: str | None
    reversed_by: str
    at: datetime


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
"""Why money goes back that came in for a bill which was settled, expired or void."""


@dataclass(slots=True)
class Refund:
    """Money to return to the citizen. `reason` is a stable code: cancelled, fewer_hours, surplus_payment.

    `iban` is where it went, and before that where a second person said that it is to go (`approved_by`, a label).
    `bill_was` is the bill's state before this became due on it, where that changed it.
    """

    id: int
    bill_id: int
    amount: int
    reason: str
    state: RefundState
    created_at: datetime
    iban: str | None = None
    refunded_at: datetime | None = None
    bill_was: BillState | None = None
    approved_by: str | None = None
    approved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DueBack:
    """What is still to go back on a bill: the sum of its refunds, since when the oldest of them is due, and all that
    ever came in for the bill.
    """

    bill: Bill
    due_amount: int
    due_since: datetime
    paid_amount: int
