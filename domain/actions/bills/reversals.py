"""A payment that was recorded wrongly is reversed by the revenue unit, while nothing of it was paid out.

The payment stays in the books, marked; the reversal is a record of its own with a reason (services.md, "Surplus and
refunds"). Its bill is owed again, or closed where the request was given up meanwhile; a surplus is not due back any
more. A request goes back to waiting for money where its declaration has a step for that; elsewhere it stays where it
is, and its unit is notified that it is not paid. What paid a merged bill is reversed on all its parts or on none: it
was one receipt.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.actions.bills.merged_bills import load_bills_by_id, load_parts
from domain.actions.bills.subjects import SUBJECTS, lock_bills
from domain.actions.context import ActionContext, ActorContext
from domain.actions.messages.notify import list_unit_mobiles, notify_line, notify_staff
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.bills.bill import (
    Bill,
    BillState,
    Payment,
    PaymentOutcome,
    Refund,
    RefundState,
    Reversal,
)
from domain.bills.pos_receipts import is_of_same_receipt
from domain.blocks.charging import REQUEST_SUBJECT
from domain.engine.engine import StepOutcome
from domain.gateways.attempt import AttemptAlert
from domain.gateways.ports import PaymentAttemptRepository
from domain.messages.catalogue import RenderedMessage
from domain.repositories import BillRepositories
from domain.values.errors import AlreadyDone, NotAllowedNow, NotFound
from domain.values.reasons import AlreadyDoneReason, NotAllowedReason, NotFoundReason
from domain.values.required_text import read_required_text
from domain.values.text import group_digits

LONGEST_REASON = 300
"""UTF-16 units of why a payment was wrong."""

_INCOMING = frozenset({PaymentOutcome.SETTLED, PaymentOutcome.SURPLUS})


class ReversalEffect(StrEnum):
    """Consequences of a reversal: the request waits for money again; it, or the row, owes money in its present state;
    the request was given up, and nothing is owed or due back; a surplus is not due back any more.
    """

    WAITING = "waiting"
    OWED = "owed"
    ENDED = "ended"
    NOT_DUE = "not_due"


@dataclass(frozen=True, slots=True)
class RecordedReversal:
    """A reversal with what it changed, in its state after that."""

    bill: Bill
    """The bill that the payment was for."""
    payment: Payment
    """The payment, which counts no more."""
    reversal: Reversal
    """As it is stored."""
    consequence: ReversalEffect
    """State of the bill afterwards."""
    outcome: StepOutcome | None = None
    """The step that the bill's request took by it; None when it took none."""
    of_other_parts: "tuple[RecordedReversal, ...]" = ()
    """The reversals of the other parts, where the receipt had paid a merged bill."""

    @property
    def outcomes(self) -> tuple[StepOutcome, ...]:
        """Every step that a request took by it, to be announced."""
        return tuple(one.outcome for one in (self, *self.of_other_parts) if one.outcome is not None)


async def reverse_payment(context: ActorContext, bill_id: str, payment_row_id: int, reason: str) -> RecordedReversal:
    """Reverse a payment of a bill, by its row. The caller announces the outcomes.

    Errors: `Forbidden` for all but the revenue unit, `MissingField("reason")`, `InvalidField` (bill id, reason too
    long), `BillNotFound`, `NotFound("payment")`, `AlreadyDone("payment")` once reversed, and `NotAllowedNow("payment")`
    when money of the bill went back already, or is on its way to a card, or there is still a surplus on what shall be
    reversed; also of money from a bank gateway, unless the bank takes back its word. Where it is one of several
    payments by which a receipt paid a merged bill, all of these are reversed; the reason `part_not_reversible` names
    the part that keeps them from it.
    """
    context = context.acting_as(require_right(Right.PAYMENTS_REVERSE, context.actor, "payment"))
    reason_text = read_required_text(reason, "reason", LONGEST_REASON)
    payments_by_bill = await _list_of_receipt(context.uow, bill_id, payment_row_id)
    reversals_by_bill: dict[int, RecordedReversal] = {}
    for bill in await lock_bills(context.uow, payments_by_bill):
        try:
            reversals_by_bill[bill.id] = await _reverse_on_bill(context, bill, payments_by_bill[bill.id], reason_text)
        except NotAllowedNow as refusal:
            if len(payments_by_bill) == 1:
                raise
            raise NotAllowedNow("payment", NotAllowedReason.PART_NOT_REVERSIBLE, bill_id=bill.bill_id) from refusal
    requested_bill_id = next(iter(payments_by_bill))
    of_other_parts = tuple(one for bill_id, one in reversals_by_bill.items() if bill_id != requested_bill_id)
    return replace(reversals_by_bill[requested_bill_id], of_other_parts=of_other_parts)


