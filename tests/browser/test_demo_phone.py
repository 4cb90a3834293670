"""The pages in a real browser: at the width of a phone and of a desk, with scripts and without."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, expect

from channels.demo.phone import PHONE_PATH
from domain.requests.request import RequestFilter
from domain.values.actors import Role
from tests.support.demo_site import ORDER, DemoSite, demo_site
from tests.support.pages.chromium import SIZES, window

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all


@pytest_asyncio.fixture(loop_scope="module")
async def site(database: Path) -> AsyncIterator[DemoSite]:
    """A demonstration of the test's own."""
    async with demo_site(database) as built:
        yield built


async def code_of(site: DemoSite) -> str:
    """The tracking code of the newest request."""
    async with site.store.open_unit(write=False) as uow:
        return (await uow.requests.list_requests(RequestFilter()))[0].code


async def test_texts_come_and_go_while_one_writes(
    browser: Browser, server: TestServer, site: DemoSite, size: tuple[int, int]
) -> None:
    opened = await window(browser, server, size)
    page = await opened.open(PHONE_PATH)
    await expect(page.locator("#thread .empty")).to_be_visible()
    box = page.get_by_label("متن پیامک", exact=True)
    await box.fill(ORDER)
    await box.press("Enter")
    answer = page.locator("#thread .theirs").last
    await expect(answer).to_contain_text("کد رهگیری")
    await expect(answer).to_be_in_viewport()
    await expect(box).to_have_value("")
    await expect(box).to_be_focused()
    await box.fill("نیمه‌کاره")
    await page.locator("#requests summary").click()
    await site.act(await code_of(site), "accept", Role.CIVIL)
    await expect(page.locator("#thread .theirs").last).to_contain_text("پذیرفته شد")  # nobody reloaded
    await expect(page.locator("#thread .theirs").last).to_contain_text("فرستاده شد")
    await expect(page.locator("#requests pre").first).to_contain_text("price --as revenue")
    await expect(page.locator("#requests details")).to_have_attribute("open", "")
    await expect(box).to_have_value("نیمه‌کاره")
    await opened.assert_fits()
    assert opened.complaints == []


async def test_a_suggestion_is_sent_by_touching_it(browser: Browser, server: TestServer, size: tuple[int, int]) -> None:
    opened = await window(browser, server, size)
    page = await opened.open(PHONE_PATH)
    await page.get_by_role("button", name="راهنما", exact=True).click()
    await expect(page.locator("#thread .theirs")).to_contain_text("شماره را بفرستید")
    await expect(page.locator("#thread .mine p")).to_have_text("راهنما")
    assert opened.complaints == []


async def test_it_tells_when_the_server_is_away_and_goes_on_when_it_is_back(
    browser: Browser, server: TestServer
) -> None:
    opened = await window(browser, server, SIZES["phone"])
    page = await opened.open(PHONE_PATH)
    await page.context.set_offline(True)
    await expect(page.locator("#lost")).to_contain_text("پاسخی از سرور نمی‌رسد")
    await page.context.set_offline(False)
    await expect(page.locator("#lost")).to_be_empty()


async def test_it_all_works_without_scripts(browser: Browser, server: TestServer, size: tuple[int, int]) -> None:
    opened = await window(browser, server, size, scripts=False)
    page = await opened.open(PHONE_PATH)
    await page.get_by_role("link", name="یوسف گری").click()
    for text in ("راهنما", ORDER):
        await page.get_by_label("متن پیامک", exact=True).fill(text)
        await page.get_by_role("button", name="فرستادن", exact=True).click()
        await expect(page.locator("#thread .mine").last).to_have_text(f"شما: {text} ۱۰:۰۰ ۱ بخش")
    await page.get_by_role("link", name="تازه کردن گفت‌وگو").click()
    await expect(page.locator("#thread .theirs").last).to_contain_text("کد رهگیری")
    await expect(page.locator("#thread .theirs").last).to_be_in_viewport()  # the end is in sight
    await expect(page.locator("#requests pre").first).to_contain_text("accept --as civil")
    await page.get_by_label("یا شمارهٔ دیگر").fill("12")
    await page.get_by_role("button", name="باز کردن").click()
    await expect(page.get_by_role("alert")).to_contain_text("شمارهٔ تلفن همراه نیست")
