"""Money that takes two desks, in a real browser: hours on top of what was paid, and a price that waits for a second
person.
"""

import re

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, expect

from domain.values.actors import Role
from tests.channels.admin.fleet.test_calendar_pages import paid
from tests.channels.admin.tariffs.test_tariff_pages import need_approval
from tests.support.pages.chromium import WAYS, open_section, signed_in, window
from tests.support.pages.page_checks import assert_page_in_order
from tests.support.pages.staff_steps import opened_step
from tests.support.staff_site import StaffSite

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all


@WAYS
async def test_hours_on_top_are_paid_for(
    browser: Browser, server: TestServer, site: StaffSite, size: tuple[int, int], scripts: bool
) -> None:
    request = await paid(site)
    await site.demo.act(request.code, "schedule", Role.CIVIL)
    await site.demo.act(request.code, "hand_over", Role.CIVIL, {"early": "yes"})
    desks = [await window(browser, server, size, scripts=scripts) for _ in range(2)]
    civil, revenue = [await signed_in(one, who) for one, who in zip(desks, ("civil", "revenue"), strict=True)]
    await desks[0].open(f"/staff/requests/{request.code}")
    await (await opened_step(civil, "پایان کار")).get_by_label("ساعت کار").fill("۵")
    await civil.get_by_role("button", name="پایان کار").click()
    await expect(civil.locator(".head .phase")).to_have_text("در انتظار پرداخت ساعت‌های بیشتر")
    await desks[1].open(f"/staff/requests/{request.code}")
    fold = revenue.locator("details[open]", has=revenue.get_by_text("ثبت پرداخت", exact=True))
    await expect(fold.get_by_label("مبلغ")).to_have_value("۳٬۳۰۰٬۰۰۰")
    await fold.get_by_label("شمارهٔ پیگیری بانک").fill("1002")
    await fold.get_by_role("button", name="ثبت پرداخت").click()
    await expect(revenue.get_by_role("status")).to_have_text("پرداخت ثبت شد.")
    await expect(revenue.locator(".head .phase")).to_have_text("انجام شده")
    await expect(revenue.locator(".bill-state")).to_have_text(["پرداخت‌شده"] * 2)
    for opened in desks:
        await assert_page_in_order(opened, scripts=scripts)


@WAYS
async def test_a_price_waits_for_a_second_person(
    browser: Browser, server: TestServer, site: StaffSite, size: tuple[int, int], scripts: bool
) -> None:
    need_approval(site)
    desks = [await window(browser, server, size, scripts=scripts) for _ in range(2)]
    revenue, manager = [await signed_in(one, who) for one, who in zip(desks, ("revenue", "manager"), strict=True)]
    await desks[0].open("/staff/tariffs/machinery?machine=loader")
    await revenue.get_by_label("نرخ هر واحد").fill("۴٬۰۰۰٬۰۰۰")
    await revenue.get_by_role("button", name="دیدن نمونه‌ها").click()
    await expect(revenue.locator("main")).to_contain_text("۳۳٪ بیشتر از نرخ کنونی")
    await revenue.get_by_label(re.compile("بسیار متفاوت است")).check()
    await revenue.get_by_role("button", name="فرستادن برای تأیید نفر دوم").click()
    await expect(revenue.get_by_role("status")).to_have_text("نرخ تازه در انتظار تأیید نفر دوم است.")
    await expect(revenue.get_by_role("button", name="پس گرفتن")).to_be_visible()
    await expect(revenue.get_by_role("button", name="تأیید", exact=True)).to_have_count(0)
    await open_section(manager, "تعرفه‌ها")
    await expect(manager.locator("main")).to_contain_text("پیشنهاد کارمند revenue")
    await assert_page_in_order(desks[1], scripts=scripts)
    await manager.get_by_role("button", name="تأیید", exact=True).click()
    await expect(manager.get_by_role("status")).to_have_text("نرخ تازه ثبت شد.")
    await expect(manager.locator(".timeline").first).to_contain_text("۴٬۰۰۰٬۰۰۰ ریال")
    for opened in desks:
        await assert_page_in_order(opened, scripts=scripts)
