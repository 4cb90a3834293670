"""The engine runs declarations: it submits requests and takes transitions, each whole in one unit of work.

For every step it reads the inputs, asks the guards, runs the effects, moves state and phase, sets the timers of the new
state, appends the history event and returns the notifications to be sent. It sends nothing itself.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from domain.authorization.request_policy import (
    StepRefusals,
    is_step_of,
    list_step_refusals,
    offers_step,
    require_steps,
    take_place_in_step,
)
from domain.engine import step_records, undoing
from domain.engine.step_admission import choose_step, hold_steps, hold_submission, require_guards
from domain.fields.form import read_fields
from domain.fields.types import ReadingContext
from domain.language.awaited import ANSWER_UNTIL_FACT
from domain.language.form_changes import UNREVIEWED_CHANGES
from domain.language.service import Notice, Reminder, Service, StepContext, Transition, Trigger
from domain.queues.request_words import list_request_words
from domain.repositories import RequestRepositories, Transaction
from domain.requests.history import GENESIS_HASH, HistoryEvent, compute_event_hash, compute_personal_digest
from domain.requests.notes import NOTE
from domain.requests.request import JsonObject, Phase, ServiceRequest, Timer, TimerKind
from domain.settings.policy import Policy
from domain.unit_of_work import Clock, IdGenerator, UnitOfWork
from domain.values import tracking_codes
from domain.values.actors import SYSTEM, Actor
from domain.values.calendar import WorkingCalendar
from domain.values.errors import (
    AlreadyDone,
    Internal,
    InvalidField,
    NotAllowedNow,
    UnknownService,
)
from domain.values.reasons import InvalidReason

MOST_CODE_TRIES = 8

UnitT = TypeVar("UnitT", bound=Transaction)


@dataclass(frozen=True, slots=True)
class DueNotice:
    """A notice that a step calls for, with the facts that its text may show."""

    notice: Notice
    facts: Mapping[str, Any]


@dataclass(slots=True)
class StepOutcome:
    """A request after a step (and the automatic steps behind it), and the notifications about it."""

    request: ServiceRequest
    due_notices: list[DueNotice] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Engine:
    """Runs the given services under one policy; time and chance come from ports."""

    services: Mapping[str, Service]
    clock: Clock
    ids: IdGenerator
    calendar: WorkingCalendar
    policy: Policy

    def get_service(self, service_key: str) -> Service:
        """Return a service; `UnknownService`."""
        try:
            return self.services[service_key]
        except KeyError:
            raise UnknownService("service") from None

    async def submit_request(
        self,
        uow: UnitOfWork,
        service: Service,
        form_values: JsonObject,
        actor: Actor,
        mobile: str | None,
        reopens: tuple[ServiceRequest, str] | None = None,
        provided_papers: frozenset[str] = frozenset(),
    ) -> StepOutcome:
        """Store a new request with these form values (read already, see `read_fields`) and a fresh tracking code.

        `reopens` is the finished request that it takes up again, and why, with what both hold held (`hold_reopening`);
        `provided_papers` come with it.
        """
        request = self.build_request(service, form_values, actor, mobile)
        context = self.build_context(uow, request, {}, actor)
        context.provided_papers = provided_papers
        if reopens:
            request.parent_id = reopens[0].id
            context.history_facts |= {"reopens": reopens[0].code, "reason": reopens[1]}
        else:
            await hold_submission(service, context)
        await require_guards(service.submit_guards, context)
        for effect in service.submit_effects:
            await effect.apply_effect(context)
        await self._store_new_request(service, uow, context)
        outcome = StepOutcome(
            request, [DueNotice(notice, context.facts) for notice in (Notice("submit"), *service.submit_notices)]
        )
        await self._follow_up(service, uow, outcome, actor)
        return outcome

    def build_request(
        self, service: Service, form_values: JsonObject, actor: Actor, mobile: str | None
    ) -> ServiceRequest:
        """Return a new request with these form values, which is nowhere stored yet and has no tracking code."""
        now, state = self.clock.now(), service.state_named(service.initial_state)
        return ServiceRequest(
            id=self.ids.new_id(),
            code=tracking_codes.NO_CODE,
            service=service.key,
            version=service.version,
            state=state.name,
            phase=state.phase,
            channel=actor.channel,
            mobile=mobile,
            created_at=now,
            updated_at=now,
            office=actor.office_code,
            fields=dict(form_values),
            subject_key=form_values.get(service.subject_field) if service.subject_field else None,
            kind=service.find_kind(form_values),
            lacks_papers=service.papers is not None and bool(service.papers.list_required(form_values)),
            entered_at=now,
        )

    async def take_step(
        self,
        uow: UnitOfWork,
        request: ServiceRequest,
        action: str,
        raw_inputs: Mapping[str, object],
        actor: Actor,
        refusals: StepRefusals | None = None,
    ) -> StepOutcome:
        """Take the transition that a person names, with inputs as typed. The request's row must be locked. `refusals`
        are those of its steps (`list_named_steps`), where they are known.

        Errors: `InvalidField("action")` unknown, `Forbidden`, `AlreadyDone`, `NotAllowedNow`, and those of inputs and
        guards.
        """
        service = self.get_service(request.service)
        named_steps = self.list_named_steps(request, action)
        if not named_steps:
            raise InvalidField("action", InvalidReason.UNKNOWN_ACTION)
        known_refusals = list_step_refusals(named_steps, request, actor, raw_inputs) if refusals is None else refusals
        allowed_steps = require_steps(named_steps, request, known_refusals)
        possible_steps = [step for step in allowed_steps if request.state in step.source_states]
        if not possible_steps:
            raise (
                AlreadyDone("action")
                if request.state in {step.target_state for step in allowed_steps}
                else NotAllowedNow("action")
            )
        inputs = await self._read_inputs(uow, request, possible_steps[0], raw_inputs)
        context = self.build_context(uow, request, inputs, take_place_in_step(possible_steps[0], request, actor))
        await hold_steps(service, possible_steps, context)
        return await self._run_step(service, await choose_step(possible_steps, context), context)

    def list_named_steps(self, request: ServiceRequest, action: str) -> list[Transition]:
        """Return the steps of a name that people take."""
        return [step for step in self.get_service(request.service).steps_named(action) if step.trigger is None]

    async def fire_trigger(
        self,
        uow: UnitOfWork,
        request: ServiceRequest,
        trigger: Trigger,
        actor: Actor = SYSTEM,
        name: str | None = None,
        *,
        facts: Mapping[str, Any] | None = None,
    ) -> StepOutcome | None:
        """Take the transition with that trigger (and name) out of the present state, if there is one and it may be
        taken. `facts` are about what fired it, for its notices.
        """
        service = self.get_service(request.service)
        context = self.build_context(uow, request, {}, actor)
        context.facts.update(facts or {})
        steps = [step for step in service.steps_from(request.state, trigger) if name in {None, step.name}]
        await hold_steps(service, steps, context)
        for step in steps:
            if step.condition is None or await step.condition.is_satisfied(context):
                if not all([await guard.is_satisfied(context) for guard in step.guards]):
                    return None
                return await self._run_step(service, step, context)
        return None

    async def take_back_step(
        self, uow: UnitOfWork, request: ServiceRequest, actor: Actor, seq: int | None = None
    ) -> StepOutcome:
        """Take back the last step, which a person took: what it did to the request, its bookings and its bill is as if
        it had not been, and the history says so. The request's row must be locked. `seq` is the number of its event;
        None: the last.

        Errors: those of `undoing.require_undo`, `Conflict("action")` where what was booked before is somebody else's.
        """
        service = self.get_service(request.service)
        context = self.build_context(uow, request, {}, actor)
        before, effects = await undoing.require_undo(service, context, seq)
        left_state, officer = request.state, request.assignee
        words_before = list_request_words(service.form, request)
        context.history_facts |= await undoing.put_back(context, before, effects)
        request.state = before.row["state"]
        state = service.state_named(request.state)
        request.phase, request.turn, request.due_at = state.phase, state.turn, before.due_at
        request.updated_at = context.now
        event = self._build_event(context, undoing.STEP_BACK, left_state, request.state)
        await self._record_move(service, context, event, officer)
        await uow.timers.replace_all(request.id, before.list_timers(request.id))
        await self._save_moved(service, context, words_before)
        return StepOutcome(request)

    async def record_event(
        self, uow: RequestRepositories, request: ServiceRequest, event_name: str, actor: Actor, payload: JsonObject
    ) -> None:
        """Append an event that moves no state (a rating, a corrected mobile, a refund paid) and save the request."""
        await self._append_event(uow, request, event_name, actor, payload)
        await uow.requests.save(request)

    async def record_note(
        self, uow: RequestRepositories, request: ServiceRequest, actor: Actor, payload: JsonObject
    ) -> None:
        """Append a note of the staff. The request's row must be locked; its revision stays, for whoever has its page
        open is refused by nothing that they may not even see.
        """
        await self._append_event(uow, request, NOTE, actor, payload)
        await uow.requests.save_head(request)

    async def _append_event(
        self, uow: RequestRepositories, request: ServiceRequest, event_name: str, actor: Actor, payload: JsonObject
    ) -> None:
        context = self.build_context(uow, request, {}, actor)
        context.history_facts.update(payload)
        await uow.history.append(self._build_event(context, event_name, request.state, request.state))

    async def upgrade_request(self, uow: UnitOfWork, request: ServiceRequest, new_state: str) -> None:
        """Bring a request of an older version into a state of the present one (`actions/requests/upgrade.py`)."""
        service, from_state = self.get_service(request.service), request.state
        context = self.build_context(uow, request, {}, SYSTEM)
        context.history_facts["version_before"] = request.version
        request.version, request.state, request.phase = service.version, new_state, service.state_named(new_state).phase
        event = self._build_event(context, "upgrade", from_state, new_state)
        await (
            uow.history.append(event)
            if new_state == from_state
            else self._record_move(service, context, event, request.assignee)
        )
        await uow.timers.replace_all(request.id, enter_state(service, context))
        await uow.requests.save(request)

    def find_reminder(self, request: ServiceRequest, text_name: str) -> Reminder | None:
        """Return the reminder with that text of the request's present state; None when it has no such."""
        state = self.get_service(request.service).state_named(request.state)
        return next((reminder for reminder in state.reminders if reminder.text_name == text_name), None)

    def reckon_reminder_event(self, uow: UnitOfWork, request: ServiceRequest, reminder: Reminder) -> datetime | None:
        """Return the event that a reminder must precede; None when there is none this time."""
        return reminder.reckon_event(self.build_context(uow, request, {}, SYSTEM))

    def reckon_deadline(self, uow: UnitOfWork, request: ServiceRequest) -> datetime | None:
        """Return when a request that enters its state now leaves it by itself, at the latest; None where it stays."""
        context, service = self.build_context(uow, request, {}, SYSTEM), self.get_service(request.service)
        steps = service.steps_from(request.state, Trigger.DEADLINE)
        moments = [step.reckon_deadline(context) for step in steps if step.reckon_deadline]
        return min((moment for moment in moments if moment is not None), default=None)

    def list_actions(self, request: ServiceRequest, actor: Actor | None = None) -> list[Transition]:
        """Return what people may do now, one transition a name: all of it, or the steps that are this one's."""
        service = self.get_service(request.service)
        steps_by_name: dict[str, Transition] = {}
        for step in service.steps_from(request.state):
            if actor is None or is_step_of(step, request, actor):
                steps_by_name.setdefault(step.name, step)
        return list(steps_by_name.values())

    def list_offered_actions(self, request: ServiceRequest, actor: Actor) -> list[Transition]:
        """Return what this one is offered now: of `list_actions` those that nothing about who acts would refuse."""
        return [step for step in self.list_actions(request, actor) if offers_step(step, request, actor)]

    async def _store_new_request(self, service: Service, uow: RequestRepositories, context: StepContext) -> None:
        request, timers = context.request, enter_state(service, context)
        for _ in range(MOST_CODE_TRIES):
            request.code = tracking_codes.make_code(self.ids.new_tracking_payload())
            event = self._build_event(context, "submit", None, request.state, request.fields)
            if await uow.requests.add(request):
                await self._record_step(service, context, event, request.created_at, None)
                for timer in timers:
                    await uow.timers.add(timer)
                await uow.search_words.add(request, list_request_words(self.get_service(request.service).form, request))
                return
            request.head_seq, request.head_hash = 0, ""
        raise Internal("code")

    async def _run_step(self, service: Service, step: Transition, context: StepContext) -> StepOutcome:
        request, from_state, officer = context.request, context.request.state, context.request.assignee
        words_before = list_request_words(service.form, request)
        await require_guards(step.guards, context)
        before = await undoing.record_before(service, step, context)
        request.awaits = None  # whatever the step is, it ends the waiting; one that waits again says so
        if context.actor.kind == "staff":  # whose page bore the request's version: they know what it says now
            UNREVIEWED_CHANGES.clear(request)
        for effect in step.effects:
            await effect.apply_effect(context)
        undoing.keep_before(step, request, before)
        request.state, request.phase = step.target_state, service.state_named(step.target_state).phase
        request.updated_at = context.now
        notes = (context.inputs[field.name] for field in step.inputs if field.is_note and field.name in context.inputs)
        note = next(notes, None)
        event = self._build_event(context, step.name, from_state, step.target_state, context.inputs, note)
        await self._record_move(service, context, event, officer)
        await context.uow.timers.replace_all(request.id, enter_state(service, context))
        await self._save_moved(service, context, words_before)
        # An input that bears a form field's name (start) is of its own kind: the form's value is the one that messages
        # state.
        facts = {
            name: value for name, value in context.inputs.items() if service.form_field(name) is None
        } | context.facts
        outcome = StepOutcome(request, [DueNotice(notice, facts) for notice in step.notices])
        await self._follow_up(service, context.uow, outcome, context.actor)
        return outcome

    async def _save_moved(self, service: Service, context: StepContext, words_before: Collection[str]) -> None:
        await context.uow.requests.save(context.request)
        if words_before != (words_now := list_request_words(service.form, context.request)):
            await context.uow.search_words.replace_all(context.request, words_now)

    async def _record_move(
        self, service: Service, context: StepContext, event: HistoryEvent, officer: str | None
    ) -> None:
        """Keep the event that moved the request; `officer` had it until then."""
        request = context.request
        if request.entered_at is None:  # its steps are not yet kept at all: `recount_requests` finds it
            await context.uow.history.append(event)
            return
        since, request.entered_at, request.kind = request.entered_at, context.now, service.find_kind(request.fields)
        await self._record_step(service, context, event, since, officer)

    async def _record_step(
        self, service: Service, context: StepContext, event: HistoryEvent, since: datetime, officer: str | None
    ) -> None:
        await context.uow.history.append(event)
        step_record = step_records.build_step_record(service, self.calendar, context.request, event, since, officer)
        await context.uow.reports.add_step(step_record)
        if step_record.outcome is Phase.DONE and service.list_machine_work:
            for work in service.list_machine_work(context.request):
                await context.uow.reports.add_work(work)

    async def _follow_up(self, service: Service, uow: UnitOfWork, outcome: StepOutcome, actor: Actor) -> None:
        # Automatic steps carry the channel of the step that caused them, so that the history reads as one act.
        if service.steps_from(outcome.request.state, Trigger.AUTOMATIC):
            system_actor = replace(SYSTEM, channel=actor.channel)
            next_outcome = await self.fire_trigger(uow, outcome.request, Trigger.AUTOMATIC, system_actor)
            outcome.due_notices.extend(next_outcome.due_notices if next_outcome else [])

    async def _read_inputs(
        self, uow: UnitOfWork, request: ServiceRequest, step: Transition, raw_inputs: Mapping[str, object]
    ) -> JsonObject:
        now = self.clock.now()
        input_fields = [
            replace(field, choices=tuple(await field.find_choices(uow, request))) if field.find_choices else field
            for field in step.inputs
        ]
        return read_fields(tuple(input_fields), raw_inputs, "", ReadingContext(now))

    def build_context(
        self, uow: UnitT, request: ServiceRequest, inputs: JsonObject, actor: Actor
    ) -> StepContext[UnitT]:
        """Return what the guards and effects of a step look at, under the rules in force."""
        return StepContext(
            uow=uow,
            request=request,
            inputs=inputs,
            actor=actor,
            now=self.clock.now(),
            policy=self.policy,
            calendar=self.calendar,
            ids=self.ids,
        )

    def _build_event(
        self,
        context: StepContext[Transaction],
        name: str,
        from_state: str | None,
        to_state: str,
        values: JsonObject | None = None,
        note: str | None = None,
    ) -> HistoryEvent:
        """Build the next event of the chain and move the request's head to it.

        Its note is what a person wrote about the step, else the reason that the record gives.
        """
        request, note = context.request, note or context.history_facts.get("reason")
        payload, salt = {**(values or {}), **context.history_facts}, self.ids.new_token()
        event = HistoryEvent(
            request_id=request.id,
            seq=request.head_seq + 1,
            at=context.now,
            actor_kind=context.actor.kind,
            channel=context.actor.channel,
            event=name,
            from_state=from_state,
            to_state=to_state,
            actor=context.actor.label,
            note=note,
            payload=payload,
            salt=salt,
            digest=compute_personal_digest(context.actor.label, note, payload, salt),
            previous=request.head_hash or GENESIS_HASH,
            hash="",
        )
        request.head_seq, request.head_hash = event.seq, compute_event_hash(event)
        return replace(event, hash=request.head_hash)


