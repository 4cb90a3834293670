"""A citizen whose line drops, in a real browser: forms open and go on without it, nothing typed is lost, and what was
typed is sent once it is back, each exactly once; nothing of it stays where a session was ended.
"""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Browser, Page, expect

from channels.portal import session_pages
from channels.portal.requests.offline_posts import OfflinePosts
from domain.actions.context import ActionContext
from domain.actions.drafts.saving import save_section
from domain.drafts.draft import TypedForm
from domain.values.errors import Unavailable
from tests.browser.test_request_forms import MOBILE, TYPED_MOBILE, fill_machinery, go_on
from tests.support.demo_site import DemoSite, demo_site
from tests.support.pages.chromium import SIZES, SiteServer, Window
from tests.support.pages.page_checks import NO_LINE, assert_page_in_order
from tests.support.portal_citizen import read_newest_code

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

SUMMARY, READY = "پاسخ‌ها را ببینید", "آمادهٔ فرستادن است"
BEGIN, SEND_LATER = "آغاز درخواست", "با برگشت خط فرستاده شود"
GONE = "خط قطع است؛"
KEPT_PAGES = """async () => (await (await caches.open("pishkhan-forms")).keys())
  .map((request) => new URL(request.url).pathname).filter((path) => !path.startsWith("/static/"))"""
IS_KEPT = """async ([cache, address]) => {
  if (!navigator.serviceWorker.controller) return false;
  return Boolean(await (await caches.open(cache)).match(address));
}"""
NOTHING_IS_KEPT = "async () => (await offlineForms.listForms()).length === 0"


@pytest.fixture
def site(portal: DemoSite) -> DemoSite:
    """Site as the server serves it."""
    return portal


async def open_phone(browser: Browser, server: SiteServer) -> Window:
    """Open a window of a phone that may have several pages."""
    width, height = SIZES["phone"]
    context = await browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(40_000)  # a busy machine may be slow
    return Window(await context.new_page(), server)


async def assert_offline_in_order(opened: Window) -> None:
    """The page is in order; that a call found no line is no complaint."""
    await assert_page_in_order(opened, refused=True, is_line_broken=True)


async def reopen(opened: Window, address: str) -> Window:
    """Close the page, and open an address in a new one."""
    await opened.page.close()
    again = Window(await opened.page.context.new_page(), opened.server)
    await again.open(address)
    return again


async def wait_until(page: Page, script: str, argument: object = None, turns: int = 400) -> None:
    """Wait until a script that answers later says yes: `wait_for_function` takes its promise for that."""
    for _ in range(turns):
        if await page.evaluate(script, argument):
            return
        await page.wait_for_timeout(50)
    raise AssertionError(f"never: {script}, {argument}")


async def open_form(opened: Window, service: str) -> Page:
    """Open the page where a request is begun, until the worker keeps its form."""
    page = await opened.open(f"/services/{service}/request")
    await wait_until(page, IS_KEPT, ["pishkhan-forms", f"/services/{service}/request/offline"])
    return page


def count_rows(database: Path, table: str) -> int:
    """Return how many rows there are in a table."""
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - our own names


async def prove_and_finish(portal: DemoSite, page: Page) -> None:
    """Type the code that came, and see the request."""
    await expect(page.get_by_label("کد تأیید")).to_be_visible()
    await page.get_by_label("کد تأیید").fill(await read_newest_code(portal, MOBILE))
    await page.get_by_label("کد تأیید").press("Enter")
    await expect(page.get_by_role("heading", name="درخواست شما ثبت شد")).to_be_visible()


