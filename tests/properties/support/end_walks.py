"""Walks to every end of a service that nobody here knows, step by step as its declaration says."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from domain.actions.bills.reversals import reverse_payment
from domain.actions.context import ActorContext
from domain.actions.documents.attach import attach_document
from domain.actions.messages import notify
from domain.fields.form import Field
from domain.fields.moments import Moment
from domain.language.service import Command, Transition, Trigger
from domain.requests.request import ServiceRequest
from domain.values.actors import STAFF_ROLES, Actor, Role
from domain.values.errors import DomainError
from domain.values.reasons import NotAllowedReason
from tests.properties.support.form_channels import Channels, Fault
from tests.properties.support.typed_values import list_readable
from tests.support.municipality import actor
from tests.support.scenarios.expert_unit import PHOTO, list_other_hours
from tests.support.scenarios.sample_files import unchanged_file

MOST_STEPS = 40
ATTEMPTS = 4
"""Requests until a way to an end is given up."""

CHANNELS = ("sms", "bot", "soap", "staff")
Edge = tuple[str, Transition]


@dataclass(slots=True)
class EndWalk:
    """Brings requests to ends; `varied` counts the requests for one end, so that other choices are tried."""

    channels: Channels
    varied: int = 0
    refused: Counter[tuple[str, int]] = field(default_factory=Counter)
    said: list[str] = field(default_factory=list)

    async def reach(self, end: str, channel: str) -> None:
        """Bring a request to an end; `Fault` where none of them comes there."""
        self.said.clear()
        for self.varied in range(ATTEMPTS):
            self.refused.clear()
            code = await self.channels.submit(channel)
            if await self._lead(code, end, channel) == end:
                return
        raise Fault(f"no request comes to {end}: {'; '.join(self.said[-12:])}")

    async def _lead(self, code: str, end: str, channel: str) -> str:
        """Lead a request as far as it comes; return its state."""
        for _ in range(MOST_STEPS):
            request = await self.channels.town.request(code)
            await self._asks_for_status(code)
            edge = self._next(request.state, end)
            if request.state == end or edge is None or request.phase.is_final:
                self.said.append(f"{channel}: a request stays in {request.state}")
                return request.state
            try:
                await self._take(request, edge[1], channel)
            except DomainError as refusal:
                await self._meet(request, edge, refusal)
        raise Fault(f"a request runs in circles: {self.said[-MOST_STEPS:]}")

    async def _asks_for_status(self, code: str) -> None:
        await self.channels.hears(code)
        await self.channels.chats(code)

    def _next(self, start: str, end: str) -> Edge | None:
        """Return the next step on a shortest way, those last that undo something."""
        waiting: list[tuple[str, Edge | None]] = [(start, None)]
        seen = {start}
        while waiting:
            state, first = waiting.pop(0)
            if state == end:
                return first
            for edge in self._edges(state):
                if edge[1].target_state not in seen:
                    seen.add(edge[1].target_state)
                    waiting.append((edge[1].target_state, first or edge))
        return None

    def _edges(self, state: str) -> Iterator[Edge]:
        steps = [one for one in self.channels.service.transitions if state in one.source_states]
        steps.sort(key=lambda one: one.trigger is Trigger.PAYMENT_REVERSED)
        if self.varied % 2:
            steps.reverse()
        yield from ((state, one) for one in steps if not self.refused[state, id(one)])

    async def _take(self, request: ServiceRequest, step: Transition, channel: str) -> None:
        self.said.append(f"{request.state}-{step.name}")
        town = self.channels.town
        if step.trigger is Trigger.BILL_SETTLED:
            await town.pay(request.code)
        elif step.trigger is Trigger.DEADLINE:
            await self._wait(request, step)
        elif step.trigger is Trigger.PAYMENT_REVERSED:
            await self._reverse(request)
        elif step.trigger is None and not await self._commands(request, step, channel):
            await town.do(request.code, step.name, self._actor(request, step), **await self._inputs(request, step))
        if (await town.request(request.code)).head_seq == request.head_seq:
            self.refused[request.state, id(step)] += 1

    async def _wait(self, request: ServiceRequest, step: Transition) -> None:
        """Let time pass until the step is due, a reminder before it."""
        query = "SELECT at FROM timers WHERE request_id = ? AND name = ?"
        for (at,) in self.channels.town.rows(query, request.id, step.name):
            await self._reach(datetime.fromisoformat(at).replace(tzinfo=self.channels.town.clock.now().tzinfo))

    async def _reach(self, moment: datetime) -> None:
        clock = self.channels.town.clock
        for before in (timedelta(hours=14), timedelta()):
            clock.at = max(clock.at, moment - before + timedelta(seconds=1))
            await self.channels.town.run_timers()

    async def _reverse(self, request: ServiceRequest) -> None:
        town, who = self.channels.town, actor(Role.REVENUE)
        payments = await town.payments(request.code)
        if payments:
            bill = next(one for one in await town.bills(request.code) if one.id == payments[-1].bill_id)
            async with town.store.open_unit() as uow:
                context = ActorContext(town.desk, uow, who)
                done = await reverse_payment(context, bill.bill_id, payments[-1].id, "اشتباه")
                if done.outcome:
                    await notify.announce_outcome(context, done.outcome)

    async def _commands(self, request: ServiceRequest, step: Transition, channel: str) -> bool:
        """Take the step by the citizen's words, or the counter's operation; tell whether there are such."""
        words = {Command.CANCEL: f"لغو {request.code}", Command.REPLY: f"پاسخ {request.code} کوچه بهار"}
        if step.command not in words or Role.CITIZEN not in step.roles:
            return False
        if channel in {"sms", "bot"}:
            say = self.channels.hears if channel == "sms" else self.channels.chats
            key, _ = await say(words[step.command])
            if key.startswith("sms.offer."):
                await say("بله")
        elif channel == "soap" and request.office and Role.CLERK in step.roles:
            values = {"trackingCode": request.code} | ({"text": "کوچه بهار"} if step.command is Command.REPLY else {})
            operation = "CancelRequest" if step.command is Command.CANCEL else "AnswerQuestion"
            await self.channels.calls(operation, values, "phase")
        else:
            return False
        return True

    def _actor(self, request: ServiceRequest, step: Transition) -> Actor:
        roles = sorted(step.roles & STAFF_ROLES)
        if not roles:
            return Actor(frozenset({Role.CITIZEN}), "citizen", str(request.mobile), "portal")
        role = roles[0]
        return actor(role, request.data.get("officer") if role is Role.EXPERT else None)

    async def _inputs(self, request: ServiceRequest, step: Transition) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for one in step.inputs:
            if one.applies_to(request, self.channels.town.clock.now()) and (one.required or one.name == "work"):
                values[one.name] = await self._input(request, step, one, values)
        return values

    async def _input(self, request: ServiceRequest, step: Transition, asked: Field, before: dict[str, Any]) -> object:
        town, now = self.channels.town, self.channels.town.clock.now()
        if asked.name == "visit" and isinstance(asked.type, Moment):
            officer = before.get("officer") or request.data.get("officer") or "expert"
            return (await list_other_hours(town, request, str(officer)))[0]
        choices = asked.choices
        if asked.find_choices:
            async with town.store.open_unit(write=False) as uow:
                choices = tuple(await asked.find_choices(uow, request))
        readable = list_readable(asked.type, choices, now)
        if not readable:
            raise Fault(f"nothing can be said to {step.name}.{asked.name}")
        return readable[self.varied % len(choices)] if choices else readable[0]

    async def _meet(self, request: ServiceRequest, edge: Edge, refusal: DomainError) -> None:
        """Do what a refusal asks for; where there is nothing, another way is looked for."""
        town, papers = self.channels.town, self.channels.service.papers
        self.said.append(f"refused: {refusal} {town.desk.wording.render_error(refusal)}")
        if refusal.reason is NotAllowedReason.VISIT_AHEAD:
            await self._reach(datetime.fromisoformat(request.data["visit_start"]))
        elif refusal.reason is NotAllowedReason.DOCUMENTS_PENDING and papers:
            steps = self.channels.service.transitions
            member = actor(min(role for step in steps for role in step.roles & STAFF_ROLES))
            async with town.store.open_unit() as uow:
                for paper in papers.list_required(request.fields):
                    file = unchanged_file("a.jpg", PHOTO)
                    await attach_document(ActorContext(town.desk, uow, member), request.code, paper, file)
        else:
            self.refused[edge[0], id(edge[1])] += 1
