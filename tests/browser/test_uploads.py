"""Papers on a bad line, in a real browser: a photo goes on where the line broke, and is one file in the end."""

import sqlite3
from contextlib import closing
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from PIL import Image
from playwright.async_api import Browser, Page, Route, expect

from tests.browser.test_request_forms import go_on
from tests.support.demo_site import DemoSite
from tests.support.pages.chromium import SIZES, SiteServer, Window, window
from tests.support.pages.page_checks import assert_page_in_order
from tests.support.pages.portal_tours import CitizenWindow
from tests.support.scenarios.portal_requests import EXPERT, submitted

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

UPLOADS = "**/uploads/*"


@pytest.fixture
def site(portal: DemoSite) -> DemoSite:
    """Site as the server serves it."""
    return portal


def draw_noise(side: int) -> bytes:
    """Return a photo that is not made smaller in the browser, and takes several chunks."""
    pixels, content = Random(1).randbytes(side * side * 3), BytesIO()
    Image.frombytes("RGB", (side, side), pixels).save(content, "JPEG", quality=80)
    return content.getvalue()


class BadLine:
    """A line that lets so many chunks through, and then breaks."""

    def __init__(self, chunk_count: int) -> None:
        self.chunk_count = chunk_count
        self.offsets: list[str] = []
        self.broken_count = 0

    async def pass_on(self, route: Route) -> None:
        """Let a call through, or break the line under it."""
        if route.request.method == "PATCH" and len(self.offsets) < self.chunk_count:
            self.offsets.append(route.request.headers["upload-offset"])
            await route.continue_()
        else:
            self.broken_count += 1
            await route.abort("internetdisconnected")


async def open_papers(browser: Browser, server: SiteServer) -> Window:
    """Begin a form and open its page of papers."""
    opened = await window(browser, server, SIZES["phone"])
    page = await opened.open("/services/expert/request")
    await page.get_by_role("button", name="آغاز درخواست").click()
    await page.get_by_role("radio").first.check()
    await go_on(page)
    await page.goto(f"{page.url.partition('/form/')[0]}/papers")
    return opened


async def choose(page: Page, name: str, content: bytes) -> None:
    """Choose a photo of the deed."""
    await page.locator("#file-deed").set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": content})


async def open_request_papers(browser: Browser, server: SiteServer, site: DemoSite) -> Window:
    """Follow a sent request by its code and the proof of the mobile, and open its page of papers."""
    request = await submitted(site, "expert", EXPERT)
    opened = await window(browser, server, SIZES["phone"])
    citizen = CitizenWindow(opened, site)
    await citizen.prove_mobile(f"/mobile?for=my-requests&next=/requests/{request.code}")
    await opened.page.get_by_role("button", name="افزودن مدرک").click()
    return opened


def stored_files(database: Path) -> list[tuple[str, int]]:
    """Name and size of what was sent, of each draft file; parts of uploads that are left count as files without one."""
    with closing(sqlite3.connect(database)) as connection:
        files = connection.execute("SELECT name, size FROM draft_files ORDER BY id").fetchall()
        parts = connection.execute("SELECT '', length(content) FROM upload_parts").fetchall()
    return files + parts


async def test_a_photo_goes_on_where_the_line_broke(browser: Browser, server: SiteServer, database: Path) -> None:
    photo, line = draw_noise(640), BadLine(1)
    assert 256 * 1024 < len(photo) < 700_000
    opened = await open_papers(browser, server)
    page = opened.page
    await page.route(UPLOADS, line.pass_on)
    await choose(page, "سند.jpg", photo)
    await expect(page.get_by_role("status")).to_contain_text("خط قطع است")
    await assert_page_in_order(opened, is_line_broken=True)
    await page.get_by_role("button", name="ادامه", exact=True).click()
    await expect(page.get_by_role("status")).to_contain_text("هنوز می‌رسند")
    line.chunk_count = 100
    await page.unroute(UPLOADS)
    async with page.expect_navigation(url="**/summary*"):
        await page.evaluate("window.dispatchEvent(new Event('online'))")
    assert (line.offsets, line.broken_count > 0) == (["0"], True)
    assert stored_files(database) == [("سند.jpg", len(photo))]


