"""Taking back the last step of a request: what is kept to put back, whether it still may be, and the putting back.

A step whose declaration says `undo_minutes` leaves a `StepBefore` in the request's row. Whatever happens to the request
afterwards, but for the automatic steps behind it, ends the way back
(docs/decisions/0055-a-step-is-taken-back-while-nothing-follows.md).
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from domain.authorization.request_policy import find_step_refusal, is_step_of, take_place_in_step
from domain.bills.bill import Bill, BillState
from domain.blocks.bookings import book_checked
from domain.blocks.charging import NoPaymentUnresolved, list_request_bills
from domain.blocks.visits import find_active_officer
from domain.engine.step_admission import list_automatic_steps, require_guards
from domain.fields.stored import StoredField, StoredForm
from domain.fields.types import Text
from domain.fleet.resources import OFFICER_CODE_PREFIX, Booking, Resource, ResourceKind, ResourceStatus
from domain.language.service import Service, StepContext, Transition, Trigger
from domain.people.ports import StaffMemberRepository
from domain.requests.history import HistoryEvent
from domain.requests.notes import NOTE
from domain.requests.request import JsonObject, ServiceRequest, Timer, TimerKind
from domain.values.actors import Actor
from domain.values.errors import AlreadyDone, Conflict, DomainError, Forbidden, NotAllowedNow
from domain.values.reasons import AlreadyDoneReason, ConflictReason, NotAllowedReason

STEP_BACK = "step_back"
"""The event of the history that takes a step back. No step of a service is called so."""

TAKEN_SEQ = "taken_back_seq"
"""Fact under which the history keeps the number of the event that was taken back."""

_ROW_PARTS = ("state", "fields", "data", "awaits", "assignee")


@dataclass(frozen=True, slots=True)
class StepBefore:
    """State of a request before a step, and the time until which that may be taken back."""

    seq: int
    """The number of the step's event."""
    at: datetime
    """Time of the step, in UTC."""
    until: datetime
    """The end of the time for taking it back, in UTC."""
    row: JsonObject
    """The parts of its row that steps change (`_ROW_PARTS`)."""
    due_at: datetime | None
    """Until when its unit was to act."""
    timers: Sequence[tuple[str, str, datetime]]
    """The timers that it had: kind, name, moment."""
    bookings: Sequence[tuple[int, int, datetime, datetime, bool]]
    """Bookings of the fleet, each a `Booking` without its request."""

    def as_json(self) -> JsonObject:
        """Return what the request keeps of it."""
        return {
            "seq": self.seq,
            "at": self.at.isoformat(),
            "until": self.until.isoformat(),
            "row": self.row,
            "due_at": self.due_at.isoformat() if self.due_at else None,
            "timers": [[kind, name, at.isoformat()] for kind, name, at in self.timers],
            "bookings": [
                [row_id, resource_id, start.isoformat(), end.isoformat(), hold]
                for row_id, resource_id, start, end, hold in self.bookings
            ],
        }

    @classmethod
    def from_json(cls, stored_json: JsonObject) -> "StepBefore":
        """Return what `as_json` kept."""
        read = datetime.fromisoformat
        return cls(
            stored_json["seq"],
            read(stored_json["at"]),
            read(stored_json["until"]),
            stored_json["row"],
            read(stored_json["due_at"]) if stored_json["due_at"] else None,
            [(kind, name, read(at)) for kind, name, at in stored_json["timers"]],
            [
                (row_id, resource, read(start), read(end), hold)
                for row_id, resource, start, end, hold in stored_json["bookings"]
            ],
        )

    def build_request(self, request: ServiceRequest) -> ServiceRequest:
        """Return a copy of the request as it was before the step."""
        return replace(request, **deepcopy(self.row))

    def list_timers(self, request_id: int) -> list[Timer]:
        """Return the timers to be set again."""
        return [Timer(request_id, TimerKind(kind), name, at) for kind, name, at in self.timers]

    def list_bookings(self, request_id: int) -> list[Booking]:
        """Return what is to be booked again."""
        return [
            Booking(row_id, request_id, resource_id, start, end, hold)
            for row_id, resource_id, start, end, hold in self.bookings
        ]


STEP_BEFORE: StoredField[StepBefore] = StoredField(
    "step_before", Text(), stored_form=StoredForm(StepBefore.as_json, StepBefore.from_json)
)
"""State of the request before its last step, while that may be taken back. Nobody is shown it."""


async def record_before(step: Transition, context: StepContext) -> StepBefore | None:
    """Return what a step that is about to be taken must keep to be taken back; None where it never may be."""
    request = context.request
    if step.undo_minutes is None or context.actor.kind != "staff":
        return None
    row = deepcopy({name: getattr(request, name) for name in _ROW_PARTS})
    row["data"].pop(STEP_BEFORE.name, None)
    booked = await context.uow.fleet.list_of_request(request.id)
    timers = await context.uow.timers.list_of_request(request.id)
    return StepBefore(
        request.head_seq + 1,
        context.now,
        context.now + timedelta(minutes=step.undo_minutes),
        row,
        request.due_at,
        [(timer.kind.value, timer.name, timer.at) for timer in timers],
        [(booking.id, booking.resource_id, booking.start, booking.end, booking.hold) for booking, _ in booked],
    )


