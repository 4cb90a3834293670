"""Money that goes back: what is due on a bill is transferred by the revenue unit, and recorded once by its reference.

The transfer is kept in the ledger of payments with a direction of its own (`PaymentOutcome.RETURNED`), where a
reference stands once for each method; the refund keeps the IBAN.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from domain import bill_ids, people
from domain.actions.desk import Desk
from domain.actions.notify import queue
from domain.actions.subjects import SUBJECTS
from domain.bills import Bill, BillState, Payment, PaymentMethod, PaymentOutcome, Refund, RefundState
from domain.errors import AlreadyDone, DuplicateRequest, Forbidden, MissingField, NotAllowedNow
from domain.people import Actor, Role
from domain.ports import UnitOfWork
from domain.text import grouped, persian_digits, shown

REVENUE = frozenset({Role.REVENUE})
"""Who sends money back."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A bill after its money went back, and the transfer."""

    bill: Bill
    payment: Payment
    iban: str


async def refund(desk: Desk, uow: UnitOfWork, bill_id: str, iban: str, reference: str, actor: Actor) -> Returned:
    """Record that all that is due back on a bill was transferred to an IBAN; the citizen is told by a text.

    `reference` is the bank's own number of the transfer: the same one again answers the same, with another bill or
    IBAN it is `DuplicateRequest`. Other errors: `Forbidden`, `InvalidField` (ids, IBAN), `MissingField("reference")`,
    `BillNotFound`, `AlreadyDone` once everything went back, `NotAllowedNow` where nothing was ever due.
    """
    if not REVENUE & actor.role_names:
        raise Forbidden("refund")
    number, said = people.iban(iban), shown(reference)
    if not said:
        raise MissingField("reference")
    bill = await _locked(uow, bill_ids.parse_bill_id(bill_id))
    refunds = await uow.bills.refunds_of(bill.id)
    earlier = await uow.bills.payment(PaymentMethod.REFUND, said)
    if earlier is not None:
        if earlier.bill_id != bill.id or number not in {one.iban for one in refunds}:
            raise DuplicateRequest("reference", detail="reference_used")
        return Returned(bill, earlier, number)
    due = [one for one in refunds if one.state is RefundState.DUE]
    if not due:
        raise AlreadyDone("bill_id", detail="refunded") if refunds else NotAllowedNow("bill_id", detail="no_refund")
    return await _return(desk, uow, bill, due, (number, said), actor.acting_by(REVENUE))


async def _locked(uow: UnitOfWork, bill_id: str) -> Bill:
    """Return the bill with its subject locked first, as everybody does."""
    bill = await uow.bills.by_bill_id(bill_id)
    await SUBJECTS[bill.subject_kind].lock(uow, bill)
    return await uow.bills.by_bill_id(bill_id, lock=True)


async def _return(
    desk: Desk, uow: UnitOfWork, bill: Bill, due: Sequence[Refund], to: tuple[str, str], actor: Actor
) -> Returned:
    iban, reference = to
    now, amount = desk.clock.now(), sum(one.amount for one in due)
    for one in due:
        one.state, one.iban, one.refunded_at = RefundState.REFUNDED, iban, now
        await uow.bills.save_refund(one)
    payment = Payment(
        desk.ids.new_id(), bill.id, amount, PaymentMethod.REFUND, reference, PaymentOutcome.RETURNED, actor.label, now
    )  # fmt: skip
    await uow.bills.add_payment(payment)
    if bill.state is BillState.REFUND_DUE:
        bill.state = BillState.REFUNDED
        await uow.bills.save(bill)
    await SUBJECTS[bill.subject_kind].refunded(desk, uow, bill, payment, iban, actor)
    await _tell(desk, uow, bill, payment, iban)
    return Returned(bill, payment, iban)


async def _tell(desk: Desk, uow: UnitOfWork, bill: Bill, payment: Payment, iban: str) -> None:
    subject = SUBJECTS[bill.subject_kind]
    mobile = await subject.mobile(uow, bill)
    if mobile is None:
        return
    facts = {
        "refund": grouped(payment.amount), "service": await subject.title(desk, uow, bill),
        "iban_end": persian_digits(iban[-4:]), "reference": persian_digits(payment.reference),
    }  # fmt: skip
    await queue(desk, uow, mobile, desk.catalogue.message("sms.refunded", facts))
