"""Every route of a request × every role, at one real request of each service: who may is computed from the declarations
and the table of rights, and asked of the running site.
"""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest
from aiohttp import FormData
from aiohttp.web_urldispatcher import DynamicResource

from app.demo.samples import enter_admitted_form, list_sample_forms
from app.demo.townsfolk import nth_citizen, nth_home
from channels.admin.frame import PageRoute
from domain.actions.context import ActorContext
from domain.actions.walk_ins.entering import enter_walk_in
from domain.authorization.policy import may_use
from domain.authorization.request_policy import may_see_request
from domain.language.service import Service
from domain.requests.request import RequestFilter, ServiceRequest
from domain.services import SERVICES
from domain.values.actors import STAFF_ROLES, Role
from domain.values.calendar import to_tehran
from tests.channels.admin.audit_reader import count_denials
from tests.support.demo_site import MORNING
from tests.support.municipality import NEIGHBOUR, actor
from tests.support.pages.route_addresses import address, plain
from tests.support.scenarios.expert_opinions import asked_opinion
from tests.support.scenarios.expert_unit import PHOTO
from tests.support.scenarios.shipped_services import SHIPPED_KEYS
from tests.support.scenarios.site_members import at_site
from tests.support.scenarios.site_registries import furnish
from tests.support.scenarios.taxi_requests import asked_leave, complained, renewed_insurance
from tests.support.staff_site import OUTSIDE, StaffSite, Visitor, visitor

ONE = "/staff/requests/{code}"


async def leave_alone(site: StaffSite) -> ServiceRequest:
    """A leave; one of the same days that is under way is withdrawn."""
    async with site.store.open_unit(write=False) as uow:
        earlier = await uow.requests.list_requests(RequestFilter(service="taxi_leave"))
    for one in earlier:
        if not one.phase.is_final:
            await site.demo.act(one.code, "withdraw", Role.TAXI_OFFICER)
    return await asked_leave(site)


async def renewal_alone(site: StaffSite) -> ServiceRequest:
    """A renewed insurance; the same that is under way is withdrawn."""
    async with site.store.open_unit(write=False) as uow:
        earlier = await uow.requests.list_requests(RequestFilter(service="taxi_renewal", open_only=True))
    for one in earlier:
        await site.demo.act(one.code, "withdraw", Role.TAXI_OFFICER)
    return await renewed_insurance(site)


async def call_alone(site: StaffSite) -> ServiceRequest:
    """A call that somebody waits for; an earlier one is taken back, for one waits at a time."""
    async with site.store.open_unit(write=False) as uow:
        earlier = await uow.requests.list_requests(RequestFilter(service="call_back", open_only=True))
    for one in earlier:
        await site.demo.act(one.code, "withdraw", Role.SECRETARIAT)
    async with site.store.open_unit() as uow:
        manager, mobile = actor(Role.MANAGER), nth_citizen(0).mobile
        form = {"about": "عوارض خانه پدری‌ام"}
        return (await enter_walk_in(ActorContext(site.demo.desk, uow, manager), "call_back", form, mobile)).request


async def enter_sample(service: Service, site: StaffSite) -> ServiceRequest:
    """A request of a service that nothing is known of here, entered at the desk by a form that its rules admit."""
    now, citizen = site.clock.now(), nth_citizen(0)
    forms = list_sample_forms(service.form, citizen, to_tehran(now).date() + timedelta(days=4), nth_home(0), now)
    async with site.store.open_unit() as uow:
        manager = actor(Role.MANAGER)
        outcome = await enter_admitted_form(ActorContext(site.demo.desk, uow, manager), service, forms, citizen.mobile)
    assert outcome, f"no sample form of {service.key} is admitted"
    return outcome.request


MADE: Mapping[str, Callable[[StaffSite], Awaitable[ServiceRequest]]] = {
    "machinery": StaffSite.submitted,
    "expert": lambda site: asked_opinion(site, "deed"),
    "taxi_leave": leave_alone,
    "taxi_renewal": renewal_alone,
    "taxi_report": complained,
    "call_back": call_alone,
    **{service.key: partial(enter_sample, service) for service in SERVICES if service.key not in SHIPPED_KEYS},
}
"""Ways in which a request of each service comes into the queue of a unit; of a further one by sample values."""


def takers(service: Service, action: str = "") -> frozenset[Role]:
    """Roles that take the steps of that name; without a name, who takes any."""
    found = [one.roles for one in service.transitions if one.trigger is None and one.name == (action or one.name)]
    return frozenset[Role]().union(*found)


