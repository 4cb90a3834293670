"""The staff's desk in a real browser: signing in, and the way of a request; both widths, with scripts and without."""

import re

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, expect

from tests.support.chromium import WAYS, signed_in, window
from tests.support.staff_site import StaffSite

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all


@WAYS
async def test_a_request_from_the_order_to_the_delivery(
    browser: Browser, server: TestServer, site: StaffSite, size: tuple[int, int], scripts: bool
) -> None:
    request = await site.submitted()
    path = f"/staff/requests/{request.code}"
    desks = {name: await window(browser, server, size, scripts=scripts) for name in ("civil", "revenue")}
    pages = {name: await signed_in(opened, name) for name, opened in desks.items()}
    civil, revenue = pages["civil"], pages["revenue"]
    await civil.get_by_role("link", name=re.compile("کارکرد|[0-9]{3} [0-9]{3}")).first.click()
    await expect(civil.get_by_role("heading", level=1)).to_have_text("کارکرد ماشین‌آلات")
    await civil.locator("summary", has_text="پذیرش").click()
    await civil.get_by_label("ساعت کار").fill("۳")
    await civil.get_by_role("button", name="پذیرش").click()
    await expect(civil.get_by_role("status")).to_have_text("انجام شد.")
    await desks["revenue"].open(path)
    await revenue.get_by_role("button", name="تعیین هزینه").click()
    await revenue.locator("summary", has_text="ثبت فیش").click()
    await revenue.get_by_label("شمارهٔ پیگیری بانک").fill("1001")
    await revenue.get_by_role("button", name="ثبت فیش بانکی").click()
    await expect(revenue.get_by_role("status")).to_have_text("پرداخت ثبت شد.")
    await desks["civil"].open(path)
    await civil.locator("summary", has_text="زمان‌بندی").click()
    await civil.get_by_label("لودر ۱").check()
    await civil.get_by_role("button", name="زمان‌بندی").click()
    await civil.locator("summary", has_text="تحویل ماشین").click()
    await civil.get_by_role("button", name="تحویل ماشین").click()
    await expect(civil.locator(".phase")).to_have_text("ماشین تحویل شده")
    for opened in desks.values():
        await opened.assert_fits()
        assert opened.complaints == []


async def test_a_double_click_takes_one_step(browser: Browser, server: TestServer, site: StaffSite) -> None:
    request = await site.submitted()
    opened = await window(browser, server, (1366, 768))
    page = await signed_in(opened, "civil")
    await opened.open(f"/staff/requests/{request.code}")
    await page.locator("summary", has_text="پذیرش").click()
    await page.get_by_role("button", name="پذیرش").dblclick()
    await expect(page.get_by_role("status")).to_have_text("انجام شد.")


async def test_what_is_refused_is_told_at_the_field(
    browser: Browser, server: TestServer, site: StaffSite, size: tuple[int, int]
) -> None:
    request = await site.submitted()
    opened = await window(browser, server, size)
    page = await signed_in(opened, "civil")
    await opened.open(f"/staff/requests/{request.code}")
    await page.locator("summary", has_text="پذیرش").click()
    await page.get_by_label("روز").press_sequentially("دیروز")
    await page.get_by_role("button", name="پذیرش").click()
    await expect(page.get_by_label("روز")).to_have_value("دیروز")
    await expect(page.get_by_label("روز")).to_have_accessible_description(re.compile("خوانده نشد"))
    await opened.assert_accessible()


async def test_the_calendar_covers_nobodys_form(browser: Browser, server: TestServer, size: tuple[int, int]) -> None:
    opened = await window(browser, server, size)
    await signed_in(opened, "civil")
    page = await opened.open("/staff/walk-in/machinery")
    day, calendar = page.locator("[data-jdp]").first, page.locator("jdp-container")
    await day.focus()
    await expect(calendar).to_be_visible()
    await page.keyboard.type("فردا")
    await expect(calendar).to_be_hidden()
    await page.get_by_label("محل کار").focus()
    await day.focus()
    await expect(calendar).to_be_visible()
    await page.get_by_label("محل کار").focus()
    await expect(calendar).to_be_hidden()
    await expect(day).to_have_value("فردا")


async def test_the_door_says_what_was_wrong(browser: Browser, server: TestServer, size: tuple[int, int]) -> None:
    opened = await window(browser, server, size)
    page = await opened.open("/staff")
    await page.get_by_label("نام کاربری").fill("civil")
    await page.get_by_label("گذرواژه").fill("wrong")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("نام کاربری یا رمز درست نیست.")
    await opened.assert_accessible()
    await opened.assert_fits()
