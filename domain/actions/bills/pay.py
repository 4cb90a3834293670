"""Money that arrived: it settles its bill, or is kept as surplus and goes back. Nothing that came in is ignored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from domain.actions.bills.subjects import SUBJECTS, lock_bill, render_purpose
from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import notify_line
from domain.authorization.policy import require_right, take_place
from domain.authorization.rights import Right
from domain.bills.bill import (
    SURPLUS_REASON,
    Bill,
    BillState,
    Payment,
    PaymentMethod,
    PaymentOutcome,
    Refund,
    RefundState,
    normalise_reference,
    terminal_reference,
)
from domain.bills.merged_bill import MergedShare
from domain.bills.ports import BillRepository
from domain.bills.pos_receipts import PaymentLikeness, PosReceipt, compare_payments, find_rrn
from domain.engine.engine import StepOutcome
from domain.messages.catalogue import RenderedMessage
from domain.values import bill_ids
from domain.values.actors import Actor
from domain.values.errors import AmountMismatch, BillNotFound, DuplicateRequest, MissingField, NotAllowedNow
from domain.values.reasons import DuplicateReason, MissingReason, NotAllowedReason
from domain.values.text import group_digits

_RECORDING_RIGHTS: Mapping[PaymentMethod, Right] = {
    PaymentMethod.SLIP: Right.PAYMENTS_RECORD,
    PaymentMethod.POS: Right.PAYMENTS_RECORD_TERMINAL,
}
"""Methods recorded by hand, with the right for each; any other payment is brought by a bank, whoever had it asked."""


@dataclass(frozen=True, slots=True)
class RecordedPayment:
    """A payment that was recorded, with its bill after that."""

    bill: Bill
    """The bill that it was paid for."""
    payment: Payment
    """As it is stored, with what it did."""
    outcome: StepOutcome | None = None
    """The step that its request took by it; None when it took none."""


async def find_bill_by_ids(bills: BillRepository, bill_id: str, payment_id: str, *, lock: bool = False) -> Bill:
    """Return a bill by both its ids, in any digit script; `InvalidField` on a bad check digit, `BillNotFound`."""
    parsed_ids = bill_ids.parse_ids(bill_id, payment_id)
    bill = await bills.get_by_bill_id(parsed_ids.bill_id, lock=lock)
    if bill.payment_id != parsed_ids.payment_id:
        raise BillNotFound("payment_id")
    return bill


async def record_payment(
    context: ActorContext,
    bill_id_pair: tuple[str, str],
    amount: int,
    method: PaymentMethod,
    reference: str,
    receipt: PosReceipt | None = None,
    *,
    surplus: bool = False,
    gateway: str | None = None,
    attempt_id: int | None = None,
    share: MergedShare | None = None,
) -> RecordedPayment:
    """Record a payment of `amount` rials with the bank's or POS's `reference`. The caller announces the outcome.

    Slips are the revenue unit's to record, payments at a terminal also a counter office's clerk's (`Forbidden`), of any
    bill. The same reference again answers the same; with another bill or amount, or for the same bill as a payment of
    another sort, it is `DuplicateRequest`; each office has references of its own. References of terminals repeat: what
    the `receipt` says distinguishes such payments, and where it does not, the RRN is asked for (`MissingField`). A
    wrong amount (`AmountMismatch`) and an empty reference (`MissingField`) change nothing. A payment of a bill that is
    settled, expired or void is kept as surplus, and a refund over it is due; the revenue unit has to say that this is
    meant (`surplus`, else `NotAllowedNow("surplus")`). A counter's terminal has the money already when it reports it:
    it is never refused. What was reversed does not count: its reference may be recorded where it belongs, but a counter
    does not bring the same payment once more (`DuplicateRequest`). What an attempt at a bank gateway brought names it
    (`attempt_id`): its bills bear one reference, and each of them is paid by it once. Its money, and that of a
    receipt without a bill that came by a gateway, lies on the account of that `gateway` (its key). What came for a
    merged bill is its `share` (`pay_by_ids.py` distributes it): parts of one merged bill bear one reference.
    """
    receipt_number, details = normalise_reference(reference), receipt or PosReceipt()
    context = context.acting_as(_resolve_recorder(method, context.actor, receipt_number))
    bill = await lock_bill(context.uow, await find_bill_by_ids(context.uow.bills, *bill_id_pair))
    payment = _build_payment(context.dependencies, bill, amount, method, receipt_number, details, context.actor)
    line = await SUBJECTS[bill.subject_kind].find_line(context.uow, bill)
    payment = replace(payment, gateway=gateway, attempt_id=attempt_id, line=line)
    if share is not None:
        payment = replace(payment, merged_bill_id=share.merged_bill_id, part_position=share.position)
    if earlier_payment := await _find_earlier_payment(context.uow.bills, payment):
        return RecordedPayment(bill, earlier_payment)
    known_payments = await context.uow.bills.list_payments(bill.id)
    _refuse_wrong_payment(bill, known_payments, payment, receipt_number, surplus=surplus)
    await context.uow.bills.add_payment(payment)
    if payment.outcome is PaymentOutcome.SURPLUS:
        return await _record_surplus(context, bill, payment)
    return await _settle_bill(context, bill, payment)


async def _find_earlier_payment(bills: BillRepository, new_payment: Payment) -> Payment | None:
    """Return the payment that is reported again; `DuplicateRequest` where the receipt paid something else, and
    `MissingField` for the RRN where a terminal's number came today with another bill and nothing distinguishes the two.
    """
    is_doubtful = False
    for existing_payment in await bills.list_payments_like(new_payment):
        similarity = compare_payments(existing_payment, new_payment)
        if similarity is PaymentLikeness.SAME:
            if _name_target(existing_payment) == _name_target(new_payment):
                return existing_payment
            raise DuplicateRequest("reference", DuplicateReason.REFERENCE_USED)
        is_doubtful |= similarity is PaymentLikeness.UNKNOWN and new_payment.rrn is None
    if is_doubtful:
        raise MissingField("rrn" if new_payment.office else "reference", MissingReason.RRN)
    return None


def _name_target(payment: Payment) -> tuple[int | None, int, int]:
    """Return what a payment was for, and over how much."""
    return payment.merged_bill_id, payment.bill_id, payment.amount


def _refuse_wrong_payment(
    bill: Bill, existing_payments: Sequence[Payment], new_payment: Payment, receipt_number: str, *, surplus: bool
) -> None:
    if new_payment.amount != bill.amount:
        raise AmountMismatch("amount")
    _refuse_repeated_receipt(
        [payment for payment in existing_payments if payment.is_recorded], receipt_number, new_payment
    )
    _refuse_reversed_payment([payment for payment in existing_payments if not payment.is_recorded], new_payment)
    if new_payment.outcome is PaymentOutcome.SURPLUS and not (surplus or new_payment.office):
        raise NotAllowedNow("surplus", NotAllowedReason.SURPLUS_UNSAID)


def _refuse_repeated_receipt(existing_payments: Sequence[Payment], receipt_number: str, new_payment: Payment) -> None:
    """Refuse a receipt that the bill has already as another sort of payment (`DuplicateRequest`): nobody pays a bill
    twice by receipts of one number. Terminals of two offices may give the same one.
    """
    for payment in existing_payments:
        other_office = (
            payment.office is not None and new_payment.office is not None and payment.office != new_payment.office
        )
        compared_before = (payment.method, payment.reference) == (new_payment.method, new_payment.reference)
        same_number = receipt_number in {payment.reference, payment.reference.removeprefix(f"{payment.office}/")}
        if same_number and payment.method in _RECORDING_RIGHTS and not (other_office or compared_before):
            raise DuplicateRequest("reference", DuplicateReason.REFERENCE_USED)


def _refuse_reversed_payment(reversed_payments: Sequence[Payment], new_payment: Payment) -> None:
    """Refuse a counter's report of what the revenue unit reversed on this bill: a late repetition would undo that."""
    for payment in reversed_payments:
        same_reference = payment.reference == new_payment.reference or (
            payment.rrn is not None and payment.rrn == new_payment.rrn
        )
        if (
            new_payment.office
            and payment.method is new_payment.method
            and same_reference
            and compare_payments(payment, new_payment) is PaymentLikeness.SAME
        ):
            raise DuplicateRequest("reference", DuplicateReason.PAYMENT_REVERSED)


