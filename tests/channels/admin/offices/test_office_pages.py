"""Counter offices at the staff's site: keys that are shown once, networks, switches, commission, statements."""

import re
from datetime import date

import pytest

from domain.audit.entries import AuditEntry, AuditFilter
from domain.offices.office import Office
from domain.values.errors import NotFound
from tests.support.pages.page_forms import read_version
from tests.support.staff_site import StaffSite, Visitor

ONE = "/staff/offices/one/1001"


async def office(site: StaffSite, code: str = "1001") -> Office:
    """An office as it is now."""
    async with site.store.open_unit(write=False) as uow:
        return await uow.offices.get_by_code(code)


def secret(page: str) -> str:
    """The secret that a page tells."""
    found = re.search(r'class="card secret".*?<code dir="ltr">([^<]+)</code>', page, re.DOTALL)
    assert found
    return found[1]


async def write(who: Visitor, what: str, status: int = 303, /, **form: str) -> str:
    """Write something about the office as who sees it now."""
    return await who.post(f"{ONE}/{what}", status, version=read_version(await who.get(ONE)), **form)


@pytest.fixture
async def revenue(site: StaffSite, inside: Visitor) -> Visitor:
    """A member of the revenue unit, who has added an office."""
    await inside.sign_in("revenue")
    await inside.get("/staff/offices")
    await inside.post("/staff/offices", 200, code="1001", name="دفتر ۱۰۰۱")
    return inside


async def test_an_office_is_added_and_its_key_told_once(site: StaffSite, revenue: Visitor) -> None:
    again = await revenue.post("/staff/offices", 409, code="1001", name="دیگری")
    assert 'id="add-code"' in again
    assert 'value="دیگری"' in again
    page = await revenue.post("/staff/offices", 200, code="1002", name="دفتر <b>۲</b>", username="two")
    kept = await office(site, "1002")
    assert site.vault.unseal_secret(kept.keys[0].sealed) == secret(page)
    listed = await revenue.get("/staff/offices")
    assert secret(page) not in listed
    assert "دفتر &lt;b&gt;۲&lt;/b&gt;" in listed
    for wrong in ({"code": "بد", "name": "x"}, {"code": "", "name": "x"}, {"code": "1003", "name": ""}):
        assert 'aria-invalid="true"' in await revenue.post("/staff/offices", 422, **wrong)
    with pytest.raises(NotFound):
        await office(site, "1003")


async def test_a_new_key_overlaps_the_old_one(site: StaffSite, revenue: Visitor) -> None:
    await revenue.get(ONE)
    page = await revenue.post(f"{ONE}/key", 200, overlap="۲")
    kept = await office(site)
    assert len(kept.list_usable_keys(site.clock.now())) == 2
    assert site.vault.unseal_secret(kept.list_usable_keys(site.clock.now())[0].sealed) == secret(page)
    assert 'aria-invalid="true"' in await revenue.post(f"{ONE}/key", 422, overlap="-3")
    await revenue.post(f"{ONE}/key", 200, overlap="0")
    assert len((await office(site)).list_usable_keys(site.clock.now())) == 1


async def test_an_office_is_bound_to_networks_and_switched(site: StaffSite, revenue: Visitor) -> None:
    await write(revenue, "networks", network="203.0.113.7\n198.51.100.0/24")
    assert (await office(site)).networks == ("203.0.113.7/32", "198.51.100.0/24")
    page = await write(revenue, "networks", 422, network="خانه")
    assert "خانه" in page
    await write(revenue, "networks", network="")
    assert (await office(site)).networks == ()
    await revenue.post(f"{ONE}/switch", active="no")
    assert not (await office(site)).active
    await revenue.post(f"{ONE}/switch", active="yes")
    assert (await office(site)).active
    await revenue.get("/staff/offices/one/9999", 404)


async def test_a_name_is_corrected_and_the_former_one_stays_in_the_audit(site: StaffSite, revenue: Visitor) -> None:
    assert 'name="name"' in await revenue.get(ONE)
    assert await write(revenue, "name", name="دفتر <b>خیابان امام</b>") == f"{ONE}?done=office_name"
    assert "دفتر &lt;b&gt;خیابان امام&lt;/b&gt;" in await revenue.get("/staff/offices")
    await write(revenue, "name", name="دفتر <b>خیابان امام</b>")
    for wrong in ("", "  ", "د" * 101):
        assert 'aria-invalid="true"' in await write(revenue, "name", 422, name=wrong)
    async with site.store.open_unit(write=False) as uow:
        (entry,) = await uow.audit.list_entries(AuditFilter(what="office_renamed"))
    assert (entry.actor, entry.detail["name_before"]) == ("staff:revenue", "دفتر ۱۰۰۱")
    await revenue.sign_in("auditor")
    page = await revenue.get("/staff/audit?what=office_renamed")
    assert ("تصحیح نام دفتر" in page, "نام پیشین" in page, "دفتر ۱۰۰۱" in page) == (True, True, True)