async def _list_of_receipt(uow: BillRepositories, bill_id: str, payment_row_id: int) -> dict[int, int]:
    """Return what was paid by the receipt of a payment: the row of each bill with that of its payment, the one that was
    named first.
    """
    bills = await load_bills_by_id(uow, bill_id)
    payments = [payment for bill in bills for payment in await uow.bills.list_payments(bill.id)]
    named = next((payment for payment in payments if payment.id == payment_row_id), None)
    if named is None or named.merged_bill_id is None or not named.is_recorded:
        return {(named.bill_id if named else bills[0].id): payment_row_id}
    parts = await load_parts(uow.bills, await uow.merged_bills.get(named.merged_bill_id))
    payments = [payment for part in parts for payment in await uow.bills.list_payments(part.id)]
    of_receipt = [payment for payment in payments if payment.is_recorded and is_of_same_receipt(payment, named)]
    return {named.bill_id: named.id} | {payment.bill_id: payment.id for payment in of_receipt}


async def _reverse_on_bill(
    context: ActorContext, bill: Bill, payment_row_id: int, reason_text: str
) -> RecordedReversal:
    """Reverse one payment of a bill that is locked."""
    payments, refunds = await context.uow.bills.list_payments(bill.id), await context.uow.bills.list_refunds(bill.id)
    payment = await _find_reversible_payment(context.uow.payment_attempts, payments, payment_row_id)
    is_surplus = payment.outcome is PaymentOutcome.SURPLUS
    due_refunds = _select_surplus_refund(refunds) if is_surplus else _select_due_refunds(payments, refunds)
    reversal = Reversal(
        id=context.dependencies.ids.new_id(),
        payment_id=payment.id,
        bill_id=bill.id,
        amount=payment.amount,
        outcome=payment.outcome,
        reason=reason_text,
        reversed_by=context.actor.label,
        at=context.dependencies.clock.now(),
    )
    await context.uow.bills.add_reversal(reversal)
    for refund in due_refunds:
        await context.uow.bills.cancel_refund(refund, reversal.at)
    payment = replace(payment, reversed_at=reversal.at)
    if is_surplus:
        recorded = RecordedReversal(bill, payment, reversal, ReversalEffect.NOT_DUE)
        return await _cancel_surplus(context, recorded, refunds)
    recorded = RecordedReversal(bill, payment, reversal, ReversalEffect.OWED)
    return await _reopen_bill(context, recorded)


async def _find_reversible_payment(
    payment_attempts: PaymentAttemptRepository, payments: Sequence[Payment], row_id: int
) -> Payment:
    reversible = next((payment for payment in payments if payment.id == row_id and payment.outcome in _INCOMING), None)
    if reversible is None:
        raise NotFound("payment", NotFoundReason.PAYMENT)
    if not reversible.is_recorded:
        raise AlreadyDone("payment", AlreadyDoneReason.PAYMENT_REVERSED)
    await _refuse_banks_word(payment_attempts, reversible)
    return reversible


async def _refuse_banks_word(payment_attempts: PaymentAttemptRepository, payment: Payment) -> None:
    """Nobody wrote down what a bank said was paid: its money goes back by a refund. A bank that says otherwise later
    leaves an alert on the attempt: then the payment never was.
    """
    if payment.attempt_id is not None:
        attempt = await payment_attempts.get(payment.attempt_id)
        if attempt.alert is not AttemptAlert.CONTRADICTION:
            raise NotAllowedNow("payment", NotAllowedReason.BANKS_WORD)


def _select_surplus_refund(refunds: Sequence[Refund]) -> list[Refund]:
    """Return what is due back for a surplus: each of a bill is over the same amount, so that any of them is meant."""
    surplus_refunds = [refund for refund in refunds if refund.is_of_surplus and refund.is_free]
    if not surplus_refunds:
        is_on_its_way = any(refund.is_on_its_way for refund in refunds)
        raise NotAllowedNow(
            "payment", NotAllowedReason.REFUND_ON_ITS_WAY if is_on_its_way else NotAllowedReason.PAID_OUT
        )
    return surplus_refunds[-1:]