def _resolve_recorder(method: PaymentMethod, actor: Actor, receipt_number: str) -> Actor:
    """Return by whom it is stored."""
    if not receipt_number:
        raise MissingField("reference")
    if method in _RECORDING_RIGHTS:
        return require_right(_RECORDING_RIGHTS[method], actor, "payment")
    return take_place(Right.PAYMENTS_RECORD, actor)


def _build_payment(
    dependencies: Dependencies,
    bill: Bill,
    amount: int,
    method: PaymentMethod,
    receipt_number: str,
    details: PosReceipt,
    recorder: Actor,
) -> Payment:
    is_from_terminal = method is PaymentMethod.POS
    return Payment(
        id=dependencies.ids.new_id(),
        bill_id=bill.id,
        amount=amount,
        method=method,
        reference=terminal_reference(recorder.office_code, receipt_number) if is_from_terminal else receipt_number,
        outcome=PaymentOutcome.SETTLED if bill.state.is_payable else PaymentOutcome.SURPLUS,
        recorded_by=recorder.label,
        at=dependencies.clock.now(),
        office=recorder.office_code,
        rrn=find_rrn(details, receipt_number) if is_from_terminal else None,
        terminal_id=details.terminal_id,
        paid_at=details.paid_at,
    )


async def _settle_bill(context: ActorContext, bill: Bill, payment: Payment) -> RecordedPayment:
    bill.state, bill.settled_at = BillState.PAID, payment.at
    await context.uow.bills.save(bill)
    return RecordedPayment(
        bill,
        payment,
        await SUBJECTS[bill.subject_kind].handle_paid_bill(context, bill),
    )


async def _record_surplus(context: ActorContext, bill: Bill, payment: Payment) -> RecordedPayment:
    now = context.dependencies.clock.now()
    refund = Refund(
        context.dependencies.ids.new_id(),
        bill.id,
        payment.amount,
        SURPLUS_REASON,
        RefundState.DUE,
        now,
        bill_was=bill.state,
    )
    await context.uow.bills.add_refund(refund)
    if bill.state in {BillState.EXPIRED, BillState.VOID}:
        bill.state = BillState.REFUND_DUE
        await context.uow.bills.save(bill)
    await SUBJECTS[bill.subject_kind].record_surplus(context, bill, payment)
    await _tell_of_surplus(context, bill, refund)
    return RecordedPayment(bill, payment)


async def _tell_of_surplus(context: ActionContext, bill: Bill, refund: Refund) -> None:
    """Text whom the bill concerns that it was paid twice, or once it had ended, and that the money goes back."""
    mobile = await SUBJECTS[bill.subject_kind].find_mobile(context.uow, bill)
    if mobile is None:
        return

    async def render_message() -> RenderedMessage:
        facts = {"refund": group_digits(refund.amount), "service": await render_purpose(context, bill)}
        text_key = "sms.paid_late" if refund.bill_was in {BillState.EXPIRED, BillState.VOID} else "sms.paid_twice"
        return context.dependencies.catalogue.render_message(text_key, facts)

    await notify_line(context, mobile, render_message)
