"""A day by the keyboard: rows, boxes and search have a key each, unless something is typed or keys are turned off."""

import re

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect

from tests.support.pages.chromium import SIZES, signed_in, window
from tests.support.pages.page_checks import assert_page_in_order
from tests.support.staff_site import StaffSite

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

PERSIAN_LAYOUT = """document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", { key: "ت", code: "KeyJ", bubbles: true }))"""
"""The key of «j» where Persian is typed."""


async def assert_focused(page: Page, row: int) -> None:
    """The link of a row of the list has the focus."""
    await expect(page.locator("table.list tbody tr").nth(row).locator("a").first).to_be_focused()


async def test_requests_are_gone_through_by_the_keyboard(browser: Browser, server: TestServer, site: StaffSite) -> None:
    for _ in range(3):
        await site.submitted()
    opened = await window(browser, server, SIZES["desk"])
    page = await signed_in(opened, "civil")
    for key, row in (("j", 0), ("j", 1), ("k", 0)):
        await page.keyboard.press(key)
        await assert_focused(page, row)
    await page.evaluate(PERSIAN_LAYOUT)
    await assert_focused(page, 1)
    await page.keyboard.press("x")
    await expect(page.locator("table.list tbody tr").nth(1).get_by_role("checkbox")).to_be_checked()
    await page.keyboard.press("/")
    await page.keyboard.type("jk")
    await expect(page.get_by_role("searchbox")).to_have_value("jk")
    await page.locator("table.list tbody a").first.press("Enter")
    await page.wait_for_url(re.compile("/staff/requests/[0-9]+"))
    await page.keyboard.press("g")
    await page.keyboard.press("q")
    await page.wait_for_url("**/staff")
    assert opened.complaints == []


async def test_the_help_turns_the_keys_off(browser: Browser, server: TestServer, site: StaffSite) -> None:
    await site.submitted()
    opened = await window(browser, server, SIZES["desk"])
    page = await signed_in(opened, "civil")
    await page.keyboard.press("?")
    help_ = page.get_by_role("region", name="کار با صفحه‌کلید")
    await expect(help_).to_be_visible()
    await assert_page_in_order(opened)
    await help_.get_by_role("button", name="خاموش کردن کلیدها").click()
    await page.keyboard.press("Escape")
    await page.keyboard.press("j")
    await page.keyboard.press("?")
    await expect(page.locator("table.list tbody a:focus")).to_have_count(0)
    await expect(help_).to_be_hidden()
    await opened.open("/staff/account")
    await page.get_by_role("button", name="روشن کردن کلیدها").click()
    await opened.open("/staff")
    await page.keyboard.press("?")
    await expect(help_).to_be_visible()
    await page.keyboard.press("j")
    await expect(page.locator("table.list tbody a:focus")).to_have_count(0)
    await page.keyboard.press("?")
    await page.keyboard.press("j")
    await assert_focused(page, 0)
