"""Acts of people, banks and time on the requests of a town: right and wrong, by every role through every channel.

A `Walker` draws each decision from hypothesis, so that a walk that breaks a rule is cut down to its shortest form. It
knows services by their declarations alone.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar

from hypothesis import strategies as st

from domain.actions.bills.reversals import reverse_payment
from domain.actions.context import ActorContext
from domain.actions.documents import attach
from domain.actions.messages import notify
from domain.actions.requests import change, reopen, submit
from domain.actions.tariffs import price_changes
from domain.actions.walk_ins import entering
from domain.authorization.rights import RIGHTS, Right
from domain.bills.bill import Bill, BillState, Payment, PaymentMethod
from domain.fields.form import Field
from domain.language.service import Command, Service, Transition
from domain.messages.records import InboundState
from domain.requests.request import ServiceRequest
from domain.values.actors import STAFF_ROLES, Actor, Role
from domain.values.errors import DomainError, NotFound
from tests.properties.support.typed_values import list_readable, list_typed
from tests.properties.support.walk_leads import Lead
from tests.support.municipality import CITIZEN, NEIGHBOUR, ORDER, Municipality, actor
from tests.support.scenarios.expert_unit import ASKING, PHOTO, list_other_hours
from tests.support.scenarios.sample_files import unchanged_file
from tests.support.scenarios.taxi_organisation import AUXILIARY_MOBILE, COMPLAINT, LEAVE, PRAISE
from tests.support.scenarios.taxi_registries import DRIVER_MOBILE, OWNER_MOBILE, PLATE, SECOND_PLATE

T = TypeVar("T")

PEOPLE = (CITIZEN, NEIGHBOUR, DRIVER_MOBILE, AUXILIARY_MOBILE, OWNER_MOBILE)
"""Persons with phones: two citizens, a main and an auxiliary driver, the owner of both taxis."""

CHANNELS = ("sms", "cli", entering.WALK_IN_CHANNEL, "portal", "telegram", "bale", "pishkhan_soap", "system")
"""Every channel that something may come through (channels.md, and `deferred_in` of the forms)."""

OFFICES = ("1001", "1002")
"""The counter offices."""

TEXTS = (
    ORDER, ASKING, LEAVE, PRAISE, COMPLAINT, f"مرخصی {PLATE} از فردا ۳ روز", f"مرخصی {SECOND_PLATE} از پس‌فردا ۲ روز",
    f"مرخصی {SECOND_PLATE} ۲۵ روز از فردا", f"مرخصی {PLATE} ۱۰ روز از فردا", "هرس ۳ درخت شنبه خیابان امام", "ماشین",
    "مرخصی", "هرس", "شکایت", "۱۱۴", "تند رفت", "1", "2", "فردا", "۳ روز", "بله", "قبلی", "انصراف", "لغو", "لغو11",
    "تایید", "رد", "عوارض", "قبض", "راهنما", "تعرفه لودر ۳ ساعت", "{code}", "لغو {code}", "پاسخ {code} باشد",
    "قبض {code}", "تایید {code}", "رد {code}", "امتیاز {code} ۵", "امتیاز {code} ۱", "نظر {code} خوب",
)  # fmt: skip
FEW = 6
"""Share of a field's words that are its usual ones."""

RATES = (2_000_000, 8_000_000, 0, 1_234_567, 90_000_000_000)
"""Rials a unit: usual ones, nothing at all, one that must be rounded, and one beyond what a bill can say."""


@cache
def find_walk_answers(service_key: str, field_name: str) -> tuple[object, ...]:
    """Return the answers into a field that a service's own tests name, so that walks come to states that few requests
    come to: `WALK_ANSWERS` of `tests/domain/services/<key>/walk_answers.py`, where there is one.
    """
    folder = f"tests.domain.services.{service_key}"
    if find_spec(folder) is None or find_spec(f"{folder}.walk_answers") is None:
        return ()
    answers: Mapping[str, tuple[object, ...]] = import_module(f"{folder}.walk_answers").WALK_ANSWERS
    return answers.get(field_name, ())


def _length(said: object) -> int:
    return len(said) if isinstance(said, str) else 0


