"""The manager's and the administrator's day in a real browser: both widths, and the main flows without scripts too."""

import re

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect

from domain.feedback.opinions import Comment, Rating
from domain.messages.records import MessageClass, MessageState, OutboxMessage
from domain.requests.request import Phase
from tests.support.pages.chromium import SIZES, WAYS, Window, open_section, signed_in, window
from tests.support.pages.page_checks import assert_page_in_order
from tests.support.scenarios.counter_tills import a_bill_to_pay, open_office, report
from tests.support.staff_site import StaffSite

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

MOBILE = "+989121234567"


async def furnished(site: StaffSite) -> None:
    """A comment to judge, a request rated low, and a text that failed."""
    desk, now = site.demo.desk, site.clock.now()
    request = await site.submitted()
    message = OutboxMessage(
        id=desk.ids.new_id(),
        channel="sms",
        recipient=MOBILE,
        cls=MessageClass.NOTICE,
        key="sms.status",
        text="متن گم‌شده",
        created_at=now,
        not_before=now,
        state=MessageState.FAILED,
        reason="recipient",
        attempts=1,
    )
    async with site.store.open_unit() as uow:
        await uow.feedback.add_comment(
            Comment(desk.ids.new_id(), "machinery", None, MOBILE, "زود آمدند و تمیز کار کردند", "sms", now)
        )
        found = await uow.requests.get(request.id, lock=True)
        found.state, found.phase = "completed", Phase.DONE
        await uow.requests.save(found)
        await uow.feedback.add_rating(Rating(found.id, 1, "نیمه‌کاره ماند", "sms", now))
        await uow.outbox.add(message)


@WAYS
async def test_the_managers_day(
    browser: Browser, server: TestServer, site: StaffSite, size: tuple[int, int], scripts: bool
) -> None:
    await furnished(site)
    opened = await window(browser, server, size, scripts=scripts)
    page = await signed_in(opened, "manager")
    await open_section(page, "نظرها")
    await page.locator("summary", has_text="پاسخ دادن").click()
    await page.get_by_label("متن پاسخ").fill("سپاس از شما")
    await page.get_by_role("button", name="فرستادن پاسخ").click()
    await expect(page.get_by_role("status")).to_contain_text("پاسخ ثبت شد")
    await page.get_by_role("button", name="انتشار").click()
    await expect(page.get_by_role("status")).to_have_text("نظر منتشر شد.")
    await page.get_by_role("link", name="امتیازهای پایین").click()
    await page.locator("summary", has_text="به جریان انداختن").click()
    await page.get_by_label("چرا دوباره به جریان می‌افتد؟").fill("کار نیمه مانده بود")
    await page.get_by_role("button", name="به جریان انداختن دوباره").click()
    await expect(page.get_by_role("status")).to_contain_text("دوباره به جریان افتاد")
    await opened.open("/staff/messages?state=failed")
    await page.locator("summary", has_text="فرستادن دوباره").click()
    await page.get_by_label("چرا").fill("شماره درست است")
    await page.get_by_role("button", name="فرستادن دوباره").click()
    await expect(page.get_by_role("status")).to_have_text("پیام به صف بازگشت.")
    await opened.assert_fits()
    assert opened.complaints == []


@WAYS
async def test_an_office_is_added_with_its_key(
    browser: Browser, server: TestServer, size: tuple[int, int], scripts: bool
) -> None:
    opened = await window(browser, server, size, scripts=scripts)
    page = await signed_in(opened, "manager")
    await opened.open("/staff/offices")
    await page.locator("summary", has_text="افزودن دفتر").click()
    await page.get_by_label("کد دفتر").fill("1001")
    await page.get_by_label("نام دفتر").fill("دفتر میدان")
    await page.get_by_role("button", name="افزودن دفتر").click()
    await expect(page.locator(".secret code")).to_have_text(re.compile("[0-9a-f]{32}"))
    await assert_page_in_order(opened, scripts=scripts)


@WAYS
async def test_a_till_is_closed(
    browser: Browser, server: TestServer, site: StaffSite, size: tuple[int, int], scripts: bool
) -> None:
    await open_office(site)
    await report(site, await a_bill_to_pay(site), "1", "2")
    opened = await window(browser, server, size, scripts=scripts)
    page = await signed_in(opened, "revenue")
    await opened.open("/staff/offices/one/1001/statement")
    await page.get_by_role("link", name="صندوق دفتر").click()
    await page.get_by_role("link", name="بستن این روز").click()
    await expect(page.get_by_label("روز", exact=True)).to_have_value("۱۴۰۵/۰۹/۰۳")
    await page.get_by_label("جمع کارت‌خوان").fill("۲۶٬۴۰۰٬۵۰۰")
    await page.get_by_role("button", name="بستن صندوق این روز").click()
    await expect(page.get_by_role("alert")).to_contain_text("جمع پرداخت‌های گزارش‌شدهٔ آن روز ۲۶٬۴۰۰٬۰۰۰ ریال است")
    await assert_page_in_order(opened, refused=True, scripts=scripts)
    await page.get_by_label("توضیح").fill("یک رسید گزارش نشده است")
    await page.get_by_role("button", name="بستن صندوق این روز").click()
    await expect(page.get_by_role("status")).to_have_text("صندوق آن روز بسته شد.")
    await expect(page.get_by_role("cell", name="۵۰۰ بیشتر")).to_be_visible()
    await assert_page_in_order(opened, refused=True, scripts=scripts)