DOERS: Mapping[str, Callable[[Service, ServiceRequest, str], frozenset[Role]]] = {
    "GET": lambda *_: STAFF_ROLES,
    "GET documents": lambda *_: STAFF_ROLES,
    "GET print": lambda service, _, kind: next(one.roles for one in service.printables if one.kind == kind),
    "POST act": lambda service, _, action: takers(service, action),
    "POST note": lambda *_: STAFF_ROLES,
    "POST step_back": lambda service, *_: takers(service),
    "POST assign": lambda service, request, _: (
        service.unit_roles & {service.state_named(request.state).unit} | {Role.MANAGER}
    ),
    "POST documents": lambda service, *_: takers(service),
    "POST mobile": lambda service, *_: service.unit_roles | {Role.MANAGER},
    "POST reopen": lambda service, *_: service.unit_roles | {Role.MANAGER},
    "POST resend": lambda service, *_: service.unit_roles | {Role.MANAGER},
    "POST slip": lambda *_: STAFF_ROLES,
    "POST reverse": lambda *_: STAFF_ROLES,
    "POST approve": lambda *_: STAFF_ROLES,
    "POST refund": lambda *_: STAFF_ROLES,
}
"""Members who may do it, of those who see the request and have the route's right: by method and what stands behind the
code."""

ANSWERS: Mapping[str, frozenset[int]] = {"GET": frozenset({200, 404}), "POST": frozenset({303, 409, 422})}
"""Statuses of the answers to those who may: a paper is not issued yet, a step is not its turn, a form lacks
something."""

OF_FURTHER_SERVICES = frozenset({404, 409})
"""Further statuses of a service of which nothing is known here: for a step that quotes what nobody set a price of, and
for a paper before its state."""

OFFERED_FORM = re.compile(r'<form [^>]*action="([^"?]+)')

LONG = 8
"""Characters that stand on no page by chance."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Something to ask for at a request: the route, and which step or paper of it (`what`)."""

    route: PageRoute
    what: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A request that is asked for, with a paper of it."""

    site: StaffSite
    request: ServiceRequest
    document: str

    @classmethod
    async def made(cls, site: StaffSite, service: str) -> "Subject":
        """Make a fresh one; its state is of a unit."""
        request = await MADE[service](site)
        async with site.store.open_unit(write=False) as uow:
            papers = await uow.documents.list_of_request(request.id)
        assert site.demo.desk.services[service].state_named(request.state).unit
        return cls(site, await site.request(request.code), str(papers[0].id) if papers else "1")

    @property
    def service(self) -> Service:
        """Its service."""
        return self.site.demo.desk.services[self.request.service]

    async def moved(self) -> bool:
        """Whether anything was done with it since."""
        return (await self.site.request(self.request.code)).head_hash != self.request.head_hash

    def told_on(self, page: str) -> bool:
        """Whether a page tells what a citizen wrote."""
        said = [one for one in self.request.fields.values() if isinstance(one, str) and len(one) > LONG]
        assert said
        return any(one in page for one in said)

    def address(self, ask: Ask) -> str:
        """Address to ask."""
        named = {"code": self.request.code, "id": self.document, "action": ask.what, "kind": ask.what}
        return address(ask.route.path, named)

    def asks(self) -> Iterator[Ask]:
        """All that can be asked for: every step that people take, and every paper. The first of its routes answers."""
        steps = dict.fromkeys(one.name for one in self.service.transitions if one.trigger is None)
        whats = {"action": [*steps], "kind": [one.kind for one in self.service.printables]}
        met = set[tuple[str, str]]()
        for route in (one for one in self.site.admin.page_routes if f"{plain(one.path)}/".startswith(f"{ONE}/")):
            pattern = DynamicResource(route.path).get_info()["pattern"]
            named = [whats[one] for one in pattern.groupindex if one in whats] or [[""]]
            for ask in (Ask(route, what) for what in named[0]):
                where = (route.method, self.address(ask))
                if pattern.fullmatch(where[1]) and where not in met:
                    met.add(where)
                    yield ask

    def doers(self, ask: Ask) -> frozenset[Role]:
        """Roles that may do that, by the declarations and the table of rights."""
        behind = plain(ask.route.path).removeprefix(ONE).strip("/").partition("/")[0]
        may = DOERS[f"{ask.route.method} {behind}".strip()](self.service, self.request, ask.what)
        seers = {one for one in may if may_see_request(self.site.demo.desk.services, actor(one), self.request)}
        return frozenset(one for one in seers if may_use(ask.route.right, at_site(one)))


async def offered_in_vain(who: Visitor, role: Role, subject: Subject) -> list[str]:
    """The forms on a request's page that its visitor would be refused: what is offered is what may be done."""
    if not any(
        role in subject.doers(ask)
        for ask in subject.asks()
        if plain(ask.route.path) == ONE and ask.route.method == "GET"
    ):
        return []
    page, asks = (
        await who.get(f"/staff/requests/{subject.request.code}"),
        {subject.address(one): one for one in subject.asks()},
    )
    forms = {address for address in OFFERED_FORM.findall(page) if address in asks}
    return [address for address in sorted(forms) if role not in subject.doers(asks[address])]


