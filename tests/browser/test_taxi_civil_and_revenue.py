"""The days of the taxi officer, civil works and revenue in a real browser: both widths, without scripts too."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect

from app.jobs.import_jobs import process_import
from domain.people.sessions import PROOF_FRESHNESS
from domain.requests.request import ServiceRequest
from domain.values.identifiers import display_plate
from domain.values.text import persian_digits
from domain.values.tracking_codes import display_code
from tests.channels.admin.fleet.test_calendar_pages import paid
from tests.support.pages.chromium import WAYS, Window, open_section, signed_in, window
from tests.support.pages.page_checks import assert_page_in_order
from tests.support.pages.staff_steps import opened_step, taken
from tests.support.scenarios.refunds_due import cancelled
from tests.support.scenarios.site_registries import furnish, give, row
from tests.support.scenarios.taxi_registries import DRIVER_CODE, PLATE
from tests.support.scenarios.taxi_requests import asked_leave, complained
from tests.support.staff_site import PASSWORD, StaffSite, staff_site

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

SHEET = f"پلاک,کد تاکسی,نوع تاکسی,ظرفیت\n{PLATE},114,خطی,5\n12ت347-59,901,دوچرخه,4\n12ت348-59,902,ون,4\n"


@pytest_asyncio.fixture(loop_scope="module")
async def site(database: Path) -> AsyncIterator[StaffSite]:
    """A site of the test's own, with taxis."""
    async with staff_site(database) as built:
        await furnish(built)
        yield built


async def brought(opened: Window, site: StaffSite) -> int:
    """Bring the sheet of vehicles and wait until the page shows what is in it; return the import's number."""
    page = await opened.open("/staff/registries/vehicle/import")
    await page.get_by_label("فایل CSV").set_input_files(
        {"name": "taxis.csv", "mimeType": "text/csv", "buffer": SHEET.encode()}
    )
    await page.get_by_role("button", name="بررسی فایل").click()
    await expect(page.locator("progress")).to_be_visible()
    number = int(page.url.rpartition("/")[2])
    await process_import(site.demo.desk, site.store, number)
    await expect(page.locator(".import-state")).to_have_text("در انتظار تأیید")  # it refreshed itself
    return number


async def permitted(page: Page, leave: ServiceRequest) -> None:
    """A leave is taken from the queue, looked into and granted; its permit is opened."""
    await page.get_by_role("link", name=persian_digits(display_code(leave.code))).click()
    await taken(await opened_step(page, "آغاز بررسی"), "آغاز بررسی")
    await taken(await opened_step(page, "پذیرش"), "پذیرش")
    await expect(page.locator(".head .phase")).to_have_text("پذیرفته شده")
    async with page.expect_popup() as coming:
        await page.get_by_role("link", name="نمایش در مرورگر").click()
    permit = await coming.value
    await expect(permit.locator("body")).to_contain_text("مجوز مرخصی تاکسی")
    await expect(permit.locator("body")).to_contain_text("عبدالله ایری")
    await permit.close()


async def judged(page: Page, site: StaffSite, report: ServiceRequest) -> None:
    """A complaint is looked into and becomes a violation of the driver, with points and a fine."""
    await open_section(page, "میز کار")
    await page.get_by_role("link", name=persian_digits(display_code(report.code))).click()
    await taken(await opened_step(page, "آغاز بررسی"), "آغاز بررسی")
    await opened_step(page, "ثبت در پرونده راننده")
    await page.get_by_role("combobox", name="راننده").select_option(label="عبدالله ایری")
    await page.get_by_label("نوع تشویق یا تخلف").select_option("overcharge")
    await page.get_by_label("امتیاز").fill("۳")
    await page.get_by_label("جریمه (ریال)").fill("۵۰۰٬۰۰۰")
    await taken(page, "ثبت در پرونده راننده")
    await expect(page.locator(".head .phase")).to_have_text("ثبت شده در پرونده راننده")
    kept = (await row(site, "violation", source=report.code)).values
    assert (kept["driver"], kept["points"], kept["fine"]) == (DRIVER_CODE, 3, 500_000)


