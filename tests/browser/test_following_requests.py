"""The page of a request on paper."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.support.demo_site import DemoSite, demo_site
from tests.support.pages.chromium import SIZES, SiteServer, window
from tests.support.pages.pictures import store_picture
from tests.support.pages.portal_tours import CitizenWindow
from tests.support.printed_papers import pages_of
from tests.support.scenarios.portal_requests import bill, submitted

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
    sheets = pages_of(await page.pdf(width="210mm", height="297mm"))
    store_picture(sheets[0], "request-print")
    assert len(sheets) == 1
