"""A transfer back to a card that its bank denies for ever is ended by the revenue unit: it counts as never made.

Behpardakht may name a number of a transfer and then know nothing of it: no code of its says that the money did not go,
and that money would be held for good. Whoever ends it takes a word of the bank's people. Should the bank's settlement
file name it as done later: where its money is still there it is counted after all, else it went back twice.
"""

from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.payments.asking import check_reason
from domain.actions.payments.card_refund_changes import list_carried_refunds, store_refund_change
from domain.actions.payments.card_refund_worker import CardRefundWorker
from domain.actions.payments.gateway_worker import GatewaysByName
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.bills.bill import Refund
from domain.gateways.gateway import UNANSWERED_CODES
from domain.gateways.refund_attempt import RefundAttempt, RefundAttemptState
from domain.gateways.refund_machine import RefundMachine
from domain.repositories import GatewayRepositories
from domain.unit_of_work import Store, UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import DomainError, NotAllowedNow, Unavailable
from domain.values.reasons import NotAllowedReason, UnavailableReason

_MACHINE = RefundMachine()
_CARRIED = "refunds"
"""The entry of a denial's history that names the refunds which became free by it."""


async def deny_card_refund(
    dependencies: Dependencies, store: Store, gateways: GatewaysByName, card_refund_id: int, reason: str, actor: Actor
) -> RefundAttempt:
    """End a transfer that the bank denies, after one more inquiry: what it was to give back is due as before.

    What the bank says now is applied first, and stays; audit and history have it, with the reason. Errors:
    `Forbidden("attempt")` for all but revenue, `MissingField("reason")`, `NotFound("card_refund")`,
    `Conflict("card_refund")` while the bank is being asked, `Unavailable("gateway")` where it is not configured any
    more or does not answer now (`bank_silent`), and `NotAllowedNow("card_refund")` for one that has ended
    (`refund_ended`) or may still arrive at the bank (`refund_not_unknown`).
    """
    by_actor, reason_text = require_right(Right.ATTEMPTS_DENY, actor, "attempt"), check_reason(reason)
    async with store.open_unit(write=False) as uow:
        refund = await uow.card_refunds.get(card_refund_id)
    if not _MACHINE.may_be_denied(refund, dependencies.clock.now()):
        raise _explain_refusal(refund)
    gateway = gateways.get(refund.gateway)
    if gateway is None:
        raise Unavailable("gateway", UnavailableReason.GATEWAY_NOT_USED)

    async def deny_answered(uow: UnitOfWork, answered: RefundAttempt) -> RefundAttempt:
        is_deniable = _MACHINE.may_be_denied(answered, dependencies.clock.now())
        if not is_deniable or answered.code in UNANSWERED_CODES:
            return answered
        return await _store_denial(ActorContext(dependencies, uow, by_actor), answered, reason_text)

    worker = CardRefundWorker(dependencies, store, gateway, by_actor)
    answered = await worker.inquire_now(card_refund_id, deny_answered)
    if answered.state is RefundAttemptState.UNKNOWN and answered.code in UNANSWERED_CODES:
        raise Unavailable("gateway", UnavailableReason.BANK_SILENT)
    if answered.state is not RefundAttemptState.DENIED:
        raise _explain_refusal(answered)
    return answered


def _explain_refusal(refund: RefundAttempt) -> DomainError:
    """Return why a transfer is not to be ended."""
    if not refund.state.is_open:
        return NotAllowedNow("card_refund", NotAllowedReason.REFUND_ENDED)
    return NotAllowedNow("card_refund", NotAllowedReason.REFUND_NOT_UNKNOWN)


async def _store_denial(context: ActorContext, refund: RefundAttempt, reason: str) -> RefundAttempt:
    """Store the end of a transfer in the unit that has its bill locked."""
    now = context.dependencies.clock.now()
    facts: dict[str, str | int] = {"gateway": refund.gateway, "order_number": refund.refund_number, "reason": reason}
    for name, value in (("reference", refund.reference), ("code", refund.code)):
        facts |= {name: value} if value else {}
    await context.uow.audit.add_entry(now, context.actor.label, "card_refund_denied", facts | {"refund": refund.amount})
    carried = " ".join(str(one.id) for one in await list_carried_refunds(context.uow.bills, refund))
    change = _MACHINE.apply_denial(refund, now)
    return await store_refund_change(context, change, {"reason": reason, _CARRIED: carried})


async def list_denied_refunds(uow: GatewayRepositories, denied: RefundAttempt) -> list[Refund]:
    """Return what a denied transfer was to give back, while all of it is free; nothing where any went another way, or
    is about to.
    """
    events = await uow.card_refunds.list_events(denied.id)
    carried = {row_id for event in events for row_id in str(event.details.get(_CARRIED, "")).split()}
    refunds = [one for one in await uow.bills.list_refunds(denied.bill_row_id) if str(one.id) in carried]
    return refunds if all(refund.is_free for refund in refunds) else []
