"""Queues in a real browser: filtered, cleared and come back to, given to colleagues; and a form that was refused."""

import re

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect

from domain.values.actors import Role
from tests.channels.admin.queues.test_assignment import given, hired
from tests.channels.admin.requests.test_request_pages import expert_request
from tests.support.pages.chromium import WAYS, signed_in, window
from tests.support.pages.page_checks import assert_page_in_order
from tests.support.pages.staff_steps import opened_step
from tests.support.staff_site import StaffSite

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all


async def narrow(page: Page, field: str, value: str, since: str = "") -> None:
    """Narrow the list down by the form for it, which stays folded until somebody wants it."""
    await page.locator("summary", has_text="فیلتر").click()
    await page.get_by_label(field).select_option(value)
    if since:  # who only touches the field has its calendar over the form, on a phone
        await page.get_by_label("ثبت از روز").fill(since)
    await page.get_by_role("button", name="نمایش").click()


async def give_all(page: Page, name: str) -> None:
    """Tick every row and choose a colleague."""
    for one in await page.get_by_role("checkbox", name="انتخاب").all():
        await one.check()
    await page.get_by_label("ارجاع انتخاب‌شده‌ها به").select_option(name)


@WAYS
async def test_a_manager_filters_gives_and_comes_back(
    browser: Browser, server: TestServer, site: StaffSite, size: tuple[int, int], scripts: bool
) -> None:
    opinion = await expert_request(site)
    await site.submitted()
    await hired(site, "sara", Role.EXPERT)
    opened = await window(browser, server, size, scripts=scripts)
    page = await signed_in(opened, "manager")
    await opened.open("/staff?queue=open")
    await narrow(page, "خدمت", "expert")
    await expect(page.locator(".narrowed")).to_contain_text("حق کارشناسی")
    await narrow(page, "نوع", "valuation", "۱۴۰۵/۰۹/۰۱")
    await expect(page.get_by_label("ثبت از روز")).to_have_value("۱۴۰۵/۰۹/۰۱")
    await page.locator("summary", has_text="فیلتر").click()
    await give_all(page, "sara")
    await assert_page_in_order(opened, refused=True, scripts=scripts)
    await page.get_by_role("button", name="ارجاع").click()
    await expect(page.get_by_role("status")).to_have_text("درخواست‌ها ارجاع شد.")
    await expect(page.get_by_label("نوع")).to_have_value("valuation")
    await page.get_by_role("link", name="حذف فیلتر").click()
    await give_all(page, "sara")
    await given(site, opinion.code, "expert")
    await page.get_by_role("button", name="ارجاع").click()
    await expect(page.get_by_role("listitem").filter(has_text="همکار دیگری")).to_have_count(1)
    await expect(page.get_by_role("listitem").filter(has_text="اکنون کار واحد عمران است")).to_have_count(1)
    await assert_page_in_order(opened, refused=True, scripts=scripts)
    await page.get_by_role("link", name="بازگشت به همان فهرست").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("همهٔ در جریان")


@WAYS
async def test_what_was_refused_stands_in_its_form_again(
    browser: Browser, server: TestServer, site: StaffSite, size: tuple[int, int], scripts: bool
) -> None:
    request = await site.submitted()
    opened = await window(browser, server, size, scripts=scripts)
    page = await signed_in(opened, "civil")
    await opened.open("/staff?created_from=x")
    await expect(page.get_by_label("ثبت از روز")).to_have_accessible_description(re.compile("خوانده نشد"))
    await assert_page_in_order(opened, refused=True, scripts=scripts)
    await opened.open(f"/staff/requests/{request.code}")
    await opened_step(page, "پذیرش")
    await page.get_by_role("textbox", name="روز").clear()
    await page.get_by_role("textbox", name="روز").press_sequentially("دیروز")
    await page.get_by_role("button", name="پذیرش").click()
    await expect(page.get_by_role("textbox", name="روز")).to_have_value("دیروز")
    await expect(page.get_by_role("textbox", name="روز")).to_have_accessible_description(re.compile("خوانده نشد"))
    await page.locator("summary", has_text="اصلاح شمارهٔ همراه").click()
    await page.get_by_label("همراه شهروند").fill("0912")
    await page.get_by_label("شهروند چگونه شناسایی شد؟").fill("کارت ملی")
    await page.get_by_role("button", name="اصلاح شمارهٔ همراه").click()
    await expect(page.get_by_label("همراه شهروند")).to_have_value("0912")
    await expect(page.get_by_label("همراه شهروند")).to_have_accessible_description(re.compile("درست نیست"))
    await expect(page.get_by_label("شهروند چگونه شناسایی شد؟")).to_have_value("کارت ملی")
    await assert_page_in_order(opened, refused=True, scripts=scripts)