def _select_due_refunds(payments: Sequence[Payment], refunds: Sequence[Refund]) -> list[Refund]:
    """Return what is due back of a bill that was paid by one payment alone."""
    if any(entry.state is RefundState.REFUNDED for entry in refunds):
        raise NotAllowedNow("payment", NotAllowedReason.PAID_OUT)
    if any(entry.is_on_its_way for entry in refunds):
        raise NotAllowedNow("payment", NotAllowedReason.REFUND_ON_ITS_WAY)
    if any(entry.is_recorded and entry.outcome is PaymentOutcome.SURPLUS for entry in payments):
        raise NotAllowedNow("payment", NotAllowedReason.SURPLUS_FIRST)
    return [entry for entry in refunds if entry.state is RefundState.DUE]


async def _cancel_surplus(
    context: ActorContext, recorded: RecordedReversal, refunds: Sequence[Refund]
) -> RecordedReversal:
    """Let a bill that was closed be so again once nothing is due on it; who may know of a sum is notified."""
    bill, was_announced = recorded.bill, recorded.bill.state in {BillState.REFUND_DUE, BillState.REFUNDED}
    if bill.state is BillState.REFUND_DUE and all(refund.state is not RefundState.DUE for refund in refunds):
        states_before = [refund.bill_was for refund in refunds if refund.bill_was not in {None, BillState.REFUND_DUE}]
        bill.state = next(filter(None, states_before), BillState.VOID)
        await context.uow.bills.save(bill)
    await SUBJECTS[bill.subject_kind].handle_reversal(context, bill, recorded.payment, recorded.reversal.reason or "")
    if was_announced:
        await _notify_citizen(context, bill, recorded.payment, "sms.nothing_returned")
    return recorded


async def _reopen_bill(context: ActorContext, recorded: RecordedReversal) -> RecordedReversal:
    """Open the bill again, with a deadline of its own from now on; close it where what it was for was given up."""
    bill, bill_subject = recorded.bill, SUBJECTS[recorded.bill.subject_kind]
    is_owed = await bill_subject.is_owed_again(context.uow, bill)
    bill.state, bill.settled_at = (BillState.OPEN, None) if is_owed else (BillState.VOID, recorded.reversal.at)
    if is_owed and bill.deadline:
        bill.deadline = await bill_subject.renew_deadline(
            context.uow, bill, recorded.reversal.at, context.dependencies.policy
        )
    await context.uow.bills.save(bill)
    outcome = await bill_subject.handle_reversal(context, bill, recorded.payment, recorded.reversal.reason or "")
    await _notify_citizen(
        context, bill, recorded.payment, "sms.payment_reversed" if is_owed else "sms.nothing_returned"
    )
    if is_owed and outcome is None:
        await _notify_unit(context, bill)
    consequence = ReversalEffect.WAITING if outcome else ReversalEffect.OWED if is_owed else ReversalEffect.ENDED
    return replace(recorded, consequence=consequence, outcome=outcome)


async def _notify_citizen(context: ActionContext, bill: Bill, payment: Payment, text_key: str) -> None:
    bill_subject = SUBJECTS[bill.subject_kind]
    mobile = await bill_subject.find_mobile(context.uow, bill)
    if mobile is None:
        return

    async def render_message() -> RenderedMessage:
        facts = {
            "service": await bill_subject.render_title(context, bill),
            "amount": group_digits(payment.amount),
            "bill_id": bill.bill_id,
            "payment_id": bill.payment_id,
        }
        return context.dependencies.catalogue.render_message(text_key, facts)

    await notify_line(context, mobile, render_message)


async def _notify_unit(context: ActionContext, bill: Bill) -> None:
    """Notify the unit whose turn it is at a request that it is not paid."""
    if bill.subject_kind != REQUEST_SUBJECT:
        return
    request = await context.uow.requests.get(bill.subject_id)

    def render_message() -> RenderedMessage:
        return context.dependencies.wording.render_about(request, "staff.payment_reversed")

    mobiles = await list_unit_mobiles(context, request)
    await notify_staff(context, mobiles, render_message)
