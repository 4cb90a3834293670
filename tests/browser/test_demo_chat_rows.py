"""The rows of buttons of the demonstration's chat, at the width of a phone and of a desk: laid as messengers do."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Locator

from channels.demo.chat import CHAT_PATH
from tests.support.demo_site import DemoSite, demo_site
from tests.support.pages.chromium import window

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

WEEK = "جپچسدیش"
"""Days as the bot gives a row of them to a messenger, from left to right."""


@pytest_asyncio.fixture(loop_scope="module")
async def site(database: Path) -> AsyncIterator[DemoSite]:
    """A demonstration of the test's own."""
    async with demo_site(database) as built:
        yield built


def _key(label: str) -> dict[str, object]:
    """A key in place of the letters, as the Bot API has it."""
    return {"text": label, "request_contact": False, "request_location": False}


async def find_places(buttons: Locator) -> list[tuple[float, float]]:
    """Distance of each button from the left and from the top, in the order of the page."""
    boxes = [await one.bounding_box() for one in await buttons.all()]
    return [(box["x"], box["y"]) for box in boxes if box]


async def test_a_row_goes_from_left_to_right_and_stays_one_row(
    browser: Browser, server: TestServer, site: DemoSite, size: tuple[int, int]
) -> None:
    chat = site.messenger.open_chat(989115551099, "آنه")
    week = [{"text": day, "callback_data": f"t:{day}"} for day in WEEK]
    keys = [[_key("نه"), _key("بله")], [_key("برگشت")]]
    site.messenger.add_message(chat, "روز؟", is_own=False, markup={"inline_keyboard": [week]})
    site.messenger.add_message(chat, "درست است؟", is_own=False, markup={"keyboard": keys})
    opened = await window(browser, server, size)
    page = await opened.open(f"{CHAT_PATH}?mobile=09115551099")
    days = await find_places(page.locator(".keyboard").last.locator("button"))
    assert [left for left, _ in days] == sorted({left for left, _ in days}), "Saturday, given last, is on the right"
    assert len({top for _, top in days}) == 1
    refused, agreed, back = await find_places(page.locator("#chips button"))
    assert refused[0] < agreed[0]
    assert refused[1] == agreed[1] < back[1], "a row of keys is a row"
    await opened.assert_fits()
    assert opened.complaints == []
