"""Presses for the tasks of every day, from the list to the result: the row, and one button."""

from collections.abc import Mapping

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect

from domain.values.actors import Role
from tests.support.pages.chromium import SIZES, Window, signed_in, window
from tests.support.pages.page_checks import assert_page_in_order
from tests.support.scenarios.expert_opinions import PAPERS, STEPS, asked_opinion, price_opinions
from tests.support.scenarios.site_registries import furnish
from tests.support.scenarios.taxi_requests import asked_leave
from tests.support.staff_site import StaffSite

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

COUNT_PRESSES = (
    "addEventListener('pointerdown', () => (sessionStorage.presses = 1 + Number(sessionStorage.presses || 0)))"
)
ROW_AND_BUTTON = 2
NO_TEXT: Mapping[str, str] = {}


class Desk:
    """Somebody's window, in which presses are counted."""

    def __init__(self, opened: Window) -> None:
        self.opened = opened

    async def count_presses(
        self, code: str, button: str, typed: Mapping[str, str] = NO_TEXT, queue: str = "/staff"
    ) -> int:
        """Come from a list to a request, type what must be typed, and press a button; return the presses."""
        page = await self.opened.open(queue)
        await page.evaluate("sessionStorage.removeItem('presses')")
        await page.locator(f'a[href^="/staff/requests/{code}"]').first.click()
        for label, text in typed.items():
            await page.get_by_role("textbox", name=label).fill(text)
        await page.get_by_role("button", name=button, exact=True).click()
        await expect(page.get_by_role("status").first).to_be_visible()
        return int(await page.evaluate("sessionStorage.presses"))


async def sit_down(browser: Browser, server: TestServer, *usernames: str) -> list[Desk]:
    """A desk for each of these."""
    desks = []
    for username in usernames:
        opened = await window(browser, server, SIZES["desk"])
        await opened.page.add_init_script(COUNT_PRESSES)
        await signed_in(opened, username)
        desks.append(Desk(opened))
    return desks


async def test_a_days_work_is_the_row_and_one_button(browser: Browser, server: TestServer, site: StaffSite) -> None:
    code = (await site.submitted(date="2026-11-24", start="13:00")).code
    civil, revenue = await sit_down(browser, server, "civil", "revenue")
    waiting = "/staff?queue=needs_payment"
    presses = {
        "assign": await civil.count_presses(code, "ارجاع"),
        "accept": await civil.count_presses(code, "پذیرش"),
        "price": await revenue.count_presses(code, "تعیین هزینه"),
        "resend": await revenue.count_presses(code, "فرستادن دوبارهٔ پیامک قبض", queue=waiting),
        "slip": await revenue.count_presses(code, "ثبت پرداخت", {"شمارهٔ پیگیری بانک": "1001"}, waiting),
        "schedule": await civil.count_presses(code, "زمان‌بندی"),
        "hand_over": await civil.count_presses(code, "تحویل ماشین"),
        "complete": await civil.count_presses(code, "پایان کار"),
    }
    assert presses == dict.fromkeys(presses, ROW_AND_BUTTON)
    assert (await site.request(code)).state == "completed"
    await assert_page_in_order(civil.opened)


async def test_a_leave_and_a_letter_are_the_row_and_one_button(
    browser: Browser, server: TestServer, site: StaffSite
) -> None:
    await furnish(site)
    await price_opinions(site)
    leave, opinion = await asked_leave(site), await asked_opinion(site, *PAPERS)
    await site.demo.act(leave.code, "take", Role.TAXI_OFFICER)
    for step, role, inputs in STEPS[:-1]:
        await site.demo.act(opinion.code, step, role, inputs)
    officer, secretariat = await sit_down(browser, server, "taxi_officer", "secretariat")
    assert await officer.count_presses(leave.code, "پذیرش") == ROW_AND_BUTTON
    assert await secretariat.count_presses(opinion.code, "صدور پاسخ", {"متن": "بلامانع است."}) == ROW_AND_BUTTON
    await go_on(officer.opened.page)


async def go_on(page: Page) -> None:
    """The page on which something was done leads back to the list."""
    await page.get_by_role("navigation", name="جای این صفحه").get_by_role("link").click()
    await expect(page.locator(".queues")).to_be_visible()
