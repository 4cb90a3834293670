"""Money that goes back: what is due on a bill is transferred by the revenue unit, and recorded once by its reference.

A refund above the municipality's limit, and any of money that the same hand recorded, needs a second person before it
is transferred: who approves it says the IBAN too, and the transfer has to go there.

The transfer is kept in the ledger of payments with a direction of its own (`PaymentOutcome.RETURNED`), where a
reference stands once for each method; the refund keeps the IBAN.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.actions.bills.subjects import SUBJECTS, locked
from domain.actions.desk import Desk
from domain.actions.messages.notify import queue
from domain.bills.bill import (
    Bill,
    BillState,
    DueBack,
    Payment,
    PaymentMethod,
    PaymentOutcome,
    Refund,
    RefundState,
    hand_of,
    reference_number,
)
from domain.settings.policy import Policy
from domain.unit_of_work import UnitOfWork
from domain.values import bill_ids, identifiers
from domain.values.actors import Actor, Role
from domain.values.errors import (
    AlreadyDone,
    AmountMismatch,
    DuplicateRequest,
    Forbidden,
    InvalidField,
    MissingField,
    NotAllowedNow,
)
from domain.values.paging import Cursor, Order, Page, page_of
from domain.values.text import grouped, persian_digits

REVENUE = frozenset({Role.REVENUE})
"""Who sends money back."""
APPROVERS = REVENUE | {Role.MANAGER}
"""Who agrees to what one person may not send back alone."""

PAGE = 25
"""Bills of one page of what is due back."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A bill after its money went back, and the transfer."""

    bill: Bill
    payment: Payment
    iban: str


async def due_page(uow: UnitOfWork, at: str | None = None, limit: int = PAGE) -> Page[DueBack]:
    """Return the bills on which money is still to go back, the oldest first: the page that begins at a place
    (`Page.next`, `Page.previous` as text), or the first one; `InvalidField("page")`.
    """
    place = Cursor.read(at, Order.OLDEST) if at else None
    found = await uow.bills.due_back(limit, place)
    return page_of([(one.since, one.bill.id, one) for one in found], limit, place)


async def refund(
    desk: Desk, uow: UnitOfWork, bill_id: str, iban: str, reference: str, actor: Actor, amount: int | None = None
) -> Returned:
    """Record that all that is due back on a bill was transferred to an IBAN; the citizen is told by a text.

    `reference` is the bank's own number of the transfer: the same one again answers the same, with another bill, IBAN
    or amount it is `DuplicateRequest`. `amount` (rials) is what was transferred, where that is told: more may have
    become due since somebody looked (`AmountMismatch`). Other errors: `Forbidden`, `InvalidField` (ids, IBAN),
    `MissingField("reference")`, `BillNotFound`, `AlreadyDone` once everything went back, `NotAllowedNow` where nothing
    is due, or a second person has to approve first, and `InvalidField("iban")` for another than that one said.
    """
    if not REVENUE & actor.role_names:
        raise Forbidden("refund")
    number, said = identifiers.iban(iban), reference_number(reference)
    if not said:
        raise MissingField("reference")
    bill = await locked(uow, await uow.bills.by_bill_id(bill_ids.parse_bill_id(bill_id)))
    refunds = await uow.bills.refunds_of(bill.id)
    earlier = await uow.bills.payment(PaymentMethod.REFUND, said)
    if earlier is not None:
        alike = earlier.bill_id == bill.id and amount in {None, earlier.amount}
        if not alike or number not in {one.iban for one in refunds}:
            raise DuplicateRequest("reference", detail="reference_used")
        return Returned(bill, earlier, number)
    due, by = _due(refunds, amount), actor.acting_by(REVENUE)
    if alone_refused(desk.policy, await uow.bills.payments_of(bill.id), due, by):
        _refuse_unapproved(due, number, by)
    return await _return(desk, uow, bill, due, (number, said), by)


async def approve(desk: Desk, uow: UnitOfWork, bill_id: str, iban: str, actor: Actor, amount: int) -> Bill:
    """Agree, as a second person, that all that is due back on a bill (`amount` rials) goes to an IBAN.

    Whoever recorded the money agrees to nothing about it. Errors: `Forbidden`, `InvalidField` (bill id, IBAN),
    `BillNotFound`, `AmountMismatch`, `AlreadyDone`, and `NotAllowedNow`.
    """
    if not APPROVERS & actor.role_names:
        raise Forbidden("refund")
    number, by = identifiers.iban(iban), actor.acting_by(APPROVERS)
    bill = await locked(uow, await uow.bills.by_bill_id(bill_ids.parse_bill_id(bill_id)))
    due, now = _due(await uow.bills.refunds_of(bill.id), amount), desk.clock.now()
    if recorded_by(await uow.bills.payments_of(bill.id), by):
        raise NotAllowedNow("iban", detail="own_payment")
    for one in due:
        one.iban, one.approved_by, one.approved_at = number, by.label, now
        await uow.bills.save_refund(one)
    facts = {"bill_id": bill.bill_id, "refund": amount}
    await uow.audit.record(now, by.label, "refund_approved", facts)
    return bill


def recorded_by(payments: Sequence[Payment], actor: Actor) -> bool:
    """Tell whether this hand recorded money that came in for the bill."""
    hand = hand_of(actor.label)
    return any(one.stands and one.outcome is not PaymentOutcome.RETURNED and one.recorder == hand for one in payments)


def alone_refused(policy: Policy, payments: Sequence[Payment], due: Sequence[Refund], actor: Actor) -> bool:
    """Tell whether this person needs a second one to send back what is due on a bill with these payments."""
    return sum(one.amount for one in due) > policy.refund_limit or recorded_by(payments, actor)


def concerns_two(policy: Policy, payments: Sequence[Payment], due: Sequence[Refund]) -> bool:
    """Tell whether anybody would need a second person: it is above the limit, or staff recorded money of the bill."""
    by_staff = (one.stands and one.recorder.startswith("staff:") for one in payments)
    return sum(one.amount for one in due) > policy.refund_limit or any(by_staff)


def approved(due: Sequence[Refund], actor: Actor) -> bool:
    """Tell whether somebody else than this person has agreed to all that is due."""
    hand = hand_of(actor.label)
    return all(one.approved_by is not None and hand_of(one.approved_by) != hand for one in due)


def _refuse_unapproved(due: Sequence[Refund], iban: str, actor: Actor) -> None:
    if not approved(due, actor):
        raise NotAllowedNow("iban", detail="second_person")
    if any(one.iban != iban for one in due):
        raise InvalidField("iban", detail="not_approved")


def _due(refunds: Sequence[Refund], amount: int | None) -> Sequence[Refund]:
    """Return the refunds of a bill that are still due, if there are any and they are what was transferred."""
    due = [one for one in refunds if one.state is RefundState.DUE]
    if not due:
        back = any(one.state is RefundState.REFUNDED for one in refunds)
        raise AlreadyDone("bill_id", detail="refunded") if back else NotAllowedNow("bill_id", detail="no_refund")
    whole = sum(one.amount for one in due)
    if amount not in {None, whole}:
        raise AmountMismatch("amount", detail="not_what_is_due", due=grouped(whole))
    return due


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
