"""Changes of attempts stored: the attempt, its history, and what belongs in the same transaction."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from domain.actions.bills.pay import record_payment
from domain.actions.bills.subjects import lock_bills, render_purpose
from domain.actions.bills.suspense import BillLedgerRepositories, hold_in_suspense
from domain.actions.context import ActionContext, ActorContext
from domain.actions.messages.notify import announce_outcome, list_role_mobiles, notify_line, notify_staff
from domain.bills.bill import Bill, BillState, PaymentMethod
from domain.gateways.attempt import (
    AttemptAlert,
    AttemptChange,
    AttemptEffect,
    AttemptEvent,
    AttemptState,
    PaymentAttempt,
)
from domain.gateways.ports import PaymentAttemptRepository
from domain.ledger.accounts import MoneySource
from domain.messages.catalogue import RenderedMessage
from domain.repositories import BillSubjectRepositories, GatewayRepositories, LineRepositories
from domain.values.actors import SYSTEM, Actor, Role
from domain.values.text import group_digits

REPEATED_ALERTS = frozenset({AttemptAlert.FOREIGN_CALLBACK, AttemptAlert.OUR_FAULT, AttemptAlert.UNRESOLVED})
REPEATED_WINDOW = timedelta(hours=1)
MOST_REPEATED_TEXTS = 3
"""So many texts of each of these go out in a window: whoever forges a thousand callbacks must not have a thousand sent,
nor does a bank that refuses our address, or answers nothing, to a thousand payers. Each attempt bears its alert all the
same.
"""


class PaymentRepositories(BillSubjectRepositories, GatewayRepositories, Protocol):
    """Payments at gateways, and what their bills are for."""


async def alert_revenue_unit(context: ActionContext, attempt: PaymentAttempt) -> None:
    """Queue the text about an attempt's alert."""
    if attempt.alert is None or not await _may_text(context, attempt.alert):
        return
    bill = await context.uow.bills.get(attempt.shares[0].bill_row_id)

    def render_message() -> RenderedMessage:
        facts = {"amount": group_digits(attempt.amount), "bill_id": bill.bill_id}
        return context.dependencies.catalogue.render_message(f"staff.payment_alerts.{attempt.alert}", facts)

    mobiles = await list_role_mobiles(context, Role.REVENUE)
    await notify_staff(context, mobiles, render_message)


async def _may_text(context: ActionContext[LineRepositories], alert: AttemptAlert) -> bool:
    if alert not in REPEATED_ALERTS:
        return True
    sent_texts = await context.uow.lines.add_hit(f"alert:{alert}", context.dependencies.clock.now(), REPEATED_WINDOW)
    return sent_texts <= MOST_REPEATED_TEXTS


_ONE_TEXT = timedelta(days=1)
"""Sessions that were left without a word are told of once in so long: some are only windows that somebody closed."""


async def tell_payer(context: ActionContext, attempt: PaymentAttempt) -> None:
    """Text the payer that an attempt came to nothing, and where the money is: back on the card, by the bank's word, or
    on its way there, if any was taken. Nothing where the bills of an attempt that was left are settled by now.
    """
    bill = await context.uow.bills.get(attempt.shares[0].bill_row_id)
    is_back = attempt.state is AttemptState.REVERSED
    if attempt.payer_mobile is None or not (is_back or bill.state.is_payable):
        return
    now = context.dependencies.clock.now()
    if not is_back and await context.uow.lines.add_hit(f"left:{bill.bill_id}", now, _ONE_TEXT) > 1:
        return

    async def render_message() -> RenderedMessage:
        facts = {
            "amount": group_digits(attempt.amount),
            "service": await render_purpose(context, bill),
        }
        text_key = "sms.payment_returned" if is_back else "sms.payment_left"
        return context.dependencies.catalogue.render_message(text_key, facts)

    await notify_line(context, attempt.payer_mobile, render_message)


EventDetails = Mapping[str, str | int]
_EffectAction = Callable[[ActionContext, PaymentAttempt], Awaitable[None]]

_SALE_FIELDS = ("sale_number", "card", "bank_amount", "paid_amount", "alert")


def gateway_actor(gateway: str) -> Actor:
    """Return the actor of what follows from a bank's answer."""
    return replace(SYSTEM, identifier=gateway, channel="gateway")


async def store_change(
    context: ActorContext, change: AttemptChange, details: EventDetails | None = None
) -> PaymentAttempt:
    """Save an attempt that was locked in this unit, append to its history, and carry out the effects of the change.

    `details` are put into the history besides what is known of the sale. `Conflict` when somebody else saved the
    attempt first, or its sale is another attempt's.
    """
    attempt = await context.uow.payment_attempts.save(change.attempt)
    await add_attempt_event(context, replace(change, attempt=attempt), details)
    for effect in AttemptEffect:
        if effect in change.effects:
            await _EFFECT_ACTIONS[effect](context, attempt)
    return attempt


