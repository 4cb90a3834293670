"""Reports in a real browser: charts, the form that narrows them down, sheets, and the page as it is printed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from openpyxl import load_workbook
from playwright.async_api import Browser, expect

from domain.people.sessions import PROOF_FRESHNESS
from tests.support.pages.chromium import WAYS, open_section, signed_in, window
from tests.support.staff_site import PASSWORD, StaffSite, staff_site

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

PAPER = (688, 1016)
"""Size of an A4 sheet between its margins, in CSS pixels."""


@pytest_asyncio.fixture(loop_scope="module")
async def site(database: Path) -> AsyncIterator[StaffSite]:
    """A site with two orders."""
    async with staff_site(database) as built:
        await built.submitted()
        await built.submitted(place="خیابان سپاه، کوچهٔ دوم")
        yield built


@WAYS
async def test_a_report_is_read_and_narrowed_down(
    browser: Browser, server: TestServer, size: tuple[int, int], scripts: bool
) -> None:
    opened = await window(browser, server, size, scripts=scripts)
    page = await signed_in(opened, "manager")
    await open_section(page, "گزارش‌ها")
    await page.get_by_role("link", name="گزارش مدیر").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("گزارش مدیر")
    await expect(page.locator(".whole > div").first).to_contain_text("۲")
    await page.locator("summary", has_text="انتخاب بازه و فیلتر").click()
    await page.get_by_label("از روز").press_sequentially("۱۴۰۵/۰۹/۰۱")
    await page.get_by_label("تا روز").press_sequentially("۱۴۰۵/۰۹/۳۰")
    await page.locator("#channel").select_option("walk_in")
    await page.get_by_role("button", name="نمایش گزارش").click()
    await expect(page.locator(".period")).to_contain_text("از ۱۴۰۵/۰۹/۰۱ تا ۱۴۰۵/۰۹/۳۰")
    await expect(page.locator(".whole > div").first).to_contain_text("۰")
    await page.get_by_role("link", name="بی‌محدودیت").click()
    await expect(page.locator(".whole > div").first).to_contain_text("۲")
    await opened.assert_fits()
    assert opened.complaints == []


async def test_a_chart_is_drawn_from_right_to_left(browser: Browser, server: TestServer) -> None:
    opened = await window(browser, server, (1366, 768))
    page = await signed_in(opened, "civil")
    await opened.open("/staff/reports/civil?year=1405")
    chart = page.get_by_role("img", name="دریافت شده").first
    first, last = chart.get_by_text("فروردین"), chart.get_by_text("اسفند")
    first_box, last_box, whole = await first.bounding_box(), await last.bounding_box(), await chart.bounding_box()
    assert first_box is not None
    assert last_box is not None
    assert whole is not None
    assert first_box["x"] > last_box["x"] > whole["x"]
    assert first_box["x"] + first_box["width"] <= whole["x"] + whole["width"] + 1
    mark = chart.locator("rect").nth(8)
    assert await mark.evaluate("one => getComputedStyle(one).fill") == "rgb(13, 95, 91)"
    await page.emulate_media(media="print")
    assert await mark.evaluate("one => getComputedStyle(one).fill") == "rgb(51, 51, 51)"
    await expect(page.locator(".narrowing")).to_be_hidden()
    await expect(page.locator(".sheets")).to_be_hidden()
    await expect(page.get_by_role("table").first).to_be_visible()


async def test_a_report_fits_a_sheet_of_paper(browser: Browser, server: TestServer) -> None:
    opened = await window(browser, server, PAPER)
    page = await signed_in(opened, "manager")
    await opened.open("/staff/reports/manager")
    await page.emulate_media(media="print")
    await expect(page.get_by_text("شهرداری گمیشان", exact=True)).to_be_visible()
    widths = await page.locator(".part .wide").evaluate_all("all => all.map(one => one.scrollWidth - one.clientWidth)")
    assert len(widths) > 3
    assert max(widths) <= 0
    heads = page.locator(".part thead tr")
    assert [await one.is_visible() for one in await heads.all()] == [True] * await heads.count()


async def test_a_sheet_is_taken_along_behind_a_proof(
    browser: Browser, server: TestServer, site: StaffSite, tmp_path: Path
) -> None:
    opened = await window(browser, server, (1366, 768))
    page = await signed_in(opened, "civil")
    await opened.open("/staff/reports/civil?year=1405")
    site.clock.at += 2 * PROOF_FRESHNESS
    await page.goto(str(server.make_url("/staff/reports/civil.xlsx?year=1405")))
    await page.get_by_label("گذرواژه").fill(PASSWORD)
    async with page.expect_download() as coming:
        await page.get_by_role("button", name="ادامه").click()
    await (await coming.value).save_as(tmp_path / "r.xlsx")
    assert len(list(load_workbook(tmp_path / "r.xlsx").worksheets[0].iter_rows())) == 3