def enter_state(service: Service, context: StepContext) -> list[Timer]:
    """Note whose turn it is in the request's state and until when, by which queues are sorted; return the timers to be
    set.
    """
    request = context.request
    state, timers = service.state_named(request.state), _build_timers(service, context)
    request.turn = state.turn
    if deadlines := [timer.at for timer in timers if timer.kind is TimerKind.DEADLINE]:
        context.facts[ANSWER_UNTIL_FACT] = min(deadlines)
    due_moments = [timer.at for timer in timers if timer.kind is TimerKind.SLA]
    due_moments += [own_due] if state.reckon_due and (own_due := state.reckon_due(context)) else []
    request.due_at = min(due_moments, default=None)
    return timers


def _build_timers(service: Service, context: StepContext) -> list[Timer]:
    request = context.request
    state = service.state_named(request.state)
    planned_timers: list[tuple[TimerKind, str, datetime | None]] = []
    for step in service.steps_from(state.name, Trigger.DEADLINE):
        planned_timers.append(
            (TimerKind.DEADLINE, step.name, step.reckon_deadline(context) if step.reckon_deadline else None)
        )
    for reminder in state.reminders:
        planned_timers.append(
            (
                TimerKind.REMINDER,
                reminder.text_name,
                _find_reminder_time(context, reminder.reckon_event(context), reminder.lead_hours),
            )
        )
    if state.sla_minutes is not None:
        due_at = context.calendar.add_working_minutes(context.now, state.sla_minutes)
        planned_timers.append((TimerKind.SLA, state.name, due_at))
    return [Timer(request.id, kind, name, due_at) for kind, name, due_at in planned_timers if due_at is not None]


def _find_reminder_time(context: StepContext, event_at: datetime | None, lead_hours: int) -> datetime | None:
    if event_at is None:
        return None
    reminder_at = context.calendar.last_sending_time_before(event_at, lead_time=timedelta(hours=lead_hours))
    return reminder_at if reminder_at > context.now else None
