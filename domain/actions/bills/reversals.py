"""A payment that was recorded wrongly is reversed by the revenue unit, while nothing of it was paid out.

The payment stays in the books, marked; the reversal is a record of its own with a reason (services.md, "Surplus and
refunds"). Its bill is owed again, or closed where the request was given up meanwhile; a surplus is not due back any
more. A request goes back to waiting for money where its declaration has a step for that; elsewhere it stays where it
is, and its unit is told that it is not paid.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.actions.bills.subjects import SUBJECTS, locked
from domain.actions.desk import Desk
from domain.actions.messages.notify import queue, unit_mobiles
from domain.bills.bill import (
    SURPLUS,
    Bill,
    BillState,
    Payment,
    PaymentOutcome,
    Refund,
    RefundState,
    Reversal,
    reference_number,
)
from domain.blocks.charging import SUBJECT, last_moment_to_pay
from domain.engine.engine import Outcome
from domain.unit_of_work import UnitOfWork
from domain.values import bill_ids
from domain.values.actors import Actor, Role
from domain.values.errors import AlreadyDone, Forbidden, InvalidField, MissingField, NotAllowedNow, NotFound
from domain.values.text import code_units, grouped, persian_digits, shown

REVENUE = frozenset({Role.REVENUE})
"""Who reverses payments."""

LONGEST_REASON = 300
"""UTF-16 units of why a payment was wrong."""

_CAME_IN = frozenset({PaymentOutcome.SETTLED, PaymentOutcome.SURPLUS})


class Follows(StrEnum):
    """What follows from a reversal: the request waits for money again; it, or the row, owes money where it stands; the
    request was given up, and nothing is owed or due back; a surplus is not due back any more.
    """

    WAITING = "waiting"
    OWED = "owed"
    ENDED = "ended"
    NOT_DUE = "not_due"


@dataclass(frozen=True, slots=True)
class Reversed:
    """A reversal with its bill and payment as they stand now; `outcome` is the step that a request took."""

    bill: Bill
    payment: Payment
    reversal: Reversal
    follows: Follows
    outcome: Outcome | None = None


async def payment_named(uow: UnitOfWork, bill_id: str, reference: str) -> Payment:
    """Return the payment of a bill with that number, as the bank, the terminal (its RRN too) or the books have it.

    Errors: `InvalidField("bill_id")`, `BillNotFound`, `NotFound("reference")`, and `InvalidField("reference")` where
    two terminals gave it: the RRN tells them apart.
    """
    bill, number = await uow.bills.by_bill_id(bill_ids.parse_bill_id(bill_id)), reference_number(reference)
    came = [one for one in await uow.bills.payments_of(bill.id) if one.outcome in _CAME_IN]
    alike = [one for one in came if number in {one.reference, one.rrn}]
    alike = alike or [one for one in came if one.reference.removeprefix(f"{one.office}/") == number]
    standing = [one for one in alike if one.stands] or alike[-1:]
    if not standing:
        raise NotFound("reference", detail="payment")
    if len(standing) > 1:
        raise InvalidField("reference", detail="several_payments")
    return standing[0]


async def reverse(desk: Desk, uow: UnitOfWork, bill_id: str, payment_row: int, reason: str, actor: Actor) -> Reversed:
    """Reverse a payment of a bill, by its row. The caller announces the outcome.

    Errors: `Forbidden` for all but the revenue unit, `MissingField("reason")`, `InvalidField` (bill id, reason too
    long), `BillNotFound`, `NotFound("payment")`, `AlreadyDone("payment")` once reversed, and `NotAllowedNow("payment")`
    when money of the bill went back already, or a surplus still stands on what shall be reversed.
    """
    if not REVENUE & actor.role_names:
        raise Forbidden("payment")
    words, by = _reason(reason), actor.acting_by(REVENUE)
    bill = await locked(uow, await uow.bills.by_bill_id(bill_ids.parse_bill_id(bill_id)))
    payments, refunds = await uow.bills.payments_of(bill.id), await uow.bills.refunds_of(bill.id)
    payment = _reversible(payments, payment_row)
    surplus = payment.outcome is PaymentOutcome.SURPLUS
    due = _surplus_due(refunds) if surplus else _all_due(payments, refunds)
    reversal = Reversal(
        desk.ids.new_id(), payment.id, bill.id, payment.amount, payment.outcome, words, by.label, desk.clock.now()
    )
    await uow.bills.reverse(reversal)
    for one in due:
        one.state = RefundState.CANCELLED
        await uow.bills.save_refund(one)
    payment = replace(payment, reversed_at=reversal.at)
    if surplus:
        return await _not_due(desk, uow, Reversed(bill, payment, reversal, Follows.NOT_DUE), refunds, by)
    return await _owed_again(desk, uow, Reversed(bill, payment, reversal, Follows.OWED), by)


def _reason(reason: str) -> str:
    words = shown(reason)
    if not words:
        raise MissingField("reason")
    if code_units(words) > LONGEST_REASON:
        raise InvalidField("reason", detail="too_long", limit=persian_digits(LONGEST_REASON))
    return words


def _reversible(payments: Sequence[Payment], row: int) -> Payment:
    found = next((one for one in payments if one.id == row and one.outcome in _CAME_IN), None)
    if found is None:
        raise NotFound("payment", detail="payment")
    if not found.stands:
        raise AlreadyDone("payment", detail="payment_reversed")
    return found


def _surplus_due(refunds: Sequence[Refund]) -> list[Refund]:
    """Return what is due back for a surplus: each of a bill is over the same amount, so that any of them is meant."""
    due = [one for one in refunds if one.reason == SURPLUS and one.state is RefundState.DUE]
    if not due:
        raise NotAllowedNow("payment", detail="paid_out")
    return due[-1:]


def _all_due(payments: Sequence[Payment], refunds: Sequence[Refund]) -> list[Refund]:
    """Return what is due back of a bill that was paid by one payment alone."""
    if any(one.state is RefundState.REFUNDED for one in refunds):
        raise NotAllowedNow("payment", detail="paid_out")
    if any(one.stands and one.outcome is PaymentOutcome.SURPLUS for one in payments):
        raise NotAllowedNow("payment", detail="surplus_first")
    return [one for one in refunds if one.state is RefundState.DUE]


async def _not_due(desk: Desk, uow: UnitOfWork, made: Reversed, refunds: Sequence[Refund], actor: Actor) -> Reversed:
    """Let a bill that was closed be so again once nothing is due on it; who may have been told of a sum hears of it."""
    bill, told_of = made.bill, made.bill.state in {BillState.REFUND_DUE, BillState.REFUNDED}
    if bill.state is BillState.REFUND_DUE and all(one.state is not RefundState.DUE for one in refunds):
        before = [one.bill_was for one in refunds if one.bill_was not in {None, BillState.REFUND_DUE}]
        bill.state = next(filter(None, before), BillState.VOID)
        await uow.bills.save(bill)
    await SUBJECTS[bill.subject_kind].reversed(desk, uow, bill, made.payment, made.reversal.reason or "", actor)
    if told_of:
        await _tell(desk, uow, bill, made.payment, "sms.nothing_returned")
    return made


async def _owed_again(desk: Desk, uow: UnitOfWork, made: Reversed, actor: Actor) -> Reversed:
    """Open the bill again, with a deadline of its own from now on; close it where what it was for was given up."""
    bill, subject = made.bill, SUBJECTS[made.bill.subject_kind]
    owed = await subject.owes_again(uow, bill)
    bill.state, bill.settled_at = (BillState.OPEN, None) if owed else (BillState.VOID, made.reversal.at)
    if owed and bill.deadline:
        bill.deadline = last_moment_to_pay(made.reversal.at, desk.policy)
    await uow.bills.save(bill)
    outcome = await subject.reversed(desk, uow, bill, made.payment, made.reversal.reason or "", actor)
    await _tell(desk, uow, bill, made.payment, "sms.payment_reversed" if owed else "sms.nothing_returned")
    if owed and outcome is None:
        await _tell_unit(desk, uow, bill)
    follows = Follows.WAITING if outcome else Follows.OWED if owed else Follows.ENDED
    return replace(made, follows=follows, outcome=outcome)


async def _tell(desk: Desk, uow: UnitOfWork, bill: Bill, payment: Payment, key: str) -> None:
    subject = SUBJECTS[bill.subject_kind]
    mobile = await subject.mobile(uow, bill)
    if mobile is None:
        return
    facts = {
        "service": await subject.title(desk, uow, bill), "amount": grouped(payment.amount), "bill_id": bill.bill_id,
        "payment_id": bill.payment_id,
    }  # fmt: skip
    await queue(desk, uow, mobile, desk.catalogue.message(key, facts))


async def _tell_unit(desk: Desk, uow: UnitOfWork, bill: Bill) -> None:
    """Tell the unit whose turn it is at a request that it is not paid."""
    if bill.subject_kind != SUBJECT:
        return
    request = await uow.requests.get(bill.subject_id)
    message = desk.catalogue.message("staff.payment_reversed", desk.wording.facts(request))
    for mobile in await unit_mobiles(uow, desk, request):
        await queue(desk, uow, mobile, message, request.id)
