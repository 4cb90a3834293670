"""The day sheet of an officer: the visits of the day in the order of their hours, with all that is needed out there."""

import json
import re
from html import unescape
from io import BytesIO
from typing import Any

from domain.audit.read_events import ReadEventFilter
from domain.people.person import StaffMember
from domain.values.actors import Role
from tests.support.demo_site import MORNING
from tests.support.municipality import CITIZEN, actor
from tests.support.scenarios.expert_opinions import PAPERS, asked_opinion
from tests.support.scenarios.expert_unit import PHOTO
from tests.support.staff_site import HASH, StaffSite, Visitor

SHEET = "/staff/visit-sheet"


async def sent(site: StaffSite, visit: str, *papers: str, officer: str = "expert", **asked: Any) -> str:
    """A request for which an officer is to come at an hour; its code."""
    request = await asked_opinion(site, *papers, **{"address": "خیابان امام"} | asked)
    await site.demo.act(request.code, "assign", Role.MANAGER, {"officer": officer, "visit": visit})
    return request.code


async def hire_second_officer(site: StaffSite) -> None:
    async with site.store.open_unit() as uow:
        await uow.people.save_staff(
            StaffMember("second", frozenset({Role.EXPERT}), "آنه محمدی", None, HASH, True, MORNING)
        )


async def test_an_expert_has_the_own_visits_of_the_day(site: StaffSite, inside: Visitor) -> None:
    await hire_second_officer(site)
    late = await sent(site, "1405/09/03 16:00", *PAPERS)
    early = await sent(site, "1405/09/03 13:00", address="خیابان معلم، کوچه ۳")
    tomorrow = await sent(site, "1405/09/04 9:00")
    others = await sent(site, "1405/09/03 14:00", officer="second")
    await inside.sign_in("expert")
    page = unescape(await inside.get(SHEET))
    codes = re.findall(r'href="/staff/requests/(\w+)">', page)
    assert codes == [early, late]
    assert f'href="tel:0{CITIZEN[3:]}"' in page
    assert "https://osm.org/search?query=" in page
    assert f'action="/staff/requests/{early}/act/visit"' in page, "it is reported where it is read"
    rows = page.split('<tr class="has-forms">')[1:]
    assert "بدون کمبود" in rows[1]
    assert "بدون کمبود" not in rows[0]
    next_day = await inside.get(f"{SHEET}?day=2026-11-25")
    assert tomorrow in next_day
    assert "/act/visit" not in next_day, "nobody reports of what is still to be"
    assert others not in page + next_day
    for shown in (f"{SHEET}?officer=second", "/staff/visits"):
        assert others in await inside.get(shown), "one rule for the sheet and the calendar"
    await inside.get(f"{SHEET}?officer=nobody", 404)


async def test_a_place_that_no_map_finds_is_asked_for(site: StaffSite, inside: Visitor) -> None:
    await sent(site, "1405/09/03 13:00", address=None, by=actor(Role.CITIZEN))
    await inside.sign_in("expert")
    page = await inside.get(SHEET)
    assert "نشانی دقیق ثبت نشده است." in page
    assert page.count(f'href="tel:0{CITIZEN[3:]}"') == 2
    assert "osm.org" not in page, "nor does one find a postal code"


async def test_who_sends_officers_out_chooses_one(site: StaffSite, inside: Visitor) -> None:
    await hire_second_officer(site)
    code = await sent(site, "1405/09/03 14:00", officer="second")
    await inside.sign_in("secretariat")
    assert code not in await inside.get(SHEET)
    page = await inside.get(f"{SHEET}?officer=second")
    assert code in page
    assert "/act/visit" not in page


async def test_photos_of_a_visit_do_not_refuse_its_report(site: StaffSite, inside: Visitor) -> None:
    code = await sent(site, "1405/09/03 11:00", *PAPERS)
    await inside.sign_in("expert")
    (version,) = re.findall(r'name="version" value="(\d+)"', await inside.get(SHEET))
    device = inside.ask_for_json()
    address = f"/staff/requests/{code}"
    no_photo = {"field": "visit_photo", "file": BytesIO(b"no photo")}
    refused = json.loads(await device.post(f"{address}/documents", 422, **no_photo))
    assert not refused["may_send"], "it would be refused again"
    readings = await count_readings(site)
    photo = {"field": "visit_photo", "file": BytesIO(PHOTO)}
    done = json.loads(await device.post(f"{address}/documents", 200, **photo))
    assert done["versions"][0] == version
    report = {"report": "بی‌معارض", "area": "250", "version": done["versions"][1]}
    assert json.loads(await device.post(f"{address}/act/visit", 200, **report)) == {"state": "done"}
    assert await count_readings(site) == readings, "nobody was shown anything"


async def count_readings(site: StaffSite) -> int:
    async with site.store.open_unit(write=False) as uow:
        return len(await uow.audit.list_read_events(ReadEventFilter(limit=1000)))
