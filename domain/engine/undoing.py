"""Taking back the last step of a request: what is kept to put back, whether it still may be, and the putting back.

A step whose declaration says `undo_minutes` leaves a `StepBefore` in the request's row. Whatever happens to the request
afterwards, but for the automatic steps behind it, ends the way back
(docs/decisions/0055-a-step-is-taken-back-while-nothing-follows.md).
"""

from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from datetime import datetime, timedelta

from domain.authorization.request_policy import find_step_refusal, is_step_of, take_place_in_step
from domain.engine.step_admission import find_refusal, list_automatic_steps
from domain.language.service import Effect, Service, StepContext, Transition, Trigger
from domain.language.step_before import ROW_PARTS, STEP_BEFORE, StepBefore
from domain.requests.history import HistoryEvent
from domain.requests.notes import NOTE
from domain.requests.request import JsonObject, ServiceRequest
from domain.values.actors import Actor
from domain.values.errors import AlreadyDone, DomainError, Forbidden, NotAllowedNow
from domain.values.reasons import AlreadyDoneReason, NotAllowedReason

STEP_BACK = "step_back"
"""The event of the history that takes a step back. No step of a service is called so."""

TAKEN_SEQ = "taken_back_seq"
"""Fact under which the history keeps the number of the event that was taken back."""


async def record_before(service: Service, step: Transition, context: StepContext) -> StepBefore | None:
    """Return what a step that is about to be taken must keep to be taken back; None where it never may be."""
    request = context.request
    if step.undo_minutes is None or context.actor.kind != "staff":
        return None
    row = deepcopy({name: getattr(request, name) for name in ROW_PARTS})
    row["data"].pop(STEP_BEFORE.name, None)
    beside: JsonObject = {}
    for effect in _list_effects([step, *list_automatic_steps(service, step.target_state)]):
        beside |= await effect.keep_for_undo(context)
    timers = await context.uow.timers.list_of_request(request.id)
    return StepBefore(
        request.head_seq + 1,
        context.now,
        context.now + timedelta(minutes=step.undo_minutes),
        row,
        request.due_at,
        [(timer.kind.value, timer.name, timer.at) for timer in timers],
        beside,
    )


def keep_before(step: Transition, request: ServiceRequest, before: StepBefore | None) -> None:
    """Keep what a step that was taken needs to be taken back. Every step ends the way back of the one before it, but
    for an automatic one, which belongs to the step that it follows from.
    """
    if step.trigger is not Trigger.AUTOMATIC:
        STEP_BEFORE.clear(request)
    if before is not None:
        STEP_BEFORE.write(request, before)


async def require_undo(service: Service, context: StepContext, seq: int | None) -> tuple[StepBefore, list[Effect]]:
    """Return what the request was before its last step, and the effects of that; raises why that may not
    be taken back now.

    Errors: those of `find_undo_refusal`, and of the `undo_guards` of its effects (`PaymentUnknown` while a payment of
    the bill is under way). The history of the context gets the step, and its actor the place in which it was taken.
    """
    request, events = context.request, await context.uow.history.list_of_request(context.request.id)
    event = find_last_event(service, events)
    refusal = find_undo_refusal(service, request, events, context.actor, context.now, seq)
    effects = list_step_effects(service, events, event)
    if refusal := refusal or await find_guard_refusal(context, effects):
        raise refusal
    context.actor = take_place_in_step(_list_taken(service, event)[0], request, context.actor)
    context.history_facts |= {"taken_back": event.event, TAKEN_SEQ: event.seq}
    return STEP_BEFORE.read(request), effects


def find_last_event(service: Service, events: Sequence[HistoryEvent]) -> HistoryEvent:
    """Return the last thing that happened to a request, but for the automatic steps that followed from it and what the
    staff wrote to each other.
    """
    passed_over = {NOTE, *(step.name for step in service.transitions if step.trigger is Trigger.AUTOMATIC)}
    return next(event for event in reversed(events) if event.event not in passed_over)


def find_undo_refusal(
    service: Service,
    request: ServiceRequest,
    events: Sequence[HistoryEvent],
    actor: Actor,
    now: datetime,
    seq: int | None = None,
) -> DomainError | None:
    """Return why this one may not take back the request's last step now; None where they may. `seq` is the number of
    the event that they mean.

    Whoever takes no step of the request at all, or not this one, is `Forbidden`; to everybody else it is said why not.
    """
    event, before = find_last_event(service, events), STEP_BEFORE.find(request)
    if before is None or before.seq != event.seq or seq not in {None, event.seq}:
        return _refuse_lasting(service, request, event, actor, is_meant=seq in {None, event.seq})
    request_before = before.build_request(request)
    refusals = [
        find_step_refusal(step, request_before, actor, event.payload or {}) for step in _list_taken(service, event)
    ]
    if not refusals or all(refusals):
        return next(iter(refusals), None) or Forbidden("action")
    if now > before.until:
        return NotAllowedNow("action", NotAllowedReason.UNDO_OVER, until=before.until)
    return None


