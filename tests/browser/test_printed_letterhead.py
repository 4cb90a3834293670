"""Reports and statements as a browser prints them: on the letterhead that papers bear, which no screen shows."""

from base64 import b64encode
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from PIL import Image
from playwright.async_api import Browser, expect

from domain.papers.document import Letterhead
from tests.support.pages.chromium import SIZES, signed_in, window
from tests.support.printed_papers import A4, pages_of
from tests.support.scenarios.counter_tills import a_bill_to_pay, open_office, report
from tests.support.staff_site import StaffSite, staff_site

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

NAME, ADDRESS = "شهرداری بندر نمونه", "استان گلستان، بندر نمونه، خیابان یکم، روبه‌روی پارک شهر، ساختمان مرکزی"
RED = (200, 20, 20)


def logo() -> str:
    """A red square."""
    content = BytesIO()
    Image.new("RGB", (300, 300), RED).save(content, "PNG")
    return f"data:image/png;base64,{b64encode(content.getvalue()).decode()}"


@pytest_asyncio.fixture(loop_scope="module")
async def site(database: Path) -> AsyncIterator[StaffSite]:
    """A site of another municipality, whose office took money."""
    borne = Letterhead(NAME, ADDRESS, "017-34112233", logo())
    async with staff_site(database, bears=lambda: borne) as built:
        await open_office(built)
        await report(built, await a_bill_to_pay(built), "1")
        yield built


@pytest.mark.parametrize("address", ["/staff/reports/manager", "/staff/offices/one/1001/statement?year=1405&month=9"])
async def test_what_is_printed_bears_the_letterhead(browser: Browser, server: TestServer, address: str) -> None:
    opened = await window(browser, server, SIZES["desk"])
    page = await signed_in(opened, "manager")
    await opened.open(address)
    head = page.locator(".letterhead")
    await expect(head).to_be_hidden()
    await page.emulate_media(media="print")
    for shown in (NAME, ADDRESS, "۰۱۷-۳۴۱۱۲۲۳۳"):
        await expect(head.get_by_text(shown)).to_be_visible()
    [first, *_] = pages_of(await page.pdf(prefer_css_page_size=True))
    assert first.size == tuple(round(length * 150 / 72) for length in A4)
    top = first.crop((0, 0, first.width, first.height // 5))
    red = sum(count for count, colour in top.getcolors(1 << 20) or [] if colour == RED)
    assert red > 1000, "the logo"
    assert opened.complaints == []
