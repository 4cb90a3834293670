"""The maintenance of machines on the pages: entered, amended, found from the machine, brought as a sheet, exported."""

import re
from datetime import timedelta

import pytest

from domain.registries.imports import ImportState
from domain.values.actors import Role
from tests.channels.admin.registries.test_import_pages import bring, keep, worked
from tests.support.pages.page_forms import read_version
from tests.support.scenarios.site_registries import give, row, rows, words
from tests.support.staff_site import PASSWORD, StaffSite, Visitor, visitor

ROOM = "/staff/fleet/maintenance"
NEW = {
    "machine": "L1",
    "begun": "۱۴۰۵/۰۸/۱۹",
    "kind": "repair",
    "workshop": "تعمیرگاه شهرداری",
    "meter": "۱۱۴۲۰",
    "note": "نشتی جک بازو",
    "standing": "valid",
}
KEPT = {"machine": "L1", "begun": "2026-11-10", "kind": "repair", "workshop": "تراشکاری گنبد"}
GOOD = "کد ماشین,تاریخ شروع,نوع کار,هزینه\nL1,1405/08/19,تعمیر,690000000\nL1,1405/08/19,تعویض روغن,38000000\n"
BAD = GOOD + "L9,1405/08/20,تعمیر,\nL1,1405/08/21,رنگ,گران\nO1,1405/08/22,تعمیر,\n"


@pytest.fixture
async def civil(site: StaffSite, inside: Visitor) -> Visitor:
    """The browser of civil works."""
    await inside.sign_in("civil")
    return inside


async def test_a_machine_is_brought_and_fetched_with_its_history(site: StaffSite, civil: Visitor) -> None:
    await civil.get(f"{ROOM}/new")
    address = (await civil.post(f"{ROOM}/new", **NEW)).partition("?")[0]
    page = await civil.get(f"{address}/edit")
    assert 'name="machine"' not in page, "what names a row never changes"
    rest = {name: NEW[name] for name in ("workshop", "meter", "note", "standing")}
    await civil.post(f"{address}/edit", version=read_version(page), ended="۱۴۰۵/۰۸/۲۳", cost="۶۹۰٬۰۰۰٬۰۰۰", **rest)
    page = await civil.get(address)
    machine = await row(site, "machines")
    assert f'href="/staff/fleet/machines/{machine.id}"' in page
    said = words(page)
    assert "<h1><bdi>\u200fلودر ۱\u200f، ۱۴۰۵/۰۸/۱۹\u200f، تعمیر</bdi></h1>" in page, (
        "a name in Latin letters would turn none"
    )
    assert "روز پایان : — ← ۱۴۰۵/۰۸/۲۳" in said
    assert "هزینه (ریال) : — ← ۶۹۰٬۰۰۰٬۰۰۰ ریال" in said
    assert (await row(site, "machines")).values["status"] == "active"


async def test_an_open_repair_says_that_its_machine_is_booked_on(site: StaffSite, civil: Visitor) -> None:
    (repair,) = await give(site, "maintenance", KEPT)
    machine, told = await row(site, "machines"), "ماشین هنوز رزرو می‌شود"
    page = await civil.get(f"{ROOM}/{repair.id}")
    assert told in page
    assert f'<a href="/staff/fleet/machines/{machine.id}">صفحهٔ ماشین</a>' in page
    await give(site, "machines", machine.values | {"status": "maintenance"})
    assert told not in await civil.get(f"{ROOM}/{repair.id}")
    await give(site, "machines", machine.values)
    await give(site, "maintenance", KEPT | {"ended": "2026-11-12"})
    assert told not in await civil.get(f"{ROOM}/{repair.id}")


@pytest.mark.parametrize(
    ("changed", "field", "status", "said"),
    [
        ({"machine": "L9"}, "machine", 404, "در «فهرست ماشین‌آلات» نیست"),
        ({"machine": "O1"}, "machine", 404, "در «فهرست ماشین‌آلات» نیست"),
        ({"machine": ""}, "machine", 422, "پر بودن آن لازم است"),
        ({"ended": "۱۴۰۵/۰۸/۱۸"}, "ended", 422, "پیش از روز آغاز"),
        ({"next_due": "۱۴۰۵/۰۸/۱۸"}, "next_due", 422, "پیش از روز آغاز"),
        ({"meter": "زیاد"}, "meter", 422, "عدد درستی نیست"),
        ({"cost": "گران"}, "cost", 422, "مبلغ «گران» خوانده نشد"),
    ],
)
async def test_what_is_wrong_is_told_at_its_field(
    site: StaffSite, civil: Visitor, changed: dict[str, str], field: str, status: int, said: str
) -> None:
    await civil.get(f"{ROOM}/new")
    page = await civil.post(f"{ROOM}/new", status, **NEW | changed)
    problem = re.search(rf'id="{field}-problem">([^<]*)<', page)
    assert problem, words(page)
    assert said in problem[1]
    assert "نشتی جک بازو" in page, "what was typed stays"
    assert await rows(site, "maintenance") == []


