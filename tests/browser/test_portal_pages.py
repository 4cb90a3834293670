"""Every personal page of the portal, as its table of routes has it, in a real browser: each fits a phone and a desk,
axe finds nothing wrong with it, and the browser complains about nothing. And what is left of it on a shared computer.
"""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp_jinja2 import get_env
from playwright.async_api import Browser, expect

from channels.portal.requests.addresses import BEGIN_PATH, DRAFTS_PATH
from domain.actions.citizens import flooding
from tests.support.demo_site import DemoSite, demo_site
from tests.support.pages.chromium import SIZES, SiteServer, window
from tests.support.pages.portal_coverage import (
    FORM_TEMPLATES,
    SeenPages,
    list_personal_routes,
    list_personal_templates,
    note_pages,
)
from tests.support.pages.portal_states import STATE_TOURS
from tests.support.pages.portal_tours import TOURS, CitizenWindow

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

OF_FORMS = (BEGIN_PATH, DRAFTS_PATH)
"""Looked at where each service is asked for: test_request_forms.py goes through every page of a form."""

ALL_TOURS = {**TOURS, **STATE_TOURS}

NEVER_REFUSED = {
    "/track": "met behind the limit on codes alone (tests/channels/portal/tracking/test_code_page.py)",
    "/session/end": "ends whatever there is",
    "/c/{token}": "has no fields; what is over is said on its page",
    "/c/{token}/refuse": "as /c/{token}",
    "/my-requests/notices": "every choice is one",
    "/requests/{code}/reopen": "has no fields; done twice, it leads to the same",
    "/requests/{code}/verify-mobile": "as reopen",
    "/requests/{code}/pay": "leads on",
    "/services/{key}/suggestions/{number}/support": "has no fields; supported twice, it leads to the same",
    "/requests/{code}/uploads": "has no page: calls of a script, answered without one",
}
"""Forms that are never shown again with what is wrong, and why."""


@pytest.fixture(scope="module")
def seen() -> SeenPages:
    """Pages and states seen by the tours of this module."""
    return SeenPages()


@pytest_asyncio.fixture(loop_scope="module")
async def portal(database: Path, seen: SeenPages) -> AsyncIterator[DemoSite]:
    """A portal whose pages and templates are noted as they are shown."""
    async with demo_site(database) as built:
        with note_pages(built.app, seen):
            yield built


@pytest_asyncio.fixture(loop_scope="module")
async def served(portal: DemoSite) -> AsyncIterator[SiteServer]:
    """It, on a free port."""
    running = SiteServer(portal.app)
    await running.start_server()
    yield running
    await running.close()


@pytest.mark.parametrize("tour", ALL_TOURS)
async def test_pages_are_in_order(browser: Browser, portal: DemoSite, served: SiteServer, tour: str) -> None:
    await ALL_TOURS[tour](CitizenWindow(await window(browser, served, SIZES["phone"]), portal))


async def test_no_personal_page_and_no_template_was_left_out(portal: DemoSite, seen: SeenPages) -> None:
    pages = list_personal_routes(portal.app, "GET") - seen.routes
    assert {page for page in pages if not page.startswith(OF_FORMS)} == set()
    templates = list_personal_templates(get_env(portal.app)) - seen.templates
    assert {template for template in templates if not template.startswith(FORM_TEMPLATES)} == set()


async def test_every_form_was_refused_once(portal: DemoSite, seen: SeenPages) -> None:
    forms = list_personal_routes(portal.app, "POST") - seen.refused - set(NEVER_REFUSED)
    assert {form for form in forms if not form.startswith(OF_FORMS)} == set()


@pytest.mark.parametrize("scripts", [True, False])
async def test_on_a_shared_computer_the_back_button_shows_nothing(
    browser: Browser, portal: DemoSite, served: SiteServer, scripts: bool
) -> None:
    opened = await window(browser, served, SIZES["desk"], scripts=scripts)
    citizen, page = CitizenWindow(opened, portal), opened.page
    await citizen.prove_mobile("/mobile?for=my-requests&next=/session/end")
    await expect(page.get_by_text("۰۹۱۲۱۲۳۴۵۶۷")).to_be_visible()
    await citizen.press("پایان کار در این رایانه")
    await expect(page.get_by_role("heading", level=1)).to_have_text("کار شما در این رایانه پایان یافت.")
    assert await page.context.cookies() == []
    for _ in range(3):
        await page.go_back()
        assert "۰۹۱۲۱۲۳۴۵۶۷" not in await page.locator("body").inner_text()
        assert "شمارهٔ تأییدشده" not in await page.locator("body").inner_text()


async def test_a_script_does_the_work_that_a_flooded_form_asks_for(
    browser: Browser, portal: DemoSite, served: SiteServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flooding, "FLOOD_LIMIT", 0)
    monkeypatch.setattr(flooding, "FLOOD_WAIT", timedelta(minutes=5))
    page = (await window(browser, served, SIZES["phone"])).page
    for _ in range(3):
        await page.goto(str(served.make_url("/services/machinery/request")))
        await page.locator("main form button").first.click()
        await expect(page).to_have_url(re.compile("/services/machinery/request/[0-9]+/form/"))
