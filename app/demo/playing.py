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
from domain.actions.context import ActionContext, ActorContext
from domain.actions.conversations import receive
from domain.actions.dependencies import Dependencies
from domain.actions.documents import attach
from domain.actions.feedback import moderation
from domain.actions.messages import notify
from domain.actions.requests import act
from domain.actions.requests.notes import write_note
from domain.actions.requests.reopen import REOPENED_AS
from domain.actions.requests.timers import run_due_timers
from domain.actions.walk_ins import entering
from domain.bills.bill import Bill, PaymentMethod
from domain.blocks.charging import list_request_bills
from domain.engine.engine import StepOutcome
from domain.feedback.opinions import CommentFilter, CommentState
from domain.messages.carriers import ReceivedSms
from domain.messages.records import InboundState, MessageState, OutboxMessage
from domain.requests.ports import TimerRepository
from domain.requests.request import RequestFilter, ServiceRequest, Timer, TimerKind
from domain.unit_of_work import UnitOfWork
from domain.values import tracking_codes
from domain.values.actors import Actor
from domain.values.errors import DomainError
from domain.values.files import PreparedFile
from domain.values.message_parts import count_parts

DEMO_PROVIDER = "simulator"
MUNICIPAL_LINE = "30001405"
"""The municipality's line, as inbound texts name it."""

TIMER_GAP = timedelta(minutes=45)
"""Between steps that lie closer together no timers are looked for: it would make the load half as long again."""

SCAN_BYTES = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
"""The bytes of every scanned paper."""

MOST_DELIVERED_AT_ONCE = 1000
"""Texts that are queued between two deliveries, at most."""

_CLAIM_PERIOD = timedelta(minutes=1)
_COMMENT_BATCH = 100


class StoryFault(Exception):
    """The data of the demonstration does not fit the declarations: our own fault, reported with the step that
    failed.
    """


@dataclass(frozen=True, slots=True)
class SingleUnitStore:
    """Implements `domain.unit_of_work.Store` by one unit of work that is open already: its owner commits it."""

    uow: UnitOfWork

    @asynccontextmanager
    async def open_unit(self, *, write: bool = True) -> AsyncIterator[UnitOfWork]:
        """Hand the open unit out, to writers and readers alike."""
        yield self.uow


@dataclass(frozen=True, slots=True)
class Scene:
    """Context of a step of a story."""

    dependencies: Dependencies
    """Dependencies of all actions, under the demonstration's clock."""
    clock: DemoClock
    """The moment that the demonstration has reached."""
    uow: UnitOfWork
    """The open unit, in which everything is played."""
    staff_by_username: Mapping[str, Actor]
    """Members of the staff who act for the municipality."""
    timetable: Timetable
    """The working days before and after today."""
    now: datetime
    """The real present, in UTC: nothing is played later."""
    codes_by_story: dict[Story, tracking_codes.TrackingCode] = field(default_factory=dict)
    """Tracking code of each story's request, as soon as it is there."""


Happening = tuple[datetime, Callable[[], Awaitable[None]]]
"""Something that is done at a time."""


async def play_stories(scene: Scene, stories: Sequence[Story], other_happenings: Sequence[Happening] = ()) -> None:
    """Take every step of all stories, and what happens besides, in the order of their times; then let time pass."""
    happenings = [*(happening for story in stories for happening in _plan_steps(scene, story)), *other_happenings]
    timers_run_until = scene.clock.now()
    for happens_at, happen in sorted(happenings, key=lambda happening: happening[0]):
        if happens_at - timers_run_until >= TIMER_GAP:
            await _pass_time(scene, happens_at)
            timers_run_until = happens_at
        scene.clock.move_to(happens_at)
        await happen()
    await _pass_time(scene, scene.now)
    for story in stories:
        request = await _find_request(scene, story)
        if request.state != story.final_state:
            raise StoryFault(f"{story.service} of {story.mobile} should end {story.final_state} and is {request.state}")


