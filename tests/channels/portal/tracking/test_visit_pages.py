"""The hours of a visit on the portal: preferred while nobody is named, moved once somebody is, and when it is late."""

import re
from datetime import timedelta

from domain.people.person import StaffMember
from domain.requests.request import ServiceRequest
from domain.values.actors import Role
from domain.values.tracking_codes import parse_code
from tests.support.demo_site import DemoSite
from tests.support.portal_citizen import PortalCitizen
from tests.support.scenarios.portal_requests import EXPERT, OTHER_MOBILE, submitted

TO_LIST = "/mobile?for=my-requests&next=/my-requests"
OFFERED = re.compile(r'name="visit" value="([^"]+)"')
SATURDAY = "2026-11-28T06:30:00+00:00"


async def ask_opinion(portal: DemoSite, mobile: str = "") -> ServiceRequest:
    """Return a request for an opinion in a municipality with one officer."""
    async with portal.store.open_unit() as uow:
        officer = StaffMember(
            "ahmadi", frozenset({Role.EXPERT}), "رضا احمدی", "+989111000021", "", True, portal.clock.at
        )
        await uow.people.save_staff(officer)
    return await submitted(portal, "expert", EXPERT, **({"mobile": mobile} if mobile else {}))


async def read_data(portal: DemoSite, code: str) -> dict[str, object]:
    """Return what a request keeps beside its form."""
    async with portal.store.open_unit(write=False) as uow:
        return (await uow.requests.get_by_code(parse_code(code))).data


async def test_a_citizen_says_which_hours_would_suit(portal: DemoSite, citizen: PortalCitizen) -> None:
    code = (await ask_opinion(portal)).code
    visit, address = f"/requests/{code}/visit", f"/requests/{code}"
    await citizen.prove_mobile(TO_LIST)
    assert "نوشتن زمان‌های دلخواه" in await citizen.get(address)
    offered = OFFERED.findall(await citizen.get(visit))
    assert 'type="checkbox"' in citizen.page
    assert SATURDAY in offered
    assert "یک زمان را برگزینید" in await citizen.post(visit, 422)
    assert "از ۱ تا ۳ زمان" in await citizen.post(visit, 422, visit=offered[:4])
    assert citizen.page.count(" checked") == 4, "what was chosen stays chosen"
    assert await citizen.post(visit, visit=[offered[5], SATURDAY]) == f"{address}?done=visit_preferences"
    assert (await read_data(portal, code))["preferred_visits"] == sorted([offered[5], SATURDAY])
    assert "شنبه ۷ آذر ۱۴۰۵، ساعت ۱۰:۰۰" in await citizen.get(address)


async def test_a_citizen_moves_the_visit(portal: DemoSite, citizen: PortalCitizen) -> None:
    code, foreign = (await ask_opinion(portal)).code, (await ask_opinion(portal, OTHER_MOBILE)).code
    visit, address = f"/requests/{code}/visit", f"/requests/{code}"
    await citizen.prove_mobile(TO_LIST)
    await portal.act(code, "assign", Role.MANAGER, {"officer": "ahmadi", "visit": "1405/09/05 09:00"})
    await portal.act(foreign, "assign", Role.MANAGER, {"officer": "ahmadi", "visit": "1405/09/05 11:00"})
    page = await citizen.get(visit)
    assert "زمان کنونی بازدید: پنج‌شنبه ۵ آذر ۱۴۰۵، ساعت ۹:۰۰." in page
    offered = OFFERED.findall(page)
    assert "2026-11-26T07:30:00+00:00" not in offered, "the officer is elsewhere then"
    moving = citizen.hidden_values(visit)
    assert await citizen.post(visit, visit=SATURDAY) == f"{address}?done=visit"
    page = await citizen.get(f"{address}?done=visit")
    assert "زمان بازدید به خواست شما تغییر کرد" in page
    for again, leads_to in ((SATURDAY, 303), (offered[0], 409)):
        assert (await citizen.post_raw(visit, {**moving, "visit": again})).status == leads_to, "an older page"
    assert (await read_data(portal, code))["visit_start"] == SATURDAY

    await citizen.get(f"/requests/{foreign}/visit", 404)
    assert (await citizen.post_raw(f"/requests/{foreign}/visit", {**moving, "visit": offered[0]})).status == 404
    portal.clock.at += timedelta(days=3, hours=5)
    await citizen.prove_mobile(TO_LIST)
    assert "تا ۲۴ ساعت پیش از آن جابه‌جا می‌شود" in await citizen.get(visit)
    assert OFFERED.findall(citizen.page) == []
