"""The forms under a bill, the same wherever it is shown: money that came in by hand, and money that goes back."""

from channels.admin.bills.bill_view import PAYMENT_METHODS
from channels.admin.frame import Visitor
from channels.web.posted import read_text
from domain.actions.bills.pay_by_ids import RecordedReceipt, announce_receipt, record_payment_by_ids
from domain.actions.bills.refunds import approve_refund, record_refund
from domain.actions.bills.reversals import RecordedReversal, reverse_payment
from domain.actions.context import ActionContext
from domain.actions.messages.notify import announce_outcome
from domain.actions.payments.card_refunds import approve_card_refund, send_to_card
from domain.bills.bill import PaymentMethod, PaymentOutcome
from domain.fields.form import Field
from domain.fields.types import Choice, ReadingContext, Rials
from domain.values.errors import InvalidField

_MAX_NUMBER_DIGITS = 20
"""Signs that no row's number has."""

CARD_TARGET = "card"
"""The `target` of a form whose money goes to the card that paid; any other form has an IBAN."""

_AMOUNT_FIELD = Field("amount", Rials())
_METHOD_FIELD = Field("method", Choice(), choices=PAYMENT_METHODS)


async def submit_payment(context: ActionContext, visitor: Visitor) -> RecordedReceipt:
    """Record the payment that the form states, and announce what came of it; errors: `InvalidField` (amount, method)
    and those of `record_payment_by_ids`.

    A form that says no method was filled in on a page that did not ask for one: it meant a bank's slip.
    """
    form, amount = visitor.form, _read_amount(visitor)
    payment_method = _METHOD_FIELD.read_value(
        read_text(form, _METHOD_FIELD.name) or PaymentMethod.SLIP, ReadingContext(visitor.now, PAYMENT_METHODS)
    )
    bill_ids = read_text(form, "bill_id"), read_text(form, "payment_id")
    payment_details, surplus = (
        (amount, PaymentMethod(payment_method), read_text(form, "reference")),
        bool(read_text(form, "surplus")),
    )
    actor_context = context.acting_as(visitor.actor)
    recorded = await record_payment_by_ids(actor_context, bill_ids, *payment_details, surplus=surplus)
    await announce_receipt(actor_context, recorded)
    return recorded


def payment_done_key(recorded_receipt: RecordedReceipt) -> str:
    """Return the key under `admin.done` that says what became of the money: a surplus is to go back."""
    return "surplus" if recorded_receipt.outcome is PaymentOutcome.SURPLUS else "slip"


async def submit_refund(context: ActionContext, visitor: Visitor) -> str:
    """Record the transfer to a citizen that the form states, or have its sum sent to the paying card; return the key
    under `admin.done` that says which.

    If more became due since the page was made, nothing is done. Errors: `InvalidField("amount")` and those of
    `record_refund` and `send_to_card`.
    """
    form, amount = visitor.form, _read_amount(visitor)
    bill_id, iban, reference = (read_text(form, field_name) for field_name in ("bill_id", "iban", "reference"))
    actor_context = context.acting_as(visitor.actor)
    if read_text(form, "target") == CARD_TARGET:
        await send_to_card(actor_context, bill_id, amount)
        return "card_refund"
    await record_refund(actor_context, bill_id, iban, reference, amount)
    return "refund"


async def submit_approval(context: ActionContext, visitor: Visitor) -> None:
    """Keep a second person's word that the form's sum goes to its IBAN, or to the paying card; errors: those of
    `approve_refund` and `approve_card_refund`.
    """
    form, amount = visitor.form, _read_amount(visitor)
    bill_id, iban = read_text(form, "bill_id"), read_text(form, "iban")
    actor_context = context.acting_as(visitor.actor)
    if read_text(form, "target") == CARD_TARGET:
        await approve_card_refund(actor_context, bill_id, amount)
    else:
        await approve_refund(actor_context, bill_id, iban, amount)


def _read_amount(visitor: Visitor) -> int:
    """Return the rials that the form states; `InvalidField("amount")`."""
    return int(_AMOUNT_FIELD.read_value(read_text(visitor.form, _AMOUNT_FIELD.name), ReadingContext(visitor.now)))


async def submit_reversal(context: ActionContext, visitor: Visitor) -> RecordedReversal:
    """Reverse the payment that the form names, and announce what came of it; errors: `InvalidField("payment")` for a
    form that is not ours, and those of `reverse_payment`.
    """
    payment_number = read_text(visitor.form, "payment")
    if not (payment_number.isascii() and payment_number.isdecimal() and len(payment_number) < _MAX_NUMBER_DIGITS):
        raise InvalidField("payment")
    bill_id, reason = read_text(visitor.form, "bill_id"), read_text(visitor.form, "reason")
    actor_context = context.acting_as(visitor.actor)
    reversal = await reverse_payment(actor_context, bill_id, int(payment_number), reason)
    for outcome in reversal.outcomes:
        await announce_outcome(actor_context, outcome)
    return reversal


def reversal_done_key(reversal: RecordedReversal) -> str:
    """Return the key under `admin.done` that says what follows from a reversal."""
    return f"reversed_{reversal.consequence}"
