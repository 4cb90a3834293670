"""The file of a day's transfers: made once, each refund in one file, and what the bank made of each line.

What needs a second person and was not approved, for the very account, is left out; so is what still waits, since the
number that gave the account changed after the payment. Bills are locked as always
(`lock_bill`), so that a transfer by hand, to a card, or a changed account comes before the file or after it.
"""

from dataclasses import dataclass

from domain.actions.bills.changed_lines import RefundSubjectRepositories
from domain.actions.bills.refunds import count_refund, refuse_transfer_to_account
from domain.actions.bills.subjects import SUBJECTS, lock_bill, lock_bills
from domain.actions.context import ActionContext, ActorContext
from domain.actions.refunds.accounts import forget_refused_iban
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.bills.bill import (
    Bill,
    Payment,
    PaymentMethod,
    PaymentOutcome,
    Refund,
    RefundTarget,
    normalise_reference,
)
from domain.bills.refund_transfers import RefundFile, RefundTransfer, TransferState
from domain.repositories import RefundRepositories
from domain.values.calendar import to_tehran
from domain.values.errors import AlreadyDone, DomainError, DuplicateRequest, MissingField, NotAllowedNow
from domain.values.ibans import Iban
from domain.values.reasons import AlreadyDoneReason, DuplicateReason, NotAllowedReason

_ONE_FILE = "refund-file"


@dataclass(frozen=True, slots=True)
class TransferLine:
    """One line of the file as a bank takes it."""

    iban: Iban
    amount: int
    """In rials."""
    name: str
    """Holder of the account; empty where it is not known."""
    description: str
    """Purpose of the money."""
    payment_number: str
    """Names the transfer: the bill id of what it gives back."""


async def make_transfer_file(context: ActorContext[RefundSubjectRepositories]) -> RefundFile:
    """Put all that can be transferred into today's file, and return it; the one that there is, if it was made before.

    Errors: `Forbidden`, and `NotAllowedNow("refund_file")` where there is nothing to put into it.
    """
    context = context.acting_as(require_right(Right.REFUNDS_PAY, context.actor, "refund"))
    now = context.dependencies.clock.now()
    await context.uow.serialise(_ONE_FILE)
    today = to_tehran(now).date()
    if earlier_file := await context.uow.refund_transfers.find_file(today):
        return earlier_file
    file = RefundFile(context.dependencies.ids.new_id(), today, now, context.actor.label)
    bills = await lock_bills(context.uow, await context.uow.refund_transfers.list_transferable())
    amounts = [await _add_transfer(context, file, bill) for bill in bills]
    if not any(amounts):
        raise NotAllowedNow("refund_file", NotAllowedReason.NOTHING_TO_TRANSFER)
    await context.uow.refund_transfers.add_file(file)
    facts = {"day": today.isoformat(), "refund": sum(amounts), "count": sum(map(bool, amounts))}
    await context.uow.audit.add_entry(now, context.actor.label, "refund_file", facts)
    return file


async def _add_transfer(context: ActorContext[RefundSubjectRepositories], file: RefundFile, bill: Bill) -> int:
    """Put what is due back on a locked bill into a file; return its rials, 0 where nothing may be."""
    account = await context.uow.refund_transfers.find_account(bill.id)
    refunds = await context.uow.bills.list_refunds(bill.id)
    free_refunds = [refund for refund in refunds if refund.is_free]
    if account is None or account.iban is None or not free_refunds:
        return 0
    try:
        await refuse_transfer_to_account(context, bill, refunds, free_refunds, account.iban)
    except DomainError:
        return 0
    transfer = RefundTransfer(
        id=context.dependencies.ids.new_id(),
        file_id=file.id,
        bill_id=bill.id,
        amount=sum(refund.amount for refund in free_refunds),
        iban=account.iban,
        name=await SUBJECTS[bill.subject_kind].find_name(context, bill),
    )
    await context.uow.refund_transfers.add_transfer(transfer)
    for refund in free_refunds:
        refund.transfer_id, refund.iban, refund.to_card = transfer.id, account.iban, False
        await context.uow.bills.save_refund(refund)
    return transfer.amount


