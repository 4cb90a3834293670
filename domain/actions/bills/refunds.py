"""Money that goes back: what is due on a bill is transferred by the revenue unit, and recorded once by its reference.

A refund above the municipality's limit, and any of money that the same hand recorded, needs a second person before it
is transferred: who approves it says the IBAN too, and the transfer has to go there. What came by a bank gateway may go
back to the card that paid instead (`domain/actions/payments/card_refunds.py`), by the same rules.

The transfer is kept in the ledger of payments with a direction of its own (`PaymentOutcome.RETURNED`), where a
reference is unique for each method; the refund keeps the IBAN.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.actions.bills.changed_lines import RefundSubjectRepositories, find_changed_line
from domain.actions.bills.subjects import SUBJECTS, lock_bill
from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import notify_line
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.bills.bill import (
    Bill,
    BillState,
    DueBack,
    Payment,
    PaymentMethod,
    PaymentOutcome,
    Refund,
    RefundState,
    RefundTarget,
    acting_label,
    normalise_reference,
)
from domain.bills.ports import BillRepository
from domain.messages.catalogue import RenderedMessage
from domain.repositories import BillRepositories
from domain.settings.policy import Policy
from domain.values import bill_ids
from domain.values.actors import Actor
from domain.values.errors import (
    AlreadyDone,
    AmountMismatch,
    DomainError,
    DuplicateRequest,
    InvalidField,
    MissingField,
    NotAllowedNow,
)
from domain.values.ibans import Iban, parse_iban
from domain.values.paging import Cursor, ListOrder, Page, cut_page
from domain.values.reasons import AlreadyDoneReason, AmountReason, DuplicateReason, InvalidReason, NotAllowedReason
from domain.values.text import format_reference, group_digits, persian_digits

BILLS_PER_PAGE = 25
"""Bills of one page of what is due back."""


@dataclass(frozen=True, slots=True)
class RecordedRefund:
    """A bill after its money went back, and the transfer."""

    bill: Bill
    payment: Payment
    iban: str


async def load_due_page(bills: BillRepository, page_position: str | None = None) -> Page[DueBack]:
    """Return the bills on which money is still to go back, the oldest first: the page that begins at a place
    (`Page.next_cursor`, `Page.previous_cursor` as text), or the first one; `InvalidField("page")`.
    """
    cursor = Cursor.parse_cursor(page_position, ListOrder.OLDEST) if page_position else None
    due_bills = await bills.list_due_back(BILLS_PER_PAGE, cursor)
    return cut_page(
        [(due_bill.due_since, due_bill.bill.id, due_bill) for due_bill in due_bills], BILLS_PER_PAGE, cursor
    )


async def record_refund(
    context: ActorContext, bill_id: str, iban: str, reference: str, amount: int | None = None
) -> RecordedRefund:
    """Record that all that is due back on a bill was transferred to an IBAN; the citizen is notified by a text.

    `reference` is the bank's own number of the transfer: the same one again answers the same, with another bill, IBAN
    or amount it is `DuplicateRequest`. `amount` (rials) is what was transferred, where that is stated: more may have
    become due since somebody looked (`AmountMismatch`). Other errors: `Forbidden`, `InvalidField` (ids, IBAN),
    `MissingField("reference")`, `BillNotFound`, `AlreadyDone` once everything went back, `NotAllowedNow` where nothing
    is due, all of it is on its way to a card, or a second person has to approve first, and `InvalidField("iban")` for
    another than that one said.
    """
    context = context.acting_as(require_right(Right.REFUNDS_PAY, context.actor, "refund"))
    parsed_iban, transfer_reference = parse_iban(iban), normalise_reference(reference)
    if not transfer_reference:
        raise MissingField("reference")
    bill = await lock_bill(context.uow, await context.uow.bills.get_by_bill_id(bill_ids.parse_bill_id(bill_id)))
    refunds = await context.uow.bills.list_refunds(bill.id)
    earlier_transfer = await context.uow.bills.find_payment(PaymentMethod.REFUND, transfer_reference)
    if earlier_transfer is not None:
        is_same_transfer = earlier_transfer.bill_id == bill.id and amount in {None, earlier_transfer.amount}
        if not is_same_transfer or parsed_iban not in {refund.iban for refund in refunds}:
            raise DuplicateRequest("reference", DuplicateReason.REFERENCE_USED)
        return RecordedRefund(bill, earlier_transfer, parsed_iban)
    if await context.uow.suspense.find_transfer(transfer_reference) is not None:
        raise DuplicateRequest("reference", DuplicateReason.REFERENCE_USED)
    due_refunds = _select_due_refunds(refunds, amount)
    await refuse_transfer_to_account(context, bill, refunds, due_refunds, parsed_iban)
    payment = _build_transfer(context.dependencies, bill, due_refunds, transfer_reference, context.actor)
    await count_refund(context, bill, due_refunds, payment, RefundTarget(parsed_iban))
    return RecordedRefund(bill, payment, parsed_iban)


async def refuse_transfer_to_account(
    context: ActorContext[RefundSubjectRepositories],
    bill: Bill,
    refunds: Sequence[Refund],
    due_refunds: Sequence[Refund],
    iban: Iban,
) -> None:
    """Refuse to send these refunds of a locked bill to an account now: a second person has to approve that, or the
    number changed since the payment and it waits, or the old number objects.
    """
    payments = await context.uow.bills.list_payments(bill.id)
    changed_line = await find_changed_line(context.dependencies.policy, context.uow, bill, payments, refunds)
    if changed_line and (refusal := changed_line.find_refusal(context.dependencies.clock.now())):
        raise refusal
    if changed_line or needs_second_person(context.dependencies.policy, payments, refunds, context.actor):
        refuse_unapproved(due_refunds, RefundTarget(iban), context.actor)


async def approve_refund(
    context: ActorContext[RefundSubjectRepositories], bill_id: str, iban: str, amount: int
) -> Bill:
    """Agree, as a second person, that all that is due back on a bill (`amount` rials) goes to an IBAN.

    Whoever recorded the money agrees to nothing about it. Errors: `Forbidden`, `InvalidField` (bill id, IBAN),
    `BillNotFound`, `AmountMismatch`, `AlreadyDone`, and `NotAllowedNow`.
    """
    context = context.acting_as(require_right(Right.REFUNDS_APPROVE, context.actor, "refund"))
    target = RefundTarget(parse_iban(iban))
    bill = await lock_bill(context.uow, await context.uow.bills.get_by_bill_id(bill_ids.parse_bill_id(bill_id)))
    refunds = await context.uow.bills.list_refunds(bill.id)
    due_refunds, payments = _select_due_refunds(refunds, amount), await context.uow.bills.list_payments(bill.id)
    if changed_line := await find_changed_line(context.dependencies.policy, context.uow, bill, payments, refunds):
        changed_line.refuse_approval(context.actor)
    await store_approval(context, bill, due_refunds, target)
    return bill


async def store_approval(
    context: ActorContext[BillRepositories], bill: Bill, due_refunds: Sequence[Refund], target: RefundTarget
) -> None:
    """Keep a second person's word on refunds of a locked bill; `NotAllowedNow` for who recorded money of it."""
    now = context.dependencies.clock.now()
    if has_recorded_payment(await context.uow.bills.list_payments(bill.id), context.actor):
        raise NotAllowedNow("iban", NotAllowedReason.OWN_PAYMENT)
    for refund in due_refunds:
        refund.iban, refund.to_card = target.iban, target.iban is None
        refund.approved_by, refund.approved_at = context.actor.label, now
        await context.uow.bills.save_refund(refund)
    facts = {"bill_id": bill.bill_id, "refund": sum(refund.amount for refund in due_refunds)}
    await context.uow.audit.add_entry(
        now, context.actor.label, "refund_approved", facts | ({} if target.iban else target.audit_facts)
    )


