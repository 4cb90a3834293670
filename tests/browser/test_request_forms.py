"""A citizen in a real browser: each service from its page to the tracking code on a phone without scripts; every page
of a form in both sizes, with errors, empty and full.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp_jinja2 import get_env
from playwright.async_api import Browser, Page, expect
from yarl import URL

from channels.portal.requests.addresses import (
    BEGIN_PATH,
    DELETE_PATH,
    DRAFTS_PATH,
    OFFLINE_PAPERS_PATH,
    OFFLINE_PATH,
    UPLOADS_PATH,
)
from domain.actions.drafts import beginning
from domain.services.taxi_leave.declaration import TAXI_LEAVE
from tests.support.demo_site import CITIZENS, DemoSite, demo_site
from tests.support.pages.chromium import SIZES, SiteServer, Window, window
from tests.support.pages.page_checks import assert_page_in_order
from tests.support.pages.portal_coverage import (
    FORM_TEMPLATES,
    SeenPages,
    list_personal_routes,
    list_personal_templates,
    note_pages,
)
from tests.support.pages.portal_walks import make_photo
from tests.support.pages.route_addresses import plain
from tests.support.portal_citizen import read_newest_code
from tests.support.scenarios.expert_unit import PHOTO

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

MOBILE = CITIZENS[0].mobile
TYPED_MOBILE = f"0{MOBILE[3:]}"
NEXT, SEND = "ادامه", re.compile("^فرستادن")
NEVER_REFUSED = {plain(DELETE_PATH), OFFLINE_PATH, plain(OFFLINE_PAPERS_PATH), plain(UPLOADS_PATH)}
"""Nothing is typed there; a script sends it and reads the answer (test_offline_forms.py, test_uploads.py)."""
LONG_TEXT = "نشانی‌بسیاربلندبی‌فاصله" * 8


@pytest.fixture(scope="module")
def seen() -> SeenPages:
    """Pages and states seen by the tests of this module."""
    return SeenPages()


@pytest_asyncio.fixture(loop_scope="module")
async def portal(database: Path, seen: SeenPages) -> AsyncIterator[DemoSite]:
    """The portal, whose pages are noted as they are shown."""
    async with demo_site(database) as built:
        with note_pages(built.app, seen):
            yield built


@pytest_asyncio.fixture(loop_scope="module")
async def server(portal: DemoSite) -> AsyncIterator[SiteServer]:
    """It, served on a free port."""
    running = SiteServer(portal.app)
    await running.start_server()
    yield running
    await running.close()


async def go_on(page: Page) -> None:
    """Press the button that goes on."""
    await page.get_by_role("button", name=NEXT, exact=True).click()


async def send(portal: DemoSite, page: Page) -> None:
    """Send the form from its summary, and prove the mobile."""
    await page.get_by_label("شمارهٔ همراه").fill(TYPED_MOBILE)
    await page.get_by_role("button", name=SEND).click()
    await page.get_by_role("textbox").last.fill(await read_newest_code(portal, MOBILE))
    await page.get_by_role("textbox").last.press("Enter")
    await expect(page.get_by_role("heading", name="درخواست شما ثبت شد")).to_be_visible()
    await expect(page.locator(".tracking .code")).to_contain_text(re.compile("[۰-۹]{3}"))


async def fill_machinery(page: Page) -> None:
    """Hours of two machines."""
    await page.locator("#items-0-machine").select_option("loader")
    await page.locator("#items-0-hours").fill("۴")
    await page.get_by_role("button", name="افزودن ماشین").click()
    await page.locator("#items-1-machine").select_option("grader")
    await page.locator("#items-1-hours").fill("۲٫۵")
    await go_on(page)
    await page.get_by_label("فردا").check()
    await page.get_by_label("ساعت آغاز").fill("۸")
    await go_on(page)
    await page.get_by_label("نشانی محل کار").fill("خیابان امام، جنب پارک")
    await go_on(page)
    await page.get_by_label("نام درخواست‌کننده").fill("آنه محمدی")
    await page.get_by_label("کد ملی").fill("۰۴۹۹۳۷۰۸۹۹")
    await go_on(page)


async def answer_expert(page: Page) -> None:
    """The questions about an opinion of a property."""
    await page.get_by_role("radio").first.check()
    await go_on(page)
    await page.get_by_label("کد پستی ملک").fill("۴۹۸۱۷۳۴۵۶۷")
    await page.get_by_label("نشانی ملک").fill("خیابان طالقانی، پلاک ۱۲")
    await go_on(page)
    await page.get_by_label("شرح درخواست").fill("ارزش ملک برای تقسیم ارث")
    await go_on(page)
    await page.get_by_label("نام درخواست‌کننده").fill("آنه محمدی")
    await page.get_by_label("کد ملی").fill("۰۴۹۹۳۷۰۸۹۹")
    await go_on(page)


async def fill_expert(page: Page) -> None:
    """An opinion of a property, with its deed."""
    await answer_expert(page)
    await page.locator("#file-deed").set_input_files({"name": "سند.jpg", "mimeType": "image/jpeg", "buffer": PHOTO})
    await go_on(page)


async def fill_report(page: Page) -> None:
    """Praise of a driver."""
    await page.get_by_label("تشویق").check()
    await go_on(page)
    for label, part in (("دو رقم", "۱۲"), ("حرف", "ت"), ("سه رقم", "۳۴۵"), ("ایران", "۵۹")):
        await page.get_by_label(label).fill(part)
    await go_on(page)
    await page.get_by_label("شرح").fill("کیف مرا پس داد")
    await go_on(page)


FILLERS: dict[str, Callable[[Page], Awaitable[None]]] = {
    "machinery": fill_machinery,
    "expert": fill_expert,
    "taxi_report": fill_report,
}


@pytest.mark.parametrize("service", list(FILLERS))
async def test_each_service_on_a_phone_without_scripts(
    browser: Browser, server: SiteServer, portal: DemoSite, service: str
) -> None:
    opened = await window(browser, server, SIZES["phone"], scripts=False)
    page = await opened.open("/")
    for address in (f"/services/{service}", f"/services/{service}/request"):
        await page.locator(f'a[href="{address}"]').first.click()
    await page.get_by_role("button", name="آغاز درخواست").click()
    await FILLERS[service](page)
    await expect(page.get_by_role("heading", name="پاسخ‌ها را ببینید و بفرستید")).to_be_visible()
    await opened.assert_fits()
    await send(portal, page)
    await opened.assert_fits()
    await page.get_by_role("button", name="دیدن و پیگیری درخواست").click()  # a link that looks like one
    await expect(page.get_by_text(portal.desk.wording.service_title(service)).first).to_be_visible()


async def test_every_page_of_a_form_is_in_order(browser: Browser, server: SiteServer, portal: DemoSite) -> None:
    opened = await window(browser, server, SIZES["phone"])
    page = await opened.open("/services/taxi_leave/request")
    await assert_page_in_order(opened)
    await page.get_by_role("button", name="آغاز درخواست").click()
    draft = page.url.partition("/form/")[0]
    await assert_page_in_order(opened)
    for section in TAXI_LEAVE.sections:  # sent empty: with errors, or, where nothing must be said, the next one
        await page.goto(f"{draft}/form/{section.name}")
        await go_on(page)
        await assert_page_in_order(opened, refused=True)
    await page.goto(f"{draft}/summary")
    await expect(page.locator(".error-summary")).to_be_visible()
    await assert_page_in_order(opened, refused=True)
    await visit_other_pages(opened)


async def visit_other_pages(opened: Window) -> None:
    """Look at the pages beside the sections of the draft that is open."""
    draft = opened.page.url.rpartition("/")[0]
    for address in (f"{draft}/later", f"{draft}/applicant", "/drafts", "/drafts/resume"):
        await opened.page.goto(address if address.startswith("http") else str(opened.server.make_url(address)))
        await assert_page_in_order(opened, refused=True)


async def test_what_becomes_of_a_form_is_in_order(browser: Browser, server: SiteServer, portal: DemoSite) -> None:
    opened = await window(browser, server, SIZES["phone"])
    page = await opened.open("/services/machinery/request")
    await page.get_by_role("button", name="آغاز درخواست").click()
    await assert_page_in_order(opened)
    await fill_machinery(page)
    await assert_page_in_order(opened)
    draft = page.url.rpartition("/")[0]
    await ask_short_code(opened, draft)
    await page.goto(f"{draft}/applicant")
    await page.get_by_label("شرکت یا سازمانی").check()
    await page.get_by_role("button").last.click()
    await assert_page_in_order(opened, refused=True)
    await opened.open("/services/machinery/request")
    await assert_page_in_order(opened, refused=True)
    await page.locator(".draft-list a").first.click()
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await send_with_wrong_mobile(opened, draft)
    await send(portal, page)
    await assert_page_in_order(opened, refused=True)
    await opened.open("/drafts")
    await assert_page_in_order(opened, refused=True)
    await page.get_by_role("button", name="پاک کردن").first.click()
    await expect(page.get_by_role("status")).to_have_text("پیش‌نویس پاک شد.")
    await assert_page_in_order(opened, refused=True)


async def ask_short_code(opened: Window, draft: str) -> None:
    """Ask for the short code of a draft, with a wrong number first."""
    page = opened.page
    await page.goto(f"{draft}/later")
    for typed in ("12", TYPED_MOBILE):
        await page.get_by_label("شمارهٔ همراه").fill(typed)
        async with page.expect_navigation():
            await page.get_by_role("button", name="گرفتن کد کوتاه").click()
        await assert_page_in_order(opened, refused=True)


async def send_with_wrong_mobile(opened: Window, draft: str) -> None:
    """Send a form with a number that is none."""
    page = opened.page
    await page.goto(f"{draft}/summary")
    await page.get_by_label("شمارهٔ همراه").fill("12")
    await page.get_by_role("button", name=SEND).click()
    await expect(page.get_by_label("شمارهٔ همراه")).to_have_value("12")
    await assert_page_in_order(opened, refused=True)


async def test_a_form_that_cannot_go_on_is_in_order(
    browser: Browser, server: SiteServer, portal: DemoSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = await window(browser, server, SIZES["phone"])
    page = await opened.open("/drafts/resume")
    await page.get_by_label("کد کوتاه").fill("123456")
    await page.get_by_label("شمارهٔ همراه").fill(TYPED_MOBILE)
    await go_on(page)
    await page.get_by_label("کد تأیید").fill(await read_newest_code(portal, MOBILE))
    await page.get_by_role("button", name="تأیید", exact=True).click()
    await expect(page.get_by_label("کد کوتاه")).to_have_value("123456")
    await assert_page_in_order(opened, refused=True)
    await opened.open("/services/taxi_report/request")
    await page.get_by_role("button", name="آغاز درخواست").click()
    form = page.url
    await page.get_by_label("تشویق").check()
    await page.context.clear_cookies()
    await go_on(page)
    await expect(page.get_by_text("نشست این صفحه پایان یافته بود")).to_be_visible()
    await expect(page.get_by_label("تشویق")).to_be_checked()
    await assert_page_in_order(opened, refused=True)
    monkeypatch.setattr(beginning, "DRAFTS_PER_SESSION", 0)
    await opened.open("/services/taxi_report/request")
    await page.get_by_role("button", name="آغاز درخواست").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await assert_page_in_order(opened, refused=True)
    portal.clock.at += timedelta(days=portal.desk.policy.draft_days + 1)
    await page.goto(form)
    await expect(page.get_by_role("link", name="درخواست تازه")).to_be_visible()
    await assert_page_in_order(opened, refused=True)


async def test_without_a_code_the_last_page_says_so(browser: Browser, server: SiteServer, portal: DemoSite) -> None:
    spent = replace(portal.desk.policy, verification_rials_a_day=0)
    portal.desk.apply_settings(1, spent, portal.desk.calendar, {})
    opened = await window(browser, server, SIZES["phone"])
    page = await opened.open("/services/taxi_report/request")
    await page.get_by_role("button", name="آغاز درخواست").click()
    await fill_report(page)
    await page.get_by_label("شمارهٔ همراه").fill(TYPED_MOBILE)
    await page.get_by_role("button", name=SEND).click()
    await expect(page.get_by_text("هیچ پیامکی به آن فرستاده نمی‌شود")).to_be_visible()
    await assert_page_in_order(opened)
    stranger = await window(browser, server, SIZES["phone"])
    await stranger.open(URL(page.url).path)
    await expect(stranger.page.get_by_role("link", name="درخواست تازه")).to_be_visible()
    await assert_page_in_order(stranger, refused=True)


async def test_long_answers_stay_inside(browser: Browser, server: SiteServer) -> None:
    opened = await window(browser, server, SIZES["phone"])
    page = await opened.open("/services/machinery/request")
    await page.get_by_role("button", name="آغاز درخواست").click()
    await page.goto(page.url.replace("machines", "place"))
    await page.get_by_label("نشانی محل کار").fill(LONG_TEXT[:200])
    await page.get_by_label("توضیح").fill(LONG_TEXT)
    await go_on(page)
    await page.goto(page.url.partition("/form/")[0] + "/summary")
    await assert_page_in_order(opened)


async def test_papers_of_a_form_are_in_order(browser: Browser, server: SiteServer) -> None:
    opened = await window(browser, server, SIZES["phone"])
    page = await opened.open("/services/expert/request")
    await page.get_by_role("button", name="آغاز درخواست").click()
    await page.get_by_role("radio").first.check()
    await go_on(page)
    await page.goto(f"{page.url.partition('/form/')[0]}/papers")
    photo, papers = make_photo(), page.locator("form.papers")
    for content in (b"no picture", photo["buffer"]):
        await papers.locator("input[type=file]").first.set_input_files({**photo, "buffer": content})
        async with page.expect_navigation():
            await papers.locator("button[name=add]").click()
        await assert_page_in_order(opened, refused=True)
    address = await papers.locator(".file-list a").first.get_attribute("href")
    answer = await page.context.request.get(str(server.make_url(str(address))))
    assert answer.status == 200


async def test_no_page_and_no_form_of_forms_was_left_out(portal: DemoSite, seen: SeenPages) -> None:
    pages = list_personal_routes(portal.app, "GET") - seen.routes
    assert {page for page in pages if page.startswith((BEGIN_PATH, DRAFTS_PATH))} == set()
    forms = list_personal_routes(portal.app, "POST") - seen.refused - NEVER_REFUSED
    assert {form for form in forms if form.startswith((BEGIN_PATH, DRAFTS_PATH))} == set()
    templates = list_personal_templates(get_env(portal.app)) - seen.templates
    assert {template for template in templates if template.startswith(FORM_TEMPLATES)} == set()