async def list_lines(context: ActionContext[RefundSubjectRepositories], file: RefundFile) -> list[TransferLine]:
    """Return the lines of a file, in their order; those whose personal data was erased are left out."""
    lines = []
    for transfer in await context.uow.refund_transfers.list_transfers(file.id):
        bill = await context.uow.bills.get(transfer.bill_id)
        title = await SUBJECTS[bill.subject_kind].render_title(context, bill)
        if transfer.iban:
            lines.append(TransferLine(transfer.iban, transfer.amount, transfer.name or "", title, bill.bill_id))
    return lines


async def record_transfer(context: ActorContext, transfer_id: int, reference: str) -> RefundTransfer:
    """Record that the bank made a transfer, by its own number of it; the citizen is notified by a text.

    The same number again changes nothing. Errors: `Forbidden`, `MissingField("reference")`, `NotFound("transfer")`,
    `AlreadyDone("transfer")` for one that ended otherwise, `DuplicateRequest("reference")` for the number of another.
    """
    context = context.acting_as(require_right(Right.REFUNDS_PAY, context.actor, "refund"))
    banks_number = normalise_reference(reference)
    if not banks_number:
        raise MissingField("reference")
    bill, transfer, refunds = await _lock_transfer(context.uow, transfer_id)
    if transfer.state is TransferState.DONE and transfer.reference == banks_number:
        return transfer
    if transfer.state is not TransferState.FILED or transfer.iban is None:
        raise AlreadyDone("transfer", AlreadyDoneReason.REFUNDED)
    is_taken = await context.uow.bills.find_payment(PaymentMethod.REFUND, banks_number) is not None
    if is_taken or await context.uow.suspense.find_transfer(banks_number) is not None:
        raise DuplicateRequest("reference", DuplicateReason.REFERENCE_USED)
    await _end_transfer(context, transfer, TransferState.DONE, banks_number)
    payment = Payment(
        id=context.dependencies.ids.new_id(),
        bill_id=bill.id,
        amount=transfer.amount,
        method=PaymentMethod.REFUND,
        reference=banks_number,
        outcome=PaymentOutcome.RETURNED,
        recorded_by=context.actor.label,
        at=context.dependencies.clock.now(),
    )
    await count_refund(context, bill, refunds, payment, RefundTarget(transfer.iban))
    return transfer


async def refuse_transfer(context: ActorContext[RefundSubjectRepositories], transfer_id: int) -> RefundTransfer:
    """Record that the bank did not make a transfer: the money is due as before, and the citizen is asked for another
    account. Errors: `Forbidden`, `NotFound("transfer")`, and `AlreadyDone("transfer")` for one that was made.
    """
    context = context.acting_as(require_right(Right.REFUNDS_PAY, context.actor, "refund"))
    bill, transfer, refunds = await _lock_transfer(context.uow, transfer_id)
    if transfer.state is TransferState.REFUSED:
        return transfer
    if transfer.state is TransferState.DONE:
        raise AlreadyDone("transfer", AlreadyDoneReason.REFUNDED)
    await _end_transfer(context, transfer, TransferState.REFUSED)
    for refund in refunds:
        refund.transfer_id = refund.iban = refund.approved_by = refund.approved_at = None
        await context.uow.bills.save_refund(refund)
    await forget_refused_iban(context.uow.refund_transfers, bill.id)
    facts = {"bill_id": bill.bill_id, "refund": transfer.amount}
    await context.uow.audit.add_entry(
        context.dependencies.clock.now(), context.actor.label, "refund_transfer_refused", facts
    )
    return transfer


async def _lock_transfer(uow: RefundSubjectRepositories, transfer_id: int) -> tuple[Bill, RefundTransfer, list[Refund]]:
    """Return a transfer as it is now, its bill, locked, and what it carries."""
    bill_row_id = (await uow.refund_transfers.get_transfer(transfer_id)).bill_id
    bill = await lock_bill(uow, await uow.bills.get(bill_row_id))
    transfer = await uow.refund_transfers.get_transfer(transfer_id)
    carried = [refund for refund in await uow.bills.list_refunds(bill.id) if refund.transfer_id == transfer.id]
    return bill, transfer, carried


async def _end_transfer(
    context: ActorContext[RefundRepositories],
    transfer: RefundTransfer,
    state: TransferState,
    reference: str | None = None,
) -> None:
    transfer.state, transfer.reference = state, reference
    transfer.ended_at, transfer.ended_by = context.dependencies.clock.now(), context.actor.label
    await context.uow.refund_transfers.save_transfer(transfer)