def keep_before(step: Transition, request: ServiceRequest, before: StepBefore | None) -> None:
    """Keep what a step that was taken needs to be taken back. Every step ends the way back of the one before it, but
    for an automatic one, which belongs to the step that it follows from.
    """
    if step.trigger is not Trigger.AUTOMATIC:
        STEP_BEFORE.clear(request)
    if before is not None:
        STEP_BEFORE.write(request, before)


async def require_undo(service: Service, context: StepContext, seq: int | None) -> StepBefore:
    """Return what the request was before its last step; raises why that may not be taken back now.

    Errors: those of `find_undo_refusal`, `PaymentUnknown` while a payment of its bill is under way. The history of the
    context gets the step, and its actor the place in which the step was taken.
    """
    request, events = context.request, await context.uow.history.list_of_request(context.request.id)
    if refusal := find_undo_refusal(service, request, events, context.actor, context.now, seq):
        raise refusal
    await require_guards((NoPaymentUnresolved(),), context)
    before, event = STEP_BEFORE.read(request), find_last_event(service, events)
    context.actor = take_place_in_step(_list_taken(service, event)[0], request, context.actor)
    context.history_facts |= {"taken_back": event.event, TAKEN_SEQ: event.seq}
    return before


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


def _list_taken(service: Service, event: HistoryEvent) -> list[Transition]:
    """Return the transitions that an event may be of: steps of people by that name, between these states."""
    return [
        step
        for step in service.steps_named(event.event)
        if step.trigger is None and event.from_state in step.source_states and event.to_state == step.target_state
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
    effects = [effect for taken in (step, *followers) for effect in taken.effects]
    if any(service.state_named(taken.target_state).phase.is_final for taken in (step, *followers)):
        yield NotAllowedReason.UNDO_ENDED
    if any(effect.refunds_payments or effect.settles_bills or effect.voids_bills for effect in effects):
        yield NotAllowedReason.UNDO_MONEY
    if any(effect.delivers_result for effect in effects):
        yield NotAllowedReason.UNDO_DELIVERED
    if not all(effect.is_undoable for effect in effects):
        yield NotAllowedReason.UNDO_LASTS


async def list_new_bills(context: StepContext, before: StepBefore) -> list[Bill]:
    """Return the bills that the step made and that can still be paid."""
    bills = await list_request_bills(context.uow.bills, context.request)
    return [bill for bill in bills if bill.created_at >= before.at and bill.state.is_payable]


async def has_other_bookings(context: StepContext, before: StepBefore) -> bool:
    """Return whether the request holds anything else of the fleet than before the step."""
    held = [booking for booking, _ in await context.uow.fleet.list_of_request(context.request.id)]
    return {booking.id for booking in held} != {row_id for row_id, *_ in before.bookings}


async def put_back(context: StepContext, before: StepBefore) -> dict[str, Any]:
    """Bring bookings, bills and the request's own values to what they were; return what the history says of it.

    State, phase and turn are the engine's. `Conflict("action")` where what it had booked is somebody else's by now, or
    not in service any more.
    """
    request, facts = context.request, {}
    for bill in await list_new_bills(context, before):
        bill.state, bill.settled_at = BillState.VOID, context.now
        await context.uow.bills.save(bill)
        facts["bill_id"] = bill.bill_id
    if await has_other_bookings(context, before):
        await context.uow.fleet.release_request(request.id)
        await _book_again(context, before.list_bookings(request.id))
    if request.assignee != before.row["assignee"]:
        facts["assignee"] = before.row["assignee"]
    row = deepcopy(before.row)
    request.fields, request.data = row["fields"], row["data"]
    request.awaits, request.assignee = row["awaits"], row["assignee"]
    return facts


async def _book_again(context: StepContext, bookings: Sequence[Booking]) -> None:
    if not bookings:
        return
    fleet, booked_ids = context.uow.fleet, {booking.resource_id for booking in bookings}
    resources = [one for kind in ResourceKind for one in await fleet.list_resources(kind) if one.id in booked_ids]
    for resource in resources:
        if not await _is_in_service(context.uow.people, resource):
            raise Conflict("action", ConflictReason.BOOKED_LEFT, title=resource.title)
    try:
        await book_checked(context, resources, bookings)
    except Conflict as taken:
        raise Conflict("action", ConflictReason.BOOKED_MEANWHILE) from taken


async def _is_in_service(people: StaffMemberRepository, resource: Resource) -> bool:
    """Return whether a machine or an operator can be booked, or an officer is with the municipality still."""
    if resource.kind is ResourceKind.OFFICER:
        return await find_active_officer(people, resource.code.removeprefix(OFFICER_CODE_PREFIX)) is not None
    return resource.status is ResourceStatus.ACTIVE
