"""Prices and commissions on the staff's site around those set ahead: set, corrected, withdrawn, by two officers."""

import re
from datetime import timedelta

import pytest

from domain.people.sessions import PROOF_FRESHNESS
from tests.channels.admin.tariffs.test_tariff_pages import FORM, LOADER, PREVIEW, ROOM, need_approval, set_price
from tests.support.pages.page_forms import read_version
from tests.support.scenarios.site_registries import words
from tests.support.staff_site import PASSWORD, StaffSite, Visitor, visitor

TODAY, AHEAD, AHEAD_IN_WORDS = "۱۴۰۵/۰۹/۰۳", "۱۴۰۶/۰۱/۰۱", "یک‌شنبه ۱ فروردین ۱۴۰۶"
COMMISSION = "/staff/offices/commission"
WITHDRAW = re.compile(r'action="(/staff/[a-z/]*/\d+/withdraw)"')


@pytest.fixture
async def revenue(inside: Visitor) -> Visitor:
    """The revenue unit's browser, with a price of the next year set."""
    await inside.sign_in("revenue")
    await inside.get(LOADER)
    assert await set_price(inside, FORM | {"valid_from": AHEAD}) == f"{LOADER}&done=price_set"
    return inside


async def test_a_price_before_another_says_until_when_it_holds(revenue: Visitor) -> None:
    said = words(await revenue.post(PREVIEW, 200, **FORM))
    assert f"تا پیش از {AHEAD_IN_WORDS}، که نرخِ ثبت‌شده برای آن هنگام آغاز می‌شود." in said
    assert await set_price(revenue) == f"{LOADER}&done=price_set"
    page = words(await revenue.get(LOADER))
    assert f"از ۱۴۰۵/۱۰/۰۱ تا {AHEAD}" in page
    assert "از ۱۴۰۵/۰۱/۰۱ تا ۱۴۰۵/۱۰/۰۱" in page
    assert "تا پیش از" not in words(await revenue.post(PREVIEW, 200, **FORM | {"valid_from": "۱۴۰۶/۰۱/۰۲"}))


async def test_a_price_of_today_is_corrected_today(revenue: Visitor) -> None:
    await set_price(revenue, FORM | {"valid_from": TODAY, "rate": "۴۰٬۰۰۰٬۰۰۰"})
    form = FORM | {"valid_from": TODAY}
    said = words(await revenue.post(PREVIEW, 200, **form))
    assert "نرخی که برای همین روز ثبت شده است (۴۰٬۰۰۰٬۰۰۰ ریال) پس گرفته می‌شود" in said
    await set_price(revenue, FORM | {"valid_from": TODAY})
    page = words(await revenue.get(LOADER))
    assert "۴٬۰۰۰٬۰۰۰ ریال برای هر ساعت برقرار" in page
    assert f"۴۰٬۰۰۰٬۰۰۰ ریال برای هر ساعت پس گرفته شد کمینه ۲، مالیات ۱۰٪، از {TODAY} کارمند" in page
    assert f"۴٬۰۰۰٬۰۰۰ ریال برای هر ساعت ۲ ۱۰ {TODAY} ۴٬۰۰۰٬۰۰۰ از {AHEAD}" in words(await revenue.get(ROOM))


async def test_a_price_that_has_not_begun_is_withdrawn(revenue: Visitor) -> None:
    page = await revenue.get(LOADER)
    (way,) = WITHDRAW.findall(page)
    assert await revenue.post(way) == f"{LOADER}&done=price_withdrawn"
    page = await revenue.get(f"{LOADER}&done=price_withdrawn")
    said = words(page)
    assert "نرخ پس گرفته شد و در سابقه می‌ماند." in said
    assert f"۴٬۰۰۰٬۰۰۰ ریال برای هر ساعت پس گرفته شد کمینه ۲، مالیات ۱۰٪، از {AHEAD} کارمند" in said
    assert "از ۱۴۰۵/۰۱/۰۱ revenue" in said, "the one before goes on"
    assert WITHDRAW.findall(page) == []
    assert "نرخ آینده" not in said
    assert "۱۴۰۵/۰۱/۰۱ —" in words(await revenue.get(ROOM))
    assert "پیش‌تر انجام شده" in await revenue.post(way, 409)
    await revenue.post(f"{ROOM}/rows/1/withdraw", 404)


GOES_ON, NONE_LEFT = "نرخِ پیش از آن ادامه می‌یابد", "برای روزهای آن نرخی نمی‌ماند"


async def test_who_withdraws_the_only_price_reads_that_none_is_left(revenue: Visitor) -> None:
    page = words(await revenue.get(LOADER))
    assert GOES_ON in page
    assert NONE_LEFT not in page
    crane = LOADER.replace("loader", "crane")
    assert await set_price(revenue, FORM, crane) == f"{crane}&done=price_set"
    page = words(await revenue.get(crane))
    assert NONE_LEFT in page
    assert GOES_ON not in page


