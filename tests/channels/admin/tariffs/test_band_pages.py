"""Bands of prices on the staff's site: asked for on the page of their thing, then set and withdrawn as any price."""

import re

import pytest

from domain.actions.context import ActorContext
from domain.actions.tariffs.price_changes import add_tariff
from domain.actions.tariffs.price_labels import describe_unit
from domain.actions.tariffs.priced_subjects import list_priced
from domain.values.actors import Role
from tests.channels.admin.requests.test_request_pages import opened
from tests.channels.admin.tariffs.test_tariff_changes import WITHDRAW
from tests.channels.admin.tariffs.test_tariff_pages import FORM, LOADER, ROOM, need_approval, set_price
from tests.support.municipality import actor
from tests.support.scenarios.site_registries import words
from tests.support.staff_site import StaffSite, Visitor, visitor

BAND = f"{LOADER}&from=8"
PREVIEW = BAND.replace("?", "/preview?", 1)
CHEAPER = FORM | {"rate": "۲٬۵۰۰٬۰۰۰", "minimum": "0", "valid_from": "۱۴۰۵/۰۹/۰۳"}
TITLE = "لودر، از ۸ ساعت به بالا"


@pytest.fixture
async def revenue(inside: Visitor) -> Visitor:
    """The revenue unit's browser."""
    await inside.sign_in("revenue")
    return inside


def asked_of(page: str) -> str:
    """The address to which the form for a band leads, without the number that is typed."""
    form = re.search(r'<form method="get" action="(/staff/tariffs/[^"]*)">(.*?)</form>', page, re.DOTALL)
    assert form, words(page)
    hidden = re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', form[2])
    assert 'name="from"' in form[2]
    return f"{form[1]}?{'&'.join('='.join(one) for one in hidden)}"


async def set_at(who: Visitor, address: str, **changed: str) -> None:
    """Look at a price and set it from there."""
    assert await set_price(who, CHEAPER | changed, address) == f"{address}&done=price_set"


async def test_a_band_is_asked_for_looked_at_and_set(revenue: Visitor) -> None:
    page = await revenue.get(LOADER)
    assert "از چند ساعت به بالا" in words(page)
    assert asked_of(page) == LOADER
    page = await revenue.get(f"{LOADER}&from=%DB%B0%DB%B8")  # ۰۸
    assert f"کارکرد ماشین‌آلات: {TITLE}" in words(page)
    assert "نرخی تعیین نشده است" in words(page)
    assert 'value="۱۰"' in page, "the VAT of the plain price"
    assert f'action="{PREVIEW}"'.replace("&", "&amp;") in page
    said = words(await revenue.post(PREVIEW, 200, **CHEAPER))
    assert "۸ ساعت ۲۶٬۴۰۰٬۰۰۰ ۲۲٬۰۰۰٬۰۰۰ ۱۶ ساعت ۵۲٬۸۰۰٬۰۰۰ ۴۴٬۰۰۰٬۰۰۰" in said
    await set_at(revenue, BAND)
    said = words(await revenue.get(BAND))
    assert "۲٬۵۰۰٬۰۰۰ ریال برای هر ساعت برقرار" in said
    assert "۳٬۰۰۰٬۰۰۰" not in said, "the plain price is no price of the band"


async def test_a_thing_shows_its_bands(revenue: Visitor) -> None:
    await revenue.get(LOADER)
    await set_at(revenue, f"{LOADER}&from=16", rate="۲٬۰۰۰٬۰۰۰")
    await set_at(revenue, BAND, valid_from="۱۴۰۵/۱۰/۰۱")
    said = words(await revenue.get(LOADER))
    assert "۳٬۰۰۰٬۰۰۰ ریال برای هر ساعت برقرار" in said
    assert f"{TITLE} : نرخی تعیین نشده است نرخ آینده: ۲٬۵۰۰٬۰۰۰ از ۱۴۰۵/۱۰/۰۱ لودر، از ۱۶ ساعت" in said
    assert "لودر، از ۱۶ ساعت به بالا : ۲٬۰۰۰٬۰۰۰ ریال برای هر ساعت" in said
    listed = words(await revenue.get(ROOM))
    assert re.search(r"لودر ۳٬۰۰۰٬۰۰۰ .* — لودر، از ۸ ساعت به بالا نرخی .* لودر، از ۱۶ ساعت .* گریدر", listed)


async def test_what_is_looked_at_are_amounts_below_the_next_band(revenue: Visitor) -> None:
    await revenue.get(LOADER)
    await set_at(revenue, BAND)
    said = words(await revenue.post(LOADER.replace("?", "/preview?", 1), 200, **FORM))
    assert "این نرخ برای کمتر از ۸ ساعت است" in said
    assert "۴ ساعت ۱۳٬۲۰۰٬۰۰۰ ۱۷٬۶۰۰٬۰۰۰ با مالیات" in said, "no more rows"


async def test_a_band_is_withdrawn_before_it_begins(site: StaffSite, revenue: Visitor) -> None:
    await revenue.get(LOADER)
    await set_at(revenue, BAND, valid_from="۱۴۰۵/۱۰/۰۱")
    assert WITHDRAW.findall(await revenue.get(LOADER)) == []
    (way,) = WITHDRAW.findall(await revenue.get(BAND))
    assert await revenue.post(way) == f"{ROOM}/machinery?machine=loader&from=8&done=price_withdrawn"
    assert "پس گرفته شد کمینه ۰" in words(await revenue.get(BAND))
    async with visitor(site) as administrator:
        await administrator.sign_in("admin")
        assert "از چند واحد به بالا: ۸" in words(await administrator.get("/staff/audit?what=tariff_withdrawn"))


