"""Money that arrived: it settles its bill, or is kept as surplus and goes back. Nothing that came in is ignored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.actions.bills.subjects import SUBJECTS, locked
from domain.actions.desk import Desk
from domain.bills.bill import (
    SURPLUS,
    Bill,
    BillState,
    Payment,
    PaymentMethod,
    PaymentOutcome,
    Refund,
    RefundState,
    reference_number,
    terminal_reference,
)
from domain.bills.pos_receipts import Likeness, PosReceipt, likeness, rrn_of
from domain.engine.engine import Outcome
from domain.unit_of_work import UnitOfWork
from domain.values import bill_ids
from domain.values.actors import Actor, Role
from domain.values.errors import AmountMismatch, BillNotFound, DuplicateRequest, Forbidden, MissingField, NotAllowedNow

_RECORDED_BY: Mapping[PaymentMethod, frozenset[Role]] = {
    PaymentMethod.SLIP: frozenset({Role.REVENUE}),
    PaymentMethod.POS: frozenset({Role.REVENUE, Role.CLERK}),
}


@dataclass(frozen=True, slots=True)
class Settled:
    """A recorded payment with its bill; `outcome` is the step that its request took, None when it took none."""

    bill: Bill
    payment: Payment
    outcome: Outcome | None = None


async def find_bill(uow: UnitOfWork, bill_id: str, payment_id: str, *, lock: bool = False) -> Bill:
    """Return a bill by both its ids, in any digit script; `InvalidField` on a bad check digit, `BillNotFound`."""
    ids = bill_ids.parse(bill_id, payment_id)
    bill = await uow.bills.by_bill_id(ids.bill_id, lock=lock)
    if bill.payment_id != ids.payment_id:
        raise BillNotFound("payment_id")
    return bill


async def record(
    desk: Desk,
    uow: UnitOfWork,
    ids: tuple[str, str],
    amount: int,
    method: PaymentMethod,
    reference: str,
    actor: Actor,
    receipt: PosReceipt | None = None,
    *,
    surplus: bool = False,
) -> Settled:
    """Record a payment of `amount` rials with the bank's or POS's `reference`. The caller announces the outcome.

    Slips are the revenue unit's to record, payments at a terminal also a counter office's clerk's (`Forbidden`), of any
    bill. The same reference again answers the same; with another bill or amount, or for the same bill as a payment of
    another sort, it is `DuplicateRequest`; each office has references of its own. References of terminals repeat: what
    the `receipt` says tells such payments apart, and where it does not, the RRN is asked for (`MissingField`). A wrong
    amount (`AmountMismatch`) and an empty reference (`MissingField`) change nothing. A payment of a bill that is
    settled, expired or void is kept as surplus, and a refund over it is due; the revenue unit has to say that this is
    meant (`surplus`, else `NotAllowedNow("surplus")`). A counter's terminal has the money already when it reports it:
    it is never refused. What was reversed does not stand: its reference may be recorded where it belongs, but a counter
    does not bring the same payment once more (`DuplicateRequest`).
    """
    number, now, printed = reference_number(reference), desk.clock.now(), receipt or PosReceipt()
    actor, reference = _recorded_as(method, actor, number)
    bill = await locked(uow, await find_bill(uow, *ids))
    outcome = PaymentOutcome.SETTLED if bill.state.payable else PaymentOutcome.SURPLUS
    rrn = rrn_of(printed, number) if method is PaymentMethod.POS else None
    payment = Payment(
        desk.ids.new_id(), bill.id, amount, method, reference, outcome, actor.label, now, actor.office,
        rrn, printed.terminal_id, printed.paid_at,
    )  # fmt: skip
    if earlier := await _earlier(uow, payment):
        return Settled(bill, earlier)
    _refuse_wrong(bill, await uow.bills.payments_of(bill.id), payment, number, surplus=surplus)
    await uow.bills.add_payment(payment)
    if outcome is PaymentOutcome.SURPLUS:
        return await _surplus(desk, uow, bill, payment, actor)
    bill.state, bill.settled_at = BillState.PAID, payment.at
    await uow.bills.save(bill)
    return Settled(bill, payment, await SUBJECTS[bill.subject_kind].settled(desk, uow, bill, actor))


async def _earlier(uow: UnitOfWork, new: Payment) -> Payment | None:
    """Return the payment that is reported again; `DuplicateRequest` where the receipt paid something else, and
    `MissingField` for the RRN where a terminal's number came today with another bill and nothing tells the two apart.
    """
    doubt = False
    for known in await uow.bills.alike(new):
        like = likeness(known, new)
        if like is Likeness.SAME:
            if (known.bill_id, known.amount) == (new.bill_id, new.amount):
                return known
            raise DuplicateRequest("reference", detail="reference_used")
        doubt |= like is Likeness.UNKNOWN and new.rrn is None
    if doubt:
        raise MissingField("rrn" if new.office else "reference", detail="rrn")
    return None


def _refuse_wrong(bill: Bill, known: Sequence[Payment], new: Payment, number: str, *, surplus: bool) -> None:
    if new.amount != bill.amount:
        raise AmountMismatch("amount")
    _refuse_again([one for one in known if one.stands], number, new)
    _refuse_reversed([one for one in known if not one.stands], new)
    if new.outcome is PaymentOutcome.SURPLUS and not (surplus or new.office):
        raise NotAllowedNow("surplus", detail="surplus_unsaid")


def _refuse_again(known: Sequence[Payment], number: str, new: Payment) -> None:
    """Refuse a receipt that the bill has already as another sort of payment (`DuplicateRequest`): nobody pays a bill
    twice by receipts of one number. Terminals of two offices may give the same one.
    """
    for one in known:
        other_office = one.office is not None and new.office is not None and one.office != new.office
        told_apart = (one.method, one.reference) == (new.method, new.reference)
        same = number in {one.reference, one.reference.removeprefix(f"{one.office}/")}
        if same and one.method in _RECORDED_BY and not (other_office or told_apart):
            raise DuplicateRequest("reference", detail="reference_used")


def _refuse_reversed(reversed_: Sequence[Payment], new: Payment) -> None:
    """Refuse a counter's report of what the revenue unit reversed on this bill: a late repetition would undo that."""
    for one in reversed_:
        named_alike = one.reference == new.reference or (one.rrn is not None and one.rrn == new.rrn)
        if new.office and one.method is new.method and named_alike and likeness(one, new) is Likeness.SAME:
            raise DuplicateRequest("reference", detail="payment_reversed")


def _recorded_as(method: PaymentMethod, actor: Actor, reference: str) -> tuple[Actor, str]:
    """Return by whom and with which reference it is stored."""
    if not reference:
        raise MissingField("reference")
    if not _RECORDED_BY.get(method, frozenset(Role)) & actor.role_names:
        raise Forbidden("payment")
    recorder = actor.acting_by(frozenset({Role.REVENUE}))
    return recorder, terminal_reference(recorder.office, reference) if method is PaymentMethod.POS else reference


async def _surplus(desk: Desk, uow: UnitOfWork, bill: Bill, payment: Payment, actor: Actor) -> Settled:
    now = desk.clock.now()
    refund = Refund(desk.ids.new_id(), bill.id, payment.amount, SURPLUS, RefundState.DUE, now, bill_was=bill.state)
    await uow.bills.add_refund(refund)
    if bill.state in {BillState.EXPIRED, BillState.VOID}:
        bill.state = BillState.REFUND_DUE
        await uow.bills.save(bill)
    await SUBJECTS[bill.subject_kind].surplus(desk, uow, bill, payment, actor)
    return Settled(bill, payment)
