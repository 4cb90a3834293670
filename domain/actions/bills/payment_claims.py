"""Claims of citizens to have paid a bill: opened once, completed by what is added, refused where nothing came.

Money that is found is recorded as any slip (`pay_by_ids.py`): the bill is settled then, and its claim with it.
"""

from collections.abc import Sequence
from functools import partial

from domain.actions.bills.subjects import SUBJECTS, lock_bill, render_purpose
from domain.actions.context import ActionContext, ActorContext
from domain.actions.messages.notify import notify_line
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.bills.bill import Bill
from domain.bills.payment_claim import MOST_PHOTOS, SLIP_PAPER, ClaimDetails, PaymentClaim, SlipPhoto
from domain.blocks.charging import REQUEST_SUBJECT
from domain.messages.catalogue import RenderedMessage
from domain.messages.records import MessageClass
from domain.repositories import BillRepositories, RequestRepositories
from domain.values.errors import NotFound
from domain.values.files import PreparedFile
from domain.values.required_text import read_required_text
from domain.values.text import group_digits

CLAIM_EVENT, REFUSAL_EVENT = "claim_payment", "refuse_claim"
"""Names, in the history, of what a citizen claims and of the answer that the money was not found."""

LONGEST_REASON = 80
"""UTF-16 units of the reason that a citizen is notified of."""

LONGEST_TEXT = 500
"""Characters that are stored of a citizen's texts."""


async def open_claim(
    context: ActorContext, bill: Bill, text: str, details: ClaimDetails, files: Sequence[PreparedFile] = ()
) -> PaymentClaim:
    """Return the open claim about a bill, completed by what this text and these photos of a slip have: the same claim
    twice is one.
    """
    claim = await context.uow.payment_claims.find_last(bill.id)
    if claim is None or not claim.is_open:
        claim = PaymentClaim(context.dependencies.ids.new_id(), bill.id, context.dependencies.clock.now(), "")
        await _record_event(context, bill, CLAIM_EVENT)
    if text not in claim.text:
        claim.text = f"{claim.text}\n{text}".strip()[-LONGEST_TEXT:]
    claim.amount, claim.reference = details.amount or claim.amount, details.reference or claim.reference
    if details.paid_on:
        claim.paid_on, claim.paid_at_hour = details.paid_on, details.paid_at_hour
    await context.uow.payment_claims.save(claim)
    await _add_photos(context, claim, files)
    return claim


async def _add_photos(
    context: ActionContext[BillRepositories], claim: PaymentClaim, files: Sequence[PreparedFile]
) -> None:
    """Add photos of a slip, each once, as many as a claim takes."""
    photos = await context.uow.payment_claims.list_photos([claim.id]) if files else []
    for file in files:
        if len(photos) >= MOST_PHOTOS or any(photo.source_sha256 == file.source_sha256 for photo in photos):
            continue
        file_id, now = context.dependencies.ids.new_id(), context.dependencies.clock.now()
        photo = SlipPhoto.build(file, SLIP_PAPER, file_id, now, claim_id=claim.id)
        await context.uow.payment_claims.add_photo(photo, file.content)
        photos.append(photo)


async def refuse_claim(context: ActorContext, bill_id: str, reason: str) -> None:
    """Store that the money of a bill's claim was not found, and notify its citizen why.

    Errors: `Forbidden`, `BillNotFound`, `MissingField("reason")`, `InvalidField("reason")` for one that is too long,
    `NotFound("payment_claim")` where none is open.
    """
    context = context.acting_as(require_right(Right.PAYMENTS_RECORD, context.actor, "payment"))
    bill = await lock_bill(context.uow, await context.uow.bills.get_by_bill_id(bill_id))
    claim = await context.uow.payment_claims.find_last(bill.id)
    if claim is None or not claim.is_open or bill.state.was_paid:
        raise NotFound("payment_claim")
    claim.reason = read_required_text(reason, "reason", LONGEST_REASON)
    claim.refused_at, claim.refused_by = context.dependencies.clock.now(), context.actor.label
    await context.uow.payment_claims.save(claim)
    await _record_event(context, bill, REFUSAL_EVENT)
    if line := await SUBJECTS[bill.subject_kind].find_line(context.uow, bill):
        await notify_line(context, line, partial(_render_refusal, context, bill, claim.reason))


async def _record_event(context: ActorContext, bill: Bill, event_name: str) -> None:
    """Note in the history of a bill's request what is claimed, or not found."""
    if bill.subject_kind == REQUEST_SUBJECT:
        request = await context.uow.requests.get(bill.subject_id, lock=True)
        facts = {"bill_id": bill.bill_id, "amount": bill.amount}
        await context.dependencies.engine.record_event(context.uow, request, event_name, context.actor, facts)


async def _render_refusal(context: ActionContext[RequestRepositories], bill: Bill, reason: str) -> RenderedMessage:
    facts = {"amount": group_digits(bill.amount), "service": await render_purpose(context, bill), "reason": reason}
    return context.dependencies.catalogue.render_message("sms.claim.not_found", facts, MessageClass.NOTICE)
