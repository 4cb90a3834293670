"""Plays the requests of the demonstration: every step is the real action, taken when the demonstration's clock says so.

All of it happens in one unit of work. Between two steps every timer that comes due fires at its own time, as the
scheduler would have let it: reminders are sent, an SLA is broken, an unpaid bill expires. Texts count as sent and
delivered by the simulator as soon as they are queued, so that no provider ever sends them afterwards.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from app.demo.clock import DemoClock
from app.demo.stories import Story, StoryStep
from app.demo.timetable import Timetable
from domain.actions.bills import pay
from domain.actions.conversations import receive
from domain.actions.desk import Desk
from domain.actions.feedback import moderation
from domain.actions.messages import notify
from domain.actions.requests import act, attach, walk_in
from domain.actions.requests.reopen import REOPENED_AS
from domain.actions.requests.timers import run_due
from domain.bills.bill import Bill, PaymentMethod
from domain.blocks.charging import bills_of
from domain.engine.engine import Outcome
from domain.feedback.opinions import CommentFilter, CommentState
from domain.messages.ports import ReceivedSms
from domain.messages.records import InboundState, MessageState, OutboxMessage
from domain.requests.request import RequestFilter, ServiceRequest, Timer, TimerKind
from domain.unit_of_work import UnitOfWork
from domain.values import tracking_codes
from domain.values.actors import Actor
from domain.values.errors import DomainError
from domain.values.message_parts import count_parts

PROVIDER = "simulator"
LINE = "30001405"
"""The municipality's line, as inbound texts name it."""

AT_ONCE = timedelta(minutes=45)
"""Between steps that lie closer together no timers are looked for: it would make the load half as long again."""

SCAN = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
"""The bytes of every scanned paper."""

MOST_AT_ONCE = 1000
"""Texts that are queued between two deliveries, at most."""

_LEASE = timedelta(minutes=1)
_BATCH = 100


class StoryFault(Exception):
    """The data of the demonstration does not fit the declarations: a fault of ours, told with the step that failed."""


@dataclass(frozen=True, slots=True)
class OneUnit:
    """Implements `domain.unit_of_work.Store` by one unit of work that is open already: its owner commits it."""

    uow: UnitOfWork

    @asynccontextmanager
    async def unit(self, *, write: bool = True) -> AsyncIterator[UnitOfWork]:
        """Hand the open unit out, to writers and readers alike."""
        yield self.uow


@dataclass(frozen=True, slots=True)
class Scene:
    """What a step needs: the desk under the demonstration's clock, the open unit, the staff, the days, real time.

    `codes` holds the tracking code of each story's request, as soon as it is there.
    """

    desk: Desk
    clock: DemoClock
    uow: UnitOfWork
    staff: Mapping[str, Actor]
    days: Timetable
    now: datetime
    codes: dict[Story, str] = field(default_factory=dict)


Happening = tuple[datetime, Callable[[], Awaitable[None]]]
"""Something that is done at a time."""


async def play(scene: Scene, stories: Sequence[Story], besides: Sequence[Happening] = ()) -> None:
    """Take every step of all stories, and what happens besides, in the order of their times; then let time pass."""
    happenings = [*(one for story in stories for one in _steps(scene, story)), *besides]
    passed = scene.clock.now()
    for at, do in sorted(happenings, key=lambda one: one[0]):
        if at - passed >= AT_ONCE:
            await _pass_time(scene, at)
            passed = at
        scene.clock.move(at)
        await do()
    await _pass_time(scene, scene.now)
    for story in stories:
        request = await _request(scene, story)
        if request.state != story.ends:
            raise StoryFault(f"{story.service} of {story.mobile} should end {story.ends} and is {request.state}")


def _steps(scene: Scene, story: Story) -> Iterator[Happening]:
    facts = story.facts(scene.days)
    for at, step in zip(scene.days.moments(step.at for step in story.steps), story.steps, strict=True):
        yield at, partial(_take, scene, story, step, facts)


async def _pass_time(scene: Scene, until: datetime) -> None:
    await _deliver(scene)
    while (timer := await _next_timer(scene.uow, until)) is not None:
        scene.clock.move(timer.at)
        await run_due(scene.desk, OneUnit(scene.uow), timer.kind)
        await _deliver(scene)
    scene.clock.move(until)


async def _next_timer(uow: UnitOfWork, until: datetime) -> Timer | None:
    due = [timer for kind in TimerKind for timer in await uow.timers.due(kind, until, 1)]
    return min(due, key=lambda timer: timer.at, default=None)


async def _take(scene: Scene, story: Story, step: StoryStep, facts: Mapping[str, Any]) -> None:
    try:
        await _do(scene, story, step, facts)
    except DomainError as error:
        raise StoryFault(f"{story.service} of {story.mobile}, {step.at}: {error!r}") from error


async def _do(scene: Scene, story: Story, step: StoryStep, facts: Mapping[str, Any]) -> None:
    if step.text:
        await _text(scene, story, step, facts)
    elif step.manager:
        await _judge(scene, story, step, facts)
    elif step.papers:
        await _add_papers(scene, story, scene.staff[step.member.format_map(facts)])
    else:
        await _act(scene, story, step, facts)