@dataclass(slots=True)
class Walker:
    """Does things in one town, most of all to requests of one service.

    `staff` is who is in which role; `newest` is the tracking code of the last request that it applied for. While the
    walk is led somewhere, choices come from `led`. `said` tells the last move to who reads of a broken rule.
    """

    town: Municipality
    service: Service
    draw: st.DataObject
    staff: Mapping[Role, Sequence[str]]
    newest: str | None = None
    led: Lead | None = None
    said: str = ""

    def pick(self, options: Sequence[T]) -> T:
        """Choose one; the first is the plainest."""
        return self.led.pick(options) if self.led else self.draw.draw(st.sampled_from(options))

    def chance(self) -> bool:
        """Return whether something unusual is to be; plainly not."""
        return self.led.chance() if self.led else self.draw.draw(st.booleans())

    def begins(self, what: str) -> None:
        """Say what is done next, for what is chosen from now on."""
        if self.led:
            self.led.begin(what)

    # Who acts

    def somebody(self, role: Role, request: ServiceRequest | None, channel: str) -> Actor:
        """Return who acts in a role: the one whom the request belongs to, or is assigned to, if there is one."""
        if role is Role.CITIZEN:
            meant = [request.mobile, request.awaits] if request else []
            mobiles = [one for one in meant if one] or list(PEOPLE)
            return Actor(frozenset({role}), "citizen", self.pick(mobiles), channel)
        if role is Role.CLERK:
            office = (request.office if request else None) or self.pick(OFFICES)
            return Actor(frozenset({role}), "clerk", f"{office}/0499370899", channel, office_code=office)
        if role is Role.SYSTEM:
            return Actor(frozenset({role}), "system", "engine", channel)
        names = list(self.staff.get(role, ())) or [role.value]
        if request is not None and request.assignee in names:
            names = [request.assignee, *names]
        return Actor(frozenset({role}), "staff", self.pick(names), channel)

    def right_actor(self, step: Transition, request: ServiceRequest) -> Actor:
        """Return somebody who may take a step."""
        absent = {Role.CITIZEN: not request.mobile, Role.CLERK: not request.office}
        roles = [role for role in sorted(step.roles) if not absent.get(role, False)]
        if step.awaited_may_take and request.awaits:
            return Actor(frozenset({Role.CITIZEN}), "citizen", request.awaits, self.pick(CHANNELS))
        return self.somebody(self.pick(roles or [Role.SYSTEM]), request, self.pick(CHANNELS))

    def anybody(self, request: ServiceRequest) -> Actor:
        """Return somebody in any role, a manager plainly."""
        return self.somebody(self.pick((Role.MANAGER, *Role)), request, self.pick(CHANNELS))

    # What is said

    def value(self, one: Field, choices: tuple[str, ...], *, wild: bool) -> object:
        """Return something to put into a field: what its type reads, unless this is to be wild or there is no such."""
        now = self.town.clock.now()
        told = find_walk_answers(self.service.key, one.name)
        right = (*list_readable(one.type, choices, now), *told)
        if wild or not right:
            return self.pick(list_typed(choices, now))
        return self.pick(self.pick((right[: len(choices) or FEW], right, (max(right, key=_length),), told or right)))

    def form(self, *, wild: bool) -> dict[str, object]:
        """Return a form of the service, filled in: what is required, or what does as well, and some of the rest."""
        given: dict[str, object] = {}
        fields = {one.name: one for one in self.service.form}
        stand_ins = set() if wild else {name for one in self.service.form for name in one.alternatives}
        for one in self.service.form:
            if not one.is_derived and (one.required or (one.name not in stand_ins and self.chance())):
                name = self.pick((one.name, *one.alternatives)) if one.required else one.name
                given[name] = self.value(fields[name], fields[name].choices, wild=wild and self.chance())
        return given

    async def inputs(self, step: Transition, request: ServiceRequest, *, wild: bool) -> dict[str, object]:
        """Return the inputs of a step."""
        async with self.town.store.open_unit(write=False) as uow:
            found = {one.name: tuple(await one.find_choices(uow, request)) for one in step.inputs if one.find_choices}
        everything = self.chance()
        is_moved = not wild and step.command is Command.MOVE_VISIT
        if is_moved and (hours := await list_other_hours(self.town, request, request.data["officer"])):
            return {"visit": self.pick(hours)}
        asked = [one for one in step.inputs if one.required or everything or self.chance()]
        return {one.name: self.value(one, found.get(one.name, one.choices), wild=wild) for one in asked}

    # What is done

    async def apply_for(self, *, wild: bool = False) -> None:
        """Ask for the service, at the desk or from outside."""
        self.begins(self.service.key)
        channel = self.pick(CHANNELS)
        role = self.pick(
            tuple(Role) if wild else (Role.CITIZEN, Role.CLERK, *sorted(RIGHTS[Right.REQUESTS_ENTER].roles))
        )
        who, form = self.somebody(role, None, channel), self.form(wild=wild)
        mobile = who.identifier if who.kind == "citizen" else self.pick((*PEOPLE, None))
        self.said = f"{who.label} asks for {self.service.key} by {who.channel}: {form}"
        enter = entering.enter_walk_in if role in STAFF_ROLES else submit.submit_request
        async with self.town.store.open_unit() as uow:
            context = ActorContext(self.town.desk, uow, who)
            outcome = await enter(context, self.service.key, form, mobile)
            await notify.announce_outcome(context, outcome)
        self.newest = outcome.request.code

    async def take(self, request: ServiceRequest, step: Transition, *, wild: bool = False) -> None:
        """Take a step: by whoever may and with inputs that can be read, or (wild) by anybody with anything."""
        self.begins(step.name)
        channel = self.pick(CHANNELS)
        who = self.somebody(self.pick(tuple(Role)), request, channel) if wild else self.right_actor(step, request)
        if wild and who.kind == "citizen" and self.chance():
            who = Actor(who.role_names, who.kind, self.pick(PEOPLE), channel)
        if wild and who.kind == "clerk" and self.chance():
            who = replace(who, office_code=self.pick(OFFICES))
        inputs = await self.inputs(step, request, wild=wild and self.chance())
        self.said = f"{who.label} takes {step.name} of {request.code} ({request.state}): {inputs}"
        seen = len(await self.town.history(request.code))
        await self.town.do(request.code, step.name, who, **inputs)
        event = (await self.town.history(request.code))[seen]
        assert (event.event, event.actor, event.channel) == (step.name, who.label, who.channel)
        assert self.may(who, step.name, request), "only who may take a step takes it"

    def may(self, who: Actor, action: str, request: ServiceRequest) -> bool:
        """Whether an actor may do this with a request at all: by role, as its citizen, as the one who is asked, or as a
        clerk of the office that brought it.
        """
        named = self.declaration(request).steps_named(action)
        if who.kind == "citizen":
            own = who.identifier == request.mobile and any(Role.CITIZEN in one.roles for one in named)
            return own or (who.identifier == request.awaits and any(one.awaited_may_take for one in named))
        brought = who.kind != "clerk" or (who.office_code is not None and who.office_code == request.office)
        return brought and any(who.role_names & one.roles for one in named)

    async def change_form(self, request: ServiceRequest, *, wild: bool) -> None:
        """Change an answer of a request: what may be changed now, by its citizen; or (wild) any, by anybody."""
        fields = (
            self.declaration(request).form if wild else self.declaration(request).fields_changeable_in(request.state)
        )
        role = self.pick(tuple(Role)) if wild else Role.CITIZEN
        who, changed = self.somebody(role, request, self.pick(CHANNELS)), self.pick(fields or self.service.form)
        values = {changed.name: self.value(changed, changed.choices, wild=wild)}
        self.said = f"{who.label} changes {request.code} ({request.state}): {values}"
        async with self.town.store.open_unit() as uow:
            await change.change_request(ActorContext(self.town.desk, uow, who), request.code, values)
        assert changed in self.declaration(request).fields_changeable_in(request.state), "only what may be changed is"
        assert who.kind == "clerk" or who.identifier == request.mobile, "only by whom it belongs to"

    async def attach(self, request: ServiceRequest, paper: str) -> None:
        """Add a paper to a request."""
        roles = sorted({role for one in self.declaration(request).transitions for role in one.roles} & STAFF_ROLES)
        who = self.somebody(self.pick(roles), request, self.pick(CHANNELS))
        self.said = f"{who.label} adds {paper} to {request.code}"
        async with self.town.store.open_unit() as uow:
            await attach.attach_document(
                ActorContext(self.town.desk, uow, who), request.code, paper, unchanged_file("a.jpg", PHOTO)
            )

    async def bring_papers(self, request: ServiceRequest) -> None:
        """Add all papers that a request requires."""
        papers = self.declaration(request).papers
        for paper in papers.list_required(request.fields) if papers else ():
            await self.attach(request, paper)

    async def set_price(self, service: str, dimensions: Mapping[str, Any], *, days: int = 0) -> None:
        """Let revenue set a price from today, or some days later."""
        start = self.town.clock.now().date()
        self.begins("price")
        self.said = f"a price for {service} {dimensions} in {days} days"
        who = self.somebody(Role.REVENUE, None, "cli")
        async with self.town.store.open_unit() as uow:
            await price_changes.add_tariff(
                ActorContext(self.town.desk, uow, who),
                service,
                {name: str(value) for name, value in dimensions.items()},
                rate=self.pick(RATES),
                vat_percent=self.pick((10, 0)),
                minimum=self.pick((0, 2)),
                valid_from=None if days == 0 else start.fromordinal(start.toordinal() + days),
            )

    async def change_a_price(self, service: str | None = None) -> None:
        """Let revenue change one of the prices that there are, of a service or of all."""
        async with self.town.store.open_unit(write=False) as uow:
            rows = await (uow.tariffs.list_of_service(service) if service else uow.tariffs.list_all())
        if not rows:
            return
        row = self.pick(rows)
        await self.set_price(row.service, row.dimensions, days=self.pick((1, 2, 5)))

    async def pay(self, bill: Bill) -> None:
        """Let money come in: right or wrong, once or twice, by every method and by anybody."""
        amount = bill.amount + self.pick((0, 0, 0, 1000, -1000))
        method, by = self.pick(tuple(PaymentMethod)), self.pick((Role.REVENUE, Role.REVENUE, *Role))
        reference = self.pick((None, None, "same"))
        self.said = f"{by} takes {amount} by {method} for a {bill.state} bill of {bill.subject_kind} {bill.subject_id}"
        await self.town.pay("", bill=bill, amount=amount, reference=reference, method=method, by=by)
        assert by is Role.REVENUE or method is not PaymentMethod.SLIP, "slips are the revenue unit's to record"

    async def take_back(self, bill: Bill, payment: Payment) -> None:
        """Reverse a payment."""
        self.said = f"revenue reverses {payment.reference} of bill {bill.bill_id}"
        who = actor(Role.REVENUE)
        async with self.town.store.open_unit() as uow:
            context = ActorContext(self.town.desk, uow, who)
            done = await reverse_payment(context, bill.bill_id, payment.id, "اشتباه")
            if done.outcome:
                await notify.announce_outcome(context, done.outcome)

    async def bank_begins_or_gives_up(self, bill: Bill) -> None:
        """Bring a bill that can be paid into the state that a gateway gives it while the outcome is open, or back."""
        if bill.state.is_payable:
            await self.set_bill(bill, self.pick((BillState.PAYING, BillState.OPEN)))

    async def set_bill(self, bill: Bill, state: BillState) -> None:
        """Do what a gateway does with a bill."""
        self.said = f"the bank has bill {bill.bill_id} {state}"
        async with self.town.store.open_unit() as uow:
            now = await uow.bills.get(bill.id)
            now.state = state
            await uow.bills.save(now)

    async def text(self, code: str) -> None:
        """Text something; it must be answered."""
        heard = await self.town.say(self.pick(PEOPLE), self.pick(TEXTS).format(code=code))
        self.said = f"{heard.inbound.mobile} texts {heard.inbound.text}, and hears {heard.text}"
        assert heard.inbound.state is InboundState.ANSWERED, heard.inbound

    async def take_up_again(self, request: ServiceRequest, who: Actor) -> None:
        """Take a finished request up again."""
        self.said = f"{who.label} takes {request.code} up again"
        async with self.town.store.open_unit() as uow:
            again = await reopen.reopen_request(ActorContext(self.town.desk, uow, who), request.code, "دوباره")
            await notify.announce_outcome(ActorContext(self.town.desk, uow, who), again.outcome)

    async def wait(self, hours: float) -> None:
        """Let time pass; the scheduler does what is due, the relay gives up on what is too old."""
        self.town.advance(hours=hours)
        self.said = f"{hours} hours pass, until {self.town.clock.now()}"
        await self.town.run_timers()
        await self.town.expire_texts()

    def declaration(self, request: ServiceRequest) -> Service:
        """Return the declaration of a request's service."""
        return self.town.desk.services[request.service]

    def supply(self, refusal: DomainError, request: ServiceRequest) -> Callable[[], Awaitable[None]] | None:
        """Return what supplies what a step was refused for, where that is a price or papers."""
        if isinstance(refusal, NotFound) and refusal.reason == "tariff":
            return lambda: self.set_price(request.service, refusal.params)
        return (lambda: self.bring_papers(request)) if refusal.reason == "documents_pending" else None
