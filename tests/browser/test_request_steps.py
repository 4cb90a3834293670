"""The staff's desk in a real browser: signing in, and the way of a request; both widths, with scripts and without."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect

from domain.actions.queues.work import REQUESTS_PER_PAGE
from domain.people.person import StaffMember
from domain.requests.request import RequestFilter
from domain.values.actors import Role
from domain.values.text import ascii_digits, persian_digits
from domain.values.tracking_codes import display_code
from tests.support.demo_site import MORNING
from tests.support.pages.chromium import SIZES, WAYS, Window, open_section, signed_in, window
from tests.support.pages.page_checks import assert_page_in_order
from tests.support.pages.staff_steps import opened_step
from tests.support.staff_site import HASH, OUTSIDE, PASSWORD, StaffSite

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

LESS = "۳٬۳۰۰٬۰۰۰ ریال باید به شهروند برگردد."
"""Price of an hour of the loader, with VAT."""

CALLER = "+989121112233"
NAMES: Mapping[str, str] = {"گل‌جمال توماج": "0499370899", "طوبی آق‌آتابای": "0084575948"}
"""Persons searched for, with their national codes."""


async def handed_over(page: Page) -> None:
    """A machine is booked, and goes out, before its day as is said."""
    await opened_step(page, "زمان‌بندی")
    await page.get_by_label("لودر ۱").check()
    await page.get_by_role("button", name="زمان‌بندی").click()
    await opened_step(page, "تحویل ماشین")
    await page.get_by_label("تحویل پیش از روز رزرو").select_option("بله")
    await page.get_by_role("button", name="تحویل ماشین").click()
    await expect(page.locator(".phase")).to_have_text("ماشین تحویل شده")


async def done_in_less(page: Page) -> None:
    """The machine worked for an hour less than was paid for, which is told to whoever opens the request."""
    step = await opened_step(page, "پایان کار")
    await step.get_by_role("textbox", name="ساعت کار").fill("۲")
    await step.get_by_role("button", name="پایان کار").click()
    await expect(page.get_by_role("status")).to_have_text("پایان کار انجام شد؛ اکنون: انجام شده.")
    await expect(page.get_by_text(LESS, exact=True)).to_be_visible()


@pytest.mark.day
@WAYS
async def test_a_request_from_the_order_to_the_delivery(
    browser: Browser, server: TestServer, site: StaffSite, size: tuple[int, int], scripts: bool
) -> None:
    request = await site.submitted()
    path = f"/staff/requests/{request.code}"
    desks = {name: await window(browser, server, size, scripts=scripts) for name in ("civil", "revenue")}
    civil, revenue = [await signed_in(opened, name) for name, opened in desks.items()]
    await civil.get_by_role("link", name=re.compile("کارکرد|[۰-۹]{3} [۰-۹]{3}")).first.click()
    await expect(civil.get_by_role("heading", level=1)).to_have_text("کارکرد ماشین‌آلات")
    await opened_step(civil, "پذیرش")
    await civil.get_by_role("textbox", name="ساعت کار").fill("۳")
    await civil.get_by_role("button", name="پذیرش").click(click_count=2 if scripts else 1)  # scripts send it once
    await expect(civil.get_by_role("status")).to_have_text("پذیرش انجام شد؛ اکنون: پذیرفته شده، در حال تعیین هزینه.")
    await desks["revenue"].open(path)
    await revenue.get_by_role("button", name="تعیین هزینه").click()
    await revenue.get_by_label("شمارهٔ پیگیری بانک").fill("1001")
    await revenue.get_by_role("button", name="ثبت پرداخت").click()
    await expect(revenue.get_by_role("status")).to_have_text("پرداخت ثبت شد.")
    await desks["civil"].open(path)
    await handed_over(civil)
    await done_in_less(civil)
    await desks["revenue"].open(path)
    await expect(revenue.get_by_text(LESS, exact=True)).to_be_visible()
    for opened in desks.values():
        await opened.assert_fits()
        assert opened.complaints == []


@WAYS
async def test_from_outside_the_code_of_the_authenticator_is_asked_for(
    browser: Browser, server: TestServer, site: StaffSite, size: tuple[int, int], scripts: bool
) -> None:
    request, secret = await site.submitted(), await site.enrolled("civil")
    opened = await window(browser, server, size, scripts=scripts)
    await opened.page.set_extra_http_headers(OUTSIDE)
    path = f"/staff/requests/{request.code}"
    page = await opened.open(path)
    await page.get_by_label("نام کاربری").fill("civil")
    await page.get_by_label("گذرواژه").fill(PASSWORD)
    await page.get_by_role("button", name="ورود").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("کد یک‌بارمصرف")
    await opened.open(path)  # nothing is to be seen before
    await expect(page.get_by_role("heading", level=1)).to_have_text("کد یک‌بارمصرف")
    await page.get_by_label("کد یک‌بارمصرف").fill("۰۰۰ ۰۰۰")
    await page.get_by_role("button", name="ورود").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await assert_page_in_order(opened, refused=True, scripts=scripts)
    await page.get_by_label("کد یک‌بارمصرف").fill(site.code_of(secret))
    await page.get_by_role("button", name="ورود").click()
    await expect(page.locator(".head .code")).to_have_text(persian_digits(display_code(request.code)))
    await assert_page_in_order(opened, refused=True, scripts=scripts)


@dataclass(frozen=True, slots=True)
class Crowd:
    """Requests in the lists: of two people whose names are looked for, and one that waits to be priced."""

    jamal: str
    tuba: str
    priced: str


async def crowd(site: StaffSite) -> Crowd:
    """More orders than one page of a list has, and a colleague to whom they may be given."""
    mine = [await site.submitted(full_name=name, national_code=code) for name, code in NAMES.items()]
    others = [await site.submitted(full_name="یوسف گری", national_code="0790419904") for _ in range(REQUESTS_PER_PAGE)]
    await site.demo.act(others[0].code, "accept", Role.CIVIL)
    async with site.store.open_unit() as uow:
        await uow.people.save_staff(
            StaffMember("sara", frozenset({Role.CIVIL}), "سارا نوری", None, HASH, True, MORNING)
        )
    return Crowd(mine[0].code, mine[1].code, others[0].code)


async def listed(page: Page) -> Sequence[str]:
    """The tracking codes that a list shows."""
    return [ascii_digits("".join(one.split())) for one in await page.locator("table.list tbody a").all_inner_texts()]


async def found(page: Page, typed: str) -> Sequence[str]:
    """Results of the search box at the top."""
    box = page.get_by_role("searchbox", name=re.compile("^کد، همراه"))
    await box.fill(typed)
    async with page.expect_navigation():
        await box.press("Enter")
    return await listed(page)


async def turned_over(page: Page) -> None:
    """The list has two pages, and nothing is on both."""
    first = await listed(page)
    assert len(first) == REQUESTS_PER_PAGE
    await page.get_by_role("link", name="صفحهٔ بعد").click()
    await expect(page.get_by_role("link", name="صفحهٔ پیش")).to_be_visible()
    assert not set(first) & set(await listed(page))
    await page.get_by_role("link", name="صفحهٔ پیش").click()
    await expect(page.get_by_role("link", name="صفحهٔ بعد")).to_be_visible()
    assert await listed(page) == first


async def viewed(page: Page, code: str) -> None:
    """A list is narrowed down, kept as a view, opened from there and forgotten."""
    await page.get_by_role("link", name="همهٔ در جریان").click()
    await page.locator("summary", has_text="فیلتر").click()
    await page.get_by_label("مرحله").select_option(label="در دست اقدام")
    await page.get_by_role("button", name="نمایش").click()
    await expect(page.locator(".narrowed")).to_have_text("مرحله: در دست اقدام")
    await page.locator("summary", has_text="فیلتر").click()
    await page.get_by_label("ذخیرهٔ همین فیلتر با نام").fill("رسیدگی‌شده‌ها")
    await page.get_by_role("button", name="ذخیره").click()
    await expect(page.get_by_role("status")).to_have_text("فیلتر ذخیره شد.")
    await open_section(page, "میز کار")
    await page.get_by_role("link", name="رسیدگی‌شده‌ها").click()
    await expect(page.locator("table.list tbody tr")).to_have_count(1)
    assert await listed(page) == [code]
    await page.locator("summary", has_text="فیلتر").click()
    await page.get_by_role("button", name="پاک کردن فیلتر «رسیدگی‌شده‌ها»").click()
    await expect(page.get_by_role("status")).to_have_text("فیلتر ذخیره‌شده پاک شد.")
    await expect(page.get_by_role("link", name="رسیدگی‌شده‌ها")).to_have_count(0)


async def given_away(page: Page) -> None:
    """A request is given to a colleague on its page."""
    await page.get_by_label("ارجاع به").select_option(label="سارا نوری")
    await page.get_by_role("button", name="ارجاع").click()
    await expect(page.get_by_role("status")).to_have_text("درخواست ارجاع شد.")
    await expect(page.locator(".head .facts")).to_contain_text("سارا نوری")


async def several_given(opened: Window, several: Sequence[str]) -> None:
    """Several are ticked and given to a colleague."""
    page = await opened.open("/staff?queue=open&order=oldest")
    for code in several:
        await page.get_by_label(f"انتخاب {persian_digits(display_code(code))}").check()
    await page.get_by_label("ارجاع انتخاب‌شده‌ها به").select_option(label="سارا نوری")
    await page.get_by_role("button", name="ارجاع").click()
    await expect(page.get_by_role("status")).to_have_text("درخواست‌ها ارجاع شد.")


async def entered(page: Page, site: StaffSite) -> None:
    """An order of machines is entered for somebody who came, and its page has the code that the citizen gets."""
    await open_section(page, "ثبت حضوری")
    await page.get_by_role("link", name="کارکرد ماشین‌آلات").click()
    typed = {
        "شمارهٔ همراه شهروند": "۰۹۱۲ ۱۱۱ ۲۲۳۳",
        "نام درخواست‌کننده": "عبدالرحمن قره‌جه",
        "کد ملی": "۰۴۹۹۳۷۰۸۹۹",
        "روز": "فردا",
        "ساعت آغاز": "۸",
        "نشانی محل کار": "میدان بسیج",
    }
    for label, value in typed.items():
        await page.get_by_label(label, exact=True).fill(value)
    await page.locator("#items-0-machine").select_option(label="لودر")
    await page.locator("#items-0-hours").fill("۴")
    await page.get_by_role("button", name="ثبت درخواست").click()
    await expect(page.get_by_role("status")).to_contain_text("درخواست ثبت شد و کد رهگیری")
    async with site.store.open_unit(write=False) as uow:
        (request,) = await uow.requests.list_requests(RequestFilter(mobile=CALLER))
    assert request.channel == "walk_in"
    await expect(page.locator(".head .code")).to_have_text(persian_digits(display_code(request.code)))


@WAYS
async def test_requests_are_found_kept_in_view_entered_and_given_away(
    browser: Browser, server: TestServer, site: StaffSite, size: tuple[int, int], scripts: bool
) -> None:
    there = await crowd(site)
    opened = await window(browser, server, size, scripts=scripts)
    page = await signed_in(opened, "civil")
    await turned_over(page)
    for typed in ("گلج", "گل توم", "۰۴۹۹۳۷۰۸۹۹"):
        assert await found(page, typed) == [there.jamal], typed
    await viewed(page, there.priced)
    await entered(page, site)
    await given_away(page)
    await several_given(opened, (there.jamal, there.tuba))
    assert [(await site.request(one)).assignee for one in (there.jamal, there.tuba)] == ["sara"] * 2
    await opened.assert_fits()
    assert opened.complaints == []


async def test_a_double_click_takes_one_step(browser: Browser, server: TestServer, site: StaffSite) -> None:
    request = await site.submitted()
    opened = await window(browser, server, (1366, 768))
    page = await signed_in(opened, "civil")
    await opened.open(f"/staff/requests/{request.code}")
    await opened_step(page, "پذیرش")
    await page.get_by_role("button", name="پذیرش").dblclick()
    await expect(page.get_by_role("status")).to_contain_text("پذیرش انجام شد؛ اکنون: پذیرفته شده")


async def test_what_is_refused_is_told_at_the_field(
    browser: Browser, server: TestServer, site: StaffSite, size: tuple[int, int]
) -> None:
    request = await site.submitted()
    opened = await window(browser, server, size)
    page = await signed_in(opened, "civil")
    await opened.open(f"/staff/requests/{request.code}")
    await opened_step(page, "پذیرش")
    await page.get_by_role("textbox", name="روز").fill("")
    await page.get_by_role("textbox", name="روز").press_sequentially("دیروز")
    await page.get_by_role("button", name="پذیرش").click()
    await expect(page.get_by_role("textbox", name="روز")).to_have_value("دیروز")
    await expect(page.get_by_role("textbox", name="روز")).to_have_accessible_description(re.compile("خوانده نشد"))
    await opened.assert_accessible()


async def test_the_calendar_covers_nobodys_form(browser: Browser, server: TestServer) -> None:
    opened = await window(browser, server, SIZES["phone"])
    await signed_in(opened, "civil")
    page = await opened.open("/staff/walk-in/machinery")
    await uncovered(page)
    width, height = SIZES["desk"]
    await page.set_viewport_size({"width": width, "height": height})
    await page.reload()
    await uncovered(page)


async def test_the_calendar_of_a_field_opens_at_its_day(browser: Browser, server: TestServer, site: StaffSite) -> None:
    opened = await window(browser, server, SIZES["desk"])
    await signed_in(opened, "civil")
    page = await opened.open("/staff/fleet?day=1405/09/11")
    day = page.locator("[data-jdp]")
    await day.focus()
    await expect(page.locator("jdp-container .jdp-day.selected")).to_have_text("۱۱")
    await page.get_by_role("button", name="نمایش").focus()
    await expect(day).to_have_value("۱۴۰۵/۰۹/۱۱")


async def uncovered(page: Page) -> None:
    """The calendar covers neither a person who types nor one who has gone on."""
    day, calendar = page.locator("[data-jdp]").first, page.locator("jdp-container")
    await day.focus()
    await expect(calendar).to_be_visible()
    await page.keyboard.type("فردا")
    await expect(calendar).to_be_hidden()
    await page.get_by_label("محل کار").focus()
    await day.focus()
    await expect(calendar).to_be_visible()
    await page.get_by_label("محل کار").focus()
    await expect(calendar).to_be_hidden()
    await expect(day).to_have_value("فردا")


async def test_the_door_says_what_was_wrong(browser: Browser, server: TestServer, size: tuple[int, int]) -> None:
    opened = await window(browser, server, size)
    page = await opened.open("/staff")
    await page.get_by_label("نام کاربری").fill("civil")
    await page.get_by_label("گذرواژه").fill("wrong")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("نام کاربری یا گذرواژه درست نیست.")
    await assert_page_in_order(opened, refused=True)
