"""The page of a taxi, driver or owner as a file: who drives, what is owed, how long papers are good, days of leave."""

import re

import pytest

from domain.actions.registries import row_files
from domain.registries.declarations import REGISTRIES
from domain.registries.row_files import ROW_FILES, join_rows
from domain.values.actors import SYSTEM
from tests.support.scenarios.site_registries import furnish, give, row, words
from tests.support.scenarios.taxi_registries import DRIVER_CODE, OWNER_CODE, PLATE, SECOND_PLATE
from tests.support.scenarios.taxi_requests import asked_leave
from tests.support.staff_site import StaffSite, Visitor, visitor

ROOM = "/staff/registries"


@pytest.fixture
async def officer(site: StaffSite, inside: Visitor) -> Visitor:
    """The taxi officer's browser, in an organisation with duties, a fine, a reward and papers that run out."""
    await furnish(site)
    await give(site, "vehicle", {"plate": PLATE, "insurance_expiry": "2026-12-06", "inspection_expiry": "2026-11-21"})
    await give(site, "driver", {"national_code": DRIVER_CODE, "licence_expiry": "2027-11-24"})
    duty = {"vehicle": PLATE, "kind": "yearly", "amount": 2_500_000}
    await give(site, "duty", duty | {"year": 1404}, duty | {"year": 1405})
    await give(site, "duty", duty | {"year": 1403, "state": "paid"}, by=SYSTEM)
    await give(site, "duty", duty | {"year": 1405, "vehicle": SECOND_PLATE, "amount": 3_000_000})
    violation = {"driver": DRIVER_CODE, "date": "2026-11-20", "fine": 500_000}
    wrong = violation | {"kind": "smoking", "standing": "annulled"}
    await give(site, "violation", violation | {"kind": "overcharge"}, wrong)
    await give(site, "reward", {"driver": DRIVER_CODE, "date": "2026-11-18", "kind": "help", "points": 5})
    await inside.sign_in("taxi_officer")
    return inside


def read_section(page: str, name: str) -> str:
    """Content of a section of the file."""
    found = re.search(rf'<section class="card" aria-labelledby="{name}">.*?</section>', page, re.S)
    assert found, name
    return words(f"<main{found[0]}")


async def open_row(site: StaffSite, browser: Visitor, registry: str, **where: str) -> str:
    """Return the page of a row."""
    return await browser.get(f"{ROOM}/{registry}/{(await row(site, registry, **where)).id}")


async def test_a_taxi_says_who_drives_it_and_what_it_owes(site: StaffSite, officer: Visitor) -> None:
    page = await open_row(site, officer, "vehicle", plate=PLATE)
    assert "عبدالله ایری" in read_section(page, "driver")
    assert "صفر ایری" in read_section(page, "driver")
    duties = read_section(page, "duty")
    assert "عوارض پرداخت‌نشده ۵٬۰۰۰٬۰۰۰ ریال" in duties
    assert "۱۴۰۳" not in duties, "what was paid is not owed"
    assert f'href="{ROOM}/duty/{(await row(site, "duty", vehicle=PLATE, year=1404)).id}"' in page
    fines = read_section(page, "violation")
    assert "۵۰۰٬۰۰۰ ریال جریمهٔ پرداخت‌نشده" in fines
    assert "دخانیات" not in fines, "an annulled record says nothing of a driver"
    assert "۵ امتیاز" in read_section(page, "reward")


async def test_papers_say_in_words_how_long_they_are_good(site: StaffSite, officer: Visitor) -> None:
    page = await open_row(site, officer, "vehicle", plate=PLATE)
    papers = read_section(page, "runs-out")
    assert papers.index("۳ روز گذشته") < papers.index("۱۲ روز دیگر") < papers.index("۳۶۵ روز دیگر")
    assert [*re.findall(r'class="runs (\w+)"', page)] == ["out", "near", "good"]
    assert "ثبت نشده" in read_section(await open_row(site, officer, "vehicle", plate=SECOND_PLATE), "runs-out")


async def test_leave_days_used_of_the_years_share_stand_on_every_page(site: StaffSite, officer: Visitor) -> None:
    leave = await asked_leave(site)
    share = "سال ۱۴۰۵: ۴ روز از ۳۰ روز"
    for registry, where in (
        ("vehicle", {"plate": PLATE}),
        ("driver", {"national_code": DRIVER_CODE}),
        ("owner", {"national_id": OWNER_CODE}),
    ):
        page = await open_row(site, officer, registry, **where)
        assert share in words(page), registry
        assert f'href="/staff/requests/{leave.code}"' in page
    async with visitor(site) as revenue:
        await revenue.sign_in("revenue")
        page = await open_row(site, revenue, "vehicle", plate=PLATE)
        assert share not in words(page), "whose requests these are not is told nothing of them"
        assert "عوارض پرداخت‌نشده ۵٬۰۰۰٬۰۰۰ ریال" in words(page)


async def test_the_page_of_an_owner_takes_as_many_queries_for_one_vehicle_as_for_twelve(
    site: StaffSite, officer: Visitor, statements: list[str]
) -> None:
    page, counts = await open_row(site, officer, "owner", national_id=OWNER_CODE), []
    assert "عوارض پرداخت‌نشده ۸٬۰۰۰٬۰۰۰ ریال" in read_section(page, "duty")
    for number in (0, 10):
        plates = [f"12ت{number + index + 400}-59" for index in range(number)]
        await give(site, "vehicle", *({"plate": plate, "type": "van", "owner": OWNER_CODE} for plate in plates))
        statements.clear()
        page = await open_row(site, officer, "owner", national_id=OWNER_CODE)
        counts.append(len(statements))
    assert "سال ۱۴۰۵: ۰ روز از ۳۰ روز" in words(page)
    assert counts[0] == counts[1] > 5


async def test_what_is_found_through_rows_that_were_cut_is_told_as_some_of_it(
    site: StaffSite, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_files, "MAX_SECTION_ROWS", 1)
    page = await open_row(site, officer, "owner", national_id=OWNER_CODE)
    assert "دست‌کم ۳٬۰۰۰٬۰۰۰ ریال" in read_section(page, "duty"), "one duty, of one of two vehicles"


@pytest.mark.parametrize("registry_key", ROW_FILES)
def test_sections_are_joined_by_the_references_of_the_registries(registry_key: str) -> None:
    known_registries = {registry_key}
    for section in ROW_FILES[registry_key]:
        registry, source = REGISTRIES[section.registry], REGISTRIES[section.through or registry_key]
        assert source.key in known_registries
        assert join_rows(registry, source, []), "one refers to the other"
        for field_name in (*section.shown_fields, *section.conditions, *filter(None, [section.total_field])):
            assert registry.find_field(field_name), field_name
        known_registries.add(registry.key)
