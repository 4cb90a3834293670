"""Expert opinions at the staff's site: their prices, and requests that the secretariat entered for a citizen."""

from collections.abc import Mapping, Sequence

from domain.actions.context import ActorContext
from domain.actions.conversations.receive import receive_sms
from domain.actions.documents.attach import attach_document
from domain.actions.messages.notify import announce_outcome
from domain.actions.requests.submit import submit_request
from domain.actions.tariffs.price_changes import add_tariff
from domain.messages.carriers import ReceivedSms
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor, Role
from domain.values.tracking_codes import parse_code
from tests.support.demo_site import LINE
from tests.support.municipality import CITIZEN, actor
from tests.support.scenarios.expert_unit import METRE_FEE, PHOTO, TODAY, VAT, VISIT_FEE, WALK_IN
from tests.support.scenarios.sample_files import unchanged_file
from tests.support.staff_site import StaffSite

PAPERS = ("deed", "national_card", "plan")
"""Papers needed for a subdivision."""
SECRETARY = actor(Role.SECRETARIAT, channel="walk_in")
STEPS: Sequence[tuple[str, Role, Mapping[str, object]]] = (
    ("assign", Role.MANAGER, {"officer": "expert", "visit": TODAY}),
    ("visit", Role.EXPERT, {"report": "زمین ۲۵۰ متری، بی‌معارض", "area": "250"}),
    ("price", Role.REVENUE, {}),
    ("waive", Role.REVENUE, {"reason": "نهاد عمومی"}),
    ("issue", Role.SECRETARIAT, {"text": "تفکیک زمین به دو قطعه بلامانع است."}),
)
"""The straight way of a request, without a payment."""


async def price_opinions(site: StaffSite) -> None:
    """Let revenue set what a subdivision costs: the visit, and each square metre."""
    by_metre = {"kind": "subdivision", "per": "square_metre"}
    async with site.store.open_unit() as uow:
        for rate, unit, what in ((VISIT_FEE, "visit", {"kind": "subdivision"}), (METRE_FEE, "square_metre", by_metre)):
            await add_tariff(
                ActorContext(site.demo.desk, uow, actor(Role.REVENUE)),
                "expert",
                what,
                rate=rate,
                unit=unit,
                vat_percent=VAT,
            )


async def asked_opinion(site: StaffSite, *papers: str, by: Actor = SECRETARY, **values: object) -> ServiceRequest:
    """A request for a subdivision, with these papers."""
    async with site.store.open_unit() as uow:
        context = ActorContext(site.demo.desk, uow, by)
        outcome = await submit_request(context, "expert", WALK_IN | values, CITIZEN)
        await announce_outcome(context, outcome)
    await bring_papers(site, outcome.request.code, *papers, by=by)
    return outcome.request


async def bring_papers(site: StaffSite, code: str, *papers: str, by: Actor = SECRETARY) -> None:
    """Add papers to a request."""
    async with site.store.open_unit() as uow:
        for one in papers:
            await attach_document(
                ActorContext(site.demo.desk, uow, by), parse_code(code), one, unchanged_file(f"{one}.jpg", PHOTO)
            )


async def texted(site: StaffSite, text: str) -> None:
    """Let the citizen text the municipality."""
    sms = ReceivedSms(f"opinion-{text}", CITIZEN, LINE, text)
    await receive_sms(site.demo.desk, site.store, "simulator", sms)


async def answered_opinion(site: StaffSite) -> ServiceRequest:
    """One with all papers, whose letter was issued."""
    request = await asked_opinion(site, *PAPERS)
    for step, role, inputs in STEPS:
        await site.demo.act(request.code, step, role, inputs)
    return await site.request(request.code)