async def test_a_second_person_approves_a_band(site: StaffSite, revenue: Visitor) -> None:
    need_approval(site)
    await revenue.get(LOADER)
    assert await set_price(revenue, CHEAPER, BAND) == f"{BAND}&done=price_proposed"
    assert "در انتظار تأیید" not in words(await revenue.get(LOADER))
    pages = [await revenue.get(address) for address in (BAND, ROOM)]
    assert all(f"کارکرد ماشین‌آلات: {TITLE}: ۲٬۵۰۰٬۰۰۰" in words(page) for page in pages)
    number = pages[0].split("/proposals/")[1].split("/")[0]
    async with visitor(site) as manager:
        await manager.sign_in("manager")
        await manager.get(BAND)
        assert await manager.post(f"{ROOM}/proposals/{number}/approve")
    assert "۲٬۵۰۰٬۰۰۰ ریال برای هر ساعت برقرار" in words(await revenue.get(BAND))


async def test_what_is_wrong_with_a_proposal_by_now_names_what_is_meant(site: StaffSite, revenue: Visitor) -> None:
    need_approval(site)
    await revenue.get(LOADER)
    await set_price(revenue, FORM | {"minimum": "۹"})
    number = (await revenue.get(ROOM)).split("/proposals/")[1].split("/")[0]
    async with site.store.open_unit() as uow:
        band = {"machine": "loader", "from": "8"}
        await add_tariff(
            ActorContext(site.demo.desk, uow, actor(Role.REVENUE)), "machinery", band, rate=1_000_000, unit="hour"
        )
    async with visitor(site) as manager:
        await manager.sign_in("manager")
        await manager.get(ROOM)
        refused = words(await manager.post(f"{ROOM}/proposals/{number}/approve", 422))
    assert "کمینهٔ واحد: عددی از ۰ تا ۸ بفرستید" in refused


@pytest.mark.parametrize("typed", ["", "0", "25", "2.5", "%D9%87%D8%B4%D8%AA", "9" * 5000, "8%3Cb%3E"])
async def test_what_can_be_no_band_is_told_beside_the_box(revenue: Visitor, typed: str) -> None:
    page = await revenue.get(f"{LOADER}&from={typed}", 422)
    assert "عددی از ۱ تا ۲۴ بفرستید." in words(page)
    assert 'id="band-from-problem"' in page
    assert asked_of(page) == LOADER
    assert "<b>" not in page
    for address in (f"{LOADER}&from={typed}", f"{PREVIEW.removesuffix('8')}{typed}"):
        await revenue.post(address, 422, **CHEAPER)


async def test_what_is_not_priced_by_a_quantity_has_no_bands(revenue: Visitor) -> None:
    for thing in ("expert?kind=valuation", "taxi_duty?vehicle_type=line"):
        assert 'method="get" action="/staff/tariffs' not in await revenue.get(f"{ROOM}/{thing}")
        assert "نرخ جداگانه گذاشت" in await revenue.get(f"{ROOM}/{thing}&from=2", 422)
    assert "از چند متر مربع به بالا" in words(await revenue.get(f"{ROOM}/expert?kind=valuation&per=square_metre"))
    await revenue.get(f"{ROOM}/machinery?machine=ship&from=8", 404)


async def test_a_minimum_above_the_band_is_refused_where_it_is_typed(revenue: Visitor) -> None:
    await revenue.get(LOADER)
    for address in (PREVIEW, BAND):
        page = await revenue.post(address, 422, **CHEAPER | {"minimum": "۹"})
        assert 'id="price-minimum-problem"' in page


async def test_who_sets_no_prices_is_not_asked_for_bands(site: StaffSite, revenue: Visitor) -> None:
    await revenue.get(LOADER)
    await set_at(revenue, BAND)
    async with visitor(site) as manager:
        await manager.sign_in("manager")
        page = await manager.get(LOADER)
        assert f"{TITLE} : ۲٬۵۰۰٬۰۰۰ ریال" in words(page)
        assert 'name="from"' not in page


async def test_the_line_of_a_request_says_which_band_priced_it(site: StaffSite, inside: Visitor) -> None:
    async with site.store.open_unit() as uow:
        band = {"machine": "loader", "from": "4"}
        await add_tariff(ActorContext(site.demo.desk, uow, actor(Role.REVENUE)), "machinery", band, rate=2_500_000)
    request = await site.submitted()
    await site.demo.act(request.code, "accept", Role.CIVIL)
    await site.demo.act(request.code, "price", Role.REVENUE)
    assert "لودر، از ۴ ساعت به بالا ۴ × ۱ ۲٬۵۰۰٬۰۰۰ ۱۰٬۰۰۰٬۰۰۰" in words(await opened(inside, "revenue", request))


def test_every_unit_that_has_bands_asks_for_them_in_words(site: StaffSite) -> None:
    texts = site.demo.desk.catalogue
    for thing in [one for things in list_priced(site.demo.desk).values() for one in things if one.max_amount]:
        assert f"admin.tariffs.bands_of.{thing.unit}.from" in texts
        assert describe_unit(texts, thing.unit) != thing.unit
