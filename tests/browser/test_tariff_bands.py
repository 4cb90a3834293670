"""A price from so many hours on, in a real browser: from the page of the machine to the price in force."""

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, expect

from tests.support.pages.chromium import WAYS, signed_in, window
from tests.support.pages.page_checks import assert_page_in_order

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

LOADER = "/staff/tariffs/machinery?machine=loader"


@WAYS
async def test_revenue_sets_a_price_from_so_many_hours_on(
    browser: Browser, server: TestServer, size: tuple[int, int], scripts: bool
) -> None:
    opened = await window(browser, server, size, scripts=scripts)
    page = await signed_in(opened, "revenue")
    await opened.open(LOADER)
    start = page.get_by_label("از چند ساعت به بالا")
    await start.fill("۹۹")
    await page.get_by_role("button", name="رفتن به نرخ آن").click()
    await expect(page.get_by_text("عددی از ۱ تا ۲۴ بفرستید.")).to_be_visible()
    await assert_page_in_order(opened, refused=True, scripts=scripts)
    await start.fill("۸")
    await page.get_by_role("button", name="رفتن به نرخ آن").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("کارکرد ماشین‌آلات: لودر، از ۸ ساعت به بالا")
    await assert_page_in_order(opened, refused=True, scripts=scripts)
    await page.get_by_label("نرخ هر واحد (ریال)").fill("۲٬۵۰۰٬۰۰۰")
    await page.get_by_role("button", name="دیدن نمونه‌ها").click()
    await expect(page.get_by_role("row", name="۱۶ ساعت")).to_contain_text("۴۴٬۰۰۰٬۰۰۰")
    await assert_page_in_order(opened, refused=True, scripts=scripts)
    await page.get_by_role("button", name="ثبت نرخ").click()
    await expect(page.locator(".timeline .phase")).to_have_text("برقرار")
    await page.get_by_role("navigation").get_by_role("link", name="لودر", exact=True).click()
    await expect(page.get_by_role("link", name="لودر، از ۸ ساعت به بالا")).to_be_visible()
    await assert_page_in_order(opened, refused=True, scripts=scripts)