async def test_a_form_that_is_begun_and_filled_in_without_a_line_is_sent_once(
    browser: Browser, server: SiteServer, portal: DemoSite, database: Path
) -> None:
    opened = await open_phone(browser, server)
    page = await open_form(opened, "machinery")
    await page.context.set_offline(True)
    await opened.open("/services/machinery/request")
    await page.get_by_role("button", name=BEGIN).click()
    await fill_machinery(page)
    await expect(page.get_by_role("heading", name=SUMMARY)).to_be_visible()
    await page.get_by_label("شمارهٔ همراه").fill(TYPED_MOBILE)
    await page.get_by_role("button", name=SEND_LATER).click()
    await expect(page.get_by_role("heading", name=READY)).to_be_visible()
    opened = await reopen(opened, "/")  # the browser was closed, its first page is opened
    await opened.page.get_by_role("button", name="ادامه").click()
    await expect(opened.page.get_by_role("heading", name=READY)).to_be_visible()
    assert count_rows(database, "drafts") == 0
    await opened.page.context.set_offline(False)
    await prove_and_finish(portal, opened.page)
    assert (count_rows(database, "drafts"), count_rows(database, "requests")) == (1, 1)
    await wait_until(opened.page, NOTHING_IS_KEPT, turns=100)  # the form is forgotten once its code was shown


async def test_every_page_without_a_line_is_in_order(browser: Browser, server: SiteServer) -> None:
    opened = await open_phone(browser, server)
    page = await open_form(opened, "taxi_leave")
    for address in ("/offline", "/services/taxi_leave/request/offline"):
        await opened.open(address)
        await expect(page.locator("#offline-page h1")).to_be_focused()
        await assert_page_in_order(opened)
    await page.get_by_role("button", name=BEGIN).click()
    for _ in range(20):
        await assert_page_in_order(opened, refused=True)
        if await page.get_by_role("heading", name=SUMMARY).count():
            break
        await page.context.set_offline(True)
        await go_on(page)
    await expect(page.get_by_role("heading", name=SUMMARY)).to_be_visible()


def lose_first_answer(monkeypatch: pytest.MonkeyPatch, pages: type, handler_name: str) -> list[str]:
    """Have the first answer of a handler never come, though it did its work; return the paths of what was lost."""
    lost: list[str] = []
    handle = getattr(pages, handler_name)

    async def lose_first(self: object, request: web.Request, visitor: object) -> object:
        answer = await handle(self, request, visitor)
        if not lost and request.transport:
            lost.append(request.path)
            request.transport.abort()
        return answer

    monkeypatch.setattr(pages, handler_name, lose_first)
    return lost


