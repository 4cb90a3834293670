"""An officer whose line drops on a site, in a real browser: the day sheet opens from the device, what is written waits
and is sent once, what a colleague did meanwhile is shown beside it, and signing out leaves nothing.
"""

import sqlite3
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Browser, Page, expect

from channels.admin.kept_forms import KeptSubmission
from domain.values.actors import Role
from tests.browser.offline.test_offline_forms import IS_KEPT, lose_first_answer, open_phone, wait_until
from tests.support.pages.chromium import SiteServer, Window, signed_in
from tests.support.pages.page_checks import assert_page_in_order
from tests.support.scenarios.expert_opinions import PAPERS, asked_opinion
from tests.support.staff_site import StaffSite

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

SHEET, VISIT = "/staff/visit-sheet", "1405/09/03 11:00"
REPORT, BY_COLLEAGUE = "زمین ۲۵۰ متری، بی‌معارض", "گزارش همکار"
GONE, WAITS = "ارتباط اینترنت قطع است", "منتظر اینترنت است"
LEFT = """async () => [
  await keptSheets.listForms().then((forms) => forms.length), (await caches.keys()).length, localStorage.length,
]"""


PRESS_NOTIFICATION = """async (data) => {
  const led = [];
  const lead = (way) => async (address) => led.push([way, new URL(address).pathname]);
  self.clients.openWindow = lead("opened");
  WindowClient.prototype.focus = function () { return lead("shown")(this.url); };
  const notification = { data, close: () => led.push(["closed", ""]) };
  const press = Object.assign(new ExtendableEvent("notificationclick"), { notification });
  let answered;
  press.waitUntil = (answer) => { answered = answer; };
  self.dispatchEvent(press);
  await answered;
  return led;
}"""
"""Presses a notification in the worker, where nobody can: it says where that leads in place of going there."""


async def open_sheet(browser: Browser, server: SiteServer) -> Window:
    """Sign in as an expert on a phone, and open the sheet until the device keeps it."""
    opened = await open_phone(browser, server)
    await signed_in(opened, "expert")
    await wait_until(await opened.open(SHEET), IS_KEPT, ["pishkhan-sheets", SHEET])
    return opened


async def send_out(site: StaffSite) -> str:
    """Have an expert sent to a citizen today; return the code of the request."""
    code = (await asked_opinion(site, *PAPERS)).code
    await site.demo.act(code, "assign", Role.MANAGER, {"officer": "expert", "visit": VISIT})
    return code


async def write_report(page: Page, words: str = REPORT) -> None:
    """Fill in the report of the visit, and press its button."""
    if not await page.get_by_label("گزارش بازدید").is_visible():
        await page.locator("summary", has_text="ثبت بازدید").click()
    await page.get_by_label("گزارش بازدید").fill(words)
    await page.get_by_label("مساحت (متر مربع)").fill("۲۵۰")
    await page.get_by_role("button", name="ثبت بازدید").click()


async def shoot_photos(page: Page) -> None:
    """Add two photos of the visit, one after the other."""
    await page.locator("summary", has_text="عکس و مدرک").click()
    for name in ("در.jpg", "دیوار.jpg"):
        picture = BytesIO()
        Image.new("RGB", (60, 40 + len(name)), "teal").save(picture, "JPEG")
        file = {"name": name, "mimeType": "image/jpeg", "buffer": picture.getvalue()}
        await page.get_by_label("عکس با دوربین").set_input_files(file)  # type: ignore[arg-type]
    await expect(page.locator("form .thumbnails canvas")).to_have_count(2)
    await page.get_by_role("button", name="افزودن مدرک").click()


async def test_a_notification_leads_to_what_it_tells_of(browser: Browser, server: SiteServer) -> None:
    opened = await open_sheet(browser, server)
    (worker,) = opened.page.context.service_workers
    assert await worker.evaluate(PRESS_NOTIFICATION, "/staff/mentions") == [
        ["closed", ""],
        ["opened", "/staff/mentions"],
    ]
    assert await worker.evaluate(PRESS_NOTIFICATION, SHEET) == [["closed", ""], ["shown", SHEET]], (
        "the page that is open"
    )


async def sign_out(page: Page) -> None:
    """Sign out, as on every page of the site."""
    await page.locator(".who summary").click()
    await page.get_by_role("button", name="خروج").click()


async def sign_out_and_look(opened: Window) -> None:
    """Sign out; nothing is left for who signs in then."""
    await sign_out(opened.page)
    await expect(opened.page.get_by_label("نام کاربری")).to_be_visible()
    await signed_in(opened, "expert")
    assert await opened.page.evaluate(LEFT) == [0, 0, 0]


