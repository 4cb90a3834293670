"""The staff's door in a real browser: a made password is changed first, a lock is seen and opened, what is refused."""

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, expect

from domain.actions.context import ActorContext
from domain.actions.staff.attempts import count_attempt
from domain.actions.staff.staff_accounts import reset_member_password
from domain.people.sessions import IDLE_LIMIT
from domain.people.sign_in_attempts import MOST_PER_PAIR, ClientOrigin, sign_in_limits
from domain.values.actors import SYSTEM
from tests.support.pages.chromium import WAYS, signed_in, window
from tests.support.pages.page_checks import assert_page_in_order
from tests.support.staff_site import HASH, NEW_PASSWORD, OUTSIDE, PASSWORD, StaffSite

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all


@WAYS
async def test_a_made_password_is_changed_first(
    browser: Browser, server: TestServer, site: StaffSite, size: tuple[int, int], scripts: bool
) -> None:
    async with site.store.open_unit() as uow:
        await reset_member_password(ActorContext(site.demo.desk, uow, SYSTEM), "civil", HASH)
    opened = await window(browser, server, size, scripts=scripts)
    page = await signed_in(opened, "civil")
    await expect(page.get_by_role("heading", level=1)).to_have_text("حساب من")
    await expect(page.get_by_role("status").first).to_contain_text("کس دیگری ساخته است")
    await assert_page_in_order(opened, scripts=scripts)
    await page.get_by_label("گذرواژهٔ کنونی").fill(PASSWORD)
    for label in ("گذرواژهٔ تازه", "تکرار گذرواژهٔ تازه"):
        await page.get_by_label(label, exact=True).fill("shahrdari 1405")
    await page.get_by_role("button", name="تغییر گذرواژه").click()
    await expect(page.get_by_role("alert")).to_contain_text("نام شهر و شهرداری")
    await assert_page_in_order(opened, refused=True, scripts=scripts)
    await page.get_by_label("گذرواژهٔ کنونی").fill(PASSWORD)
    for label in ("گذرواژهٔ تازه", "تکرار گذرواژهٔ تازه"):
        await page.get_by_label(label, exact=True).fill(NEW_PASSWORD)
    await page.get_by_role("button", name="تغییر گذرواژه").click()
    await expect(page.get_by_role("status").first).to_contain_text("گذرواژه تغییر کرد")
    await opened.open("/staff/fleet")
    await expect(page.get_by_role("heading", level=1)).not_to_have_text("حساب من")


@WAYS
async def test_a_lock_is_seen_and_opened(
    browser: Browser, server: TestServer, site: StaffSite, size: tuple[int, int], scripts: bool
) -> None:
    limits = sign_in_limits("civil", ClientOrigin("203.0.113.9", "", inside=False), None)
    for _ in range(MOST_PER_PAIR):
        async with site.store.open_unit() as uow:
            await count_attempt(uow.lines, limits, site.clock.now())
    opened = await window(browser, server, size, scripts=scripts)
    page = await signed_in(opened, "admin")
    await opened.open("/staff/users/one/civil")
    await expect(page.get_by_text("203.0.113.9")).to_be_visible()
    await assert_page_in_order(opened, scripts=scripts)
    await page.get_by_role("button", name="باز کردن قفل").click()
    await expect(page.get_by_role("status")).to_contain_text("قفل باز شد")
    await expect(page.get_by_role("button", name="باز کردن قفل")).to_have_count(0)


@WAYS
async def test_what_is_refused_at_the_door_is_told(
    browser: Browser, server: TestServer, site: StaffSite, size: tuple[int, int], scripts: bool
) -> None:
    opened = await window(browser, server, size, scripts=scripts)
    await opened.page.set_extra_http_headers(OUTSIDE)
    await opened.open("/staff/sign-in")
    for number in range(6):
        await opened.page.get_by_label("نام کاربری").fill("civil")
        await opened.page.get_by_label("گذرواژه").fill("wrong")
        await opened.page.get_by_role("button", name="ورود").click()
        told = "قفل را باز کند" if number == 5 else "از بیرون سازمان کد یک‌بارمصرف هم لازم است"
        await expect(opened.page.get_by_role("alert")).to_contain_text(told)
    await assert_page_in_order(opened, refused=True, scripts=scripts)


@WAYS
@pytest.mark.parametrize("is_ended_by_time", [False, True])
async def test_after_the_end_of_a_session_the_back_button_shows_nothing(
    browser: Browser,
    server: TestServer,
    site: StaffSite,
    size: tuple[int, int],
    scripts: bool,
    *,
    is_ended_by_time: bool,
) -> None:
    request = await site.submitted()
    opened = await window(browser, server, size, scripts=scripts)
    page = await signed_in(opened, "civil")
    for address in (f"/staff/requests/{request.code}", "/staff/account"):
        await opened.open(address)
    if is_ended_by_time:
        site.clock.at += IDLE_LIMIT
    else:
        await page.locator('form[action="/staff/sign-out"] button').first.evaluate("button => button.click()")
        await expect(page.get_by_label("نام کاربری")).to_be_visible()
    for _ in range(2):
        await page.go_back()
        assert "گل‌جمال توماج" not in await page.locator("body").inner_text()
    await opened.open(f"/staff/requests/{request.code}")
    await expect(page.get_by_label("نام کاربری")).to_be_visible()