@pytest.fixture
def lost_answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The answers to what was kept that never came: the first one does not."""
    return lose_first_answer(monkeypatch, OfflinePosts, "_take_over")


async def test_the_line_drops_in_the_middle_and_an_answer_is_lost(
    browser: Browser, database: Path, lost_answers: list[str]
) -> None:
    async with demo_site(database) as portal:
        server = SiteServer(portal.app)
        await server.start_server()
        page = await open_form(await open_phone(browser, server), "taxi_report")
        await page.get_by_role("button", name=BEGIN).click()
        await fill_while_it_drops(page)
        await page.context.set_offline(False)
        await expect(page.get_by_role("heading", name="پاسخ‌ها را ببینید و بفرستید")).to_be_visible()
        assert lost_answers
        await expect(page.get_by_text("کیف مرا پس داد")).to_be_visible()
        restarted = await send_while_it_restarts(server, portal, page)
        assert (count_rows(database, "drafts"), count_rows(database, "requests")) == (1, 1)
        await restarted.close()


async def fill_while_it_drops(page: Page) -> None:
    """Fill in a report whose line drops at the second question, reload in the middle, and go back once."""
    await page.get_by_label("تشویق").check()
    await go_on(page)
    await page.get_by_label("دو رقم").fill("۱۲")
    await page.context.set_offline(True)
    await expect(page.get_by_text(GONE)).to_be_visible()
    await page.wait_for_timeout(500)
    await page.reload()  # what was being typed is there again
    await expect(page.get_by_label("دو رقم")).to_have_value("۱۲")
    for label, part in (("حرف", "ت"), ("سه رقم", "۳۴۵"), ("ایران", "۵۹")):
        await page.get_by_label(label).fill(part)
    await go_on(page)
    await page.get_by_label("شرح").fill("کیف مرا پس داد")
    await go_on(page)
    await expect(page.get_by_role("heading", name=SUMMARY)).to_be_visible()
    await page.go_back()
    await expect(page.get_by_label("شرح")).to_have_value("کیف مرا پس داد")
    await go_on(page)
    await expect(page.get_by_role("heading", name=SUMMARY)).to_be_visible()


async def send_while_it_restarts(server: SiteServer, portal: DemoSite, page: Page) -> SiteServer:
    """Send a form while nobody is at the other end of the line. Return the restarted server."""
    port = server.port
    await page.get_by_label("شمارهٔ همراه").fill(TYPED_MOBILE)
    await server.close()
    await page.get_by_role("button", name=re.compile("^فرستادن")).click()
    await expect(page.get_by_role("heading", name=READY)).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("heading", name=READY)).to_be_visible()
    restarted = SiteServer(portal.app, port=port)
    await restarted.start_server()
    await page.reload()
    await prove_and_finish(portal, page)
    return restarted


async def test_what_another_device_wrote_is_not_overwritten(
    browser: Browser, server: SiteServer, portal: DemoSite, database: Path
) -> None:
    opened = await open_phone(browser, server)
    page = await open_form(opened, "taxi_report")
    await page.get_by_role("button", name=BEGIN).click()
    await page.goto(page.url.replace(page.url.rpartition("/")[2], "story"))
    await page.get_by_label("شرح").fill("نخست")
    await go_on(page)
    await page.goto(page.url.replace("summary", "form/story?check=1"))
    await page.context.set_offline(True)
    await page.get_by_label("شرح").fill("از این گوشی")
    await page.get_by_role("button", name="نگه دار و به بازبینی برگرد").click()
    await expect(page.get_by_role("heading", name=SUMMARY)).to_be_visible()
    await write_elsewhere(portal, database, "از دستگاه دیگر")
    await page.context.set_offline(False)
    await expect(page.get_by_role("alert")).to_contain_text("از دستگاه دیگر")
    await expect(page.get_by_label("شرح")).to_have_value("از این گوشی")
    await assert_offline_in_order(opened)
    await page.get_by_role("button", name="نوشتهٔ همین گوشی بماند").click()
    await expect(page.get_by_role("heading", name="پاسخ‌ها را ببینید و بفرستید")).to_be_visible()
    await expect(page.get_by_text("از این گوشی")).to_be_visible()
    assert count_rows(database, "drafts") == 1


async def write_elsewhere(portal: DemoSite, database: Path, words: str) -> None:
    """Save a section of the only draft as another device that holds it."""
    with closing(sqlite3.connect(database)) as connection:
        draft_id, session_id = connection.execute("SELECT draft_id, session_id FROM draft_holders").fetchone()
    async with portal.store.open_unit() as uow:
        await save_section(ActionContext(portal.desk, uow), session_id, draft_id, TypedForm("story", {"text": words}))


KEEP_FILE = "offlinePapers.addPapers('taxi_report', '', [['deed', new File(['photo'], 'photo.jpg')]])"
KEPT_FILES = """async () => {
  const open = indexedDB.open("pishkhan-forms");
  const database = await new Promise((resolve) => { open.onsuccess = () => resolve(open.result); });
  const count = database.transaction("files").objectStore("files").count();
  return new Promise((resolve) => { count.onsuccess = () => { database.close(); resolve(count.result); }; });
}"""
LEFT_BEHIND = """async () => ({
  forms: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""


async def refuse_for_now(*_: object) -> None:
    """Answer as a desk that cannot end a session now."""
    raise Unavailable("form")


async def end_once_the_server_can(opened: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the line come back while the server cannot end the session: nothing else is asked of it until it could."""
    with monkeypatch.context() as patch:
        patch.setattr(session_pages, "end_session", refuse_for_now)
        await opened.page.context.set_offline(False)
        await opened.open("/drafts")
        await expect(opened.page).to_have_url(str(opened.server.make_url("/offline")))


async def test_nothing_stays_where_a_session_was_ended(
    browser: Browser, server: SiteServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = await open_phone(browser, server)
    page = await open_form(opened, "taxi_report")
    await page.get_by_role("button", name=BEGIN).click()
    await expect(page.get_by_label("تشویق")).to_be_visible()
    other_tab = await page.context.new_page()
    await other_tab.goto(page.url)
    await page.get_by_label("تشویق").check()
    await go_on(page)
    await page.context.set_offline(True)
    await page.goto(page.url)
    assert await page.evaluate(KEEP_FILE)
    await page.get_by_role("link", name="پایان کار در این رایانه").click()
    await page.get_by_role("button", name="پایان کار در این رایانه").click()
    await expect(page.get_by_text("نوشته‌های شما از این گوشی پاک شد")).to_be_visible()
    assert await page.evaluate("offlineForms.listForms()") == []
    assert await page.evaluate(KEPT_FILES) == 0
    await assert_nothing_typed_is_kept(other_tab)
    await end_once_the_server_can(opened, monkeypatch)
    await opened.open("/drafts")  # before anything else is asked for, the session is ended at the server
    await expect(page.get_by_text("درخواست نیمه‌کاره‌ای نیست")).to_be_visible()
    assert await page.get_by_role("link", name="پایان کار در این رایانه").count() == 0
    await open_form(opened, "taxi_report")
    await page.get_by_role("button", name=BEGIN).click()
    await opened.open("/session/end")
    await page.get_by_role("button", name="پایان کار در این رایانه").click()
    await expect(page.get_by_role("heading", name="کار شما در این رایانه پایان یافت.")).to_be_visible()
    await assert_nothing_left(page)


async def assert_nothing_typed_is_kept(page: Page) -> None:
    """An answer typed in a tab that was open when the session was ended is not kept; close it."""
    await page.get_by_label("تشویق").check()
    await page.wait_for_timeout(500)
    assert await page.evaluate("offlineForms.listForms()") == []
    await page.close()


async def assert_nothing_left(page: Page) -> None:
    """Neither forms nor pages nor the worker are in the browser any more."""
    left: dict[str, Any] = {}
    for _ in range(100):
        left = await page.evaluate(LEFT_BEHIND)
        if not any(left.values()):
            break
        await page.wait_for_timeout(50)
    assert not any(left.values()), left


async def test_other_pages_are_never_kept(browser: Browser, server: SiteServer) -> None:
    opened = await open_phone(browser, server)
    page = await open_form(opened, "taxi_report")
    await page.context.set_offline(True)
    for address in ("/my-requests", "/track", "/services/expert"):
        await opened.open(address)
        await expect(page).to_have_url(str(server.make_url("/offline")))
    assert set(await page.evaluate(KEPT_PAGES)) == {"/offline", "/services/taxi_report/request/offline"}
    for address in ("/staff", "/pay/abc", "/verify/abc", "/c/abc"):
        with pytest.raises(Exception, match=NO_LINE):
            await opened.open(address)


async def test_a_form_of_another_site_stays_refused(browser: Browser, server: SiteServer) -> None:
    opened = await open_phone(browser, server)
    page = await open_form(opened, "taxi_report")
    address = str(server.make_url("/services/taxi_report/request/5/form/story"))
    form = f'<form method="post" action="{address}"><input name="text" value="x"><button>go</button></form>'

    async def show_form(_request: web.Request) -> web.Response:
        return web.Response(text=form, content_type="text/html")

    application = web.Application()
    application.router.add_get("/", show_form)
    other_site = SiteServer(application, host="localhost")
    await other_site.start_server()
    await page.goto(str(other_site.make_url("/")))
    async with page.expect_response(address) as answer:
        await page.get_by_role("button").click()
    assert (await answer.value).status == 403, "the worker hands it on as it came"
    await opened.open("/offline")
    await expect(opened.page.locator("#offline-state")).to_contain_text("خط وصل است")
    assert await page.evaluate("offlineForms.listForms()") == []
    await other_site.close()
