"""Every personal page of the portal, as its table of routes has it, in a real browser: each fits a phone and a desk,
axe finds nothing wrong with it, and the browser complains about nothing. And what is left of it on a shared computer.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp_jinja2 import get_env
from jinja2 import Environment, Template
from playwright.async_api import Browser, expect

from channels.portal.guard import PORTAL_ROUTES
from channels.portal.requests.addresses import BEGIN_PATH, DRAFTS_PATH
from domain.actions.citizens import flooding
from tests.support.demo_site import DemoSite, demo_site
from tests.support.pages.chromium import SIZES, SiteServer, window
from tests.support.pages.portal_tours import TOURS, CitizenWindow
from tests.support.pages.route_addresses import plain

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

PERSONAL_LAYOUT = "portal/layout.html"

_PORTAL_TEMPLATE = re.compile(r'"(portal/[a-z_/]+\.html)"')

OF_FORMS = (BEGIN_PATH, DRAFTS_PATH)
"""Looked at where each service is asked for: test_request_forms.py goes through every page of a form."""


def list_personal_templates(environment: Environment) -> set[str]:
    """Return the templates of the portal's personal pages: their layout, what extends it, and their parts."""
    assert environment.loader
    names = [name for name in environment.list_templates() if name.startswith("portal/")]
    sources = {name: environment.loader.get_source(environment, name)[0] for name in names}
    personal = {name for name, source in sources.items() if PERSONAL_LAYOUT in source}
    imported = {part for name in personal for part in _PORTAL_TEMPLATE.findall(sources[name])}
    return personal | imported


@dataclass(slots=True)
class Seen:
    """What all tours came by."""

    routes: set[str] = field(default_factory=set)
    templates: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def seen() -> Seen:
    """What the tours of this module came by."""
    return Seen()


@pytest_asyncio.fixture(loop_scope="module")
async def portal(database: Path, seen: Seen) -> AsyncIterator[DemoSite]:
    """A portal whose pages and templates are noted as they are shown."""
    async with demo_site(database) as built:
        environment = get_env(built.app)
        found = environment.get_template

        def get_template(name: str, *more: Any) -> Template:
            seen.templates.add(name)
            return found(name, *more)

        async def note_route(request: web.Request, _response: web.StreamResponse) -> None:
            if request.method == "GET" and request.match_info.route.resource:
                seen.routes.add(request.match_info.route.resource.canonical)

        built.app.on_response_prepare.append(note_route)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(environment, "get_template", get_template)
            yield built


@pytest_asyncio.fixture(loop_scope="module")
async def served(portal: DemoSite) -> AsyncIterator[SiteServer]:
    """It, on a free port."""
    running = SiteServer(portal.app)
    await running.start_server()
    yield running
    await running.close()


@pytest.mark.parametrize("tour", TOURS)
async def test_pages_are_in_order(browser: Browser, portal: DemoSite, served: SiteServer, tour: str) -> None:
    await TOURS[tour](CitizenWindow(await window(browser, served, SIZES["phone"]), portal))


async def test_no_personal_page_and_no_template_was_left_out(portal: DemoSite, seen: Seen) -> None:
    pages = {plain(route.path) for route in portal.app[PORTAL_ROUTES] if route.method == "GET"}
    assert {page for page in pages - seen.routes if not page.startswith(OF_FORMS)} == set()
    templates = list_personal_templates(get_env(portal.app)) - seen.templates
    assert {template for template in templates if not template.startswith("portal/requests/")} == set()


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
