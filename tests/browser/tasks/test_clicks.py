"""Clicks of the tasks of a day that begin in a queue, against those when each was done on the page of its request. A
click is a press of the pointer, or a choice in a list; what is typed counts by the key."""

from collections.abc import Awaitable, Callable, Mapping

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Locator, Page, expect

from domain.values.actors import Role
from domain.values.text import persian_digits
from domain.values.tracking_codes import display_code
from tests.channels.admin.queues.test_bulk_pages import accepted
from tests.support.pages.chromium import SIZES, signed_in, window
from tests.support.staff_site import StaffSite

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

BEFORE: Mapping[str, int] = {"accept": 3, "price": 2, "schedule": 5}
"""Clicks that each took of one request, from the queue on."""


class CountingHand:
    """Somebody's hand at a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.moves = 0

    async def click(self, place: Locator) -> None:
        """Press once."""
        self.moves += 1
        await place.click()

    async def tick(self, code: str) -> None:
        """Tick the row of a request."""
        await self.click(self.page.get_by_label(f"انتخاب {persian_digits(display_code(code))}"))

    async def press(self, button_name: str) -> None:
        """Press a button of the bar, and see that it was done."""
        await self.click(self.page.get_by_role("button", name=button_name))
        await expect(self.page.get_by_role("status")).to_have_text("برای همهٔ درخواست‌های انتخاب‌شده انجام شد.")


Task = Callable[[StaffSite, CountingHand], Awaitable[None]]


async def accept_one(site: StaffSite, hand: CountingHand) -> None:
    """Civil works accept an order."""
    request = await site.submitted()
    await hand.page.reload()
    await hand.tick(request.code)
    await hand.press("پذیرش")
    assert (await site.request(request.code)).state == "accepted"


async def price_page(site: StaffSite, hand: CountingHand) -> None:
    """Revenue price all that waits, by the tariff."""
    requests = [await accepted(site, f"2026-11-{day}") for day in (26, 28, 29, 30)]
    await hand.page.reload()
    await hand.click(hand.page.get_by_label("همهٔ این صفحه"))
    await hand.press("تعیین هزینه")
    assert {(await site.request(one.code)).state for one in requests} == {"awaiting_payment"}


async def schedule_one(site: StaffSite, hand: CountingHand) -> None:
    """Civil works book a machine for what is paid."""
    request = await accepted(site)
    await site.demo.act(request.code, "price", Role.REVENUE)
    await site.demo.act(request.code, "waive", Role.REVENUE, {"reason": "نهاد عمومی"})
    await hand.page.reload()
    await hand.tick(request.code)
    await hand.press("زمان‌بندی")
    assert (await site.request(request.code)).state == "scheduled"


TASKS: Mapping[str, tuple[str, int, int, Task]] = {
    "accept": ("civil", 1, 2, accept_one),
    "price": ("revenue", 4, 2, price_page),
    "schedule": ("civil", 1, 2, schedule_one),
}
"""Task → whose, of how many requests, in how many clicks now, and how."""


@pytest.mark.parametrize("task_name", TASKS)
async def test_tasks_of_a_queue_take_half_the_clicks(
    browser: Browser, server: TestServer, site: StaffSite, task_name: str
) -> None:
    username, request_count, clicks_now, do_task = TASKS[task_name]
    opened = await window(browser, server, SIZES["desk"])
    hand = CountingHand(await signed_in(opened, username))
    await do_task(site, hand)
    assert hand.moves == clicks_now
    assert clicks_now <= max(2, BEFORE[task_name] * request_count // 2)
    await opened.assert_accessible()