async def sign_out_without_line(opened: Window) -> None:
    """Sign out while the line is gone, and close the tab: the next page ends the session, and leaves no sheet."""
    former, context = opened.page, opened.page.context
    await context.set_offline(True)
    await sign_out(former)
    await expect(former.get_by_text("برگه‌ها از این دستگاه پاک شد")).to_be_visible()
    assert await former.evaluate("caches.keys()") == []
    opened.page = await context.new_page()
    await former.close()
    await context.set_offline(False)
    await opened.open(SHEET)
    await expect(opened.page.get_by_label("نام کاربری")).to_be_visible()
    assert await opened.page.evaluate("caches.keys().then((keys) => keys.length + localStorage.length)") == 0


async def sign_out_on_page_of_earlier_session(opened: Window) -> None:
    """Sign out on a page of an earlier session, whose token is another one: the present session is what ends."""
    await signed_in(opened, "expert")
    await opened.open(SHEET)
    await opened.page.wait_for_function("localStorage.length")
    await opened.page.context.clear_cookies()
    await signed_in(Window(await opened.page.context.new_page(), opened.server), "expert")
    await sign_out(opened.page)
    await expect(opened.page.get_by_label("نام کاربری")).to_be_visible()
    await opened.open(SHEET)
    await expect(opened.page.get_by_label("نام کاربری")).to_be_visible()


def count_events(database: Path, code: str) -> dict[str, int]:
    """Return how often each event is in the history of a request."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            "SELECT event, count(*) FROM history JOIN requests ON id = request_id WHERE code = ? GROUP BY event",
            (code,),
        )
        return dict(rows.fetchall())


@pytest.fixture
def lost_answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The answers to what was kept that never came: the first one does not."""
    return lose_first_answer(monkeypatch, KeptSubmission, "__call__")


async def test_what_was_written_on_a_site_is_sent_once(
    browser: Browser, site: StaffSite, server: SiteServer, database: Path, lost_answers: list[str]
) -> None:
    code = await send_out(site)
    opened = await open_sheet(browser, server)
    page = opened.page
    await page.context.set_offline(True)
    await page.reload()
    await expect(page.get_by_text(GONE)).to_be_visible()
    await write_report(page, "نادرست")
    await expect(page.get_by_text(WAITS)).to_be_visible()
    await page.get_by_role("button", name="برگرداندن به فرم").click()
    await expect(page.get_by_label("گزارش بازدید")).to_have_value("نادرست")
    await shoot_photos(page)
    await write_report(page)
    await expect(page.get_by_text(WAITS)).to_have_count(2)
    await page.reload()  # the browser was closed and opened again
    await expect(page.get_by_text(WAITS)).to_have_count(2)
    await expect(page.locator("#waiting .thumbnails canvas")).to_have_count(2)
    await assert_page_in_order(opened, is_line_broken=True)
    assert "visit" not in count_events(database, code)
    await page.context.set_offline(False)
    await expect(page.get_by_text("ثبت و فرستاده شد")).to_be_visible()
    assert lost_answers
    events = count_events(database, code)
    assert (events["visit"], events["attach"]) == (1, len(PAPERS) + 2)
    assert (await site.request(code)).data["report"] == REPORT
    await sign_out_and_look(opened)


async def test_what_a_colleague_did_meanwhile_is_shown_beside_what_was_written(
    browser: Browser, site: StaffSite, server: SiteServer, database: Path
) -> None:
    code = await send_out(site)
    opened = await open_sheet(browser, server)
    page = opened.page
    await page.context.set_offline(True)
    await write_report(page)
    await expect(page.get_by_text(WAITS)).to_be_visible()
    await site.demo.act(code, "visit", Role.EXPERT, {"report": BY_COLLEAGUE, "area": "300"})
    site.clock.at = site.clock.at.replace(hour=site.clock.at.hour + 2)  # the session ended by itself
    await page.context.set_offline(False)
    await page.get_by_role("link", name="ورود").click()
    await signed_in(opened, "expert")
    await opened.open(SHEET)
    waiting = page.locator("#waiting li").first
    await expect(waiting).to_contain_text("فرستاده نشد")
    await expect(waiting).to_contain_text(REPORT)
    await expect(waiting).to_contain_text(BY_COLLEAGUE)
    await expect(page.get_by_role("button", name="با همین وضعیت بفرست")).to_be_hidden()
    await assert_page_in_order(opened, refused=True, is_line_broken=True)
    assert (await site.request(code)).data["report"] == BY_COLLEAGUE
    page.on("dialog", lambda dialog: dialog.accept())
    await page.get_by_role("button", name="پاک کردن").click()
    await expect(page.locator("#waiting")).to_be_hidden()
    assert count_events(database, code)["visit"] == 1
    await sign_out_without_line(opened)
    await sign_out_on_page_of_earlier_session(opened)