def _plan_steps(scene: Scene, story: Story) -> Iterator[Happening]:
    facts = story.facts_on(scene.timetable)
    for happens_at, step in zip(
        scene.timetable.read_moments(step.at for step in story.steps), story.steps, strict=True
    ):
        yield happens_at, partial(_take_step, scene, story, step, facts)


async def _pass_time(scene: Scene, until: datetime) -> None:
    await _deliver_queued(scene)
    while (timer := await _find_next_timer(scene.uow.timers, until)) is not None:
        scene.clock.move_to(timer.at)
        await run_due_timers(scene.dependencies, SingleUnitStore(scene.uow), timer.kind)
        await _deliver_queued(scene)
    scene.clock.move_to(until)


async def _find_next_timer(timers: TimerRepository, until: datetime) -> Timer | None:
    due_timers = [timer for kind in TimerKind for timer in await timers.list_due(kind, until, 1)]
    return min(due_timers, key=lambda timer: timer.at, default=None)


async def _take_step(scene: Scene, story: Story, step: StoryStep, facts: Mapping[str, Any]) -> None:
    try:
        await _perform_step(scene, story, step, facts)
    except DomainError as error:
        raise StoryFault(f"{story.service} of {story.mobile}, {step.at}: {error!r}") from error


async def _perform_step(scene: Scene, story: Story, step: StoryStep, facts: Mapping[str, Any]) -> None:
    if step.text:
        await _send_story_text(scene, story, step, facts)
    elif step.manager:
        await _judge_story_comment(scene, story, step, facts)
    elif step.papers:
        request = await _find_request(scene, story)
        await attach_required_papers(scene, request, scene.staff_by_username[step.member.format_map(facts)])
    elif step.note:
        code = await _find_code(scene, story, of_reopened=step.again)
        await write_note(
            ActorContext(scene.dependencies, scene.uow, scene.staff_by_username[step.member]), code, step.note
        )
    else:
        await _act_as_staff(scene, story, step, facts)


async def _act_as_staff(scene: Scene, story: Story, step: StoryStep, facts: Mapping[str, Any]) -> None:
    actor = scene.staff_by_username[step.member.format_map(facts)]
    context = ActorContext(scene.dependencies, scene.uow, actor)
    if step.form:
        outcome = await entering.enter_walk_in(
            context,
            story.service,
            fill_facts(step.form, facts),
            story.mobile,
        )
        scene.codes_by_story[story] = outcome.request.code
    elif step.slip:
        outcome = await _pay_story_bill(scene, story, step.slip.format_map(facts), actor)
    else:
        code = await _find_code(scene, story, of_reopened=step.again)
        outcome = await act.act_on_request(context, code, step.action, fill_facts(step.inputs, facts))
    await notify.announce_outcome(context, outcome)


def fill_facts(templates: Mapping[str, str], facts: Mapping[str, Any]) -> dict[str, str]:
    """Fill the facts in."""
    return {field_name: template.format_map(facts) for field_name, template in templates.items()}


async def _send_story_text(scene: Scene, story: Story, step: StoryStep, facts: Mapping[str, Any]) -> None:
    if story in scene.codes_by_story:
        facts = {**facts, "code": tracking_codes.display_code(scene.codes_by_story[story])}
    await receive_text(scene, step.by or story.mobile, step.text.format_map(facts))
    if story not in scene.codes_by_story:
        newest_requests = await scene.uow.requests.list_requests(RequestFilter(mobile=story.mobile, limit=1))
        if newest_requests:
            scene.codes_by_story[story] = newest_requests[0].code


async def receive_text(scene: Scene, sender: str, text: str) -> None:
    """Let a text come in; it must be understood."""
    received_sms = ReceivedSms(f"demo-{scene.dependencies.ids.new_id()}", sender, MUNICIPAL_LINE, text)
    message = await receive.receive_sms(scene.dependencies, SingleUnitStore(scene.uow), DEMO_PROVIDER, received_sms)
    if message.state is not InboundState.ANSWERED or message.intent == "unknown":
        raise StoryFault(f"{sender}: {text}: {message.state}, {message.reason or message.intent}")


