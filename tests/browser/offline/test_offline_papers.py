"""Photos of a citizen whose line drops, in a real browser: kept without it, sent once it is back, each exactly once."""

import sqlite3
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Browser, FilePayload, Page, Route, expect
from yarl import URL

from channels.portal.requests.offline_papers import OfflinePaperPosts
from tests.browser.offline.test_offline_forms import (
    BEGIN,
    GONE,
    KEPT_FILES,
    READY,
    SEND_LATER,
    assert_offline_in_order,
    count_rows,
    lose_first_answer,
    open_form,
    open_phone,
    prove_and_finish,
    reopen,
    wait_until,
)
from tests.browser.test_request_forms import TYPED_MOBILE, answer_expert, go_on
from tests.support.demo_site import DemoSite
from tests.support.pages.chromium import SiteServer, Window
from tests.support.pages.page_checks import NO_LINE, assert_page_in_order
from tests.support.scenarios.sample_files import GPS_DIRECTORY, BusyCleaner, FilesCleanedHere, take_photo

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all


@pytest.fixture
def site(portal: DemoSite) -> DemoSite:
    """Site as the server serves it."""
    return portal


@pytest.fixture
def lost_papers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The answers to files that were kept that never came: the first one does not."""
    return lose_first_answer(monkeypatch, OfflinePaperPosts, "_keep_file")


def make_upload(name: str, content: bytes) -> FilePayload:
    """Return a photo as it is chosen in a browser."""
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


def take_large_photo() -> bytes:
    """Return a photo that phones make smaller before it travels."""
    written = BytesIO()
    Image.effect_noise((2400, 600), 120).save(written, "JPEG", quality=95)
    return written.getvalue()


async def choose_papers(opened: Window) -> None:
    """Keep three files of the deed without a line, one of them by the camera, and take one out again."""
    page = opened.page
    await expect(page.get_by_role("heading", name="مدارک را دارید؟")).to_be_visible()
    photo = make_upload("سند.jpg", take_photo())
    await page.locator("#file-deed").set_input_files([photo, make_upload("اشتباه.jpg", take_photo(80))])
    await expect(page.locator("[data-paper=deed] li")).to_have_count(2)
    await page.locator("#camera-deed").set_input_files(make_upload("دوربین.jpg", take_large_photo()))
    await expect(page.locator("[data-paper=deed] li")).to_have_count(3)
    await assert_page_in_order(opened, refused=True)
    await page.get_by_role("button", name="حذف اشتباه.jpg").click()
    await expect(page.locator("[data-paper=deed] li")).to_have_count(2)
    await go_on(page)


async def break_second_chunk(page: Page) -> list[str]:
    """Break the line under the second chunk of a file, once; return the offsets of all chunks, as they come."""
    offsets: list[str] = []

    async def pass_on(route: Route) -> None:
        if route.request.method == "PATCH":
            offsets.append(route.request.headers["upload-offset"])
            if len(offsets) == 2:
                await route.abort("internetdisconnected")
                return
        await route.continue_()

    await page.route("**/uploads/*", pass_on)
    return offsets


async def test_photos_that_were_kept_without_a_line_go_along_once(
    browser: Browser, server: SiteServer, portal: DemoSite, database: Path, lost_papers: list[str]
) -> None:
    portal.desk.file_cleaner = FilesCleanedHere()
    opened = await open_phone(browser, server)
    page = await open_form(opened, "expert")
    await page.context.set_offline(True)
    await opened.open("/services/expert/request")
    await page.get_by_role("button", name=BEGIN).click()
    await answer_expert(page)
    await choose_papers(opened)
    await expect(page.locator(".answers .file-list")).to_contain_text("دوربین.jpg")
    await page.get_by_label("شمارهٔ همراه").fill(TYPED_MOBILE)
    async with page.expect_console_message(lambda message: NO_LINE in message.text):
        await page.get_by_role("button", name=SEND_LATER).click()
    await expect(page.get_by_role("heading", name=READY)).to_be_visible()
    await assert_offline_in_order(opened)
    opened = await reopen(opened, "/")
    await opened.page.get_by_role("button", name="ادامه").click()
    await expect(opened.page.locator(".answers .file-list")).to_contain_text("سند.jpg")
    offsets = await break_second_chunk(opened.page)
    await opened.page.context.set_offline(False)
    await expect(opened.page.get_by_text(GONE)).to_be_visible()
    await opened.page.evaluate("dispatchEvent(new Event('online'))")
    await prove_and_finish(portal, opened.page)
    assert offsets == ["0", "262144", "262144", "524288"], "it goes on where the line broke"
    assert lost_papers
    assert count_rows(database, "requests") == 1
    assert_photos_went_along(database)
    assert await opened.page.evaluate(KEPT_FILES) == 0


def assert_photos_went_along(database: Path) -> None:
    """The request has the two photos, each once, without the place where they were taken."""
    photos = read_documents(database)
    assert {name: photo.size for name, photo in photos} == {"سند.jpg": (64, 48), "دوربین.jpg": (2000, 500)}
    assert len(photos) == 2
    assert not any(GPS_DIRECTORY in photo.getexif() for _, photo in photos)


def read_documents(database: Path) -> list[tuple[str, Image.Image]]:
    """Return every paper of requests: its name, and the photo."""
    query = "SELECT name, content FROM documents JOIN contents USING (sha256)"
    with closing(sqlite3.connect(database)) as connection:
        return [(name, Image.open(BytesIO(content))) for name, content in connection.execute(query)]


FULL_STORE = """(isFull) => {
  const put = IDBObjectStore.prototype.wholePut || IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.wholePut = put;
  IDBObjectStore.prototype.put = !isFull ? put : function (...row) {
    if (this.name === "files") queueMicrotask(() => this.transaction.abort());
    return put.apply(this, row);
  };
}"""
"""The browser has no room for files: it undoes what would keep one, as it does over its quota; or has some again."""


async def meet_full_browser(opened: Window) -> None:
    """Choose a file for which the browser has no room, until it has some."""
    page = opened.page
    await page.evaluate(FULL_STORE, True)
    await page.locator("#file-deed").set_input_files(make_upload("دوربین.jpg", take_photo(80)))
    await expect(page.get_by_text("جای مرورگر در این گوشی پر است")).to_be_visible()
    await assert_offline_in_order(opened)
    await page.evaluate(FULL_STORE, False)


async def test_a_line_that_drops_while_papers_are_chosen(browser: Browser, server: SiteServer, database: Path) -> None:
    opened = await open_phone(browser, server)
    page = await open_form(opened, "expert")
    await page.get_by_role("button", name=BEGIN).click()
    await page.goto(page.url.partition("/form/")[0] + "/papers")
    address = URL(page.url).path
    await page.locator("#file-deed").set_input_files(make_upload("سند.jpg", take_photo(96)))
    await expect(page.locator("[data-upload-status]")).to_contain_text("رسید")
    await page.context.set_offline(True)
    await page.get_by_role("button", name="نگه دار و در همین صفحه بمان").click()  # the upload came, its form does not
    await expect(page.locator("[data-paper=deed] li")).to_contain_text("سند.jpg")
    await page.context.set_offline(False)
    await expect(page.get_by_role("link", name="سند.jpg")).to_be_visible()  # the page of the server, by itself
    await page.context.set_offline(True)
    await page.locator("#file-deed").set_input_files(make_upload("دوم.jpg", take_large_photo()))
    await expect(page.locator("[data-upload-status]")).to_contain_text("خط قطع است")
    await wait_until(page, f"() => ({KEPT_FILES})().then((count) => count === 1)")
    opened = await reopen(opened, address)
    page = opened.page
    await expect(page.locator("[data-paper=deed] li")).to_contain_text("دوم.jpg")
    await meet_full_browser(opened)
    await page.locator("#file-deed").set_input_files(make_upload("نامه.txt", b"no photo"))
    await expect(page.locator("[data-paper=deed] li")).to_have_count(2)
    await page.context.set_offline(False)
    await expect(page.locator("[data-paper=deed] li .problem:visible")).to_contain_text("پذیرفته نشد")
    await page.get_by_role("button", name="حذف نامه.txt").click()
    await expect(page.locator(".file-list a")).to_have_text(["سند.jpg", "دوم.jpg"])
    assert (count_rows(database, "draft_files"), count_rows(database, "upload_parts")) == (2, 0)


async def test_a_kept_photo_that_cannot_be_opened_now_is_sent_again_without_travelling_anew(
    browser: Browser, server: SiteServer, portal: DemoSite, database: Path
) -> None:
    portal.desk.file_cleaner = BusyCleaner()
    page = await open_form(await open_phone(browser, server), "expert")
    await page.get_by_role("button", name=BEGIN).click()
    address = page.url.partition("/form/")[0] + "/papers"
    await page.context.set_offline(True)
    await page.goto(address)
    await page.locator("#file-deed").set_input_files(make_upload("سند.jpg", take_large_photo()))
    await expect(page.locator("[data-paper=deed] li")).to_have_count(1)
    await page.context.set_offline(False)
    await expect(page.get_by_text("این فایل اکنون بررسی‌پذیر نیست")).to_be_visible()
    portal.desk.file_cleaner = FilesCleanedHere()
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(page.get_by_role("link", name="سند.jpg")).to_be_visible()
    assert (count_rows(database, "draft_files"), count_rows(database, "uploads")) == (1, 1)