async def test_it_is_found_from_its_machine_by_words_and_by_kind(site: StaffSite, civil: Visitor) -> None:
    odd = "LD 2&3+4"
    await give(site, "machines", {"code": odd, "type": "loader", "title": "لودر ۲"})
    await give(site, "maintenance", KEPT, {**KEPT, "machine": odd, "kind": "oil", "workshop": "واحد فنی"})
    machine = await row(site, "machines", code=odd)
    page = await civil.get(f"/staff/fleet/machines/{machine.id}")
    link = re.search(rf'href="({ROOM}\?machine=[^"]+)"', page)
    assert link, words(page)
    for address, there, away in (
        (link[1], "لودر ۲", "لودر ۱"),
        (f"{ROOM}?q=تراشکاری", "لودر ۱", "لودر ۲"),
        (f"{ROOM}?kind=oil", "لودر ۲", "لودر ۱"),
        (f"{ROOM}?q=l1", "لودر ۱", "لودر ۲"),
    ):
        found = words(await civil.get(address))
        assert there in found, address
        assert away not in found, address
    assert ROOM in await civil.get("/staff/fleet")


async def test_a_sheet_with_wrong_rows_is_shown_and_its_good_ones_kept(site: StaffSite, civil: Visitor) -> None:
    address = await bring(civil, BAD, registry="maintenance")
    await worked(site, address)
    page = words(await civil.get(address))
    assert "ردیف ۵ تازه ۲ تغییریافته ۰ بی‌تغییر ۰ نادرست ۳" in page
    assert "۴ کد ماشین L9 «L9» در «فهرست ماشین‌آلات» نیست" in page
    assert "۵ نوع کار رنگ «رنگ» در فهرست نیست." in page
    assert "۵ هزینه گران مبلغ «گران» خوانده نشد." in page
    assert "۶ کد ماشین O1 «O1» در «فهرست ماشین‌آلات» نیست" in page
    assert await rows(site, "maintenance") == [], "nothing is written before somebody says so"
    await keep(civil, address, skip="yes")
    assert (await worked(site, address)).state is ImportState.KEPT
    assert [one.values["cost"] for one in await rows(site, "maintenance")] == [690_000_000, 38_000_000]


async def test_an_export_needs_a_fresh_proof_and_comes_back_as_the_same(site: StaffSite, civil: Visitor) -> None:
    await give(site, "maintenance", {**KEPT, "note": "=1+1", "next_due": "2027-03-20"})
    site.clock.at += timedelta(minutes=20)
    await civil.get(f"{ROOM}/export", 401)
    await civil.post("/staff/proof", next=f"{ROOM}/export", proof_password=PASSWORD)
    response = await civil.client.get(f"{ROOM}/export/csv", headers=civil.headers)
    content = await response.read()
    assert "'=1+1" in content.decode("utf-8-sig"), "what looks like a formula runs nowhere"
    address = await bring(civil, content, registry="maintenance")
    assert (await worked(site, address)).outcome
    assert "بی‌تغییر ۱ نادرست ۰" in words(await civil.get(address))


async def test_who_may_see_it_and_who_not(site: StaffSite) -> None:
    (kept,) = await give(site, "maintenance", KEPT)
    for role, status in ((Role.MANAGER, 200), (Role.AUDITOR, 200), (Role.TAXI_OFFICER, 403), (Role.REVENUE, 403)):
        async with visitor(site) as reader:
            await reader.sign_in(role.value)
            page = await reader.get(f"{ROOM}/{kept.id}", status)
            assert "ویرایش" not in page
            await reader.get(f"{ROOM}/new", 403)


async def test_who_names_a_machine_is_offered_those_there_are(site: StaffSite, civil: Visitor) -> None:
    await give(site, "machines", {"code": "X&Y", "type": "loader", "title": "لودر <دو>"})
    page = await civil.get(f"{ROOM}/new?machine=X%26Y")
    assert 'name="machine" value="X&amp;Y"' in page
    assert 'list="machine-offered"' in page
    offered = page.partition('<datalist id="machine-offered">')[2].partition("</datalist>")[0]
    assert '<option value="L1">لودر ۱</option>' in offered
    assert '<option value="X&amp;Y">لودر &lt;دو&gt;</option>' in offered
    assert "«تعمیر و نگهداری ماشین‌آلات»" in page.partition("<h1>")[2].partition("</h1>")[0]
    assert page.count("<datalist") == 1
    assert "<datalist" not in await civil.get("/staff/fleet/machines/new")


async def test_a_list_of_one_machine_leads_to_a_new_row_of_that_machine(site: StaffSite, civil: Visitor) -> None:
    odd = "LD 2&3+4"
    await give(site, "machines", {"code": odd, "type": "loader", "title": "لودر ۲"})
    page = await civil.get(f"{ROOM}?machine=LD+2%263%2B4&kind=oil")
    assert "ماشین: لودر ۲" in words(page).replace(" :", ":")
    link = re.search(rf'href="({ROOM}/new[^"]*)"', page)
    assert link
    assert link[1] == f"{ROOM}/new?machine=LD+2%263%2B4"
    assert 'value="LD 2&amp;3+4"' in await civil.get(link[1])
    assert f'href="{ROOM}/new"' in await civil.get(ROOM)
