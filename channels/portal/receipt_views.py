"""Values of a receipt on the page of bills, worded: how they were paid, and what went or goes back."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.actions.payments.pages import PaymentReceipt
from domain.bills.bill import BillState, Refund, RefundState
from domain.language.wording import day_and_hour_text
from domain.messages.catalogue import Catalogue
from domain.values.text import group_digits, persian_digits


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """Receipt of one or several bills paid at once."""

    amount: str
    """Rials of all of them, grouped."""
    bill_count: int
    """Number of bills."""
    method: str
    """In words."""
    moment: str
    """Time of recording: Jalali day and hour in Tehran."""
    order: str
    """Our number of the attempt; empty where it was not paid online."""
    trace: str
    """The bank's or terminal's number of the payment."""
    reference: str
    """The bank's name of its session, or the terminal's retrieval reference number; empty where there is no other
    number than the trace.
    """
    card: str
    """The paying card, masked; empty where it is not known."""


@dataclass(frozen=True, slots=True)
class RefundView:
    """Money of a bill that goes back."""

    state: str
    """The key of its state: due, refunded."""
    amount: str
    """Rials, grouped."""
    was_paid_twice: bool
    """The bill had been settled before that money came."""


def build_receipt(catalogue: Catalogue, receipt: PaymentReceipt) -> ReceiptView:
    """Return a payment as its receipt shows it."""
    payment, attempt = receipt.payment, receipt.attempt
    trace = payment.number
    reference = (attempt.reference if attempt else payment.rrn) or ""
    return ReceiptView(
        amount=group_digits(receipt.amount),
        bill_count=receipt.bill_count,
        method=catalogue.text(f"payments.methods.{payment.method}"),
        moment=day_and_hour_text(payment.at),
        order=persian_digits(attempt.order_number) if attempt else "",
        trace=persian_digits(trace),
        reference=reference if reference != trace else "",
        card=(attempt.card or "") if attempt else "",
    )


def build_refunds(refunds: Sequence[Refund]) -> list[RefundView]:
    """Return what goes back of a bill, as its receipt shows it; what was cancelled does not."""
    return [
        RefundView(refund.state.value, group_digits(refund.amount), _was_paid_twice(refund))
        for refund in refunds
        if refund.state is not RefundState.CANCELLED
    ]


def _was_paid_twice(refund: Refund) -> bool:
    return refund.is_of_surplus and refund.bill_was not in {BillState.EXPIRED, BillState.VOID}
