"""Place at which a page opens: at its top, also where a board on it opens at an hour."""

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser

from tests.support.pages.chromium import SIZES, signed_in, window
from tests.support.staff_site import StaffSite

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

LITTLE = 320
"""Pixels of height, of which every calendar has more."""


@pytest.mark.parametrize("size", SIZES)
async def test_calendars_open_at_the_top_of_their_page(
    browser: Browser, server: TestServer, site: StaffSite, size: str
) -> None:
    await site.submitted()
    opened = await window(browser, server, (SIZES[size][0], LITTLE))
    page = await signed_in(opened, "civil")
    for address in ("/staff/fleet", "/staff/fleet?view=week"):
        await opened.open(address)
        assert await page.evaluate("[scrollY, document.documentElement.scrollHeight > innerHeight]") == [0, True], (
            address
        )
