"""The citizens' pages in Chromium: a first visit is light, a price is asked and a comment left without scripts."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.support.pages.chromium import SIZES, TRANSITIONS_OVER, SiteServer, window
from tests.support.pages.page_weight import weigh_page

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

MOST_BYTES, MOST_REQUESTS = 80_000, 8
"""Of a first visit of the front page."""

COLOURS = f"""{TRANSITIONS_OVER}.then(() => {{
  const [page, foot] = [document.documentElement, document.querySelector(".bottom")].map(one => getComputedStyle(one));
  return [page.colorScheme, page.backgroundColor, page.color, foot.color];
}})"""
"""The scheme of a page, its ground, what is written on it and at its foot, in the colours that stay."""


@pytest.mark.parametrize("path", ["/", "/services/machinery", "/track", "/services/machinery/price"])
async def test_a_first_visit_is_light(browser: Browser, server: SiteServer, path: str) -> None:
    weight = await weigh_page(browser, str(server.make_url(path)))
    assert weight.total_bytes < MOST_BYTES, dict(weight.bytes_by_address)
    assert weight.request_count <= MOST_REQUESTS, dict(weight.bytes_by_address)


async def test_a_price_is_asked_without_scripts(browser: Browser, server: SiteServer) -> None:
    opened = await window(browser, server, SIZES["phone"], scripts=False)
    await opened.open("/")
    await opened.page.get_by_role("link", name="کارکرد ماشین‌آلات").click()
    await opened.page.get_by_label("ماشین", exact=True).select_option("loader")
    await opened.page.get_by_label("ساعت کار").fill("۴")
    await opened.page.get_by_role("button", name="حساب کن").click()
    await expect(opened.page.get_by_role("status")).to_contain_text("۱۳٬۲۰۰٬۰۰۰ ریال")
    await opened.assert_fits()


async def test_a_comment_is_left_without_scripts(browser: Browser, server: SiteServer) -> None:
    opened = await window(browser, server, SIZES["phone"], scripts=False)
    await opened.open("/services/machinery")
    await opened.page.get_by_label("این خدمت چگونه بهتر می‌شود؟").fill("صبح‌ها زودتر بیایید")
    await opened.page.get_by_role("button", name="فرستادن نظر").click()
    await expect(opened.page.get_by_role("status")).to_contain_text("نظر شما رسید")
    await expect(opened.page.locator(".trap input")).to_have_count(0)


async def test_a_verified_paper_is_printed_without_what_leads_elsewhere(
    browser: Browser, server: SiteServer, tmp_path: Path
) -> None:
    opened = await window(browser, server, SIZES["desk"])
    await opened.open(f"/verify/{'0' * 32}")
    await opened.page.emulate_media(media="print")
    await expect(opened.page.locator(".top")).to_be_hidden()
    await expect(opened.page.locator(".verify .ways")).to_be_hidden()
    await expect(opened.page.locator(".checked")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/services/machinery", "/staff/sign-in"])
async def test_a_dark_scheme_is_of_the_screen_alone(browser: Browser, server: SiteServer, path: str) -> None:
    opened = await window(browser, server, SIZES["phone"])
    await opened.open(path)
    by_day = await opened.page.evaluate(COLOURS)
    await opened.page.emulate_media(color_scheme="dark")
    dark = await opened.page.evaluate(COLOURS)
    assert [one for one, other in zip(by_day, dark, strict=True) if one == other] == []
    await opened.page.emulate_media(color_scheme="dark", media="print")
    assert await opened.page.evaluate(COLOURS) == by_day, "what is printed is dark on light"
