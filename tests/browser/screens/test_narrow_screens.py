"""The staff's site on a phone: tables keep their heads or say them beside each value, and what matters is in view."""

import re

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Locator, expect

from tests.browser.offline.test_offline_papers import make_upload, take_large_photo
from tests.support.pages.chromium import SIZES, signed_in, window
from tests.support.pages.page_checks import assert_page_in_order
from tests.support.scenarios.expert_opinions import asked_opinion
from tests.support.scenarios.sample_files import take_photo
from tests.support.staff_site import StaffSite

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

PHONE = SIZES["phone"]


async def edges(one: Locator) -> tuple[float, float]:
    """Left and right edge of an element on the screen, from the left."""
    box = await one.bounding_box()
    assert box
    return box["x"], box["x"] + box["width"]


async def test_a_report_is_scrolled_under_its_heads(browser: Browser, server: TestServer, site: StaffSite) -> None:
    await site.submitted()
    opened = await window(browser, server, PHONE)
    page = await signed_in(opened, "civil")
    await opened.open("/staff/reports/civil")
    await page.locator("details.folded").evaluate_all("all => all.forEach(one => (one.open = true))")
    table = page.locator(".part", has=page.get_by_role("heading", name="روند", exact=True)).get_by_role("table")
    name, head = table.locator("tbody th").first, table.locator("thead th").nth(1)
    assert await edges(head) == await edges(table.locator("tbody td").first)
    before = await edges(name)
    await table.locator("thead th").last.scroll_into_view_if_needed()
    assert await edges(name) == before, "a row's name stays in view"
    assert (await edges(table.locator("tfoot td").last))[0] >= 0
    await assert_page_in_order(opened)


ENDS = """all => all.map(one => {
  const range = document.createRange();
  range.selectNodeContents(one);
  return [Math.round(range.getBoundingClientRect().right), getComputedStyle(one).fontVariantNumeric];
})"""
"""Right ends of the contents of cells, and the setting of their digits."""


async def test_digits_of_a_report_stand_under_each_other(
    browser: Browser, server: TestServer, site: StaffSite, size: tuple[int, int]
) -> None:
    await site.submitted()
    opened = await window(browser, server, size)
    page = await signed_in(opened, "civil")
    await opened.open("/staff/reports/civil")
    await page.locator("details.folded").evaluate_all("all => all.forEach(one => (one.open = true))")
    cells = page.locator(".part").first.locator(":is(thead, tbody, tfoot) > tr > .number:nth-child(2)")
    for media in ("screen", "print"):
        await page.emulate_media(media=media)
        found = await cells.evaluate_all(ENDS)
        assert len(found) > 3
        assert {tuple(one) for one in found} == {(found[0][0], "tabular-nums")}


async def test_a_list_says_what_each_value_is(browser: Browser, server: TestServer) -> None:
    opened = await window(browser, server, PHONE)
    page = await signed_in(opened, "admin")
    await opened.open("/staff/users")
    label = "one => getComputedStyle(one, '::before').content"
    cells = page.locator("table.list tbody tr").first.locator("td")
    assert "نام و نام خانوادگی" in await cells.nth(1).evaluate(label)
    assert "نقش‌ها" in await cells.nth(2).evaluate(label)
    await page.set_viewport_size({"width": 1366, "height": 768})
    assert await cells.nth(1).evaluate(label) == "none"


async def test_a_phone_has_a_bar_and_all_sections_in_a_menu(browser: Browser, server: TestServer) -> None:
    opened = await window(browser, server, PHONE, scripts=False)
    page = await signed_in(opened, "civil")
    await opened.open("/staff/fleet")
    bar = page.get_by_role("navigation", name="میان‌بُرها")
    await expect(bar.locator("[aria-current]")).to_have_text("تقویم")
    for target in await bar.locator("a, button").all():
        box = await target.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44
        assert box["y"] + box["height"] <= PHONE[1]
    walk_in = page.get_by_role("link", name="ثبت حضوری")
    await expect(walk_in).to_be_hidden()
    await bar.get_by_role("link", name="جست‌وجو").click()
    await expect(page.get_by_role("searchbox").first).to_be_focused()
    await bar.get_by_role("button", name="منو").focus()
    await page.keyboard.press("Enter")
    await expect(walk_in).to_be_in_viewport()
    await page.keyboard.press("Escape")
    await expect(walk_in).to_be_hidden()
    await bar.get_by_role("button", name="منو").click()
    await walk_in.click()
    await expect(page).to_have_url(re.compile("/staff/walk-in$"))


