"""The page that verifies a paper, and the paper itself as HTML, in a real browser: on a phone and on a desk."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, expect

from domain.issued_papers import IssuedPaper
from domain.requests import Phase
from printing.pages import Pages
from tests.contracts.examples import a_request
from tests.support.chromium import SiteServer, Window, window
from tests.support.demo_site import DemoSite, demo_site
from tests.support.papers import ADDRESS, LETTERHEAD, TOKEN, a_printout

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

VERDICTS = {
    "approved": ("این برگه اصل است و اعتبار دارد.", Phase.IN_PROGRESS),
    "ended": ("این برگه اصل است، ولی زمان آن گذشته است.", Phase.DONE),
    "revoked": ("این برگه دیگر اعتبار ندارد.", Phase.DECLINED),
}


@pytest_asyncio.fixture(loop_scope="module")
async def site(database: Path) -> AsyncIterator[DemoSite]:
    """A demonstration of the test's own."""
    async with demo_site(database) as built:
        yield built


@pytest_asyncio.fixture(loop_scope="module")
async def server(site: DemoSite) -> AsyncIterator[TestServer]:
    """It, served on a free port."""
    running = SiteServer(site.app)
    await running.start_server()
    yield running
    await running.close()


@pytest_asyncio.fixture(loop_scope="module")
async def opened(browser: Browser, server: TestServer, size: tuple[int, int]) -> AsyncIterator[Window]:
    """A window of each size, in which nothing is complained about, but that there is no such page."""
    made = await window(browser, server, size)
    yield made
    assert [one for one in made.complaints if "404" not in one] == []
    await made.page.close()


async def is_in_order(opened: Window) -> None:
    """Nothing stands out at the sides, and axe finds nothing to complain about."""
    await opened.assert_fits()
    await opened.assert_accessible()


async def permit(site: DemoSite, state: str) -> str:
    """A permit in that state, of somebody with a long name; the address of its page."""
    fields = {"plate": "12ت345-59", "from": "2026-11-25", "to": "2026-11-29", "scope": "out_of_city"}
    data = {"driver_name": "سیدمحمدحسین حسینی‌گمیشانی‌نژاد", "letter_token": TOKEN}
    request = a_request(service="taxi_leave", state=state, phase=VERDICTS[state][1], fields=fields, data=data)
    async with site.store.unit() as uow:
        await uow.requests.add(request)
        await uow.issued_papers.add(IssuedPaper(TOKEN, request.id, "permit", "1405/ت/7", date(2026, 11, 24)))
    return f"/verify/{TOKEN}"


@pytest.mark.parametrize("state", VERDICTS)
async def test_the_verdict_comes_first(opened: Window, site: DemoSite, state: str) -> None:
    page = await opened.open(await permit(site, state))
    heading = page.get_by_role("heading", level=1)
    await expect(heading).to_contain_text(VERDICTS[state][0])
    await expect(heading).to_be_in_viewport()
    await expect(page.locator("dl")).to_contain_text("س… ح…")
    await is_in_order(opened)


async def test_a_paper_that_nobody_issued(opened: Window) -> None:
    page = await opened.open(f"/verify/{'0' * 32}")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("چنین برگه‌ای پیدا نشد")
    await is_in_order(opened)


async def test_the_paper_itself(opened: Window, tmp_path: Path) -> None:
    file = tmp_path / "paper.html"
    file.write_text(Pages(LETTERHEAD, ADDRESS).whole(a_printout()), "utf-8")
    page = opened.page
    await page.goto(file.as_uri())
    await page.evaluate("document.fonts.ready")
    fonts = await page.evaluate("[...document.fonts].map(one => `${one.family} ${one.weight} ${one.status}`)")
    assert sorted(fonts) == ["Vazirmatn 400 loaded", "Vazirmatn 700 loaded"]
    assert await page.locator("img").evaluate_all("all => all.every(one => one.naturalWidth > 0)")
    await is_in_order(opened)