async def amended(page: Page) -> None:
    """A vehicle is found by its plate, and its insurance written down."""
    await open_section(page, "تاکسیرانی")
    await page.get_by_role("link", name="خودروها", exact=True).click()
    await page.get_by_label("پلاک، کد، شماره").fill("۱۲ ت ۳۴۵ ایران ۵۹")
    await page.get_by_role("button", name="جست‌وجو").click()
    await page.get_by_role("link", name=display_plate(PLATE)).click()
    await page.get_by_role("link", name="ویرایش").click()
    await page.get_by_label("اعتبار بیمه").fill("۱۴۰۶/۰۱/۱۵")
    await page.get_by_role("button", name="ثبت", exact=True).click()
    await expect(page.get_by_role("status")).to_have_text("تغییرها ثبت شد.")
    await expect(page.locator(".timeline")).to_contain_text("— ← ۱۴۰۶/۰۱/۱۵")


async def imported(opened: Window, site: StaffSite) -> None:
    """Of a sheet, what is right is written down, and what is wrong is told."""
    page, number = opened.page, await brought(opened, site)
    await expect(page.locator("table")).to_contain_text("«دوچرخه» در فهرست نیست.")
    await opened.assert_fits()
    await page.get_by_role("button", name="نوشتن ردیف‌های درست").click()
    await expect(page.locator(".import-state")).to_have_text("در حال نوشتن")
    await process_import(site.demo.desk, site.store, number)
    await expect(page.locator(".import-state")).to_have_text("نوشته شد")
    assert (await row(site, "vehicle", plate="12ت348-59")).values["taxi_code"] == "902"


@WAYS
async def test_the_taxi_officers_day(
    browser: Browser, server: TestServer, site: StaffSite, size: tuple[int, int], scripts: bool
) -> None:
    leave, report = await asked_leave(site), await complained(site)
    opened = await window(browser, server, size, scripts=scripts)
    page = await signed_in(opened, "taxi_officer")
    await permitted(page, leave)
    await judged(page, site, report)
    await amended(page)
    await imported(opened, site)
    assert opened.complaints == []


@WAYS
async def test_civil_works_choose_an_hour_by_the_keyboard(
    browser: Browser, server: TestServer, site: StaffSite, size: tuple[int, int], scripts: bool
) -> None:
    request = await paid(site)
    opened = await window(browser, server, size, scripts=scripts)
    page = await signed_in(opened, "civil")
    await opened.open(f"/staff/requests/{request.code}")
    await opened_step(page, "زمان‌بندی")
    await page.get_by_role("link", name="انتخاب زمان در تقویم").click()
    hour = page.get_by_role("link", name=re.compile("^لودر ۱ از ساعت ۱۰(،|$)"))
    await page.locator(".board").focus()
    for _ in range(30):
        await page.keyboard.press("Tab")
        if await hour.evaluate("link => link === document.activeElement"):
            break
    await expect(hour).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("آغاز")).to_have_value("۱۴۰۵/۰۹/۰۵ ۱۰:۰۰")
    await expect(page.get_by_label("لودر ۱")).to_be_checked()
    await page.get_by_role("button", name="زمان‌بندی").click()
    await expect(page.get_by_role("status")).to_have_text("زمان‌بندی انجام شد؛ اکنون: زمان‌بندی شده.")
    assert (await site.request(request.code)).data["booked_start"] == "2026-11-26T06:30:00+00:00"
    await open_section(page, "تقویم ماشین‌آلات")
    await page.get_by_role("link", name="هفتگی").click()
    await expect(page.locator(".board .booked").first).to_contain_text("۱۰–۱۴")
    await opened.assert_fits()
    assert opened.complaints == []


@WAYS
async def test_a_machine_goes_to_the_garage(
    browser: Browser, server: TestServer, site: StaffSite, size: tuple[int, int], scripts: bool
) -> None:
    opened = await window(browser, server, size, scripts=scripts)
    page = await signed_in(opened, "civil")
    await opened.open(f"/staff/fleet/machines/{(await row(site, 'machines')).id}")
    await page.locator("summary", has_text="خارج کردن از سرویس").click()
    await page.get_by_label("از روز").fill("فردا")
    await page.get_by_label("تا پایان روز").fill("۱۴۰۵/۰۹/۱۰")
    await page.get_by_label("دلیل").fill("تعویض لاستیک")
    await page.get_by_role("button", name="خارج کردن از سرویس").click()
    await expect(page.get_by_role("status")).to_have_text("از سرویس بیرون رفت؛ در این روزها رزرو تازه نخواهد شد.")
    await assert_page_in_order(opened, scripts=scripts)
    await opened.open("/staff/fleet?day=2026-11-26")
    await expect(page.locator("td.out")).to_contain_text("تعویض لاستیک")
    await assert_page_in_order(opened, scripts=scripts)