async def test_a_desk_folds_the_sections_that_do_not_fit(browser: Browser, server: TestServer) -> None:
    opened = await window(browser, server, SIZES["desk"])
    page = await signed_in(opened, "manager")
    audit = page.get_by_role("link", name="رویدادنامه")
    await expect(audit).to_be_hidden()
    await page.get_by_role("button", name="همهٔ بخش‌ها").click()
    await opened.assert_accessible()
    await audit.click()
    await expect(page.locator(".sections a[aria-current]")).to_have_text("رویدادنامه")
    await expect(page.locator(".sections a[aria-current]")).to_be_in_viewport()


async def test_a_day_of_the_calendar_is_a_list_of_those_who_work(browser: Browser, server: TestServer) -> None:
    opened = await window(browser, server, PHONE, scripts=False)
    page = await signed_in(opened, "civil")
    await opened.open("/staff/fleet")
    for _ in range(2):
        await expect(page.locator("#opening")).to_be_hidden()  # hours side by side are for wide screens
        left, right = await edges(page.locator(".board tbody th").first)
        assert 0 <= left < right <= PHONE[0]
        await opened.assert_fits()
        await expect(page.get_by_role("link", name="روز بعد")).to_be_in_viewport()
        await page.get_by_role("link", name="روز بعد").click()
    await page.get_by_label("روز").fill("سی‌ام")
    await page.get_by_role("button", name="نمایش").click()
    problem, field = await page.locator("#day-problem").bounding_box(), await page.get_by_label("روز").bounding_box()
    assert problem
    assert field
    assert problem["y"] >= field["y"] + field["height"]
    button = await page.get_by_role("button", name="نمایش").bounding_box()
    assert button
    assert button["height"] == field["height"]


async def test_sections_are_one_line_or_behind_the_button_of_the_bar(
    browser: Browser, server: TestServer, site: StaffSite
) -> None:
    opened = await window(browser, server, (1000, 768))
    page = await signed_in(opened, "manager")
    tops = "all => [...new Set(all.map(one => one.getBoundingClientRect().top))].length"
    assert await page.locator(".sections li:not(.folded)").evaluate_all(tops) == 1
    await page.set_viewport_size({"width": 360, "height": 740})
    sections = page.get_by_role("navigation", name="بخش‌های سایت")
    await expect(sections).to_have_count(0)
    await page.get_by_role("button", name="منو").press("Enter")
    await expect(sections.get_by_role("link")).not_to_have_count(0)
    await page.get_by_role("link", name="جست‌وجو").focus()
    await expect(sections).to_have_count(0)


SLOW_PICTURES = """() => {
  const open = createImageBitmap;
  window.createImageBitmap = async (...wanted) => {
    await new Promise(done => setTimeout(done, 300));
    return open(...wanted);
  };
}"""
"""On an old phone one sends the form before its photos are smaller."""


async def test_shots_of_the_camera_are_gathered_and_sent_together(
    browser: Browser, server: TestServer, site: StaffSite
) -> None:
    request = await asked_opinion(site)
    opened = await window(browser, server, PHONE)
    page = await signed_in(opened, "expert")
    await opened.open(f"/staff/requests/{request.code}#papers")
    await page.get_by_text("افزودن مدرک").first.click()
    camera = page.locator("#camera")
    for number in range(1, 4):
        name = f"عکس {number}.jpg"
        await camera.set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": take_photo(60 + number)})
        await expect(page.locator(".thumbnails canvas")).to_have_count(number)
    await page.get_by_role("button", name="حذف عکس 2.jpg").click()
    await expect(page.get_by_role("button", name="حذف عکس 3.jpg")).to_be_focused()
    await expect(page.get_by_role("status")).to_have_text("۲ فایل آمادهٔ فرستادن")
    await assert_page_in_order(opened)
    await page.evaluate(SLOW_PICTURES)
    await page.locator("#file").set_input_files(make_upload("بزرگ.jpeg", take_large_photo()))
    await page.get_by_role("button", name="افزودن مدرک").click()
    await expect(page.locator(".papers small")).to_have_text(["بزرگ.jpg", "عکس 1.jpg", "عکس 3.jpg"])
    assert opened.complaints == []