@pytest.mark.parametrize(
    ("what", "field", "mine", "other"),
    [("networks", "network", "10.0.0.0/8", "192.0.2.0/24"), ("name", "name", "نام من", "نام او")],
)
async def test_the_second_of_two_is_told(
    site: StaffSite, revenue: Visitor, what: str, field: str, mine: str, other: str
) -> None:
    form, seen = {field: mine}, read_version(await revenue.get(ONE))
    await write(revenue, what, 303, **{field: other})
    before = await office(site)
    page = await revenue.post(f"{ONE}/{what}", 409, **form, version=seen)
    assert "همکار دیگری مشخصات این دفتر را تغییر داد" in page
    assert re.findall(r'<div class="note">.*?<dd><bdi>(.*?)</bdi>', page, re.DOTALL) == [other]
    assert mine in page, "what was typed is not lost"
    await revenue.post(f"{ONE}/{what}", 409, **form)
    assert await office(site) == before
    await revenue.post(f"{ONE}/{what}", **form, version=read_version(page))
    assert await office(site) != before


async def test_commission_has_dated_rules(site: StaffSite, revenue: Visitor) -> None:
    way = "/staff/offices/commission"
    for rule in (
        {"per_request": "۵۰,۰۰۰", "share": "۲٫۵", "valid_from": "امروز"},
        {"office": "1001", "service": "duty", "share": "1", "valid_from": "1405/10/01"},
    ):
        await revenue.post(way, **rule, version=read_version(await revenue.get(way)))
    async with site.store.open_unit(write=False) as uow:
        rules = await uow.offices.list_rules()
    assert [(one.office, one.service, one.per_request, one.share_bp, one.valid_from) for one in rules] == [
        (None, None, 50_000, 250, date(2026, 11, 24)),
        ("1001", "duty", 0, 100, date(2026, 12, 22)),
    ]
    page = await revenue.get(way)
    version = read_version(page)
    assert "۲٫۵٪" in page
    for wrong in ({"share": "دو"}, {"share": "200"}, {"valid_from": "1405/01/01"}, {"service": "moon"}):
        form = {"valid_from": "1405/11/01", "version": version} | wrong
        assert 'aria-invalid="true"' in await revenue.post(way, 422, **form)
    for wrong, most in (({"share": "۱۵۰"}, "۱۰۰"), ({"per_request": "۲٬۰۰۰٬۰۰۰٬۰۰۰"}, "۱٬۰۰۰٬۰۰۰٬۰۰۰")):
        page = await revenue.post(way, 422, valid_from="1405/11/01", version=version, **wrong)
        assert f"عددی از ۰ تا {most} بفرستید." in page, "in the unit that was typed"


async def test_a_statement_is_shown_and_taken_as_a_sheet(site: StaffSite, revenue: Visitor) -> None:
    request = await site.submitted()
    async with site.store.open_unit() as uow:
        found = await uow.requests.get(request.id, lock=True)
        found.office = "1001"
        await uow.requests.save(found)
    version = read_version(await revenue.get("/staff/offices/commission"))
    await revenue.post("/staff/offices/commission", per_request="50000", valid_from="امروز", version=version)
    page = await revenue.get(f"{ONE}/statement?year=1405&month=9")
    assert '<p class="from">شهرداری گمیشان</p>' in page
    assert ">۵۰٬۰۰۰</td>" in page
    page = await revenue.get(f"{ONE}/statement")
    assert ">۵۰٬۰۰۰</td>" in page
    assert 'name="year" value="۱۴۰۵"' in page
    sheet = re.search(r'href="([^"]*/lines.csv[^"]*)"', page)
    assert sheet
    assert "۱۴۰۵" not in sheet[1], "an address has no letters of ours"
    await revenue.get(sheet[1].replace("&amp;", "&"))
    assert "<td" not in await revenue.get(f"{ONE}/statement?year=1405&month=8")
    assert 'aria-invalid="true"' in await revenue.get(f"{ONE}/statement?year=12", 422)
    response = await revenue.client.get(f"{ONE}/statement/lines.csv?year=1405&month=9", headers=revenue.headers)
    assert response.headers["Content-Disposition"].startswith("attachment")
    heading, line = (await response.read()).decode("utf-8-sig").splitlines()
    assert heading.startswith("خدمت,درخواست")
    assert line == "کارکرد ماشین‌آلات,1,0,0,0,0,50000,0,50000"
    response = await revenue.client.get(f"{ONE}/statement/payments.csv?year=1405", headers=revenue.headers)
    assert len((await response.read()).decode("utf-8-sig").splitlines()) == 1


@pytest.mark.parametrize("name", ["lines", "payments"])
async def test_who_takes_a_statement_along_is_audited(site: StaffSite, revenue: Visitor, name: str) -> None:
    async def exports() -> list[AuditEntry]:
        async with site.store.open_unit(write=False) as uow:
            return await uow.audit.list_entries(AuditFilter(what="export"))

    await revenue.get(f"{ONE}/statement/{name}.csv?year=12", 422)
    assert await exports() == []
    await revenue.get(f"{ONE}/statement/{name}.csv?year=1405&month=9")
    (entry,) = await exports()
    assert entry.actor == "staff:revenue"
    assert entry.detail == {"office": "1001", "kind": "csv", "file": f"statement-1001-2026-11-22-2026-12-22-{name}.csv"}
    await revenue.sign_in("auditor")
    page = await revenue.get("/staff/audit?what=export")
    assert f"statement-1001-2026-11-22-2026-12-22-{name}.csv" in page


async def test_readers_are_offered_no_change(site: StaffSite, revenue: Visitor) -> None:
    await revenue.sign_in("auditor")
    for path in ("/staff/offices", ONE, "/staff/offices/commission"):
        assert '<form method="post" action="/staff/offices' not in await revenue.get(path)
