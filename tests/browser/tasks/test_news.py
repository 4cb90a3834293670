"""New work is told by the browser of whoever wants that, and by no other."""

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, expect

from tests.support.pages.chromium import SIZES, signed_in, window
from tests.support.pages.page_checks import assert_page_in_order
from tests.support.staff_site import StaffSite

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

NOTED = """
window.noted = [];
window.Notification = class {
  static permission = "granted";
  static requestPermission = async () => "granted";
  constructor(title, { body }) { window.noted.push(body); }
};
"""


async def test_new_work_is_told_to_who_wants_it(browser: Browser, server: TestServer, site: StaffSite) -> None:
    opened = await window(browser, server, SIZES["desk"])
    page = await signed_in(opened, "civil")
    await page.add_init_script(NOTED)
    await site.submitted()
    await page.goto(str(server.make_url("/staff")))
    assert await page.evaluate("localStorage.length") == 0, "off until somebody turns it on"
    await page.goto(str(server.make_url("/staff/account")))
    async with page.expect_response("**/staff/news"):
        await page.get_by_role("button", name="روشن کردن خبر").click()
    await expect(page.get_by_role("button", name="خاموش کردن خبر")).to_be_visible()
    await assert_page_in_order(opened)
    await site.submitted()
    async with page.expect_response("**/staff/news"):
        await page.goto(str(server.make_url("/staff")))
    await page.wait_for_function("noted.length > 0")
    assert await page.evaluate("noted") == ["واحد عمران: ۲ درخواست در صف"]
    async with page.expect_response("**/staff/news"):
        await page.reload()
    assert await page.evaluate("noted") == []


async def test_where_pages_may_not_notify_it_is_not_promised(browser: Browser, server: TestServer) -> None:
    opened = await window(browser, server, SIZES["phone"])
    page = await signed_in(opened, "civil")
    await page.add_init_script(
        f"{NOTED} Notification = new Proxy(Notification, {{ construct() {{ throw TypeError() }} }});"
    )
    await page.goto(str(server.make_url("/staff/account")))
    await page.get_by_role("button", name="روشن کردن خبر").click()
    await expect(page.get_by_text("این مرورگر نمی‌گذارد")).to_be_visible()
    assert await page.evaluate("localStorage.length") == 0
    await assert_page_in_order(opened)
