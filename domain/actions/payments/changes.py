"""Changes of attempts stored: the attempt, its history, and what belongs in the same transaction."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from domain.actions.bills.pay import record_payment
from domain.actions.bills.subjects import lock_bills
from domain.actions.bills.suspense import hold_in_suspense
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import announce_outcome
from domain.actions.payments.alerts import alert_revenue_unit
from domain.actions.payments.held_bills import hold_bills, release_bills
from domain.actions.payments.returned_money import tell_payer
from domain.bills.bill import PaymentMethod
from domain.gateways.attempt import AttemptChange, AttemptEffect, AttemptEvent, PaymentAttempt
from domain.ledger.accounts import MoneySource
from domain.unit_of_work import UnitOfWork
from domain.values.actors import SYSTEM, Actor

EventDetails = Mapping[str, str | int]
_EffectAction = Callable[[Dependencies, UnitOfWork, PaymentAttempt], Awaitable[None]]

_SALE_FIELDS = ("sale_number", "card", "bank_amount", "paid_amount", "alert")


def gateway_actor(gateway: str) -> Actor:
    """Return the actor of what follows from a bank's answer."""
    return replace(SYSTEM, identifier=gateway, channel="gateway")


async def store_change(
    dependencies: Dependencies,
    uow: UnitOfWork,
    change: AttemptChange,
    actor: Actor,
    details: EventDetails | None = None,
) -> PaymentAttempt:
    """Save an attempt that was locked in this unit, append to its history, and carry out the effects of the change.

    `details` are put into the history besides what is known of the sale. `Conflict` when somebody else saved the
    attempt first, or its sale is another attempt's.
    """
    attempt = await uow.payment_attempts.save(change.attempt)
    await add_attempt_event(dependencies, uow, replace(change, attempt=attempt), actor, details)
    for effect in AttemptEffect:
        if effect in change.effects:
            await _EFFECT_ACTIONS[effect](dependencies, uow, attempt)
    return attempt


async def add_attempt_event(
    dependencies: Dependencies,
    uow: UnitOfWork,
    change: AttemptChange,
    actor: Actor,
    details: EventDetails | None = None,
) -> None:
    """Append to the history of an attempt that was just saved: each save is one entry, so its revision numbers it."""
    attempt = change.attempt
    sale_facts = {name: value for name in _SALE_FIELDS if (value := getattr(attempt, name)) is not None}
    await uow.payment_attempts.add_event(
        AttemptEvent(
            attempt_id=attempt.id,
            number=attempt.revision + 1,
            at=dependencies.clock.now(),
            event=change.event,
            state=attempt.state,
            code=attempt.code,
            details={"by": actor.label, **sale_facts, **(details or {})},
        )
    )


async def _count_payment(dependencies: Dependencies, uow: UnitOfWork, attempt: PaymentAttempt) -> None:
    """Pay each bill of an attempt with its part, by the one way in for money."""
    actor, shares = gateway_actor(attempt.gateway), {share.bill_row_id: share.amount for share in attempt.shares}
    for bill in await lock_bills(uow, shares):
        recorded = await record_payment(
            dependencies,
            uow,
            (bill.bill_id, bill.payment_id),
            shares[bill.id],
            PaymentMethod.GATEWAY,
            payment_reference(attempt),
            actor,
            surplus=True,
            gateway=attempt.gateway,
            attempt_id=attempt.id,
        )
        if recorded.outcome is not None:
            await announce_outcome(dependencies, uow, recorded.outcome, actor)


def payment_reference(attempt: PaymentAttempt) -> str:
    """Return the reference of the payments that an attempt brings: two gateways may give the same number."""
    return f"{attempt.gateway}/{attempt.sale_number or attempt.reference}"


async def _hold_bills(_dependencies: Dependencies, uow: UnitOfWork, attempt: PaymentAttempt) -> None:
    await hold_bills(uow, attempt)


async def _release_bills(_dependencies: Dependencies, uow: UnitOfWork, attempt: PaymentAttempt) -> None:
    await release_bills(uow, attempt)


async def _hold_in_suspense(dependencies: Dependencies, uow: UnitOfWork, attempt: PaymentAttempt) -> None:
    """Keep money that is ours and is not what was asked for, until the revenue unit places it."""
    bill = await uow.bills.get(attempt.shares[0].bill_row_id)
    facts: EventDetails = {"attempt": attempt.id, "order_number": attempt.order_number, "bill_id": bill.bill_id}
    source = MoneySource(PaymentMethod.GATEWAY, attempt.gateway)
    amount, actor = attempt.bank_amount or attempt.amount, gateway_actor(attempt.gateway)
    await hold_in_suspense(dependencies, uow, source, amount, payment_reference(attempt), facts, actor)


_EFFECT_ACTIONS: Mapping[AttemptEffect, _EffectAction] = {
    AttemptEffect.COUNT_PAYMENT: _count_payment,
    AttemptEffect.HOLD_IN_SUSPENSE: _hold_in_suspense,
    AttemptEffect.HOLD_BILLS: _hold_bills,
    AttemptEffect.RELEASE_BILLS: _release_bills,
    AttemptEffect.TELL_PAYER: tell_payer,
    AttemptEffect.ALERT_STAFF: alert_revenue_unit,
}
"""How each effect is carried out, in the order of `AttemptEffect`."""