def has_recorded_payment(payments: Sequence[Payment], actor: Actor) -> bool:
    """Return whether this hand recorded money that came in for the bill."""
    recorder = acting_label(actor.label)
    return any(payment.is_incoming and payment.recorder_label == recorder for payment in payments)


def needs_second_person(policy: Policy, payments: Sequence[Payment], refunds: Sequence[Refund], actor: Actor) -> bool:
    """Return whether this person needs a second one to send back what is due on a bill with these payments.

    All that is due counts, also what is on its way to a card: nobody comes below the limit by sending it in parts.
    """
    return _is_above_limit(policy, refunds) or has_recorded_payment(payments, actor)


def may_need_second_person(policy: Policy, payments: Sequence[Payment], refunds: Sequence[Refund]) -> bool:
    """Return whether anybody would need a second person: it is above the limit, or staff recorded money of the bill."""
    recorded_by_staff = (entry.recorder_label.startswith("staff:") for entry in payments if entry.is_incoming)
    return _is_above_limit(policy, refunds) or any(recorded_by_staff)


def _is_above_limit(policy: Policy, refunds: Sequence[Refund]) -> bool:
    return sum(refund.amount for refund in refunds if refund.state is RefundState.DUE) > policy.refund_limit


def is_approved_by_other(due_refunds: Sequence[Refund], actor: Actor) -> bool:
    """Return whether somebody else than this person has agreed to all that is due."""
    approver = acting_label(actor.label)
    return all(
        refund.approved_by is not None and acting_label(refund.approved_by) != approver for refund in due_refunds
    )