async def _act(scene: Scene, story: Story, step: StoryStep, facts: Mapping[str, Any]) -> None:
    actor = scene.staff[step.member.format_map(facts)]
    if step.form:
        outcome = await walk_in.enter(scene.desk, scene.uow, story.service, said(step.form, facts), actor, story.mobile)
        scene.codes[story] = outcome.request.code
    elif step.slip:
        outcome = await _pay(scene, story, step.slip.format_map(facts), actor)
    else:
        code = await _code(scene, story, again=step.again)
        outcome = await act.act(scene.desk, scene.uow, code, step.action, said(step.inputs, facts), actor)
    await notify.announce(scene.desk, scene.uow, outcome, actor)


def said(words: Mapping[str, str], facts: Mapping[str, Any]) -> dict[str, str]:
    """Fill the facts in."""
    return {name: value.format_map(facts) for name, value in words.items()}


async def _text(scene: Scene, story: Story, step: StoryStep, facts: Mapping[str, Any]) -> None:
    if story in scene.codes:
        facts = {**facts, "code": tracking_codes.shown(scene.codes[story])}
    await text_in(scene, step.by or story.mobile, step.text.format_map(facts))
    if story not in scene.codes:
        newest = await scene.uow.requests.find(RequestFilter(mobile=story.mobile, limit=1))
        if newest:
            scene.codes[story] = newest[0].code


async def text_in(scene: Scene, sender: str, words: str) -> None:
    """Let a text come in; it must be understood."""
    sms = ReceivedSms(f"demo-{scene.desk.ids.new_id()}", sender, LINE, words)
    message = await receive.receive(scene.desk, OneUnit(scene.uow), PROVIDER, sms)
    if message.state is not InboundState.ANSWERED or message.intent == "unknown":
        raise StoryFault(f"{sender}: {words}: {message.state}, {message.reason or message.intent}")


async def _pay(scene: Scene, story: Story, slip: str, actor: Actor) -> Outcome:
    bill = payable(await bills_of(scene.uow, await _request(scene, story)))
    if bill is None:
        raise StoryFault(f"{story.service} of {story.mobile}: there is no bill to pay")
    ids = (bill.bill_id, bill.payment_id)
    settled = await pay.record(scene.desk, scene.uow, ids, bill.amount, PaymentMethod.SLIP, slip, actor)
    if settled.outcome is None:
        raise StoryFault(f"{story.service} of {story.mobile}: the payment moved nothing")
    return settled.outcome


def payable(bills: Sequence[Bill]) -> Bill | None:
    """Return the bill that waits for money, if there is one."""
    return next((bill for bill in bills if bill.state.payable), None)


async def _add_papers(scene: Scene, story: Story, actor: Actor) -> None:
    """Add every paper that the request requires: a small picture that stands for a scan."""
    request = await _request(scene, story)
    papers = scene.desk.services[story.service].documents
    for name in papers.required(request.fields) if papers else ():
        await attach.attach(scene.desk, scene.uow, request.code, name, f"{name}.jpg", SCAN, actor)


async def _judge(scene: Scene, story: Story, step: StoryStep, facts: Mapping[str, Any]) -> None:
    request = await _request(scene, story)
    comments = await scene.uow.feedback.comments(CommentFilter(limit=_BATCH))
    about = next(one for one in comments if one.request_id == request.id)
    answer = step.answer.format_map(facts)
    await judge(scene, about.id, CommentState(step.manager), answer)


async def judge(scene: Scene, comment_id: int, state: CommentState, answer: str) -> None:
    """Let the manager decide about a comment, and answer it."""
    manager = scene.staff["manager"]
    if state is not CommentState.PENDING:
        await moderation.moderate(scene.desk, scene.uow, comment_id, state, manager)
    if answer:
        await moderation.answer(scene.desk, scene.uow, comment_id, answer, manager)


async def _code(scene: Scene, story: Story, *, again: bool = False) -> str:
    request = await _request(scene, story)
    return str(request.data[REOPENED_AS]) if again else request.code


async def _request(scene: Scene, story: Story) -> ServiceRequest:
    if story not in scene.codes:
        raise StoryFault(f"{story.service} of {story.mobile} has no request")
    return await scene.uow.requests.by_code(scene.codes[story])


async def _deliver(scene: Scene) -> None:
    """Mark all that is queued as delivered: at once, or when the quiet hours that it waited for had ended."""
    token = scene.desk.ids.token()
    opens = scene.desk.calendar.next_open(scene.clock.now(), skip_holidays=False)
    for message in await scene.uow.outbox.claim(notify.SMS, opens, MOST_AT_ONCE, _LEASE, token):
        await _mark_delivered(scene, message, token)


async def _mark_delivered(scene: Scene, message: OutboxMessage, token: str) -> None:
    message.state, message.attempts = MessageState.DELIVERED, 1
    message.provider = PROVIDER  # without an id of its own: no receipt will ever ask for it
    message.parts, message.cost = count_parts(message.text), 0
    message.sent_at = message.updated_at = min(message.not_before, scene.now)
    if not await scene.uow.outbox.mark(message, token):
        raise StoryFault(f"the claim of message {message.id} was lost")
