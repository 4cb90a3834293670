"""Prices on the staff's site: dated, looked at before they are set, approved by a second person where asked."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.support.pages.page_forms import read_version
from tests.support.scenarios.site_registries import words
from tests.support.staff_site import PASSWORD, StaffSite, Visitor, visitor

ROOM = "/staff/tariffs"
LOADER = f"{ROOM}/machinery?machine=loader"
PREVIEW = f"{ROOM}/machinery/preview?machine=loader"
FORM = {"rate": "۴٬۰۰۰٬۰۰۰", "minimum": "۲", "vat_percent": "۱۰", "valid_from": "۱۴۰۵/۱۰/۰۱", "far": "yes"}


@pytest.fixture
async def revenue(inside: Visitor) -> Visitor:
    """The revenue unit's browser."""
    await inside.sign_in("revenue")
    return inside


def need_approval(site: StaffSite) -> None:
    """Let the house want a second person."""
    desk = site.demo.desk
    desk.apply_settings(1, replace(desk.policy, tariffs_need_approval=True), desk.calendar, {})


async def set_price(who: Visitor, form: Mapping[str, str] = FORM, address: str = LOADER) -> str:
    """Look at a price and set it from there; where that leads."""
    page = await who.post(address.replace("?", "/preview?", 1), 200, **form)
    return await who.post(address, **form, version=read_version(page))


async def test_every_price_is_listed_also_those_that_are_not_set(revenue: Visitor) -> None:
    page = words(await revenue.get(ROOM))
    assert "لودر ۳٬۰۰۰٬۰۰۰ ریال برای هر ساعت ۲ ۱۰ ۱۴۰۵/۰۱/۰۱ —" in page
    assert "گریدر نرخی تعیین نشده است" in page
    assert "ارزیابی ملک، هر متر مربع" in page
    assert "سرویس مدارس" in page


async def test_a_price_is_looked_at_and_then_set(revenue: Visitor) -> None:
    page = await revenue.get(LOADER)
    assert 'value="۱۴۰۵/۰۹/۰۳"' in page
    page = await revenue.post(PREVIEW, 200, **FORM)
    said = words(page)
    assert "۱ ساعت ۶٬۶۰۰٬۰۰۰ ۸٬۸۰۰٬۰۰۰" in said, "the minimum counts"
    assert "۸ ساعت ۲۶٬۴۰۰٬۰۰۰ ۳۵٬۲۰۰٬۰۰۰" in said
    assert "نرخ آینده" not in words(await revenue.get(LOADER)), "nothing is set by looking"
    assert await set_price(revenue) == f"{LOADER}&done=price_set"
    page = words(await revenue.get(LOADER))
    assert "۴٬۰۰۰٬۰۰۰ ریال برای هر ساعت نرخ آینده کمینه ۲، مالیات ۱۰٪، از ۱۴۰۵/۱۰/۰۱ کارمند revenue" in page
    assert "۳٬۰۰۰٬۰۰۰ ریال برای هر ساعت برقرار" in page
    assert "۴٬۰۰۰٬۰۰۰ از ۱۴۰۵/۱۰/۰۱" in words(await revenue.get(ROOM))


async def test_a_price_far_from_the_present_one_is_asked_about(revenue: Visitor) -> None:
    """A digit too many is easily typed: both stand side by side, and it is set where that is said to be meant."""
    unsaid = FORM | {"far": ""}
    page = await revenue_preview(revenue, unsaid)
    assert "۳۳٪ بیشتر از نرخ کنونی" in words(page)
    assert 'name="far" value="yes" required' in page
    assert words(page).index("نرخ کنونی ۳٬۰۰۰٬۰۰۰") < words(page).index("نرخ پیشنهادی ۴٬۰۰۰٬۰۰۰")
    refused = words(await revenue.post(LOADER, 422, **unsaid, version=read_version(page)))
    assert "این تعرفه ۳۳٪ با تعرفهٔ کنونی (۳٬۰۰۰٬۰۰۰ ریال) متفاوت است" in refused
    near = unsaid | {"rate": "۳٬۸۹۹٬۹۹۹"}
    page = await revenue.post(PREVIEW, 200, **near)
    assert ("۲۹٪ بیشتر" in words(page), 'name="far"' in page) == (True, False)
    assert await revenue.post(LOADER, **near, version=read_version(page)) == f"{LOADER}&done=price_set"


async def revenue_preview(revenue: Visitor, form: dict[str, str]) -> str:
    """Preview of a new price on its page."""
    await revenue.get(LOADER)
    return await revenue.post(PREVIEW, 200, **form)


