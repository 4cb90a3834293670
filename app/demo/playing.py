"""Plays the requests of the demonstration: every step is the real action, taken when the demonstration's clock says so.

All of it happens in one unit of work. Between two steps every timer that comes due fires at its own time, as the
scheduler would have let it: reminders are sent, an SLA is broken, an unpaid bill expires. Texts count as sent and
delivered by the simulator as soon as they are queued, so that no provider ever sends them afterwards.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.demo.clock import DemoClock
from app.demo.stories import Step, Story
from app.demo.timetable import Timetable, day_said
from domain import tracking
from domain.actions import act, notify, pay, receive, submit
from domain.actions.desk import Desk
from domain.actions.timers import run_due
from domain.bills import Bill, PaymentMethod
from domain.charging import bills_of
from domain.engine import Outcome
from domain.message_parts import count_parts
from domain.outgoing import InboundState, MessageState
from domain.people import Actor
from domain.ports import ReceivedSms, UnitOfWork
from domain.requests import RequestFilter, ServiceRequest, Timer, TimerKind
from domain.services.machinery import KEY

PROVIDER = "simulator"
LINE = "30001405"
"""The municipality's line, as inbound texts name it."""

_LONGEST_QUIET = timedelta(hours=24)
_LEASE = timedelta(minutes=1)
_BATCH = 100


class StoryFault(Exception):
    """The data of the demonstration does not fit the declarations: a fault of ours, told with the step that failed."""


@dataclass(frozen=True, slots=True)
class OneUnit:
    """Implements `domain.ports.Store` by one unit of work that is open already: its owner commits it."""

    uow: UnitOfWork

    @asynccontextmanager
    async def unit(self, *, write: bool = True) -> AsyncIterator[UnitOfWork]:
        """Hand the open unit out, to writers and readers alike."""
        yield self.uow


@dataclass(frozen=True, slots=True)
class Scene:
    """What a step needs: the desk under the demonstration's clock, the open unit, the staff, the days, real time."""

    desk: Desk
    clock: DemoClock
    uow: UnitOfWork
    staff: Mapping[str, Actor]
    days: Timetable
    now: datetime


async def play(scene: Scene, stories: Sequence[Story]) -> None:
    """Take every step of all stories in the order of their times, then let time pass until now."""
    for at, story, step in sorted(_timed(scene, stories), key=lambda one: one[0]):
        await _pass_time(scene, at)
        await _take(scene, story, step)
        await _deliver(scene)
    await _pass_time(scene, scene.now)
    for story in stories:
        request = await _request(scene, story)
        if request.state != story.ends:
            raise StoryFault(f"{story.mobile} should end {story.ends} and is {request.state}")


def _timed(scene: Scene, stories: Sequence[Story]) -> Iterator[tuple[datetime, Story, Step]]:
    for story in stories:
        for at, step in zip(scene.days.moments(step.at for step in story.steps), story.steps, strict=True):
            yield at, story, step


async def _pass_time(scene: Scene, until: datetime) -> None:
    while (timer := await _next_timer(scene.uow, until)) is not None:
        scene.clock.move(timer.at)
        await run_due(scene.desk, OneUnit(scene.uow), timer.kind)
        await _deliver(scene)
    scene.clock.move(until)


async def _next_timer(uow: UnitOfWork, until: datetime) -> Timer | None:
    due = [timer for kind in TimerKind for timer in await uow.timers.due(kind, until, 1)]
    return min(due, key=lambda timer: timer.at, default=None)


async def _take(scene: Scene, story: Story, step: Step) -> None:
    if step.text:
        await _text(scene, story, step)
        return
    actor = scene.staff[step.member]
    if step.form:
        outcome = await _enter(scene, story, step, actor)
    elif step.slip:
        outcome = await _pay(scene, story, step, actor)
    else:
        code = (await _request(scene, story)).code
        outcome = await act.act(scene.desk, scene.uow, code, step.action, step.inputs, actor)
    await notify.announce(scene.desk, scene.uow, outcome, actor)


async def _text(scene: Scene, story: Story, step: Step) -> None:
    facts = {"date": day_said(scene.days.working_day(story.work))}
    if "{code}" in step.text:
        facts["code"] = tracking.shown((await _request(scene, story)).code)
    sms = ReceivedSms(f"demo-{scene.desk.ids.new_id()}", story.mobile, LINE, step.text.format_map(facts))
    message = await receive.receive(scene.desk, OneUnit(scene.uow), PROVIDER, sms)
    if message.state is not InboundState.ANSWERED or message.intent == "unknown":
        raise StoryFault(f"{story.mobile} {step.at} {sms.text}: {message.state}, {message.reason or message.intent}")


async def _enter(scene: Scene, story: Story, step: Step, actor: Actor) -> Outcome:
    facts = {"date": day_said(scene.days.working_day(story.work))}
    form = {name: value.format_map(facts) for name, value in step.form.items()}
    return await submit.submit(scene.desk, scene.uow, KEY, form, actor, story.mobile)


async def _pay(scene: Scene, story: Story, step: Step, actor: Actor) -> Outcome:
    bill = payable(await bills_of(scene.uow, await _request(scene, story)))
    if bill is None:
        raise StoryFault(f"{story.mobile} {step.at}: there is no bill to pay")
    ids = (bill.bill_id, bill.payment_id)
    settled = await pay.record(scene.desk, scene.uow, ids, bill.amount, PaymentMethod.SLIP, step.slip, actor)
    if settled.outcome is None:
        raise StoryFault(f"{story.mobile} {step.at}: the payment moved nothing")
    return settled.outcome


def payable(bills: Sequence[Bill]) -> Bill | None:
    """Return the bill that waits for money, if there is one."""
    return next((bill for bill in bills if bill.state.payable), None)


async def _request(scene: Scene, story: Story) -> ServiceRequest:
    found = await scene.uow.requests.find(RequestFilter(mobile=story.mobile, limit=1))
    if not found:
        raise StoryFault(f"{story.mobile} has no request")
    return found[0]


async def _deliver(scene: Scene) -> None:
    """Mark all that is queued as delivered: at once, or when the quiet hours that it waited for had ended."""
    now = scene.clock.now()
    await _deliver_due(scene, now)  # first what may leave at once: a reminder is no longer true after its event
    await _deliver_due(scene, now + _LONGEST_QUIET)


async def _deliver_due(scene: Scene, moment: datetime) -> None:
    uow, token = scene.uow, scene.desk.ids.token()
    while batch := await uow.outbox.claim(notify.SMS, moment, _BATCH, _LEASE, token):
        for message in batch:
            message.state, message.attempts = MessageState.DELIVERED, 1
            message.provider, message.provider_id = PROVIDER, f"sim-{message.id}"
            message.parts, message.cost = count_parts(message.text), 0
            message.sent_at = message.updated_at = min(message.not_before, scene.now)
            if not await uow.outbox.mark(message, token):
                raise StoryFault(f"the claim of message {message.id} was lost")
