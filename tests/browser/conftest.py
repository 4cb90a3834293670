"""One Chromium for all tests of a module, and the two sizes at which every page is looked at."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, async_playwright, expect

from tests.support.demo_site import DemoSite, demo_site
from tests.support.pages.chromium import EXECUTABLE, FLAGS, SIZES, SiteServer
from tests.support.patience import patient
from tests.support.staff_site import StaffSite, staff_site


@pytest.fixture(scope="module")
def executable() -> str:
    """The browser; a module that needs more than pages drawn takes the whole one."""
    return EXECUTABLE


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(executable: str) -> AsyncIterator[Browser]:
    """Chromium."""
    expect.set_options(timeout=patient(30_000))
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def tidy(browser: Browser) -> AsyncIterator[None]:
    """Close the windows of each test: pages that stand open cost those behind them memory and time."""
    yield
    for context in browser.contexts:
        await context.close()


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    """Width and height of the window."""
    return SIZES[request.param]


@pytest_asyncio.fixture(loop_scope="module")
async def site(database: Path) -> AsyncIterator[StaffSite]:
    """A staff's site of the test's own."""
    async with staff_site(database) as built:
        yield built


@pytest_asyncio.fixture(loop_scope="module")
async def portal(database: Path) -> AsyncIterator[DemoSite]:
    """The citizens' portal of the test's own; a module about it has it as its `site`."""
    async with demo_site(database) as built:
        yield built


@pytest_asyncio.fixture(loop_scope="module")
async def server(site: StaffSite | DemoSite) -> AsyncIterator[TestServer]:
    """It, served on a free port."""
    running = SiteServer(site.app)
    await running.start_server()
    yield running
    await running.close()
