"""The forms under a bill, the same wherever it is shown: money that came in by hand, and money that goes back."""

from channels.admin.bills.bill_view import METHODS
from channels.admin.frame import Visit
from channels.web.posted import said
from domain.actions.bills.pay import Settled, record
from domain.actions.bills.refunds import approve, refund
from domain.actions.bills.reversals import Reversed, reverse
from domain.actions.desk import Desk
from domain.bills.bill import PaymentMethod, PaymentOutcome
from domain.fields.form import Field
from domain.fields.types import Choice, ReadingContext, Rials
from domain.unit_of_work import UnitOfWork
from domain.values.errors import InvalidField

_LONGEST = 20
"""Signs that no row's number has."""

_AMOUNT = Field("amount", Rials())
_METHOD = Field("method", Choice(), choices=METHODS)


async def record_by_hand(desk: Desk, uow: UnitOfWork, visit: Visit) -> Settled:
    """Record the payment that the form tells; errors: `InvalidField` (amount, method) and those of `record`.

    A form that says no method was filled in on a page that did not ask for one: it meant a bank's slip.
    """
    form = visit.form
    amount = _AMOUNT.read(said(form, _AMOUNT.name), ReadingContext(visit.now))
    method = _METHOD.read(said(form, _METHOD.name) or PaymentMethod.SLIP, ReadingContext(visit.now, METHODS))
    ids = said(form, "bill_id"), said(form, "payment_id")
    paid, surplus = (amount, PaymentMethod(method), said(form, "reference")), bool(said(form, "surplus"))
    return await record(desk, uow, ids, *paid, visit.actor, surplus=surplus)


def recorded(settled: Settled) -> str:
    """Return the key under `admin.done` that tells what became of the money: a surplus is to go back."""
    return "surplus" if settled.payment.outcome is PaymentOutcome.SURPLUS else "slip"


async def give_back(desk: Desk, uow: UnitOfWork, visit: Visit) -> None:
    """Record the transfer to a citizen that the form tells, with its sum: if more became due since the page was made,
    nothing is recorded. Errors: `InvalidField("amount")` and those of `refund`.
    """
    form = visit.form
    bill_id, iban, reference = (said(form, name) for name in ("bill_id", "iban", "reference"))
    amount = _AMOUNT.read(said(form, _AMOUNT.name), ReadingContext(visit.now))
    await refund(desk, uow, bill_id, iban, reference, visit.actor, amount)


async def agree(desk: Desk, uow: UnitOfWork, visit: Visit) -> None:
    """Keep a second person's word that the form's sum goes to its IBAN; errors: those of `approve`."""
    form = visit.form
    amount = _AMOUNT.read(said(form, _AMOUNT.name), ReadingContext(visit.now))
    await approve(desk, uow, said(form, "bill_id"), said(form, "iban"), visit.actor, amount)


async def reverse_wrong(desk: Desk, uow: UnitOfWork, visit: Visit) -> Reversed:
    """Reverse the payment that the form names; errors: `InvalidField("payment")` for a form that is not ours, and those
    of `reverse`.
    """
    row = said(visit.form, "payment")
    if not (row.isascii() and row.isdecimal() and len(row) < _LONGEST):
        raise InvalidField("payment")
    return await reverse(desk, uow, said(visit.form, "bill_id"), int(row), said(visit.form, "reason"), visit.actor)


def what_follows(done: Reversed) -> str:
    """Return the key under `admin.done` that tells what follows from a reversal."""
    return f"reversed_{done.follows}"