async def test_who_approves_sees_both_prices(site: StaffSite, revenue: Visitor) -> None:
    need_approval(site)
    await revenue.get(LOADER)
    await set_price(revenue, FORM | {"rate": "۳۰٬۰۰۰٬۰۰۰"})
    async with visitor(site) as manager:
        await manager.sign_in("manager")
        page = words(await manager.get(ROOM))
    assert "نرخ کنونی ۳٬۰۰۰٬۰۰۰ ریال برای هر ساعت ۲ ۱۰ از ۱۴۰۵/۰۱/۰۱ نرخ پیشنهادی ۳۰٬۰۰۰٬۰۰۰ ریال" in page
    assert "۹۰۰٪ بیشتر از نرخ کنونی" in page
    assert "۱ ساعت ۶٬۶۰۰٬۰۰۰ ۶۶٬۰۰۰٬۰۰۰ ۴ ساعت ۱۳٬۲۰۰٬۰۰۰ ۱۳۲٬۰۰۰٬۰۰۰" in page, "what usual orders cost now and then"


@pytest.mark.parametrize(
    ("changed", "field", "status"),
    [
        ({"rate": "زیاد"}, "rate", 422),
        ({"rate": ""}, "rate", 422),
        ({"vat_percent": "۱۰۱"}, "vat_percent", 422),
        ({"valid_from": "۱۴۰۵/۰۹/۰۱"}, "valid_from", 422),
        ({"valid_from": "سی‌ام"}, "valid_from", 422),
    ],
)
async def test_what_is_wrong_is_told_at_its_field(
    revenue: Visitor, changed: dict[str, str], field: str, status: int
) -> None:
    await revenue.get(LOADER)
    for address in (PREVIEW, LOADER):
        page = await revenue.post(address, status, **FORM | changed)
        assert f'id="price-{field}-problem"' in page
        assert len(page.split("ریال برای هر ساعت")) == 2, "there is one price still"


async def test_what_is_not_priced_has_no_page(revenue: Visitor) -> None:
    await revenue.get(LOADER)
    for address in (
        "machinery?machine=ship",
        "machinery",
        "weather?machine=loader",
        "expert?kind=other&per=square_metre",
    ):
        await revenue.get(f"{ROOM}/{address}", 404)
        await revenue.post(f"{ROOM}/{address}", 404, **FORM)


async def test_prices_need_a_fresh_proof(site: StaffSite, revenue: Visitor) -> None:
    await revenue.get(LOADER)
    form = FORM | {"version": read_version(await revenue.post(PREVIEW, 200, **FORM))}
    site.clock.at += timedelta(minutes=11)
    asked = await revenue.post(LOADER, 401, **form)
    assert 'name="rate" value="۴٬۰۰۰٬۰۰۰"' in asked
    assert await revenue.post(LOADER, proof_password=PASSWORD, **form)


async def test_a_second_person_approves_where_the_house_wants_it(site: StaffSite, revenue: Visitor) -> None:
    need_approval(site)
    await revenue.get(LOADER)
    assert await set_price(revenue) == f"{LOADER}&done=price_proposed"
    page = await revenue.get(ROOM)
    assert "در انتظار تأیید نفر دوم" in words(page)
    assert "/approve" not in page
    number = page.split("/proposals/")[1].split("/")[0]
    refused = await revenue.post(f"{ROOM}/proposals/{number}/approve", 403)
    assert "کس دیگری باید تأیید کند" in refused
    async with visitor(site) as manager:
        await manager.sign_in("manager")
        page = await manager.get(LOADER)
        assert f"{ROOM}/proposals/{number}/approve" in page
        assert PREVIEW not in page, "the manager sets none"
        assert await manager.post(f"{ROOM}/proposals/{number}/approve") == f"{LOADER}&done=price_set"
        assert "پیش‌تر انجام شده" in await manager.post(f"{ROOM}/proposals/{number}/reject", 409)
    assert "۴٬۰۰۰٬۰۰۰ از ۱۴۰۵/۱۰/۰۱" in words(await revenue.get(ROOM))


async def test_a_proposal_is_taken_back(site: StaffSite, revenue: Visitor) -> None:
    need_approval(site)
    await revenue.get(LOADER)
    await set_price(revenue)
    number = (await revenue.get(ROOM)).split("/proposals/")[1].split("/")[0]
    assert await revenue.post(f"{ROOM}/proposals/{number}/reject") == f"{ROOM}?done=price_rejected"
    assert "در انتظار" not in words(await revenue.get(ROOM))
