"""The expert unit of a municipality: two officers, prices, and the straight way of a request for an opinion."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from domain.actions.context import ActorContext
from domain.actions.documents.attach import attach_document
from domain.actions.messages import notify
from domain.actions.requests import submit
from domain.actions.tariffs import price_changes
from domain.blocks.visit_rules import VisitRules
from domain.blocks.visit_times import list_free_visits
from domain.people.person import StaffMember
from domain.requests.documents import Document
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor, Role
from domain.values.tracking_codes import parse_code
from tests.support.municipality import CITIZEN, Municipality, actor
from tests.support.scenarios.sample_files import unchanged_file

OFFICER_MOBILE = "+989111000021"
COLLEAGUE_MOBILE = "+989111000022"
OFFICER = actor(Role.EXPERT, "ahmadi")
SECRETARY = actor(Role.SECRETARIAT)
COLLEAGUE = actor(Role.EXPERT, "bahrami")
ASKING = "کارشناسی تفکیک کد ملی 0499370899 کد پستی 4947113456 زمین پشت مدرسه"
WALK_IN: dict[str, object] = {
    "kind": "subdivision",
    "full_name": "آنه محمدی",
    "national_code": "0499370899",
    "postal_code": "4947113456",
    "address": "خیابان امام، پلاک ۳",
    "text": "زمین پشت مدرسه",
}
VISIT = "1405/09/05 09:00"
"""Thursday, two days after the opening, nine in the morning: 2026-11-26T05:30 UTC."""
TODAY = "1405/09/03 11:00"
"""An hour after the opening: a visit that can be reported of at once."""
VISIT_FEE, METRE_FEE, VAT = 5_000_000, 20_000, 10
AREA = 250
FEE = (VISIT_FEE + METRE_FEE * AREA) * (100 + VAT) // 100
"""Rials that a subdivision of AREA square metres costs."""
PHOTO = b"\xff\xd8\xff\xe0\x00\x10JFIF"
LETTER = "تفکیک زمین به دو قطعه بلامانع است."


@dataclass(frozen=True, slots=True)
class Experts:
    """Everybody who has to do with expert opinions in a town."""

    town: Municipality

    async def furnish(self) -> None:
        """Engage the officers and set the prices of subdivision (by area too) and tree felling."""
        for username, mobile, name in (
            ("ahmadi", OFFICER_MOBILE, "رضا احمدی"),
            ("bahrami", COLLEAGUE_MOBILE, "سارا بهرامی"),
        ):
            await self.engage(username, name, mobile)
        await self.price(VISIT_FEE, kind="subdivision")
        await self.price(METRE_FEE, "square_metre", kind="subdivision", per="square_metre")
        await self.price(VISIT_FEE, kind="tree_felling")

    async def engage(self, username: str, name: str, mobile: str | None, *, active: bool = True) -> None:
        """Add an officer, or change one."""
        roles = frozenset({Role.EXPERT})
        async with self.town.store.open_unit() as uow:
            await uow.people.save_staff(StaffMember(username, roles, name, mobile, "", active, self.town.clock.now()))

    async def price(self, rate: int, unit: str = "visit", **dimensions: str) -> None:
        """Let revenue set a price."""
        async with self.town.store.open_unit() as uow:
            await price_changes.add_tariff(
                ActorContext(self.town.desk, uow, actor(Role.REVENUE)),
                "expert",
                dimensions,
                rate=rate,
                unit=unit,
                vat_percent=VAT,
            )

    async def enter(
        self, mobile: str | None = CITIZEN, /, *, by: Actor = SECRETARY, **values: object
    ) -> ServiceRequest:
        """Enter a walk-in citizen's request with the whole form, or another's with these values over it."""
        async with self.town.store.open_unit() as uow:
            context = ActorContext(self.town.desk, uow, by)
            outcome = await submit.submit_request(context, "expert", WALK_IN | values, mobile)
            await notify.announce_outcome(context, outcome)
        return outcome.request

    async def add(
        self, code: str, *papers: str, content: bytes = PHOTO, by: Actor = OFFICER, name: str = "a.jpg"
    ) -> list[Document]:
        """Add papers to a request."""
        async with self.town.store.open_unit() as uow:
            return [
                await attach_document(
                    ActorContext(self.town.desk, uow, by), parse_code(code), one, unchanged_file(name, content)
                )
                for one in papers
            ]

    async def assign(self, code: str, *, officer: str = "ahmadi", visit: str = VISIT) -> ServiceRequest:
        """Let the manager send an officer."""
        return await self.town.do(code, "assign", Role.MANAGER, officer=officer, visit=visit)

    async def reach(self, state: str, text: str = ASKING, mobile: str = CITIZEN, *, visit: str = "") -> str:
        """Bring a fresh request straight to a state, with all papers of a subdivision; return its code.

        The visit is in two days, or today where it is reported of.
        """
        visit = visit or (VISIT if state == "assigned" else TODAY)
        code, town = await self.town.order(text, mobile), self.town
        steps: dict[str, Callable[[], Awaitable[object]]] = {
            "assigned": lambda: self.assign(code, visit=visit),
            "visited": lambda: town.do(code, "visit", OFFICER, report="زمین ۲۵۰ متری", area=str(AREA)),
            "awaiting_payment": lambda: town.do(code, "price", Role.REVENUE),
            "paid": lambda: town.pay(code),
            "answered": lambda: town.do(code, "issue", Role.SECRETARIAT, text=LETTER),
            "closed": lambda: town.do(code, "close", Role.SECRETARIAT),
        }
        for reached, step in steps.items():
            if state == "submitted" or (await town.request(code)).state == state:
                break
            if reached == "visited":
                await self.add(code, "deed", "national_card", "plan")
            await step()
            assert (await town.request(code)).state == reached
        return code


async def list_other_hours(town: Municipality, request: ServiceRequest, officer: str) -> list[str]:
    """The hours of an officer that are free for a request, but its present one, as its field takes them."""
    rules = VisitRules(town.clock.now(), town.desk.policy, town.desk.calendar)
    async with town.store.open_unit(write=False) as uow:
        free = await list_free_visits(uow, rules, (officer,), request.id)
    return [start.isoformat() for start in free if start.isoformat() != request.data.get("visit_start")]
