"""The staff see what banks said of attempts, ask again, say that something was looked at, and that nothing was paid."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.payments.advance import advance_attempt
from domain.actions.payments.attempt_changes import store_change
from domain.actions.payments.gateway_worker import GatewaysByName
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.gateways.attempt import AttemptChange, AttemptEvent, PaymentAttempt
from domain.gateways.attempt_machine import AttemptMachine
from domain.gateways.callback_record import CallbackRecord
from domain.gateways.gateway import UNANSWERED_CODES, PaymentGateway
from domain.gateways.ports import PaymentAttemptRepository
from domain.unit_of_work import Store
from domain.values.actors import Actor
from domain.values.errors import MissingField, NotAllowedNow, Unavailable
from domain.values.reasons import NotAllowedReason, UnavailableReason
from domain.values.text import tidy_text


@dataclass(frozen=True, slots=True)
class AttemptStory:
    """An attempt with all that happened to it."""

    attempt: PaymentAttempt
    """In its current state."""
    events: Sequence[AttemptEvent]
    """Its history, oldest first."""
    callbacks: Sequence[CallbackRecord]
    """Callbacks for it, oldest first."""


async def list_attempt_stories(payment_attempts: PaymentAttemptRepository, bill_row_id: int) -> list[AttemptStory]:
    """Return the attempts at a bill with their histories, oldest first."""
    attempts = await payment_attempts.list_of_bill(bill_row_id)
    return [await load_attempt_story(payment_attempts, attempt) for attempt in attempts]


async def load_attempt_story(payment_attempts: PaymentAttemptRepository, attempt: PaymentAttempt) -> AttemptStory:
    """Return all that happened to an attempt."""
    events = await payment_attempts.list_events(attempt.id)
    return AttemptStory(attempt, events, await payment_attempts.list_callbacks(attempt.id))


async def resolve_alert(context: ActorContext, attempt_id: int, reason: str) -> PaymentAttempt:
    """Say that what an attempt's alert is about was looked at, and why it is over; history and audit keep that.

    Errors: `Forbidden("attempt")` for all but revenue and manager, `MissingField("reason")`, `NotFound("attempt")`, and
    `NotAllowedNow("attempt")` where it bears no alert. One that is unknown stays so until its bank, or the settlement
    file, says what it is.
    """
    by_actor, reason_text = require_right(Right.ATTEMPTS_ASK, context.actor, "attempt"), check_reason(reason)
    attempt = await context.uow.payment_attempts.get(attempt_id, lock=True)
    if attempt.alert is None:
        raise NotAllowedNow("attempt", NotAllowedReason.NO_ALERT)
    facts = {"gateway": attempt.gateway, "order_number": attempt.order_number, "reason": reason_text}
    await context.uow.audit.add_entry(context.dependencies.clock.now(), by_actor.label, "payment_alert_resolved", facts)
    change = AttemptChange(replace(attempt, alert=None), "alert_resolved")
    details = {"resolved": attempt.alert.value, "reason": reason_text}
    return await store_change(context.acting_as(by_actor), change, details)


async def ask_bank(
    dependencies: Dependencies, store: Store, gateways: GatewaysByName, attempt_id: int, actor: Actor
) -> PaymentAttempt:
    """Ask the bank now, for revenue and manager (`Forbidden("attempt")`); the audit records who did.

    Other errors as `advance_attempt`; what was asked in vain is in the audit, too.
    """
    label = require_right(Right.ATTEMPTS_ASK, actor, "attempt").label
    async with store.open_unit() as uow:
        attempt = await uow.payment_attempts.get(attempt_id)
        facts = {"gateway": attempt.gateway, "order_number": attempt.order_number}
        await uow.audit.add_entry(dependencies.clock.now(), label, "payment_inquired", facts)
    return await advance_attempt(dependencies, store, gateways, attempt_id, actor)


async def deny_payment(
    dependencies: Dependencies, store: Store, gateways: GatewaysByName, attempt_id: int, reason: str, actor: Actor
) -> PaymentAttempt:
    """End an unknown attempt that the bank denies and never will confirm (Behpardakht's 42): its bills are released.

    The bank is looked at once more first, where it can be asked; the audit has what it said then and why the attempt
    was ended. Errors: `Forbidden("attempt")` for all but revenue, `MissingField("reason")`, `NotFound("attempt")`,
    `Conflict("attempt")` while the bank is being asked, `Unavailable("gateway")` (`bank_silent`) where it does
    not answer now, and `NotAllowedNow("attempt")` for one that is not unknown, or was verified once.
    """
    by_actor, reason_text = require_right(Right.ATTEMPTS_DENY, actor, "attempt"), check_reason(reason)
    async with store.open_unit(write=False) as uow:
        attempt = await uow.payment_attempts.get(attempt_id)
    if not attempt.may_be_denied:
        raise NotAllowedNow("attempt", NotAllowedReason.NOT_UNKNOWN)
    gateway = gateways.get(attempt.gateway)
    if gateway is None:
        raise Unavailable("gateway", UnavailableReason.GATEWAY_NOT_USED)
    was_asked = await _ask_once_more(dependencies, store, gateways, attempt_id, by_actor)
    async with store.open_unit() as uow:
        attempt = await uow.payment_attempts.get(attempt_id, lock=True)
        if was_asked and attempt.code in UNANSWERED_CODES:
            raise Unavailable("gateway", UnavailableReason.BANK_SILENT)
        return await _store_denial(ActorContext(dependencies, uow, by_actor), gateway, attempt, reason_text)


async def _ask_once_more(
    dependencies: Dependencies, store: Store, gateways: GatewaysByName, attempt_id: int, actor: Actor
) -> bool:
    """Ask the bank; False where nothing can be asked of it, and its own staff have to know."""
    try:
        await advance_attempt(dependencies, store, gateways, attempt_id, actor)
    except NotAllowedNow:
        return False
    return True


async def _store_denial(
    context: ActorContext, gateway: PaymentGateway, attempt: PaymentAttempt, reason: str
) -> PaymentAttempt:
    if not attempt.may_be_denied:
        raise NotAllowedNow("attempt", NotAllowedReason.NOT_UNKNOWN)
    now = context.dependencies.clock.now()
    facts = {"gateway": attempt.gateway, "order_number": attempt.order_number, "reason": reason}
    bank_words = {"code": attempt.code} if attempt.code else {}
    sale_facts = {"sale_number": attempt.sale_number} if attempt.sale_number else {}
    await context.uow.audit.add_entry(now, context.actor.label, "payment_denied", {**facts, **sale_facts, **bank_words})
    change = AttemptMachine(gateway.capabilities).apply_denial(attempt, now)
    return await store_change(context, change, {"reason": reason, **sale_facts})


def check_reason(reason: str) -> str:
    """Return a reason as it is stored; `MissingField("reason")` where there is none."""
    reason_text = tidy_text(reason)
    if not reason_text:
        raise MissingField("reason")
    return reason_text
