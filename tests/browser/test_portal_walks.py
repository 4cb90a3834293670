"""Each service in a real browser from the front page to the rating, each in another way: by keyboard alone, without
scripts on a phone, with them on a phone and at a desk. With more effort each service goes every way.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import unused_port
from playwright.async_api import Browser

from domain.actions.context import ActorContext
from domain.actions.registries.rows import put_rows
from domain.actions.tariffs.price_changes import add_tariff
from domain.people.person import StaffMember
from domain.registries.declarations import DRIVER, REGISTRIES
from domain.values.actors import Role
from tests.support.demo_site import MORNING
from tests.support.effort import EFFORT
from tests.support.municipality import actor
from tests.support.pages.chromium import CHROMIUM, SIZES, SiteServer, window
from tests.support.pages.pictures import take_picture
from tests.support.pages.portal_walkers import KeyboardWalker, PortalWalker
from tests.support.pages.portal_walks import REQUESTED_SERVICES, WALKS, PortalWalk
from tests.support.payment_site import PaymentSite, payment_site
from tests.support.scenarios.expert_unit import VAT, VISIT_FEE
from tests.support.scenarios.taxi_registries import DRIVER_CODE, OFFICER, ORGANISATION

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser and one site for all


@pytest.fixture(scope="module")
def executable() -> str:
    """The whole browser: files are chosen by the keyboard."""
    return CHROMIUM


_numbers = count(7_000_000)  # far from those of the registries, whose owners have forms filled otherwise


@dataclass(frozen=True, slots=True)
class WalkingWay:
    """Way of going through the portal."""

    name: str
    size: str = "desk"
    scripts: bool = True
    by_keyboard: bool = False


WAYS = (
    WalkingWay("keyboard", by_keyboard=True),
    WalkingWay("desk"),
    WalkingWay("phone", "phone"),
    WalkingWay("plain-phone", "phone", scripts=False),
)
CHOSEN = {
    "machinery": "plain-phone",
    "expert": "desk",
    "taxi_leave": "phone",
    "taxi_renewal": "phone",
    "taxi_report": "keyboard",
    "call_back": "plain-phone",
}
"""The one way that a service goes unless there is more effort; a further service goes by keyboard."""

JOURNEYS = [
    pytest.param(service, way, id=f"{service}-{way.name}", marks=pytest.mark.day if service == "expert" else ())
    for service in WALKS
    for way in WAYS
    if EFFORT > 1 or way.name == CHOSEN.get(service, "keyboard")
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(
    migrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[PaymentSite, SiteServer]]:
    """A municipality with prices, an officer and a taxi organisation, where one pays online; one for all walks."""
    database, port = tmp_path_factory.mktemp("walks") / "pishkhan.db", unused_port()
    database.write_bytes(migrated.read_bytes())
    async with payment_site(database, f"http://127.0.0.1:{port}") as site:
        await furnish(site)
        server = SiteServer(site.app, port=port)
        await server.start_server()
        yield site, server
        await server.close()


async def furnish(site: PaymentSite) -> None:
    """Set the price of an opinion, engage its officer, and fill the registries of taxis."""
    desk, roles = site.demo.desk, frozenset({Role.EXPERT})
    async with site.demo.store.open_unit() as uow:
        priced, by = {"kind": "valuation"}, actor(Role.REVENUE)
        await add_tariff(ActorContext(desk, uow, by), "expert", priced, rate=VISIT_FEE, unit="visit", vat_percent=VAT)
        await uow.people.save_staff(StaffMember("expert", roles, "رضا احمدی", "+989111000021", "", True, MORNING))
        for registry, rows in ORGANISATION.items():
            await put_rows(ActorContext(desk, uow, OFFICER), REGISTRIES[registry], rows)


async def test_every_service_has_its_walk() -> None:
    assert set(WALKS) == set(REQUESTED_SERVICES)
    assert {journey.values[1] for journey in JOURNEYS} == set(WAYS)


@pytest.mark.parametrize(("service", "way"), JOURNEYS)
async def test_from_the_front_page_to_the_rating(
    browser: Browser, served: tuple[PaymentSite, SiteServer], service: str, way: WalkingWay
) -> None:
    site, server = served
    opened = await window(browser, server, SIZES[way.size], scripts=way.scripts)
    mobile = f"+98912{next(_numbers)}"
    if service in {"taxi_leave", "taxi_renewal"}:
        async with site.demo.store.open_unit() as uow:
            driver = {"national_code": DRIVER_CODE, "mobile": mobile}
            await put_rows(ActorContext(site.demo.desk, uow, OFFICER), REGISTRIES[DRIVER.key], [driver])

    async def note_page(moment: str) -> None:
        await opened.assert_fits()
        await take_picture(opened.page, f"{service}-{moment}")

    walker = KeyboardWalker(opened) if way.by_keyboard else PortalWalker(opened)
    await WALKS[service](PortalWalk(site, walker, service, mobile, note_page, way.scripts))