def _list_taken(service: Service, event: HistoryEvent, trigger: Trigger | None = None) -> list[Transition]:
    """Return the transitions that an event may be of: steps by that name, between these states; without a trigger those
    of people.
    """
    return [
        step
        for step in service.steps_named(event.event)
        if step.trigger is trigger and event.from_state in step.source_states and event.to_state == step.target_state
    ]


def _refuse_lasting(
    service: Service, request: ServiceRequest, event: HistoryEvent, actor: Actor, *, is_meant: bool
) -> DomainError:
    """Return why there is nothing that may be taken back: the last thing was no such step."""
    own_steps = [step for step in service.transitions if step.trigger is None and is_step_of(step, request, actor)]
    taken_steps = _list_taken(service, event)
    if not own_steps or (event.actor_kind == "staff" and taken_steps and not set(taken_steps) & set(own_steps)):
        return Forbidden("action")
    if event.event == STEP_BACK:
        return AlreadyDone("action", AlreadyDoneReason.STEP_TAKEN_BACK)
    if event.actor_kind != "staff" or not taken_steps or not is_meant:
        return NotAllowedNow("action", NotAllowedReason.UNDO_GONE_ON)
    return NotAllowedNow(
        "action", next(list_lasting_reasons(service, taken_steps[0]), NotAllowedReason.UNDO_UNDECLARED)
    )


def list_lasting_reasons(service: Service, step: Transition) -> Iterator[NotAllowedReason]:
    """Yield why a step could not be taken back, whatever its declaration says: what it, or an automatic step behind it,
    does lasts.
    """
    followers = list_automatic_steps(service, step.target_state)
    effects = _list_effects([step, *followers])
    if any(service.state_named(taken.target_state).phase.is_final for taken in (step, *followers)):
        yield NotAllowedReason.UNDO_ENDED
    if any(effect.refunds_payments or effect.settles_bills or effect.voids_bills for effect in effects):
        yield NotAllowedReason.UNDO_MONEY
    if any(effect.delivers_result for effect in effects):
        yield NotAllowedReason.UNDO_DELIVERED
    if not all(effect.is_undoable and (not effect.issues_bill or brings_back(effect)) for effect in effects):
        yield NotAllowedReason.UNDO_LASTS


def brings_back(effect: Effect) -> bool:
    """Return whether an effect has an `undo` of its own."""
    return type(effect).undo is not Effect.undo


async def put_back(context: StepContext, before: StepBefore, effects: Sequence[Effect]) -> JsonObject:
    """Undo the effects of a step and bring the request's own values to what they were; return what the history says of
    that.

    State, phase and turn are the engine's. `Conflict("action")` where what it had booked is somebody else's by now, or
    not in service any more.
    """
    request = context.request
    facts: JsonObject = {}
    for effect in reversed(effects):
        facts |= await effect.undo(context, before)
    if request.assignee != before.row["assignee"]:
        facts["assignee"] = before.row["assignee"]
    row = deepcopy(before.row)
    request.fields, request.data = row["fields"], row["data"]
    request.awaits, request.assignee = row["awaits"], row["assignee"]
    return facts


async def find_guard_refusal(context: StepContext, effects: Sequence[Effect]) -> DomainError | None:
    """Return the refusal of what the effects of a step ask before they are undone; None where nothing is against it."""
    guards = dict.fromkeys(guard for effect in effects for guard in effect.undo_guards)
    return await find_refusal(list(guards), context)


def list_step_effects(service: Service, events: Sequence[HistoryEvent], event: HistoryEvent) -> list[Effect]:
    """Return the effects of the step that an event is of, and of the automatic ones that followed it."""
    followed = [one for one in events if one.seq > event.seq]
    followers = [step for one in followed for step in _list_taken(service, one, Trigger.AUTOMATIC)]
    return _list_effects([*_list_taken(service, event), *followers])


def _list_effects(steps: Iterable[Transition]) -> list[Effect]:
    return [effect for step in steps for effect in step.effects]
