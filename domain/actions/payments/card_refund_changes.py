"""Changes of transfers back to cards stored: the attempt, its history, and what belongs in the same transaction."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from domain.actions.bills.refunds import count_refund
from domain.actions.context import ActionContext, ActorContext
from domain.actions.messages.notify import list_role_mobiles, notify_staff
from domain.actions.payments.attempt_changes import EventDetails, gateway_actor
from domain.bills.bill import Payment, PaymentMethod, PaymentOutcome, Refund, RefundTarget
from domain.bills.ports import BillRepository
from domain.gateways.refund_attempt import RefundAttempt, RefundAttemptEvent, RefundChange, RefundEffect
from domain.messages.catalogue import RenderedMessage
from domain.repositories import GatewayRepositories
from domain.values.actors import Role
from domain.values.text import group_digits


async def store_refund_change(
    context: ActorContext, change: RefundChange, details: EventDetails | None = None
) -> RefundAttempt:
    """Save an attempt that was locked in this unit, append to its history, and carry out the effects of the change:
    for these its bill was locked before. `Conflict("card_refund")` when somebody else saved it first.
    """
    refund = await context.uow.card_refunds.save(change.attempt)
    await add_refund_event(context, replace(change, attempt=refund), details)
    for effect in RefundEffect:
        if effect in change.effects:
            await _EFFECT_ACTIONS[effect](context, refund)
    return refund


async def add_refund_event(
    context: ActorContext[GatewayRepositories], change: RefundChange, details: EventDetails | None = None
) -> None:
    """Append to the history of an attempt that was just saved: each save is one entry, so its revision numbers it."""
    refund = change.attempt
    await context.uow.card_refunds.add_event(
        RefundAttemptEvent(
            card_refund_id=refund.id,
            number=refund.revision + 1,
            at=context.dependencies.clock.now(),
            event=change.event,
            state=refund.state,
            code=refund.code,
            details={"by": context.actor.label, **(details or {})},
        )
    )


async def _count_refund(context: ActionContext, refund: RefundAttempt) -> None:
    """The money went: its refunds are settled, the ledger has it, history and citizen are notified."""
    bill, attempt = (
        await context.uow.bills.get(refund.bill_row_id),
        await context.uow.payment_attempts.get(refund.attempt_id),
    )
    payment = Payment(
        id=context.dependencies.ids.new_id(),
        bill_id=bill.id,
        amount=refund.amount,
        method=PaymentMethod.REFUND,
        reference=await _choose_reference(context.uow.bills, refund),
        outcome=PaymentOutcome.RETURNED,
        recorded_by=refund.requested_by,
        at=context.dependencies.clock.now(),
        gateway=refund.gateway,
        card_refund_id=refund.id,
    )
    sent_refunds, target = await list_carried_refunds(context.uow.bills, refund), RefundTarget(card=attempt.card)
    await count_refund(context.acting_as(gateway_actor(refund.gateway)), bill, sent_refunds, payment, target)


async def _choose_reference(bills: BillRepository, refund: RefundAttempt) -> str:
    """Return the bank's number of the transfer, by which people ask about it; ours, where the bank named none, or one
    that it named before.
    """
    own_number = f"{refund.gateway}/{refund.refund_number}"
    if refund.reference is None:
        return own_number
    banks_number = f"{refund.gateway}/{refund.reference}"
    is_taken = await bills.find_payment(PaymentMethod.REFUND, banks_number) is not None
    return own_number if is_taken else banks_number


async def _return_to_staff(context: ActionContext, refund: RefundAttempt) -> None:
    """The money did not go: it is due as before, a second person has to look anew, and the revenue unit is notified."""
    for carried in await list_carried_refunds(context.uow.bills, refund):
        carried.card_refund_id, carried.to_card = None, False
        carried.approved_by = carried.approved_at = None
        await context.uow.bills.save_refund(carried)
    bill = await context.uow.bills.get(refund.bill_row_id)

    def render_message() -> RenderedMessage:
        facts = {"refund": group_digits(refund.amount), "bill_id": bill.bill_id}
        return context.dependencies.catalogue.render_message("staff.card_refund_refused", facts)

    mobiles = await list_role_mobiles(context, Role.REVENUE)
    await notify_staff(context, mobiles, render_message)


async def list_carried_refunds(bills: BillRepository, refund: RefundAttempt) -> list[Refund]:
    """Return what an attempt gives back."""
    return [one for one in await bills.list_refunds(refund.bill_row_id) if one.card_refund_id == refund.id]


_EFFECT_ACTIONS: Mapping[RefundEffect, Callable[[ActionContext, RefundAttempt], Awaitable[None]]] = {
    RefundEffect.COUNT_REFUND: _count_refund,
    RefundEffect.RETURN_TO_STAFF: _return_to_staff,
}
"""Action for each effect."""