async def given_back(opened: Window, site: StaffSite, request: ServiceRequest) -> None:
    """A wrong IBAN is told at its field; the right one is taken once the password has been given again."""
    page = await opened.open(f"/staff/requests/{request.code}")
    form = page.locator("form[action$=refund]")  # agreeing to it has a form of its own
    iban, reference = form.get_by_label("شمارهٔ شبای شهروند"), form.get_by_label("شمارهٔ پیگیری بانک")
    button = page.get_by_role("button", name="ثبت استرداد وجه")
    await page.locator("summary", has_text="ثبت استرداد وجه").click()
    await iban.fill("IR910120000000100324200002")
    await reference.fill("3003")
    await button.click()
    await expect(page.get_by_role("alert")).to_contain_text("چیزی ثبت نشد. یکی از رقم‌های شماره شبا اشتباه است")
    await page.get_by_role("link", name="رفتن به فرم").click()
    await expect(page.locator("#refusal")).to_be_focused()
    await expect(iban).to_be_in_viewport()
    await expect(iban).to_have_accessible_description(re.compile("رقم‌های شماره شبا اشتباه است"))
    await expect(iban).to_have_value("IR910120000000100324200002")
    await expect(reference).to_have_value("3003")
    await opened.assert_fits()
    site.clock.at += 2 * PROOF_FRESHNESS
    await iban.fill("IR910120000000100324200001")
    await button.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("تأیید دوباره")
    await opened.assert_fits()
    await page.get_by_label("گذرواژه").fill(PASSWORD)
    await page.get_by_role("button", name="ادامه").click()
    await expect(page.get_by_role("status")).to_have_text("استرداد وجه ثبت شد.")
    await expect(page.locator(".bill-state")).to_have_text("برگشت داده شده")


@WAYS
async def test_the_revenue_units_day(
    browser: Browser, server: TestServer, site: StaffSite, size: tuple[int, int], scripts: bool
) -> None:
    (fine,) = await give(
        site, "violation", {"driver": DRIVER_CODE, "date": "2026-11-20", "kind": "unsafe", "fine": 500_000}
    )
    owed_back, _ = await cancelled(site)  # a colleague recorded what was paid: whoever did needs a second person
    opened = await window(browser, server, size, scripts=scripts)
    page = await signed_in(opened, "revenue")
    await open_section(page, "تعرفه‌ها")
    await page.get_by_role("link", name="لودر", exact=True).click()
    await page.get_by_label("نرخ هر واحد").fill("۴٬۰۰۰٬۰۰۰")
    await page.get_by_label("از روز").fill("۱۴۰۵/۱۰/۰۱")
    await page.get_by_role("button", name="دیدن نمونه‌ها").click()
    await expect(page.get_by_role("row", name=re.compile("۸ ساعت"))).to_contain_text("۳۵٬۲۰۰٬۰۰۰")
    await opened.assert_fits()
    if scripts:
        await opened.assert_accessible()
    await page.get_by_label(re.compile("بسیار متفاوت است")).check()
    await page.get_by_role("button", name="ثبت نرخ").click()
    await expect(page.get_by_role("status")).to_have_text("نرخ تازه ثبت شد.")
    await opened.open(f"/staff/registries/violation/{fine.id}")
    await page.get_by_role("button", name="صدور قبض").click()
    await page.locator("summary", has_text="ثبت پرداخت").click()
    await page.get_by_label("شمارهٔ پیگیری بانک").fill("2002")
    await page.get_by_role("button", name="ثبت پرداخت").click()
    await expect(page.get_by_role("status")).to_have_text("پرداخت ثبت شد.")
    await expect(page.locator(".bill-state")).to_have_text("پرداخت‌شده")
    assert opened.complaints == []
    await given_back(opened, site, owed_back)


async def test_two_officers_at_one_row(browser: Browser, server: TestServer, site: StaffSite) -> None:
    windows = [await window(browser, server, (1366, 768)) for _ in range(2)]
    pages = [await signed_in(opened, "taxi_officer") for opened in windows]
    vehicle = await row(site, "vehicle", plate=PLATE)
    for opened, page, model in zip(windows, pages, ("سمند", "پراید"), strict=True):
        await opened.open(f"/staff/registries/vehicle/{vehicle.id}/edit")
        await page.get_by_label("نوع خودرو").fill(model)
    await asyncio.gather(*(page.get_by_role("button", name="ثبت", exact=True).click() for page in pages))
    told = [page for page in pages if await page.get_by_role("alert").count()]
    assert len(told) == 1
    await expect(told[0].get_by_role("alert")).to_contain_text("همکار دیگری این ردیف را تغییر داد")
