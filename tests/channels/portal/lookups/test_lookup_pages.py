"""Questions that make no request, on the portal: by what is typed for anybody, about the own matters of a proved
mobile, and the way from the answer to where it is paid.
"""

import re
from datetime import timedelta
from itertools import count

import pytest

from channels.portal.flood_page import WORK_FIELD
from domain.actions.citizens import flooding
from domain.actions.citizens.flooding import is_worked
from domain.actions.lookups import public_lookups
from tests.support.demo_site import DemoSite
from tests.support.portal_citizen import PortalCitizen
from tests.support.scenarios.portal_requests import charge_duties

WAIT = timedelta(minutes=5)
"""Longer than what passes while a test works: its clock goes on by a second whenever it is read."""
DUTIES, OWN_FILE = "/lookups/taxi_duty", "/lookups/taxi_file"
BOX = re.compile(r'name="bill" value="([0-9]+-[0-9]+)"')
FIRST_TAXI = {"plate-two": "۱۲", "plate-letter": "ت", "plate-three": "345", "plate-region": "59"}


async def list_paid_together(portal: DemoSite, address: str) -> list[int]:
    """Return the amounts of the bills that a link to pay leads to."""
    async with portal.store.open_unit(write=False) as uow:
        link = await uow.payment_links.find(address.removeprefix("/pay/"))
        assert link
        return [(await uow.bills.get(bill_row_id)).amount for bill_row_id in link.bill_row_ids]


async def test_duties_of_a_plate_are_shown_to_anybody_and_paid_together(
    portal: DemoSite, citizen: PortalCitizen
) -> None:
    await charge_duties(portal)
    assert f'href="{DUTIES}"' in await citizen.get("/")
    assert f"{DUTIES}</loc>" in await citizen.get("/sitemap.xml")
    await citizen.get(DUTIES)
    assert "پلاک" in await citizen.post(DUTIES, 422), "an empty form says what is missing"
    page = await citizen.post(DUTIES, 404, **{**FIRST_TAXI, "plate-three": "999"})
    assert 'value="999"' in page, "what was typed stays"
    page = await citizen.post(DUTIES, 200, **FIRST_TAXI)
    boxes = BOX.findall(page)
    assert len(boxes) == 2, page
    assert "آنه محمدی" not in page, "nobody is named"
    assert await list_paid_together(portal, await citizen.post(f"{DUTIES}/pay", bill=boxes)) == [1_200_000, 1_500_000]
    assert await list_paid_together(portal, await citizen.post(f"{DUTIES}/pay", bill=boxes[1:])) == [1_500_000]
    assert "دست‌کم یک قبض" in await citizen.post(f"{DUTIES}/pay", 422)
    swapped = f"{boxes[0].partition('-')[0]}-{boxes[1].partition('-')[2]}"
    assert (await citizen.post_raw(f"{DUTIES}/pay", {"bill": swapped})).status == 404, "both ids must be known"
    await citizen.get("/lookups/nothing", 404)


async def test_own_matters_are_shown_once_the_mobile_is_proved(portal: DemoSite, citizen: PortalCitizen) -> None:
    await charge_duties(portal)
    await citizen.get(DUTIES)
    assert "شمارهٔ تلفن همراه" in await citizen.post(DUTIES, 200, own="yes"), "whose they are is to be proved first"
    assert await citizen.prove_mobile(f"/mobile?for=lookup&next={DUTIES}") == DUTIES
    await citizen.get(DUTIES)
    boxes = BOX.findall(await citizen.post(DUTIES, 200, own="yes"))
    assert len(boxes) == 3
    amounts = await list_paid_together(portal, await citizen.post(f"{DUTIES}/pay", bill=boxes))
    assert sum(amounts) == 3_600_000


async def test_the_own_file_is_shown_to_a_proved_mobile_alone(portal: DemoSite, citizen: PortalCitizen) -> None:
    await charge_duties(portal)
    page = await citizen.get(OWN_FILE)
    assert 'name="plate' not in page, "nobody asks about another's"
    assert "شمارهٔ تلفن همراه" in await citizen.post(OWN_FILE, 200)
    assert await citizen.prove_mobile(f"/mobile?for=lookup&next={OWN_FILE}") == OWN_FILE
    await citizen.get(OWN_FILE)
    page = await citizen.post(OWN_FILE, 200, own="yes")
    assert "مرخصی تاکسی" in page
    assert "عوارض پرداخت‌نشده" in page


async def test_a_crowded_address_asks_by_work_or_after_some_seconds_and_at_last_by_a_proof(
    portal: DemoSite, citizen: PortalCitizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    await charge_duties(portal)
    monkeypatch.setattr(public_lookups, "MOST_QUESTIONS", 1)
    monkeypatch.setattr(public_lookups, "MOST_WORKED_QUESTIONS", 3)
    monkeypatch.setattr(flooding, "FLOOD_WAIT", WAIT)
    await citizen.get(DUTIES)
    for _ in range(3):
        assert len(BOX.findall(await citizen.post(DUTIES, 200, **FIRST_TAXI))) == 2, "by seconds, without work"
        portal.clock.at += WAIT
        await citizen.get(DUTIES)
    page = await citizen.post(DUTIES, 429, **FIRST_TAXI)
    assert "ایراد از شما نیست" in page
    assert "پرسش‌های زیادی از شمارهٔ شما" not in page
    await citizen.prove_mobile(f"/mobile?for=lookup&next={DUTIES}")
    await citizen.get(DUTIES)
    await citizen.post(DUTIES, 200, **FIRST_TAXI)


async def test_the_work_that_a_crowded_address_does_passes_at_once(
    portal: DemoSite, citizen: PortalCitizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    await charge_duties(portal)
    monkeypatch.setattr(public_lookups, "MOST_QUESTIONS", 0)
    monkeypatch.setattr(flooding, "FLOOD_WAIT", WAIT)
    await citizen.get(DUTIES)
    await citizen.post(DUTIES, 200, **FIRST_TAXI)
    await citizen.get(DUTIES)
    page = await citizen.post(DUTIES, 429, **FIRST_TAXI)
    described = re.search(r'data-work="([^"]+)"', page)
    assert described
    nonce = next(str(number) for number in count() if is_worked(described[1], str(number)))
    await citizen.post(DUTIES, 200, **FIRST_TAXI, **{WORK_FIELD: nonce})
