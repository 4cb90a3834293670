"""The staff see what banks said of attempts, ask again, and say that something was looked at."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.actions.dependencies import Dependencies
from domain.actions.payments.advance import GatewaysByName, advance_attempt
from domain.actions.payments.changes import store_change
from domain.gateways.attempt import AttemptChange, AttemptEvent, PaymentAttempt
from domain.gateways.callback_record import CallbackRecord
from domain.unit_of_work import Store, UnitOfWork
from domain.values.actors import Actor, Role
from domain.values.errors import Forbidden, MissingField, NotAllowedNow
from domain.values.text import tidy_text

ASKING_ROLES = frozenset({Role.REVENUE, Role.MANAGER})
"""Who has a bank asked."""


@dataclass(frozen=True, slots=True)
class AttemptStory:
    """An attempt with all that happened to it."""

    attempt: PaymentAttempt
    """In its current state."""
    events: Sequence[AttemptEvent]
    """Its history, oldest first."""
    callbacks: Sequence[CallbackRecord]
    """What browsers brought for it, oldest first."""


async def list_attempt_stories(uow: UnitOfWork, bill_row_id: int) -> list[AttemptStory]:
    """Return the attempts at a bill with their histories, oldest first."""
    attempts = await uow.payment_attempts.list_of_bill(bill_row_id)
    return [await load_attempt_story(uow, attempt) for attempt in attempts]


async def load_attempt_story(uow: UnitOfWork, attempt: PaymentAttempt) -> AttemptStory:
    """Return all that happened to an attempt."""
    events = await uow.payment_attempts.list_events(attempt.id)
    return AttemptStory(attempt, events, await uow.payment_attempts.list_callbacks(attempt.id))


async def resolve_alert(
    dependencies: Dependencies, uow: UnitOfWork, attempt_id: int, reason: str, actor: Actor
) -> PaymentAttempt:
    """Say that what an attempt's alert is about was looked at, and why it is over; history and audit keep that.

    Errors: `Forbidden("attempt")` for all but revenue and manager, `MissingField("reason")`, `NotFound("attempt")`, and
    `NotAllowedNow("attempt")` where it bears no alert. One that is unknown stays so until its bank, or the settlement
    file, says what it is.
    """
    if not ASKING_ROLES & actor.role_names:
        raise Forbidden("attempt")
    reason_text = tidy_text(reason)
    if not reason_text:
        raise MissingField("reason")
    attempt = await uow.payment_attempts.get(attempt_id, lock=True)
    if attempt.alert is None:
        raise NotAllowedNow("attempt")
    facts = {"gateway": attempt.gateway, "order_number": attempt.order_number, "reason": reason_text}
    by_actor = actor.acting_in_role(ASKING_ROLES)
    await uow.audit.add_entry(dependencies.clock.now(), by_actor.label, "payment_alert_resolved", facts)
    change = AttemptChange(replace(attempt, alert=None), "alert_resolved")
    details = {"resolved": attempt.alert.value, "reason": reason_text}
    return await store_change(dependencies, uow, change, by_actor, details)


async def ask_bank(
    dependencies: Dependencies, store: Store, gateways: GatewaysByName, attempt_id: int, actor: Actor
) -> PaymentAttempt:
    """Ask the bank now, for revenue and manager (`Forbidden("attempt")`); the audit records who did.

    Other errors as `advance_attempt`; what was asked in vain is in the audit, too.
    """
    if not ASKING_ROLES & actor.role_names:
        raise Forbidden("attempt")
    async with store.open_unit() as uow:
        attempt = await uow.payment_attempts.get(attempt_id)
        facts = {"gateway": attempt.gateway, "order_number": attempt.order_number}
        label = actor.acting_in_role(ASKING_ROLES).label
        await uow.audit.add_entry(dependencies.clock.now(), label, "payment_inquired", facts)
    return await advance_attempt(dependencies, store, gateways, attempt_id, actor)