async def test_a_paper_of_a_sent_request_goes_on_where_the_line_broke(
    browser: Browser, server: SiteServer, site: DemoSite
) -> None:
    line = BadLine(1)
    opened = await open_request_papers(browser, server, site)
    page = opened.page
    await page.route(UPLOADS, line.pass_on)
    await choose(page, "سند.jpg", draw_noise(640))
    await expect(page.get_by_role("status")).to_contain_text("خط قطع است")
    await choose(page, "پشت سند.jpg", draw_noise(100))
    await assert_page_in_order(opened, is_line_broken=True)
    await page.get_by_role("button", name="فرستادن مدارک").click()
    await expect(page.get_by_role("status")).to_contain_text("هنوز می‌رسند")
    await page.unroute(UPLOADS)
    async with page.expect_navigation(url="**/requests/*?done=document"):
        await page.evaluate("window.dispatchEvent(new Event('online'))")
    assert (line.offsets, line.broken_count > 0) == (["0"], True)
    await expect(page.locator("main")).to_contain_text("مدرک رسید")
    files = page.locator("a[href*='/documents/']")
    await expect(files).to_have_text(["سند.jpg", "پشت سند.jpg"])
    await expect(page.locator("main")).not_to_contain_text("هنوز لازم است: سند")
    assert not await page.evaluate("indexedDB.databases().then(all => all.length)"), "nothing is kept in the browser"
    await assert_page_in_order(opened, is_line_broken=True)


async def test_a_file_is_taken_back_while_it_travels(browser: Browser, server: SiteServer, database: Path) -> None:
    opened = await open_papers(browser, server)
    page, before = opened.page, stored_files(database)
    await page.route(UPLOADS, BadLine(0).pass_on)
    await choose(page, "یک.jpg", draw_noise(600))
    await choose(page, "دو.jpg", draw_noise(300))
    await expect(page.get_by_role("status")).to_contain_text("خط قطع است")
    await page.unroute(UPLOADS)
    await page.get_by_role("button", name="حذف یک.jpg").click()
    await expect(page.get_by_role("status")).to_contain_text("دو.jpg: رسید")
    await page.locator("button[name=add]").click()
    await expect(page.locator(".file-list a")).to_have_text(["دو.jpg"])
    assert [name for name, _ in stored_files(database)[len(before) :]] == ["دو.jpg"]
    await assert_page_in_order(opened, is_line_broken=True)


async def test_what_no_upload_takes_goes_with_the_form(browser: Browser, server: SiteServer, database: Path) -> None:
    opened = await open_papers(browser, server)
    page, before = opened.page, stored_files(database)
    await page.route("**/uploads", lambda route: route.fulfill(status=429))
    await choose(page, "سه.jpg", draw_noise(100))
    await expect(page.get_by_role("status")).to_contain_text("با فرم")
    await choose(page, "چهار.jpg", draw_noise(120))
    await expect(page.get_by_role("status")).to_contain_text("چهار.jpg: با فرم")
    await page.locator("button[name=add]").click()
    await expect(page.locator(".file-list a")).to_have_text(["سه.jpg", "چهار.jpg"])
    assert [name for name, _ in stored_files(database)[len(before) :]] == ["سه.jpg", "چهار.jpg"]


async def test_an_empty_and_a_too_large_file_are_told_with_a_way_out(
    browser: Browser, server: SiteServer, database: Path
) -> None:
    opened = await open_papers(browser, server)
    page = opened.page
    await choose(page, "خالی.jpg", b"")
    await choose(page, "بزرگ.pdf", b"%PDF-1.7 " + bytes(8 * 1024 * 1024))
    await page.get_by_role("button", name="ادامه", exact=True).click()
    problems = page.locator(".error-summary")
    await expect(problems).to_contain_text("این فایل خالی است")
    await expect(problems).to_contain_text("از ۷ مگابایت بزرگ‌تر است و گرفته نشد؛ به جایش عکس بفرستید")
    assert stored_files(database) == []
