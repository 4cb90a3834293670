"""What the scheduler does when a request's time comes: deadlines, reminders and broken SLAs, one unit a request.

A timer is removed by the step that it causes (the engine sets the new state's timers), or here. One that may not be
taken yet (a payment of unknown outcome) is looked at again later.
"""

import logging
from dataclasses import replace
from datetime import timedelta

from domain.actions.desk import Desk
from domain.actions.messages.notify import announce, bill_facts, queue, recipients, unit_mobiles
from domain.blocks.charging import bills_of
from domain.language.service import Notice, Trigger
from domain.requests.request import ServiceRequest, Timer, TimerKind
from domain.unit_of_work import Store, UnitOfWork
from domain.values.actors import SYSTEM
from domain.values.errors import Unavailable

log = logging.getLogger(__name__)

BATCH = 100
LOOK_AGAIN = timedelta(minutes=30)


async def run_due(desk: Desk, store: Store, kind: TimerKind) -> int:
    """Turn to every request whose timer of this kind is due; return how many were turned to."""
    handled = 0
    while True:
        async with store.unit(write=False) as uow:
            timers = await uow.timers.due(kind, desk.clock.now(), BATCH)
        for timer in timers:
            await _turn_safely(desk, store, timer)
        handled += len(timers)
        if len(timers) < BATCH:
            return handled


async def _turn_safely(desk: Desk, store: Store, timer: Timer) -> None:
    """Turn to one request; a fault of ours with it is logged and waits, so that it never keeps the others waiting."""
    try:
        async with store.unit() as uow:
            await _turn_to(desk, uow, timer)
    except Unavailable:
        raise  # the database itself: no other timer would fare better
    except Exception:  # the edge of one request: whatever is wrong with it, the next one has its turn
        log.exception("timer %s of request %s failed", timer.name, timer.request_id)
        async with store.unit() as uow:
            if await uow.timers.remove(timer):
                await uow.timers.add(replace(timer, at=desk.clock.now() + LOOK_AGAIN))


async def _turn_to(desk: Desk, uow: UnitOfWork, timer: Timer) -> None:
    request = await uow.requests.get(timer.request_id, lock=True)
    if not await uow.timers.remove(timer):
        return  # another process, or a step of somebody, was first
    if timer.kind is TimerKind.DEADLINE:
        await _deadline(desk, uow, request, timer)
    elif timer.kind is TimerKind.REMINDER:
        await _remind(desk, uow, request, timer)
    else:
        await _sla_broken(desk, uow, request)


async def _deadline(desk: Desk, uow: UnitOfWork, request: ServiceRequest, timer: Timer) -> None:
    outcome = await desk.engine.fire(uow, request, Trigger.DEADLINE, name=timer.name)
    if outcome is not None:
        await announce(desk, uow, outcome, SYSTEM)
    elif not request.phase.final:
        await uow.timers.add(replace(timer, at=desk.clock.now() + LOOK_AGAIN))


async def _remind(desk: Desk, uow: UnitOfWork, request: ServiceRequest, timer: Timer) -> None:
    """Queue a reminder, unless it could only leave after its event (this came late, or quiet hours last until then)."""
    reminder = desk.engine.reminder(request, timer.name)
    event = desk.engine.event_of(uow, request, reminder) if reminder else None
    if reminder is None or event is None:
        return
    if desk.calendar.next_open(desk.clock.now(), skip_holidays=False) >= event:
        return
    message = desk.wording.notice(request, Notice(timer.name), bill_facts(await bills_of(uow, request)))
    for mobile in await recipients(desk, uow, request, reminder.to):
        await queue(desk, uow, mobile, message, request.id, until=event)


async def _sla_broken(desk: Desk, uow: UnitOfWork, request: ServiceRequest) -> None:
    request.data["sla_broken"] = [*request.data.get("sla_broken", []), request.state]
    message = desk.catalogue.message("staff.sla_broken", desk.wording.facts(request))
    for mobile in await unit_mobiles(uow, desk, request):
        await queue(desk, uow, mobile, message, request.id)
    await desk.engine.note(uow, request, "sla_broken", SYSTEM, {"state": request.state})
