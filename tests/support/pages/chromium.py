"""Windows of a real browser on a site that a test serves."""

import re
import shutil
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, Protocol

import pytest
from aiohttp.test_utils import TestServer
from aiohttp.web_runner import BaseRunner
from playwright.async_api import Browser, ConsoleMessage, Page, expect
from yarl import URL

from tests.support.effort import EFFORT
from tests.support.patience import patient
from tests.support.staff_site import PASSWORD

CHROMIUM = "/usr/bin/chromium"
"""The whole browser, which has a viewer of PDFs and opens choosers of files by the keyboard."""

EXECUTABLE = shutil.which("chromium-headless-shell") or CHROMIUM
"""The shell where it is there: it draws the same pages for less of the processor."""

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
]
SIZES = {"phone": (360, 740), "desk": (1366, 768)}


WAYS = pytest.mark.parametrize(
    ("size", "scripts"),
    [
        pytest.param(SIZES[size], scripts, id=f"{size}-{'scripts' if scripts else 'plain'}")
        for size, scripts in product(SIZES, (True, False))
        if EFFORT > 1 or (size == "desk") is scripts
    ],
)
"""Ways through a day of the staff: at a desk with scripts, on a phone without; with more effort, the other ways round
too. Every page is looked at on both, wherever the day may lead (`test_every_page.py`)."""

TRANSITIONS_OVER = """Promise.allSettled(
    document.getAnimations().filter(one => one instanceof CSSTransition).map(one => one.finished)
)"""
"""Promise resolved when every colour is the one that stays: axe tells contrast by the colours of its moment."""

DATES_IN_SENTENCES = r"""() => {
  const texts = document.createTreeWalker(document.querySelector("main") || document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) {
    const node = texts.currentNode;
    const isOfPeople = node.parentElement.closest(".said, .words, pre, textarea, script, style, .theirs, .mine");
    const isSentence = /[.؟]$/.test(node.data.trim());
    const hasDate = /(?<!مانند )[۰-۹]{4}\/[۰-۹]{2}\/[۰-۹]{2}/.test(node.data);
    if (hasDate && isSentence && !isOfPeople) found.push(node.data.trim());
  }
  return found;
}"""
"""Dates in numbers in what ends as a sentence does (docs/texts.md), but for how a date may be written; what somebody
wrote is left as it is.
"""

_DOOR = re.compile("/staff/sign-in")
_MENU = re.compile("^(منو|همهٔ بخش‌ها)")
_AXE = Path(__file__).parents[2] / "browser" / "axe.min.js"


@cache
def _axe() -> str:
    return _AXE.read_text()


class SiteServer(TestServer):
    """A server that lets calls run to their end when a browser turns away, as ours does; the test server cuts them off
    in the middle, and files stay open.
    """

    async def _make_runner(self, **wanted: Any) -> BaseRunner:
        return await super()._make_runner(**wanted | {"handler_cancellation": False})


class Served(Protocol):
    """A site that is served, by whatever process."""

    def make_url(self, path: str, /) -> URL:
        """The address of one of its pages."""
        ...


class Window:
    """A page of the site, with what the browser complained about."""

    def __init__(self, page: Page, server: Served) -> None:
        self.page = page
        self.server = server
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)

    def _hear(self, told: ConsoleMessage) -> None:
        if told.type in ("error", "warning"):
            self.complaints.append(told.text)

    async def open(self, address: str) -> Page:
        """Go to an address."""
        await self.page.goto(str(self.server.make_url(address)))
        return self.page

    async def assert_fits(self) -> None:
        """Nothing stands out at the sides."""
        width = self.page.viewport_size
        assert width is not None
        assert await self.page.evaluate("document.documentElement.scrollWidth") <= width["width"]

    async def assert_dates_worded(self) -> None:
        """Sentences say days in words."""
        found = await self.page.evaluate(DATES_IN_SENTENCES)
        assert found == [], found

    async def assert_accessible(self) -> None:
        """Axe finds nothing to complain about by day, nor in the contrasts of the dark scheme."""
        if not await self.page.evaluate("'axe' in window"):
            await self.page.evaluate(_axe())
        await self.page.evaluate(TRANSITIONS_OVER)
        await self._assert_examined("{resultTypes: ['violations']}")
        await self.page.emulate_media(color_scheme="dark")
        await self.page.evaluate(TRANSITIONS_OVER)
        await self._assert_examined("{resultTypes: ['violations'], runOnly: ['color-contrast']}")
        await self.page.emulate_media(color_scheme="light")

    async def _assert_examined(self, options: str) -> None:
        """Axe finds nothing of what these options ask for."""
        result = await self.page.evaluate(f"axe.run({options})")
        found = [
            (one["id"], [(node["target"], node["failureSummary"]) for node in one["nodes"]])
            for one in result["violations"]
        ]
        assert found == [], found


async def window(browser: Browser, server: Served, size: tuple[int, int], *, scripts: bool = True) -> Window:
    """Open a window of that size, with cookies of its own."""
    width, height = size
    page = await browser.new_page(viewport={"width": width, "height": height}, java_script_enabled=scripts)
    page.set_default_timeout(patient(40_000))
    return Window(page, server)


async def signed_in(opened: Window, username: str) -> Page:
    """Sign in at the staff's site."""
    page = await opened.open("/staff/sign-in")
    await page.get_by_label("نام کاربری").fill(username)
    await page.get_by_label("گذرواژه").fill(PASSWORD)
    await page.get_by_role("button", name="ورود").click()
    await expect(page).not_to_have_url(_DOOR)  # what refuses somebody has the same head
    await expect(page.locator(".staff-top .who")).to_be_visible()
    await page.wait_for_load_state()  # a key that is pressed before the scripts are there is nobody's
    return page


async def open_section(page: Page, name: str) -> None:
    """Go to a section of the staff's site, by the menu where it does not stand in the strip."""
    link = page.locator(".sections").get_by_role("link", name=re.compile(rf"^{name}( \(|$)"))
    if not await link.count():
        await page.get_by_role("button", name=_MENU).click()
    await link.click()
