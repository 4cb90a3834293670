"""The page that verifies a paper, and the paper itself as HTML, in a real browser: on a phone and on a desk."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, expect

from domain.papers.issued import IssuedPaper
from domain.requests.request import Phase
from printing.pages import PageRenderer
from tests.support.demo_site import DemoSite, demo_site
from tests.support.factories import a_request
from tests.support.pages.chromium import SIZES, Window, window
from tests.support.pages.page_checks import assert_page_in_order
from tests.support.printed_papers import ADDRESS, LETTERHEAD, a_printout

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

VERDICTS = {
    "approved": ("این برگه اصل است و اعتبار دارد.", Phase.IN_PROGRESS),
    "ended": ("این برگه اصل است، ولی زمان آن گذشته است.", Phase.DONE),
    "revoked": ("این برگه دیگر اعتبار ندارد.", Phase.DECLINED),
}
TOKENS = [digit * 32 for digit in "abc"]


@pytest_asyncio.fixture(loop_scope="module")
async def site(database: Path) -> AsyncIterator[DemoSite]:
    """A demonstration of the test's own."""
    async with demo_site(database) as built:
        yield built


async def permit(site: DemoSite, token: str, state: str, phase: Phase) -> str:
    """A permit in that state, of somebody with a long name; the address of its page."""
    fields = {"plate": "12ت345-59", "from": "2026-11-25", "to": "2026-11-29", "scope": "out_of_city"}
    data = {"driver_name": "سیدمحمدحسین حسینی‌گمیشانی‌نژاد", "letter_token": token}
    request = a_request(service="taxi_leave", state=state, phase=phase, fields=fields, data=data)
    async with site.store.open_unit() as uow:
        await uow.requests.add(request)
        await uow.issued_papers.add(IssuedPaper(token, request.id, "permit", "1405/ت/7", date(2026, 11, 24)))
    return f"/verify/{token}"


async def in_sight(opened: Window, heading: str, *, refused: bool = False) -> None:
    """The heading is seen at once, and the page is in order; at both sizes."""
    for width, height in SIZES.values():
        await opened.page.set_viewport_size({"width": width, "height": height})
        await expect(opened.page.get_by_role("heading", level=1)).to_contain_text(heading)
        await expect(opened.page.get_by_role("heading", level=1)).to_be_in_viewport()
    await assert_page_in_order(opened, refused=refused)


async def test_the_verdict_comes_first(browser: Browser, server: TestServer, site: DemoSite) -> None:
    opened = await window(browser, server, SIZES["phone"])
    for token, (state, (verdict, phase)) in zip(TOKENS, VERDICTS.items(), strict=True):
        page = await opened.open(await permit(site, token, state, phase))
        await expect(page.locator("dl")).to_contain_text("س… ح…")
        await in_sight(opened, verdict)
    await opened.open(f"/verify/{'0' * 32}")
    await in_sight(opened, "چنین برگه‌ای پیدا نشد", refused=True)


async def test_the_paper_itself(browser: Browser, server: TestServer, tmp_path: Path) -> None:
    opened = await window(browser, server, SIZES["phone"])
    file = tmp_path / "paper.html"
    file.write_text(PageRenderer(LETTERHEAD, ADDRESS).render_for_browser(a_printout()), "utf-8")
    page = opened.page
    await page.goto(file.as_uri())
    await page.evaluate("document.fonts.ready")
    fonts = await page.evaluate("[...document.fonts].map(one => `${one.family} ${one.weight} ${one.status}`)")
    assert sorted(fonts) == ["Vazirmatn 400 loaded", "Vazirmatn 700 loaded"]
    assert await page.locator("img").evaluate_all("all => all.every(one => one.naturalWidth > 0)")
    await assert_page_in_order(opened)
