"""A citizen who follows a request on a phone without scripts, from its code to its rating; and its page on paper."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.support.demo_site import DemoSite, demo_site
from tests.support.pages.chromium import SIZES, SiteServer, window
from tests.support.pages.portal_tours import OWN_NUMBER, CitizenWindow
from tests.support.scenarios.portal_requests import asked, bill, completed, submitted

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all


@pytest_asyncio.fixture(loop_scope="module")
async def portal(database: Path) -> AsyncIterator[DemoSite]:
    """The portal."""
    async with demo_site(database) as built:
        yield built


@pytest_asyncio.fixture(loop_scope="module")
async def server(portal: DemoSite) -> AsyncIterator[SiteServer]:
    """It, served on a free port."""
    running = SiteServer(portal.app)
    await running.start_server()
    yield running
    await running.close()


async def test_from_the_code_to_the_rating_without_scripts(
    browser: Browser, server: SiteServer, portal: DemoSite
) -> None:
    waiting, done = await asked(portal), await completed(portal)
    opened = await window(browser, server, SIZES["phone"], scripts=False)
    citizen, page = CitizenWindow(opened, portal), opened.page
    await opened.open("/track")
    await page.get_by_label("کد رهگیری").fill(done.code)
    await citizen.press("پیگیری")
    await opened.assert_fits()
    await page.get_by_role("button", name="تأیید شماره و دیدن همهٔ درخواست").click()
    await citizen.fill("شمارهٔ تلفن همراه", OWN_NUMBER)
    await citizen.press("فرستادن کد")
    await citizen.fill("کد تأیید", await citizen.read_code())
    await citizen.press("تأیید")
    await opened.assert_fits()
    await page.get_by_label("۴، راضی").check()
    await page.get_by_label("چرا؟").fill("راننده خوش‌برخورد بود")
    await citizen.press("ثبت امتیاز")
    await expect(page.get_by_role("status")).to_have_text("سپاس از امتیاز شما.")
    await page.locator(".back a").click()
    await answer_first(citizen, waiting.code)


async def answer_first(citizen: CitizenWindow, code: str) -> None:
    """Answer what is asked about the request that the list has first."""
    page = citizen.window.page
    first = page.locator(".request-list").first.get_by_role("link")
    await expect(first).to_have_attribute("href", f"/requests/{code}")
    await first.click()
    await page.get_by_role("textbox", name="پاسخ شما").fill("بله، باز است")
    await citizen.press("فرستادن پاسخ")
    await expect(page.get_by_role("status")).to_have_text("پاسخ شما رسید و بررسی می‌شود.")
    await citizen.window.assert_fits()


async def test_printed_it_is_status_history_and_bills(browser: Browser, server: SiteServer, portal: DemoSite) -> None:
    request = await submitted(portal)
    await bill(portal, request)
    opened = await window(browser, server, SIZES["desk"])
    await CitizenWindow(opened, portal).prove_mobile(f"/mobile?for=my-requests&next=/requests/{request.code}")
    page = opened.page
    await expect(page.get_by_role("button", name="پرداخت اینترنتی")).to_be_visible()
    await page.emulate_media(media="print")
    await expect(page.get_by_role("button", name="پرداخت اینترنتی")).to_be_hidden()
    await expect(page.locator(".session")).to_be_hidden()
    for heading in ("قبض", "آنچه تاکنون شد", "آنچه خواسته‌اید"):
        await expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
