"""The registries' pages: lists, search, a row with its history, rows by hand, and two officers at once."""

import re

import pytest

from domain.values.actors import Role
from domain.values.identifiers import display_plate
from tests.support.pages.page_forms import read_version
from tests.support.scenarios.site_registries import furnish, give, row, rows, words
from tests.support.scenarios.taxi_registries import DRIVER_CODE, OWNER_CODE, PLATE, SECOND_PLATE
from tests.support.staff_site import StaffSite, Visitor, visitor

ROOM = "/staff/registries"
HOSTILE = '"><script>alert(1)</script>'
NEW = {"plate": "۱۲ ت ۳۴۷ ایران ۵۹", "type": "van", "owner": OWNER_CODE, "insurance_expiry": "۱۴۰۶/۰۱/۱۵"}
FORM = {"taxi_code": "114", "type": "line", "status": "active", "owner": OWNER_CODE, "agency": "P-1"}
"""The form of the first vehicle as it stands."""


@pytest.fixture
async def officer(site: StaffSite, inside: Visitor) -> Visitor:
    """The taxi officer's browser, in an organisation with taxis."""
    await furnish(site)
    await inside.sign_in("taxi_officer")
    return inside


async def a_row(site: StaffSite, registry: str, **where: str) -> str:
    """The address of a row's page."""
    return f"{ROOM}/{registry}/{(await row(site, registry, **where)).id}"


async def test_rows_are_listed_with_what_they_refer_to(site: StaffSite, officer: Visitor) -> None:
    page = await officer.get(f"{ROOM}/vehicle")
    assert page.index(display_plate(SECOND_PLATE)) < page.index(display_plate(PLATE)), "newest first"
    assert f'href="{await a_row(site, "owner")}"' in page
    assert "آنه محمدی" in page


@pytest.mark.parametrize(
    ("registry", "text", "found"),
    [
        ("vehicle", "۱۲ ت ۳۴۵ ایران ۵۹", [display_plate(PLATE)]),
        ("vehicle", "0115", [display_plate(SECOND_PLATE)]),
        ("owner", "499370899", ["۰۴۹۹۳۷۰۸۹۹"]),
        ("owner", "محمدي", ["۰۴۹۹۳۷۰۸۹۹"]),
        ("owner", "۰۹۱۲ ۱۰۰ ۰۰۰۱", ["۰۴۹۹۳۷۰۸۹۹"]),
        ("driver", "ایری", ["۰۰۸۴۵۷۵۹۴۸", "۰۷۹۰۴۱۹۹۰۴"]),
        ("driver", SECOND_PLATE, ["۰۰۸۴۵۷۵۹۴۸"]),
        ("agency", "p-1", ["P-1"]),
        ("agency", "%", []),
        ("duty", "هرچه", []),
    ],
)
async def test_search_takes_what_people_type(officer: Visitor, registry: str, text: str, found: list[str]) -> None:
    response = await officer.client.get(f"{ROOM}/{registry}", params={"q": text}, headers=officer.headers)
    page = await response.text()
    listed = re.findall(rf'<td[^>]*><a href="{ROOM}/{registry}/[0-9]+"><bdi>([^<]*)</bdi>', page)
    assert listed == found


async def test_filters_narrow_a_list_and_a_wrong_one_is_told(officer: Visitor) -> None:
    assert display_plate(PLATE) not in await officer.get(f"{ROOM}/vehicle?type=van")
    page = await officer.get(f"{ROOM}/driver?vehicles={SECOND_PLATE}")
    assert "صفر ایری" in page
    assert "عبدالله ایری" not in page
    assert "برداشتن شرط خودروها" in page
    assert 'role="alert"' in await officer.get(f"{ROOM}/vehicle?type=ship", 422)
    await officer.get(f"{ROOM}/vehicle?before=x", 404)


async def test_a_scrapped_vehicle_stays_in_the_records(site: StaffSite, officer: Visitor) -> None:
    address = await a_row(site, "vehicle", plate=PLATE)
    page = await officer.get(f"{address}/edit")
    await officer.post(f"{address}/edit", version=read_version(page), **FORM | {"status": "scrapped"})
    assert "وضعیت : فعال ← اسقاط یا خارج شده" in words(await officer.get(address))
    assert address in await officer.get(f"{ROOM}/vehicle?status=scrapped")
    assert address not in await officer.get(f"{ROOM}/vehicle?status=active")


async def test_a_long_list_goes_on_where_it_ended(site: StaffSite, officer: Visitor) -> None:
    many = [{"licence_number": f"L-{number}", "name": f"شرکت {number}"} for number in range(120)]
    await give(site, "agency", *many)
    seen, address = [], f"{ROOM}/agency?q=شرکت"
    while address:
        page = await officer.get(address)
        seen += re.findall(r"<bdi>L-([0-9]+)</bdi>", page)
        on = re.search(r'href="([^"]+before=[0-9]+)"', page)
        address = on[1].replace("&amp;", "&") if on else ""
    assert [int(one) for one in seen] == list(range(119, -1, -1))


