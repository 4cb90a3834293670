"""POS receipts: which payments at card terminals are one and the same.

The trace number that a terminal prints («شماره پیگیری», six digits) begins anew every day or after a million, and two
terminals of one office may print the same. The RRN («شماره مرجع», twelve digits, ISO 8583 field 37) does not repeat.
So a payment that was really taken is told apart by what its receipt says, and asked about where that does not suffice.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from domain.bills.bill import Payment, PaymentMethod
from domain.values.calendar import TEHRAN

_RRN = re.compile(r"[0-9]{12}")


@dataclass(frozen=True, slots=True)
class PosReceipt:
    """What a receipt says besides the trace number, as far as it was reported; `paid_at` bears a zone."""

    rrn: str | None = None
    terminal_id: str | None = None
    paid_at: datetime | None = None


class Likeness(Enum):
    """What two payments with the same trace number or RRN are."""

    SAME = "same"
    OTHER = "other"
    UNKNOWN = "unknown"


def rrn_of(receipt: PosReceipt, number: str) -> str | None:
    """Return the RRN: as it was reported, else the reference itself where that is one."""
    return receipt.rrn or (number if _RRN.fullmatch(number) else None)


def paid_on(payment: Payment) -> date:
    """Return the day in Tehran on which it was paid, or was recorded where the receipt's moment is not known."""
    return (payment.paid_at or payment.at).astimezone(TEHRAN).date()


def distinction(payment: Payment) -> str:
    """Return what may tell a payment from others of its method and reference: both together are unique.

    Only references of terminals repeat.
    """
    if payment.method is not PaymentMethod.POS:
        return ""
    return payment.rrn or f"{payment.terminal_id or ''}/{paid_on(payment).isoformat()}"


def likeness(known: Payment, new: Payment) -> Likeness:
    """Tell whether a payment of the same method that is known, with the same reference or RRN, is the new one.

    The same bill again is the same payment unless a receipt says otherwise: it is a report that was repeated. Of
    another bill it is another payment where day or terminal differ, and unknown where nothing tells.
    """
    if known.method is not PaymentMethod.POS:
        return Likeness.SAME
    if known.rrn and new.rrn:
        return Likeness.SAME if known.rrn == new.rrn else Likeness.OTHER
    terminals, moments = {known.terminal_id, new.terminal_id}, {known.paid_at, new.paid_at}
    days = {paid_on(known), paid_on(new)}
    if (None not in terminals and len(terminals) > 1) or (None not in moments and len(days) > 1):
        return Likeness.OTHER
    if known.bill_id == new.bill_id:
        return Likeness.SAME
    if len(days) > 1:
        return Likeness.OTHER
    return Likeness.UNKNOWN if None in terminals else Likeness.SAME