async def test_a_proposal_whose_day_has_passed_is_shown_from_today(site: StaffSite, revenue: Visitor) -> None:
    need_approval(site)
    await set_price(revenue, FORM | {"valid_from": "۱۴۰۵/۰۹/۰۴"})
    assert "از ۱۴۰۵/۰۹/۰۴" in words(await revenue.get(LOADER))
    site.clock.at += timedelta(days=5)
    await revenue.sign_in("revenue")
    for page in (await revenue.get(ROOM), await revenue.get(LOADER)):
        assert "نرخ پیشنهادی ۴٬۰۰۰٬۰۰۰ ریال برای هر ساعت ۲ ۱۰ از ۱۴۰۵/۰۹/۰۸" in words(page)
        assert "۱۴۰۵/۰۹/۰۴" not in words(page)


async def test_withdrawing_needs_a_fresh_proof_and_the_revenue_unit(site: StaffSite, revenue: Visitor) -> None:
    (way,) = WITHDRAW.findall(await revenue.get(LOADER))
    async with visitor(site) as manager:
        await manager.sign_in("manager")
        assert WITHDRAW.findall(await manager.get(LOADER)) == []
        await manager.post(way, 403)
    site.clock.at += PROOF_FRESHNESS
    assert 'name="proof_password"' in await revenue.post(way, 401)
    assert len(WITHDRAW.findall(await revenue.get(LOADER))) == 1
    assert await revenue.post(way, proof_password=PASSWORD) == f"{LOADER}&done=price_withdrawn"


async def test_of_two_officers_the_second_is_told_what_the_first_did(site: StaffSite, revenue: Visitor) -> None:
    form = FORM | {"valid_from": TODAY, "rate": "۵٬۰۰۰٬۰۰۰"}
    mark = read_version(await revenue.post(PREVIEW, 200, **form))
    async with visitor(site) as colleague:
        await colleague.sign_in("revenue")
        await colleague.get(LOADER)
        await set_price(colleague, FORM | {"valid_from": TODAY})
    for wrong in (mark, "بسیار", "9" * 5000):
        page = await revenue.post(LOADER, 409, **form, version=wrong)
        assert "در این فاصله همکار دیگری" in page
        assert 'value="۵٬۰۰۰٬۰۰۰"' in page, "what was typed stays"
        assert "۴٬۰۰۰٬۰۰۰ ریال برای هر ساعت برقرار" in words(page)
    assert await set_price(revenue, FORM | {"valid_from": TODAY, "rate": "۵٬۰۰۰٬۰۰۰"}) == f"{LOADER}&done=price_set"


async def test_where_prices_need_two_the_second_reads_what_becomes_of_the_others(
    site: StaffSite, revenue: Visitor
) -> None:
    need_approval(site)
    await set_price(revenue)
    async with visitor(site) as manager:
        await manager.sign_in("manager")
        for page in (await manager.get(ROOM), await manager.get(LOADER)):
            assert f"تا پیش از {AHEAD_IN_WORDS}" in words(page)
        number = page.split("/proposals/")[1].split("/")[0]
        assert await manager.post(f"{ROOM}/proposals/{number}/approve") == f"{LOADER}&done=price_set"
    ways = WITHDRAW.findall(await revenue.get(LOADER))
    assert len(ways) == 2
    for way in ways:
        assert await revenue.post(way) == f"{LOADER}&done=price_withdrawn", "one is enough"


async def test_commissions_are_corrected_and_withdrawn(site: StaffSite, revenue: Visitor) -> None:
    await revenue.get(COMMISSION)
    for share, start in (("90", TODAY), ("9", TODAY), ("12", AHEAD)):
        seen = read_version(await revenue.get(COMMISSION))
        assert await revenue.post(COMMISSION, share=share, valid_from=start, version=seen)
    page = await revenue.get(COMMISSION)
    rows = [" ".join(re.sub("<[^>]+>", " ", row.split("</tr>")[0]).split()) for row in page.split("<tr")[2:]]
    assert [row.split("٪")[1].split("> ")[-1] for row in rows] == [
        f" {AHEAD} بی‌پایان پس گرفتن",
        f" {TODAY} {AHEAD}",
        f" {TODAY} پس گرفته شد",
    ]
    (way,) = WITHDRAW.findall(page)
    async with visitor(site) as auditor:
        await auditor.sign_in("auditor")
        assert WITHDRAW.findall(await auditor.get(COMMISSION)) == []
        await auditor.post(way, 403)
    assert await revenue.post(way) == f"{COMMISSION}?done=commission_withdrawn"
    page = await revenue.get(f"{COMMISSION}?done=commission_withdrawn")
    assert words(page).count("پس گرفته شد") == 3, "told once, and shown at two rules"
    assert "پیش‌تر انجام شده" in await revenue.post(way, 409)
    page = await revenue.post(COMMISSION, 409, share="1", valid_from=TODAY, version="3")
    assert "در این فاصله همکار دیگری" in page


async def test_an_old_proof_withdraws_no_commission(site: StaffSite, revenue: Visitor) -> None:
    version = read_version(await revenue.get(COMMISSION))
    await revenue.post(COMMISSION, share="12", valid_from=AHEAD, version=version)
    (way,) = WITHDRAW.findall(await revenue.get(COMMISSION))
    site.clock.at += PROOF_FRESHNESS
    assert 'name="proof_password"' in await revenue.post(way, 401)
    assert await revenue.post(way, proof_password=PASSWORD)