async def add_attempt_event(
    context: ActorContext[GatewayRepositories], change: AttemptChange, details: EventDetails | None = None
) -> None:
    """Append to the history of an attempt that was just saved: each save is one entry, so its revision numbers it."""
    attempt = change.attempt
    sale_facts = {name: value for name in _SALE_FIELDS if (value := getattr(attempt, name)) is not None}
    await context.uow.payment_attempts.add_event(
        AttemptEvent(
            attempt_id=attempt.id,
            number=attempt.revision + 1,
            at=context.dependencies.clock.now(),
            event=change.event,
            state=attempt.state,
            code=attempt.code,
            details={"by": context.actor.label, **sale_facts, **(details or {})},
        )
    )


async def _count_payment(context: ActionContext, attempt: PaymentAttempt) -> None:
    """Pay each bill of an attempt with its part, by the one way in for money."""
    actor, shares = gateway_actor(attempt.gateway), {share.bill_row_id: share.amount for share in attempt.shares}
    for bill in await lock_bills(context.uow, shares):
        recorded = await record_payment(
            context.acting_as(actor),
            (bill.bill_id, bill.payment_id),
            shares[bill.id],
            PaymentMethod.GATEWAY,
            payment_reference(attempt),
            surplus=True,
            gateway=attempt.gateway,
            attempt_id=attempt.id,
        )
        if recorded.outcome is not None:
            await announce_outcome(context.acting_as(actor), recorded.outcome)


def payment_reference(attempt: PaymentAttempt) -> str:
    """Return the reference of the payments that an attempt brings: two gateways may give the same number."""
    return f"{attempt.gateway}/{attempt.sale_number or attempt.reference}"


async def _hold_bills(context: ActionContext[BillSubjectRepositories], attempt: PaymentAttempt) -> None:
    await hold_bills(context.uow, attempt)


async def _release_bills(context: ActionContext[PaymentRepositories], attempt: PaymentAttempt) -> None:
    await release_bills(context.uow, attempt)


async def _hold_in_suspense(context: ActionContext[BillLedgerRepositories], attempt: PaymentAttempt) -> None:
    """Keep money that is ours and is not what was asked for, until the revenue unit places it."""
    bill = await context.uow.bills.get(attempt.shares[0].bill_row_id)
    facts: EventDetails = {"attempt": attempt.id, "order_number": attempt.order_number, "bill_id": bill.bill_id}
    source = MoneySource(PaymentMethod.GATEWAY, attempt.gateway)
    amount, actor = attempt.bank_amount or attempt.amount, gateway_actor(attempt.gateway)
    await hold_in_suspense(context.acting_as(actor), source, amount, payment_reference(attempt), facts)


_EFFECT_ACTIONS: Mapping[AttemptEffect, _EffectAction] = {
    AttemptEffect.COUNT_PAYMENT: _count_payment,
    AttemptEffect.HOLD_IN_SUSPENSE: _hold_in_suspense,
    AttemptEffect.HOLD_BILLS: _hold_bills,
    AttemptEffect.RELEASE_BILLS: _release_bills,
    AttemptEffect.TELL_PAYER: tell_payer,
    AttemptEffect.ALERT_STAFF: alert_revenue_unit,
}
"""Action for each effect, in the order of `AttemptEffect`."""


async def hold_bills(uow: BillSubjectRepositories, attempt: PaymentAttempt) -> None:
    """Mark the bills of an attempt as being paid, where they are open: they neither expire nor are cancelled."""
    for bill in await lock_bills(uow, [share.bill_row_id for share in attempt.shares]):
        if bill.state is BillState.OPEN:
            bill.state = BillState.PAYING
            await uow.bills.save(bill)


async def release_bills(uow: PaymentRepositories, attempt: PaymentAttempt) -> None:
    """Open the bills of an attempt again that are being paid by nothing else; the attempt was saved as ended before.

    Locked first, then looked at: of two attempts that end at once the second one sees that the first has ended.
    """
    for bill in await lock_bills(uow, [share.bill_row_id for share in attempt.shares]):
        if bill.state is BillState.PAYING and not await _is_held(uow.payment_attempts, bill):
            bill.state = BillState.OPEN
            await uow.bills.save(bill)


async def _is_held(payment_attempts: PaymentAttemptRepository, bill: Bill) -> bool:
    return any(attempt.state.is_open for attempt in await payment_attempts.list_of_bill(bill.id))
