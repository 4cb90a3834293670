"""The engine runs declarations: it submits requests and takes transitions, each whole in one unit of work.

For every step it reads the inputs, asks the guards, runs the effects, moves state and phase, sets the timers of the new
state, appends the history event and returns what is to be told. It sends nothing itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from domain.engine import step_records
from domain.fields.form import read_fields
from domain.fields.types import ReadingContext
from domain.language.actor_guards import admitted
from domain.language.service import Context, Guard, Notice, Reminder, Service, Transition, Trigger
from domain.queues.search import words_of
from domain.requests.history import GENESIS, HistoryEvent, link, personal_digest
from domain.requests.request import JsonObject, Phase, ServiceRequest, Timer, TimerKind
from domain.settings.policy import Policy
from domain.unit_of_work import Clock, Ids, UnitOfWork
from domain.values import tracking_codes
from domain.values.actors import SYSTEM, Actor, Role
from domain.values.calendar import WorkingCalendar
from domain.values.errors import AlreadyDone, DomainError, Forbidden, InvalidField, NotAllowedNow, UnknownService

NO_CODE_TRIES = 8


@dataclass(frozen=True, slots=True)
class DueNotice:
    """A notice that a step calls for, with the facts that its text may show."""

    notice: Notice
    facts: Mapping[str, Any]


@dataclass(slots=True)
class Outcome:
    """A request after a step (and the automatic steps behind it), and what is to be told about it."""

    request: ServiceRequest
    told: list[DueNotice] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Engine:
    """Runs the given services under one policy; time and chance come from ports."""

    services: Mapping[str, Service]
    clock: Clock
    ids: Ids
    calendar: WorkingCalendar
    policy: Policy

    def service(self, key: str) -> Service:
        """Return a service; `UnknownService`."""
        try:
            return self.services[key]
        except KeyError:
            raise UnknownService("service") from None

    async def submit(
        self,
        uow: UnitOfWork,
        service: Service,
        values: JsonObject,
        actor: Actor,
        mobile: str | None,
        reopens: tuple[ServiceRequest, str] | None = None,
    ) -> Outcome:
        """Store a new request with these form values (read already, see `read_fields`) and a fresh tracking code.

        `reopens` is the finished request that it takes up again, and why.
        """
        request = self._new(service, values, actor, mobile)
        ctx = self.context(uow, request, {}, actor)
        if reopens:
            request.parent_id = reopens[0].id
            ctx.record |= {"reopens": reopens[0].code, "reason": reopens[1]}
        await pass_guards(service.on_submit, ctx)
        for effect in service.at_submit:
            await effect.apply(ctx)
        await self._store_new(service, uow, ctx)
        outcome = Outcome(request, [DueNotice(notice, ctx.facts) for notice in (Notice("submit"), *service.told)])
        await self._follow(service, uow, outcome, actor)
        return outcome

    async def act(
        self, uow: UnitOfWork, request: ServiceRequest, action: str, raw: Mapping[str, object], actor: Actor
    ) -> Outcome:
        """Take the transition that a person names, with inputs as typed. The request's row must be locked.

        Errors: `InvalidField("action")` unknown, `Forbidden`, `AlreadyDone`, `NotAllowedNow`, and those of inputs and
        guards.
        """
        service = self.service(request.service)
        named = [one for one in service.named(action) if one.trigger is None]
        if not named:
            raise InvalidField("action", detail="unknown_action")
        allowed = [one for one in named if may(one, request, actor)]
        if not allowed:
            raise Forbidden("action")
        here = [one for one in allowed if request.state in one.sources]
        if not here:
            raise AlreadyDone("action") if request.state in {one.target for one in allowed} else NotAllowedNow("action")
        inputs = await self._read(uow, request, here[0], raw)
        ctx = self.context(uow, request, inputs, actor.acting_by(here[0].roles, request.assignee))
        return await self._run(service, await _choose(here, ctx), ctx)

    async def fire(
        self, uow: UnitOfWork, request: ServiceRequest, trigger: Trigger, actor: Actor = SYSTEM, name: str | None = None
    ) -> Outcome | None:
        """Take the transition with that trigger (and name) out of the present state, if there is one and it may be
        taken.
        """
        service = self.service(request.service)
        ctx = self.context(uow, request, {}, actor)
        for one in service.leaving(request.state, trigger):
            if (name is None or one.name == name) and (one.when is None or await one.when.holds(ctx)):
                if not all([await guard.holds(ctx) for guard in one.guards]):
                    return None
                return await self._run(service, one, ctx)
        return None

    async def note(
        self, uow: UnitOfWork, request: ServiceRequest, event: str, actor: Actor, payload: JsonObject
    ) -> None:
        """Append an event that moves no state (a rating, a corrected mobile, a refund paid) and save the request."""
        ctx = self.context(uow, request, {}, actor)
        ctx.record.update(payload)
        await uow.history.append(self._event(ctx, event, request.state, request.state))
        await uow.requests.save(request)

    async def upgrade(self, uow: UnitOfWork, request: ServiceRequest, state: str) -> None:
        """Bring a request of an older version into a state of the present one (`actions/upgrade.py`)."""
        service, before = self.service(request.service), request.state
        ctx = self.context(uow, request, {}, SYSTEM)
        ctx.record["version_before"] = request.version
        request.version, request.state, request.phase = service.version, state, service.state(state).phase
        event = self._event(ctx, "upgrade", before, state)
        await (uow.history.append(event) if state == before else self._move(service, ctx, event, request.assignee))
        await uow.timers.replace(request.id, self._enter(ctx))
        await uow.requests.save(request)

    def reminder(self, request: ServiceRequest, text: str) -> Reminder | None:
        """Return the reminder with that text of the request's present state; None when it has no such."""
        state = self.service(request.service).state(request.state)
        return next((one for one in state.reminders if one.text == text), None)

    def event_of(self, uow: UnitOfWork, request: ServiceRequest, reminder: Reminder) -> datetime | None:
        """Return the event that a reminder must precede; None when there is none this time."""
        return reminder.event(self.context(uow, request, {}, SYSTEM))

    def actions(self, request: ServiceRequest, roles: frozenset[Role] | None = None) -> list[Transition]:
        """Return what people may do now, one transition a name; all of it, or what these roles may."""
        service = self.service(request.service)
        found: dict[str, Transition] = {}
        for one in service.leaving(request.state):
            if roles is None or one.roles & roles:
                found.setdefault(one.name, one)
        return list(found.values())

    def offered(self, request: ServiceRequest, actor: Actor) -> list[Transition]:
        """Return what this member of the staff may do now: of `actions` those whose guards about who acts let them."""
        return [one for one in self.actions(request, actor.role_names) if admitted(one, request, actor)]

    def _new(self, service: Service, values: JsonObject, actor: Actor, mobile: str | None) -> ServiceRequest:
        now, state = self.clock.now(), service.state(service.initial)
        return ServiceRequest(
            self.ids.new_id(),
            "",
            service.key,
            service.version,
            state.name,
            state.phase,
            actor.channel,
            mobile,
            now,
            now,
            office=actor.office,
            fields=dict(values),
            subject_key=values.get(service.subject) if service.subject else None,
            kind=service.kind_of(values),
            lacks_papers=service.documents is not None and bool(service.documents.required(values)),
            entered_at=now,
        )

    async def _store_new(self, service: Service, uow: UnitOfWork, ctx: Context) -> None:
        request, timers = ctx.request, self._enter(ctx)
        for _ in range(NO_CODE_TRIES):
            request.code = tracking_codes.make(self.ids.tracking_payload())
            event = self._event(ctx, "submit", None, request.state, request.fields)
            if await uow.requests.add(request):
                await self._keep(service, ctx, event, request.created_at, None)
                for timer in timers:
                    await uow.timers.add(timer)
                await uow.search_words.add(request, words_of(self.service(request.service).form, request.fields))
                return
            request.head_seq, request.head_hash = 0, ""
        raise DomainError(detail="no_free_code")

    async def _run(self, service: Service, step: Transition, ctx: Context) -> Outcome:
        request, before, officer = ctx.request, ctx.request.state, ctx.request.assignee
        words = words_of(service.form, request.fields)
        await pass_guards(step.guards, ctx)
        request.awaits = None  # whatever the step is, it ends the waiting; one that waits anew says so
        for effect in step.effects:
            await effect.apply(ctx)
        request.state, request.phase = step.target, service.state(step.target).phase
        request.updated_at, note = ctx.now, step.note(ctx.inputs)
        event = self._event(ctx, step.name, before, step.target, ctx.inputs, note)
        await self._move(service, ctx, event, officer)
        await ctx.uow.timers.replace(request.id, self._enter(ctx))
        await ctx.uow.requests.save(request)
        if words != (now := words_of(service.form, request.fields)):
            await ctx.uow.search_words.replace(request, now)
        # An input that bears a form field's name (start) is of its own kind: the form's value is what is told.
        facts = {name: value for name, value in ctx.inputs.items() if service.field(name) is None} | ctx.facts
        outcome = Outcome(request, [DueNotice(notice, facts) for notice in step.notices])
        await self._follow(service, ctx.uow, outcome, ctx.actor)
        return outcome

    async def _move(self, service: Service, ctx: Context, event: HistoryEvent, officer: str | None) -> None:
        """Keep the event that moved the request; `officer` had it until then."""
        request = ctx.request
        if request.entered_at is None:  # its steps are not yet kept at all: `recount` will find this one too
            await ctx.uow.history.append(event)
            return
        since, request.entered_at, request.kind = request.entered_at, ctx.now, service.kind_of(request.fields)
        await self._keep(service, ctx, event, since, officer)

    async def _keep(
        self, service: Service, ctx: Context, event: HistoryEvent, since: datetime, officer: str | None
    ) -> None:
        await ctx.uow.history.append(event)
        made = step_records.of_event(service, self.calendar, ctx.request, event, since, officer)
        await ctx.uow.reports.add_step(made)
        if made.outcome is Phase.DONE and service.work:
            for one in service.work(ctx.request):
                await ctx.uow.reports.add_work(one)

    async def _follow(self, service: Service, uow: UnitOfWork, outcome: Outcome, actor: Actor) -> None:
        # Automatic steps carry the channel of the step that caused them, so that the history reads as one act.
        if service.leaving(outcome.request.state, Trigger.AUTOMATIC):
            system = replace(SYSTEM, channel=actor.channel)
            after = await self.fire(uow, outcome.request, Trigger.AUTOMATIC, system)
            outcome.told.extend(after.told if after else [])

    async def _read(
        self, uow: UnitOfWork, request: ServiceRequest, step: Transition, raw: Mapping[str, object]
    ) -> JsonObject:
        now = self.clock.now()
        for_request = [
            replace(one, choices=tuple(await one.options(uow, request))) if one.options else one for one in step.inputs
        ]
        return read_fields(tuple(for_request), raw, "", ReadingContext(now))

    def context(self, uow: UnitOfWork, request: ServiceRequest, inputs: JsonObject, actor: Actor) -> Context:
        """Return what the guards and effects of a step look at, under the rules in force."""
        return Context(uow, request, inputs, actor, self.clock.now(), self.policy, self.calendar, self.ids)

    def _event(
        self,
        ctx: Context,
        name: str,
        before: str | None,
        after: str,
        values: JsonObject | None = None,
        note: str | None = None,
    ) -> HistoryEvent:
        """Build the next event of the chain and move the request's head to it.

        Its note is what a person wrote about the step, else the reason that the record gives.
        """
        request = ctx.request
        payload, salt = {**(values or {}), **ctx.record}, self.ids.token()
        note = note or ctx.record.get("reason")
        digest = personal_digest(ctx.actor.label, note, payload, salt)
        event = HistoryEvent(
            request.id, request.head_seq + 1, ctx.now, ctx.actor.kind, ctx.actor.channel, name, before, after,
            ctx.actor.label, note, payload, salt, digest, request.head_hash or GENESIS, "",
        )  # fmt: skip
        event = replace(event, hash=link(event))
        request.head_seq, request.head_hash = event.seq, event.hash
        return event

    def _enter(self, ctx: Context) -> list[Timer]:
        """Note whose turn it is in the request's state and until when; return the timers to be set."""
        request = ctx.request
        service = self.service(request.service)
        state, timers = service.state(request.state), self._timers(ctx, service)
        request.turn = state.turn
        request.due_at = next((one.at for one in timers if one.kind is TimerKind.SLA), None)
        return timers

    def _timers(self, ctx: Context, service: Service) -> list[Timer]:
        request = ctx.request
        state = service.state(request.state)
        wanted: list[tuple[TimerKind, str, datetime | None]] = []
        for step in service.leaving(state.name, Trigger.DEADLINE):
            wanted.append((TimerKind.DEADLINE, step.name, step.deadline(ctx) if step.deadline else None))
        for reminder in state.reminders:
            wanted.append(
                (TimerKind.REMINDER, reminder.text, self._remind_at(ctx, reminder.event(ctx), reminder.lead_hours))
            )
        if state.sla_minutes is not None:
            at = self.calendar.add_working_minutes(ctx.now, state.sla_minutes)
            wanted.append((TimerKind.SLA, state.name, at))
        return [Timer(request.id, kind, name, at) for kind, name, at in wanted if at is not None]

    def _remind_at(self, ctx: Context, event: datetime | None, lead_hours: int) -> datetime | None:
        if event is None:
            return None
        at = self.calendar.last_open_before(event, lead=timedelta(hours=lead_hours))
        return at if at > ctx.now else None


def may(step: Transition, request: ServiceRequest, actor: Actor) -> bool:
    """Tell whether this person may take this step of this request, whatever its state.

    A citizen does so with an own request, as the one whose answer it awaits, or as the one whom it keeps for this step;
    a clerk with a request of the own office; everybody else by role.
    """
    if actor.kind == "clerk":
        return Role.CLERK in step.roles and actor.office is not None and request.office == actor.office
    if actor.kind != "citizen":
        return bool(step.roles & actor.role_names)
    own = Role.CITIZEN in step.roles and request.mobile == actor.ident
    kept = step.by_kept is not None and request.data.get(step.by_kept) == actor.ident
    return own or kept or (step.by_awaited and request.awaits == actor.ident)


async def pass_guards(guards: Sequence[Guard], ctx: Context) -> None:
    """Raise the refusal of the first guard that does not hold."""
    for guard in guards:
        if not await guard.holds(ctx):
            raise guard.refusal(ctx)


async def _choose(steps: Sequence[Transition], ctx: Context) -> Transition:
    for step in steps:
        if step.when is None or await step.when.holds(ctx):
            return step
    first = steps[0].when
    raise first.refusal(ctx) if first else NotAllowedNow("action")