async def _pay_story_bill(scene: Scene, story: Story, slip_number: str, actor: Actor) -> StepOutcome:
    bill = find_payable_bill(await list_request_bills(scene.uow.bills, await _find_request(scene, story)))
    if bill is None:
        raise StoryFault(f"{story.service} of {story.mobile}: there is no bill to pay")
    bill_ids = (bill.bill_id, bill.payment_id)
    recorded = await pay.record_payment(
        ActorContext(scene.dependencies, scene.uow, actor), bill_ids, bill.amount, PaymentMethod.SLIP, slip_number
    )
    if recorded.outcome is None:
        raise StoryFault(f"{story.service} of {story.mobile}: the payment moved nothing")
    return recorded.outcome


def find_payable_bill(bills: Sequence[Bill]) -> Bill | None:
    """Return the bill that waits for money, if there is one."""
    return next((bill for bill in bills if bill.state.is_payable), None)


async def attach_required_papers(scene: Scene, request: ServiceRequest, actor: Actor) -> None:
    """Add every paper that the request requires: a small picture in place of a scan."""
    papers = scene.dependencies.services[request.service].papers
    for paper_name in papers.list_required(request.fields) if papers else ():
        scan = PreparedFile.build(f"{paper_name}.jpg", SCAN_BYTES, SCAN_BYTES)
        await attach.attach_document(ActorContext(scene.dependencies, scene.uow, actor), request.code, paper_name, scan)


async def _judge_story_comment(scene: Scene, story: Story, step: StoryStep, facts: Mapping[str, Any]) -> None:
    request = await _find_request(scene, story)
    comments = await scene.uow.feedback.list_comments(CommentFilter(limit=_COMMENT_BATCH))
    comment = next(candidate for candidate in comments if candidate.request_id == request.id)
    answer = step.answer.format_map(facts)
    await moderate_comment(scene, comment.id, CommentState(step.manager), answer)


async def moderate_comment(scene: Scene, comment_id: int, state: CommentState, answer: str) -> None:
    """Let the manager decide about a comment, and answer it."""
    manager = scene.staff_by_username["manager"]
    context = ActionContext(scene.dependencies, scene.uow)
    if state is not CommentState.PENDING:
        await moderation.moderate_comment(context.acting_as(manager), comment_id, state)
    if answer:
        await moderation.answer_comment(context.acting_as(manager), comment_id, answer)


async def _find_code(scene: Scene, story: Story, *, of_reopened: bool = False) -> tracking_codes.TrackingCode:
    request = await _find_request(scene, story)
    return tracking_codes.parse_code(REOPENED_AS.read(request)) if of_reopened else request.code


async def _find_request(scene: Scene, story: Story) -> ServiceRequest:
    if story not in scene.codes_by_story:
        raise StoryFault(f"{story.service} of {story.mobile} has no request")
    return await scene.uow.requests.get_by_code(scene.codes_by_story[story])


async def _deliver_queued(scene: Scene) -> None:
    """Mark all that is queued as delivered: at once, or when the quiet hours that it waited for had ended."""
    claim_token = scene.dependencies.ids.new_token()
    opens_at = scene.dependencies.calendar.next_sending_time(scene.clock.now(), skip_holidays=False)
    for message in await scene.uow.outbox.claim_due(
        notify.SMS_CHANNEL, opens_at, MOST_DELIVERED_AT_ONCE, _CLAIM_PERIOD, claim_token
    ):
        await _mark_delivered(scene, message, claim_token)


async def _mark_delivered(scene: Scene, message: OutboxMessage, claim_token: str) -> None:
    message.state, message.attempts = MessageState.DELIVERED, 1
    message.provider = DEMO_PROVIDER  # without an id of its own: no receipt will ever ask for it
    message.parts, message.cost = count_parts(message.text), 0
    message.sent_at = message.updated_at = min(message.not_before, scene.now)
    if not await scene.uow.outbox.save_outcome(message, claim_token):
        raise StoryFault(f"the claim of message {message.id} was lost")