async def set_quiet_hours(opened: Window, page: Page, *, scripts: bool) -> None:
    """Set a rule, once it was shown what that does."""
    await opened.open("/staff/settings")
    await page.get_by_label("ساعت خاموشی پیامک").fill("۲۲ تا ۷")
    await page.get_by_label("ساعت خاموشی پیامک").press("Enter")
    await expect(page.get_by_role("row", name="ساعت خاموشی پیامک")).to_contain_text("۲۲ تا ۷")
    await assert_page_in_order(opened, scripts=scripts)
    await page.get_by_role("button", name="ثبت تغییرها").click()
    await expect(page.get_by_role("status")).to_have_text("تنظیمات ثبت شد.")


@WAYS
async def test_the_administrators_day(
    browser: Browser, server: TestServer, size: tuple[int, int], scripts: bool
) -> None:
    opened = await window(browser, server, size, scripts=scripts)
    page = await signed_in(opened, "admin")
    await opened.open("/staff/users")
    await page.locator("summary", has_text="افزودن کارمند").click()
    await page.get_by_label("نام کاربری").fill("sara")
    await page.get_by_label("نام و نام خانوادگی").fill("سارا نوری")
    await page.get_by_label("واحد عمران").check()
    await page.get_by_role("button", name="افزودن کارمند").click()
    await expect(page.locator(".secret code")).to_have_text(re.compile("^[A-Za-z0-9]{16}$"))
    if scripts:
        await opened.assert_accessible()
    await page.get_by_role("link", name="sara").click()
    await page.get_by_role("button", name="غیرفعال کردن").click()
    await expect(page.get_by_role("status")).to_contain_text("حساب غیرفعال شد")
    await set_quiet_hours(opened, page, scripts=scripts)
    await opened.open("/staff/settings/texts?q=شماره را بفرستید")
    await page.get_by_role("link", name="sms.help").click()
    await page.get_by_label("متن", exact=True).fill("پیشخوان ما؛ شماره را بفرستید:\n{menu}")
    await page.get_by_role("button", name="ثبت").click()
    await expect(page.get_by_role("status")).to_have_text("متن ثبت شد.")
    await opened.open("/staff/settings/changes")
    await expect(page.locator("article")).to_have_count(2)
    await opened.assert_fits()
    assert opened.complaints == []


@WAYS
async def test_a_verification_is_asked_for(
    browser: Browser, server: TestServer, size: tuple[int, int], scripts: bool
) -> None:
    opened = await window(browser, server, size, scripts=scripts)
    page = await signed_in(opened, "auditor")
    await opened.open("/staff/audit")
    await page.get_by_role("button", name="بررسی همهٔ تاریخچه").click()
    await expect(page.locator(".note")).to_contain_text("بررسی در جریان است")
    await assert_page_in_order(opened, scripts=scripts)


async def test_a_rule_that_is_refused_is_told_at_its_field(
    browser: Browser, server: TestServer, size: tuple[int, int]
) -> None:
    opened = await window(browser, server, size)
    page = await signed_in(opened, "admin")
    await opened.open("/staff/settings")
    await page.get_by_label("ساعت اداری، شنبه").fill("۱۴ تا ۸")
    await page.get_by_label("ساعت اداری، شنبه").press("Enter")
    await expect(page.get_by_label("ساعت اداری، شنبه")).to_have_value("۱۴ تا ۸")
    await expect(page.get_by_label("ساعت اداری، شنبه")).to_have_accessible_description(re.compile("پس از آغاز"))
    await opened.assert_accessible()


async def test_a_second_factor_is_enrolled(browser: Browser, server: TestServer, site: StaffSite) -> None:
    opened = await window(browser, server, SIZES["phone"])
    page = await signed_in(opened, "manager")
    await opened.open("/staff/account")
    await page.get_by_role("button", name="برقراری ورود دومرحله‌ای").click()
    await expect(page.get_by_role("img", name="نگاره‌ای که برنامهٔ احراز هویت می‌خواند")).to_be_visible()
    secret = await page.locator(".enrol code").inner_text()
    await page.get_by_role("textbox", name="کد یک‌بارمصرف").fill(site.code_of(secret))
    await page.get_by_role("button", name="تأیید", exact=True).click()
    await expect(page.locator(".recovery li")).to_have_count(10)
    await assert_page_in_order(opened)


async def test_parts_are_counted_while_one_types_as_the_preview_counts_them(
    browser: Browser, server: TestServer, size: tuple[int, int]
) -> None:
    opened = await window(browser, server, size)
    page = await signed_in(opened, "admin")
    await opened.open("/staff/settings/texts/one/services.taxi_leave.notices.consent")
    box, count = page.get_by_label("متن", exact=True), page.locator("#text-parts")
    await expect(count).to_have_text("بلندترین صورت: ۱ بخش؛ مجاز: ۲")
    await box.fill("مالک با مرخصی {code} موافق است. " + "درخواست شما بررسی می‌شود. " * 3)
    await expect(count).to_have_text("بلندترین صورت: ۲ بخش؛ مجاز: ۲")
    await page.get_by_role("button", name="پیش‌نمایش").click()
    await expect(page.get_by_role("status")).to_contain_text("هنوز چیزی ثبت نشده است")
    await expect(count).to_have_text("بلندترین صورت: ۲ بخش؛ مجاز: ۲")
    await assert_page_in_order(opened)
    await box.fill("ن" * 200)
    await expect(count).to_have_class("problem")
