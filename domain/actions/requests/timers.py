"""Work of the scheduler when a request's time comes: deadlines, reminders and broken SLAs, one unit a request.

A timer is removed by the step that it causes (the engine sets the new state's timers), or here. One that may not be
taken yet (a payment of unknown outcome) is looked at again later.
"""

import logging
from dataclasses import replace
from datetime import timedelta

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.links.payment_links import append_payment_link
from domain.actions.messages.notify import (
    announce_outcome,
    find_recipients,
    list_unit_mobiles,
    notify_line,
    notify_staff,
    payable_bill_facts,
)
from domain.bills.bill import BillState
from domain.blocks.charging import list_request_bills
from domain.engine.overdue import SLA_BROKEN
from domain.language.message_links import LinkSubject
from domain.language.service import Notice, Trigger
from domain.messages.catalogue import RenderedMessage
from domain.requests.request import Phase, ServiceRequest, Timer, TimerKind
from domain.unit_of_work import Store
from domain.values.actors import SYSTEM
from domain.values.errors import Unavailable

log = logging.getLogger(__name__)

BATCH_SIZE = 100
RETRY_DELAY = timedelta(minutes=30)

TIME_TO_PAY = timedelta(hours=2)
"""Time before the end of a bill within which its reminder is of no use."""


async def run_due_timers(dependencies: Dependencies, store: Store, timer_kind: TimerKind) -> int:
    """Turn to every request whose timer of this kind is due; return how many were turned to."""
    handled_count = 0
    while True:
        async with store.open_unit(write=False) as uow:
            due_timers = await uow.timers.list_due(timer_kind, dependencies.clock.now(), BATCH_SIZE)
        for timer in due_timers:
            await _run_timer_safely(dependencies, store, timer)
        handled_count += len(due_timers)
        if len(due_timers) < BATCH_SIZE:
            return handled_count


async def _run_timer_safely(dependencies: Dependencies, store: Store, timer: Timer) -> None:
    """Turn to one request; a fault of ours with it is logged and waits, so that it never keeps the others waiting."""
    try:
        async with store.open_unit() as uow:
            await _run_timer(ActionContext(dependencies, uow), timer)
    except Unavailable:
        raise  # the database itself: no other timer would fare better
    except Exception:  # the edge of one request: whatever is wrong with it, the next one has its turn
        log.exception("timer %s of request %s failed", timer.name, timer.request_id)
        async with store.open_unit() as uow:
            if await uow.timers.delete(timer):
                await uow.timers.add(replace(timer, at=dependencies.clock.now() + RETRY_DELAY))


async def _run_timer(context: ActionContext, timer: Timer) -> None:
    request = await context.uow.requests.get(timer.request_id, lock=True)
    if not await context.uow.timers.delete(timer):
        return  # another process, or a step of somebody, was first
    if timer.kind is TimerKind.DEADLINE:
        await _meet_deadline(context, request, timer)
    elif timer.kind is TimerKind.REMINDER:
        await _send_reminder(context, request, timer)
    else:
        await record_broken_sla(context, request)


async def _meet_deadline(context: ActionContext, request: ServiceRequest, timer: Timer) -> None:
    outcome = await context.dependencies.engine.fire_trigger(context.uow, request, Trigger.DEADLINE, name=timer.name)
    if outcome is not None:
        await announce_outcome(context.acting_as(SYSTEM), outcome)
    elif not request.phase.is_final:
        await context.uow.timers.add(replace(timer, at=context.dependencies.clock.now() + RETRY_DELAY))


async def _send_reminder(context: ActionContext, request: ServiceRequest, timer: Timer) -> None:
    """Queue a reminder, unless it could only leave after its event (this came late, or quiet hours last until then), or
    so late that nobody has the time to pay.

    While a payer is at the bank, or what came of that is not known, nobody is told to pay: it waits.
    """
    reminder = context.dependencies.engine.find_reminder(request, timer.name)
    event_at = context.dependencies.engine.reckon_reminder_event(context.uow, request, reminder) if reminder else None
    if reminder is None or event_at is None:
        return
    useful_until = event_at - TIME_TO_PAY if request.phase is Phase.NEEDS_PAYMENT else event_at
    now = context.dependencies.clock.now()
    if context.dependencies.calendar.next_sending_time(now, skip_holidays=False) >= useful_until:
        return
    bills = await list_request_bills(context.uow.bills, request)
    if any(bill.state is BillState.PAYING for bill in bills):
        await context.uow.timers.add(replace(timer, at=now + RETRY_DELAY))
        return
    facts = payable_bill_facts(bills)

    async def render_message() -> RenderedMessage:
        reminder_text = context.dependencies.wording.render_notice(request, Notice(timer.name), facts)
        return await append_payment_link(context, reminder_text, LinkSubject(facts=facts))

    for mobile in await find_recipients(context, request, reminder.audience):
        await notify_line(context, mobile, render_message, until=useful_until)


async def record_broken_sla(context: ActionContext, request: ServiceRequest) -> None:
    """Note that a request is late in its state, and notify its unit. The request's row must be locked."""
    SLA_BROKEN.write(request, [*(SLA_BROKEN.find(request) or []), request.state])

    def render_message() -> RenderedMessage:
        return context.dependencies.wording.render_about(request, "staff.sla_broken")

    mobiles = await list_unit_mobiles(context, request)
    await notify_staff(context, mobiles, render_message)
    await context.dependencies.engine.record_event(
        context.uow, request, SLA_BROKEN.name, SYSTEM, {"state": request.state}
    )
