"""POS receipts: which payments at card terminals are one and the same.

The trace number that a terminal prints («شماره پیگیری», six digits) begins again every day or after a million, and two
terminals of one office may print the same. The RRN («شماره مرجع», twelve digits, ISO 8583 field 37) does not repeat. So
a payment that was really taken is distinguished by what its receipt says, and asked about where that does not suffice.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from domain.bills.bill import Payment, PaymentMethod
from domain.values.calendar import TEHRAN_ZONE

_RRN_PATTERN = re.compile(r"[0-9]{12}")


@dataclass(frozen=True, slots=True)
class PosReceipt:
    """Details of a receipt besides the trace number, as far as reported; None: not said."""

    rrn: str | None = None
    """The retrieval reference number."""
    terminal_id: str | None = None
    """The terminal's number."""
    paid_at: datetime | None = None
    """With its zone."""


class PaymentLikeness(Enum):
    """Likeness of two payments with the same trace number or RRN."""

    SAME = "same"
    OTHER = "other"
    UNKNOWN = "unknown"


def find_rrn(receipt: PosReceipt, reference: str) -> str | None:
    """Return the RRN: as it was reported, else the reference itself where that is one."""
    return receipt.rrn or (reference if _RRN_PATTERN.fullmatch(reference) else None)


def payment_day(payment: Payment) -> date:
    """Return the day in Tehran on which it was paid, or was recorded where the receipt's moment is not known."""
    return (payment.paid_at or payment.at).astimezone(TEHRAN_ZONE).date()


def distinguishing_key(payment: Payment) -> str:
    """Return what may distinguish a payment from others of its method and reference: both together are unique.

    References of terminals repeat, and that of a sale at a gateway is borne by each bill that its attempt paid.
    """
    if payment.attempt_id is not None:
        return f"{payment.attempt_id}/{payment.bill_id}"
    if payment.method is not PaymentMethod.POS:
        return ""
    return payment.rrn or f"{payment.terminal_id or ''}/{payment_day(payment).isoformat()}"


def is_of_same_receipt(payment: Payment, other_payment: Payment) -> bool:
    """Return whether two payments of parts of a merged bill came by one receipt."""
    receipt, other_receipt = (
        (one.merged_bill_id, one.method, one.reference, distinguishing_key(one)) for one in (payment, other_payment)
    )
    return receipt == other_receipt


def compare_payments(existing_payment: Payment, new_payment: Payment) -> PaymentLikeness:
    """Return whether a payment of the same method that is known, with the same reference or RRN, is the new one.

    The same bill again is the same payment unless a receipt says otherwise: it is a report that was repeated. Of
    another bill it is another payment where day or terminal differ, and unknown where nothing decides it. The parts of
    a merged bill are paid by one receipt, each by a payment of its own.
    """
    if _is_other_part(existing_payment, new_payment):
        return PaymentLikeness.OTHER
    if existing_payment.method is PaymentMethod.POS:
        return _compare_pos_payments(existing_payment, new_payment)
    return _compare_gateway_payments(existing_payment, new_payment)


def _compare_pos_payments(existing_payment: Payment, new_payment: Payment) -> PaymentLikeness:
    """Compare what their receipts say."""
    if existing_payment.rrn and new_payment.rrn:
        return PaymentLikeness.SAME if existing_payment.rrn == new_payment.rrn else PaymentLikeness.OTHER
    terminal_ids, payment_moments = (
        {existing_payment.terminal_id, new_payment.terminal_id},
        {existing_payment.paid_at, new_payment.paid_at},
    )
    payment_days = {payment_day(existing_payment), payment_day(new_payment)}
    if (None not in terminal_ids and len(terminal_ids) > 1) or (None not in payment_moments and len(payment_days) > 1):
        return PaymentLikeness.OTHER
    if existing_payment.bill_id == new_payment.bill_id:
        return PaymentLikeness.SAME
    if len(payment_days) > 1:
        return PaymentLikeness.OTHER
    return PaymentLikeness.UNKNOWN if None in terminal_ids else PaymentLikeness.SAME


def _is_other_part(existing_payment: Payment, new_payment: Payment) -> bool:
    if new_payment.merged_bill_id is None or existing_payment.merged_bill_id != new_payment.merged_bill_id:
        return False
    return existing_payment.bill_id != new_payment.bill_id


def _compare_gateway_payments(existing_payment: Payment, new_payment: Payment) -> PaymentLikeness:
    """An attempt at a gateway pays each of its bills once; that a sale is one attempt's is held by the attempts. Of any
    other method one reference is one payment.
    """
    existing_share = (existing_payment.attempt_id, existing_payment.bill_id)
    is_by_attempts = None not in {existing_payment.attempt_id, new_payment.attempt_id}
    if is_by_attempts and existing_share != (new_payment.attempt_id, new_payment.bill_id):
        return PaymentLikeness.OTHER
    return PaymentLikeness.SAME
