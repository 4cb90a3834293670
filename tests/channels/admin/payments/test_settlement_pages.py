"""Settlement files on the staff's site: brought, examined behind the page, booked with a fresh proof; differences."""

import io
import re
from datetime import timedelta

import pytest
from aiohttp import FormData

from app.jobs.settlement_jobs import run_settlement_files
from domain.values.actors import Role
from tests.support.scenarios.settlement_files import booked_file, examined_file, write_example
from tests.support.scenarios.site_registries import words
from tests.support.staff_site import StaffSite, Visitor, visitor

PAGE = "/staff/settlement"


@pytest.fixture
async def revenue(inside: Visitor) -> Visitor:
    """The revenue unit's browser."""
    await inside.sign_in("revenue")
    return inside


async def bring(who: Visitor, content: bytes, layout: str = "bills_csv", status: int = 303) -> str:
    """Bring a file; where that leads, or the page that says why not."""
    await who.get(PAGE)
    form = FormData(quote_fields=False)
    form.add_field("csrf", who.csrf)
    form.add_field("layout", layout)
    form.add_field("file", io.BytesIO(content), filename="ghabz.csv")
    response = await who.client.post(PAGE, data=form, headers=who.headers, allow_redirects=False)
    page = await response.text()
    assert response.status == status, page
    return response.headers["Location"] if status == 303 else page


def version(page: str) -> str:
    """Return the version that a page shows."""
    found = re.search(r'name="version" value="(\w+)"', page)
    assert found
    return found[1]


async def test_a_file_is_brought_examined_and_booked(site: StaffSite, revenue: Visitor) -> None:
    assert "هنوز فایلی نیامده است" in words(await revenue.get(PAGE))
    address = await bring(revenue, write_example(site))
    assert "در حال بررسی" in words(await revenue.get(address))
    assert await run_settlement_files(site.demo.desk, site.store) == 1
    page = await revenue.get(address)
    for part in ("قبض ما نیست", "تکراری (در همین فایل)", "خواندنی نیست", "۲ سطر ثبت می‌شود"):
        assert part in words(page)
    await revenue.post(f"{address}/book", 409, version="99")
    await revenue.post(f"{address}/book", version=version(page))
    assert await run_settlement_files(site.demo.desk, site.store) == 1
    booked = await revenue.get(address)
    assert ("ثبت شد" in words(booked), f"{address}/book" in booked) == (True, False)
    assert "واریزی بی‌قبض" in words(await revenue.get(PAGE))
    sheet = await revenue.get(f"{address}/results.csv")
    assert "قبض ما نیست" in sheet
    again = await bring(revenue, write_example(site))
    assert again == f"{address}?same=yes"
    assert "همین فایل پیش‌تر آمده است" in words(await revenue.get(again))


async def test_what_is_no_settlement_file_is_refused_with_its_reason(site: StaffSite, revenue: Visitor) -> None:
    await bring(revenue, b"", status=422)
    await bring(revenue, b"x", layout="none", status=404)
    address = await bring(revenue, write_example(site)[:-3])
    await run_settlement_files(site.demo.desk, site.store)
    assert "فایل ناقص است" in words(await revenue.get(address))
    await revenue.get(f"{PAGE}/7", 404)
    assert "خوانده نشد" in words(await revenue.get(f"{PAGE}?day=x", 422))


async def test_a_difference_is_closed_with_a_note_and_a_file_dropped(site: StaffSite, revenue: Visitor) -> None:
    await booked_file(site, write_example(site))
    page = await revenue.get(PAGE)
    key = next(one for one in re.findall(r'name="key" value="([^"]+)"', page) if one.startswith("faulty"))
    await revenue.post(f"{PAGE}/close", 422, key=key, note=" ")
    await revenue.post(f"{PAGE}/close", key=key, note="فایل درست از بانک رسید")
    assert key not in await revenue.get(PAGE)
    waiting = await examined_file(site, write_example(site, amount=2000))
    assert await revenue.post(f"{PAGE}/{waiting}/drop") == PAGE
    assert "کنار گذاشته شد" in words(await revenue.get(PAGE))


async def test_booking_asks_for_a_proof_and_others_read_or_stay_out(site: StaffSite, revenue: Visitor) -> None:
    file_id = await examined_file(site, write_example(site))
    page = await revenue.get(f"{PAGE}/{file_id}")
    site.clock.at += timedelta(minutes=11)
    await revenue.post(f"{PAGE}/{file_id}/book", 401, version=version(page))
    for role, status in ((Role.AUDITOR, 200), (Role.MANAGER, 200), (Role.CIVIL, 403), (Role.ADMIN, 403)):
        async with visitor(site) as reader:
            await reader.sign_in(role.value)
            await reader.get(f"{PAGE}/{file_id}", status)
            await reader.post(f"{PAGE}/{file_id}/drop", 403)