async def test_a_row_is_entered_as_people_write_and_kept_in_one_form(site: StaffSite, officer: Visitor) -> None:
    await officer.get(f"{ROOM}/vehicle/new")
    address = await officer.post(f"{ROOM}/vehicle/new", **NEW)
    page = await officer.get(address)
    assert "ردیف تازه ثبت شد" in page
    assert "۱۴۰۶/۰۱/۱۵" in page
    kept = await row(site, "vehicle", plate="12ت347-59")
    assert (kept.values["insurance_expiry"], kept.values["owner"]) == ("2027-04-04", OWNER_CODE)


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"plate": PLATE}, "plate", "این مقدار از آن «۱۲ت۳۴۵-۵۹» است"),
        ({"plate": ""}, "plate", "پر بودن آن لازم است"),
        ({"owner": "0790419904"}, "owner", "در «مالکان» نیست"),
        ({"owner": "1234567890"}, "owner", "کد ملی یا شناسه ملی «۱۲۳۴۵۶۷۸۹۰» درست نیست"),
        ({"taxi_code": "۱۱۴"}, "taxi_code", "این مقدار از آن «۱۲ت۳۴۵-۵۹» است"),
        ({"insurance_expiry": "۱۴۰۵/۱۳/۰۱"}, "insurance_expiry", "تاریخ «۱۴۰۵/۱۳/۰۱» خوانده نشد"),
        ({"type": "ship"}, "type", "فهرست"),
    ],
)
async def test_what_is_wrong_is_told_at_its_field(
    site: StaffSite, officer: Visitor, changed: dict[str, str], field: str, said: str
) -> None:
    await officer.get(f"{ROOM}/vehicle/new")
    page = await officer.post(
        f"{ROOM}/vehicle/new", 404 if "مالکان" in said else 409 if "از آن" in said else 422, **NEW | changed
    )
    problem = re.search(rf'id="{field}-problem">([^<]*)<', page)
    assert problem, words(page)
    assert said in problem[1]
    assert 'value="۱۴۰' in page, "what was typed stays"
    assert len(await rows(site, "vehicle")) == 2


async def test_a_change_is_in_the_history_with_who_made_it(site: StaffSite, officer: Visitor) -> None:
    address = await a_row(site, "vehicle", plate=PLATE)
    page = await officer.get(f"{address}/edit")
    assert 'name="plate"' not in page, "what names a row never changes"
    await officer.post(f"{address}/edit", version=read_version(page), **FORM | {"taxi_code": "", "capacity": "۴"})
    said = words(await officer.get(address))
    assert "کارمند taxi_officer" in said
    assert "کد تاکسی : ۱۱۴ ← —" in said
    assert "ظرفیت : — ← ۴" in said
    assert (await row(site, "vehicle", plate=PLATE)).values["taxi_code"] is None


async def test_who_comes_second_is_told_and_overwrites_nothing(site: StaffSite, officer: Visitor) -> None:
    address = await a_row(site, "vehicle", plate=PLATE)
    first = read_version(await officer.get(f"{address}/edit"))
    await officer.post(f"{address}/edit", version=first, **FORM | {"model": "سمند"})
    page = await officer.post(f"{address}/edit", 409, version=first, **FORM | {"model": "پراید"})
    assert "همکار دیگری این ردیف را تغییر داد" in page
    assert 'value="سمند"' in page
    assert "پراید" in words(page), "what was typed is still there to be read"
    assert (await row(site, "vehicle", plate=PLATE)).values["model"] == "سمند"
    await officer.post(f"{address}/edit", version=read_version(page), **FORM | {"model": "پراید"})
    assert (await row(site, "vehicle", plate=PLATE)).values["model"] == "پراید"


async def test_rows_alike_are_numbered(site: StaffSite, officer: Visitor) -> None:
    reward = {"driver": DRIVER_CODE, "date": "1405/09/01", "kind": "help", "points": "5"}
    await officer.get(f"{ROOM}/reward/new")
    for _ in range(2):
        await officer.post(f"{ROOM}/reward/new", **reward)
    first, second = await rows(site, "reward")
    assert (first.values["number"], second.values["number"]) == (1, 2)
    page = await officer.get(f"{ROOM}/reward/{first.id}")
    assert "عبدالله ایری" in page.partition("<h1>")[2].partition("</h1>")[0], "a driver is called by name"
    assert "عبدالله ایری" in (await officer.get(f"{ROOM}/reward/{first.id}/edit")).partition("<h1>")[2]


async def test_what_people_wrote_runs_nothing(site: StaffSite, officer: Visitor) -> None:
    await officer.get(f"{ROOM}/agency/new")
    address = await officer.post(f"{ROOM}/agency/new", licence_number="P-2", name=HOSTILE, address=HOSTILE)
    for page in (address, f"{ROOM}/agency", f"{address}/edit", f"{ROOM}/agency?q={HOSTILE}"):
        assert "<script>alert" not in await officer.get(page)


async def test_forms_that_are_not_ours(site: StaffSite, officer: Visitor) -> None:
    address = await a_row(site, "vehicle", plate=PLATE)
    await officer.get(address)
    before = await row(site, "vehicle", plate=PLATE)
    for strange in ({"version": "x"}, {"version": ""}, {}):
        page = await officer.post(f"{address}/edit", 409, **FORM | {"model": "پراید"} | strange)
        assert "پراید" in page, "what was typed is not lost"
        assert read_version(page) == str(before.version_token)
    assert await row(site, "vehicle", plate=PLATE) == before
    await officer.get(f"{ROOM}/vehicle/99999999999999999999", 404)
    await officer.get(f"{ROOM}/moon", 404)


@pytest.mark.parametrize("role", [Role.REVENUE, Role.MANAGER, Role.AUDITOR])
async def test_who_only_reads_is_offered_nothing_else(site: StaffSite, role: Role) -> None:
    await furnish(site)
    async with visitor(site) as reader:
        await reader.sign_in(role.value)
        page = await reader.get(await a_row(site, "vehicle", plate=PLATE))
        assert "ویرایش" not in page
        assert "افزودن" not in await reader.get(f"{ROOM}/vehicle")
        await reader.get(f"{ROOM}/vehicle/new", 403)
