"""The page of a request on paper."""

import pytest
from playwright.async_api import Browser, expect

from tests.support.demo_site import DemoSite
from tests.support.pages.chromium import SIZES, SiteServer, window
from tests.support.pages.pictures import store_picture
from tests.support.pages.portal_tours import CitizenWindow
from tests.support.printed_papers import pages_of
from tests.support.scenarios.portal_requests import bill, submitted

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all


@pytest.fixture
def site(portal: DemoSite) -> DemoSite:
    """Site as the server serves it."""
    return portal


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