def form(who: Visitor, role: Role, subject: Subject) -> FormData:
    """Fields to post: all that any form asks for but inputs of steps and sums of money."""
    values = {"version": str(subject.request.revision), "assignee": role.value, "mobile": NEIGHBOUR, "proof": "کارت"}
    sent = FormData({"csrf": who.csrf, **values, "reason": "خواست شهروند", "seq": "1", "note": "ببینید"})
    sent.add_field("field", "plan")
    sent.add_field("file", PHOTO, filename="plan.jpg")
    return sent


async def asked(who: Visitor, role: Role, subject: Subject, ask: Ask) -> tuple[int, str, str]:
    """Go there, with a form of the request as it stands; the status, where that leads, and the page."""
    subject.site.clock.at = MORNING  # no proof grows old
    call = partial(who.client.request, ask.route.method, subject.address(ask), headers=who.headers)
    answer = await call(allow_redirects=False, data=form(who, role, subject) if ask.route.method == "POST" else None)
    return answer.status, answer.headers.get("Location", ""), await answer.text(errors="replace")


async def fault(who: Visitor, role: Role, subject: Subject, ask: Ask) -> str | None:
    """Fault of the answer: who may not is told nothing, it is audited, and nothing changes."""
    may, before = role in subject.doers(ask), await count_denials(subject.site)
    status, _, page = await asked(who, role, subject, ask)
    denied, moved = await count_denials(subject.site) - before, await subject.moved()
    if may:
        answers = ANSWERS[ask.route.method]
        answers |= OF_FURTHER_SERVICES if subject.service.key not in SHIPPED_KEYS else frozenset()
        good = status in answers and (denied, moved) == (0, status == 303)
    else:
        good = (status, denied, moved, subject.told_on(page)) == (403, 1, False, False)
    return None if good else f"{subject.service.key} {ask.route.path} {ask.what}: {status}, {may=}, {denied=}, {moved=}"


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
async def test_inside(site: StaffSite, inside: Visitor, role: Role) -> None:
    await furnish(site)
    await inside.sign_in(role.value)
    await inside.get("/staff/account")
    wrong: list[str | None] = []
    done = 0
    for service in MADE:
        subject = await Subject.made(site, service)
        wrong += await offered_in_vain(inside, role, subject)
        for ask in subject.asks():
            wrong += [await fault(inside, role, subject, ask)]
            done += role in subject.doers(ask)
            if await subject.moved():
                subject = await Subject.made(site, service)
    assert [one for one in wrong if one] == []
    assert bool(done) == (role is not Role.ADMIN)


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
async def test_outside_without_the_code(site: StaffSite, role: Role) -> None:
    await furnish(site)
    await site.enrolled(role.value)
    async with visitor(site, OUTSIDE) as outside:
        await outside.sign_in(role.value)
        await outside.get("/staff/second-factor")
        for service in MADE:
            subject = await Subject.made(site, service)
            for ask in subject.asks():
                before = await count_denials(site)
                status, way, page = await asked(outside, role, subject, ask)
                assert await count_denials(site) == before + 1, ask
                if ask.route.method == "GET":
                    assert (status, way.partition("?")[0]) == (303, "/staff/second-factor"), ask
                else:  # the form waits for its sender's password and code
                    assert (status, 'name="proof_code"' in page) == (401, True), ask
                assert not subject.told_on(page), ask
            assert not await subject.moved()


def test_every_service_has_its_request() -> None:
    assert set(MADE) == {one.key for one in SERVICES}