def refuse_unapproved(due_refunds: Sequence[Refund], target: RefundTarget, actor: Actor) -> None:
    """Refuse what no second person approved: `NotAllowedNow`, or `InvalidField("iban")` for another target."""
    if not is_approved_by_other(due_refunds, actor):
        raise NotAllowedNow("iban", NotAllowedReason.SECOND_PERSON)
    if any((refund.iban, refund.to_card) != (target.iban, target.iban is None) for refund in due_refunds):
        raise InvalidField("iban", InvalidReason.NOT_APPROVED)


def _select_due_refunds(refunds: Sequence[Refund], amount: int | None) -> Sequence[Refund]:
    """Return the refunds of a bill that may still be sent, if there are any and they are what was transferred."""
    due_refunds = [refund for refund in refunds if refund.is_free]
    if not due_refunds:
        raise refuse_nothing_due(refunds)
    refuse_other_amount(due_refunds, amount)
    return due_refunds


def refuse_nothing_due(refunds: Sequence[Refund]) -> DomainError:
    """Return why nothing of these refunds may be sent."""
    if any(refund.is_on_its_way for refund in refunds):
        return NotAllowedNow("bill_id", NotAllowedReason.REFUND_ON_ITS_WAY)
    refunded = any(refund.state is RefundState.REFUNDED for refund in refunds)
    return (
        AlreadyDone("bill_id", AlreadyDoneReason.REFUNDED)
        if refunded
        else NotAllowedNow("bill_id", NotAllowedReason.NO_REFUND)
    )


def refuse_other_amount(due_refunds: Sequence[Refund], amount: int | None) -> None:
    """Refuse another amount than these refunds are over (`AmountMismatch`); None was not stated."""
    total_due = sum(refund.amount for refund in due_refunds)
    if amount not in {None, total_due}:
        raise AmountMismatch("amount", AmountReason.NOT_WHAT_IS_DUE, due=group_digits(total_due))


def _build_transfer(
    dependencies: Dependencies, bill: Bill, due_refunds: Sequence[Refund], reference: str, recorder: Actor
) -> Payment:
    return Payment(
        id=dependencies.ids.new_id(),
        bill_id=bill.id,
        amount=sum(refund.amount for refund in due_refunds),
        method=PaymentMethod.REFUND,
        reference=reference,
        outcome=PaymentOutcome.RETURNED,
        recorded_by=recorder.label,
        at=dependencies.clock.now(),
    )


async def count_refund(
    context: ActorContext, bill: Bill, sent_refunds: Sequence[Refund], payment: Payment, target: RefundTarget
) -> None:
    """Store that refunds of a locked bill went back by a payment, note it where the bill belongs, text the citizen."""
    for refund in sent_refunds:
        refund.state, refund.refunded_at = RefundState.REFUNDED, payment.at
        refund.iban, refund.to_card = target.iban, target.iban is None
        await context.uow.bills.save_refund(refund)
    await context.uow.bills.add_payment(payment)
    is_all_sent = all(refund.state is not RefundState.DUE for refund in await context.uow.bills.list_refunds(bill.id))
    if bill.state is BillState.REFUND_DUE and is_all_sent:
        bill.state = BillState.REFUNDED
        await context.uow.bills.save(bill)
    await SUBJECTS[bill.subject_kind].record_refund(context, bill, payment, target)
    await _notify_citizen(context, bill, payment, target)


async def _notify_citizen(context: ActionContext, bill: Bill, payment: Payment, target: RefundTarget) -> None:
    bill_subject = SUBJECTS[bill.subject_kind]
    mobile = await bill_subject.find_mobile(context.uow, bill)
    if mobile is None:
        return

    async def render_message() -> RenderedMessage:
        account_end = persian_digits((target.iban or target.card or "")[-4:])
        facts = {
            "refund": group_digits(payment.amount),
            "service": await bill_subject.render_title(context, bill),
            "reference": format_reference(payment.number),
        }
        if target.iban:
            return context.dependencies.catalogue.render_message("sms.refunded", facts | {"iban_end": account_end})
        return context.dependencies.catalogue.render_message(
            "sms.refunded_to_card", facts | {"card_end": account_end or "—"}
        )

    await notify_line(context, mobile, render_message)
