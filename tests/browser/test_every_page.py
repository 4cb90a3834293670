"""Every page of the running site, as its table of routes has it, and pages that answer a form: each fits a phone and a
desk, axe finds nothing wrong with it, and the browser complains about nothing.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiohttp_jinja2 import get_env
from jinja2 import Template
from playwright.async_api import Browser, Error, Response, Route

from app.configuration.settings import Settings
from app.http.server import build_application
from app.parts import open_parts
from channels.portal.guard import PORTAL_ROUTES
from domain.values.actors import STAFF_ROLES, Role
from tests.browser.test_manager_and_administrator import furnished
from tests.support.effort import EFFORT
from tests.support.pages.chromium import SIZES, SiteServer, Window, signed_in, window
from tests.support.pages.every_page import list_page_visits
from tests.support.pages.form_answer_pages import answers
from tests.support.pages.page_checks import NO_SUCH
from tests.support.pages.page_visits import Looks, PageVisit
from tests.support.pages.portal_coverage import list_personal_templates
from tests.support.pages.route_addresses import plain
from tests.support.patience import patient
from tests.support.staff_site import StaffSite, staff_site

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

FOR_PROGRAMS = (
    "/static/",
    "/soap/pishkhan",
    "/sms/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/demo/chat/files/",
    "/robots.txt",
    "/sitemap.xml",
    "/manifest.webmanifest",
    "/offline-worker.js",
    "/staff/sheet-worker.js",
    "/favicon.ico",
    "/.well-known/",
)
"""Addresses that no person opens."""

OF_PAYING = ("/pay/", "/sandbox-bank/")
"""Looked at where there is a bank: test_payments.py goes through each of them."""

MANY = 40
"""Templates that there are, at least."""

PATIENCE = 60.0
"""Seconds that a page may take, to which a busy machine never comes."""

OPEN_ALL = "document.querySelectorAll('main details').forEach(one => { one.removeAttribute('name'); one.open = true })"
"""Unfolds whatever a page has folded."""

KINDS = """() => {
  const kind = one => `${one.localName}.${one.getAttribute("class")}[${one.getAttributeNames().sort()}]`;
  return [...new Set([...document.querySelectorAll("body *")].map(one => kind(one.parentElement) + kind(one)))];
}"""
"""The kinds of elements on a page: name, class and attributes, of each and of what it stands in."""

SEND = """([address, values]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = address;
  form.append(document.querySelector("input[name=csrf]").cloneNode());
  for (const [name, value] of values) {
    const box = document.createElement("textarea");
    box.name = name;
    box.value = value;
    form.append(box);
  }
  document.body.append(form);
  form.submit();
}"""
"""Posts values as a page's own form does, without what the browser itself would refuse to send."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[StaffSite]:
    """One site for all, which nobody changes but by the forms that are posted in the end."""
    database = tmp_path_factory.mktemp("pages") / "pishkhan.db"
    database.write_bytes(migrated.read_bytes())
    async with staff_site(database) as built:
        yield built


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def looks(site: StaffSite) -> Looks:
    """Pages to look at."""
    await furnished(site)
    return {**await list_page_visits(site), "answers": await answers(site)}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(site: StaffSite, looks: Looks) -> AsyncIterator[TestServer]:
    """The site, served on a free port."""
    running = SiteServer(site.app)
    await running.start_server()
    yield running
    await running.close()


@dataclass(slots=True)
class Templates:
    """Names of templates: those that were `asked` for of late, and those of pages that were looked at. `examined` has
    what axe saw: these names, and kinds of elements (`KINDS`).
    """

    asked: set[str] = field(default_factory=set)
    looked_at: set[str] = field(default_factory=set)
    examined: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def templates(site: StaffSite) -> Iterator[Templates]:
    """The templates of the site, which are noted as they are asked for: by pages, and by other templates."""
    noted, environment = Templates(), get_env(site.app)
    found = environment.get_template

    def get_template(name: str, *more: Any) -> Template:
        noted.asked.add(name)
        return found(name, *more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(environment, "get_template", get_template)
        yield noted


def personal_pages_of(app: web.Application) -> set[str]:
    """The routes of the portal's personal pages, at which test_portal_pages.py looks, whoever else does."""
    return {plain(route.path) for route in app[PORTAL_ROUTES]}


def pages_of(app: web.Application) -> set[str]:
    """The other routes by which people get something from an application."""
    found = {one.resource.canonical for one in app.router.routes() if one.method == "GET" and one.resource}
    return {one for one in found - personal_pages_of(app) if not one.startswith((*FOR_PROGRAMS, *OF_PAYING))}


async def test_no_page_of_the_server_is_left_out(site: StaffSite, looks: Looks, database: Path) -> None:
    async with open_parts(Settings(demo=True, database_url=f"sqlite:///{database}")) as parts:
        looked_at = set(looks) - {"besides", "answers"} - personal_pages_of(site.app)
        assert pages_of(build_application(parts)) == pages_of(site.app) == looked_at


def of(looks: Looks, role: Role | None) -> Sequence[PageVisit]:
    """Pages of one visitor: pages, then answers; what needs an old proof, or none at all, at the end."""
    mine = [one for several in looks.values() for one in several if one.role == role]
    return sorted(mine, key=lambda one: (one.idle, one.form is not None))


async def still(route: Route) -> None:
    """Take the order to refresh itself out of a page."""
    answer = await route.fetch()
    await route.fulfill(response=answer, headers={k: v for k, v in answer.headers.items() if k != "refresh"})


async def opened_still(opened: Window, address: str) -> Response | None:
    """Open a page; one of an import, which refreshes itself, stands still. No other is routed: of what is routed the
    browser keeps no style sheet and no font for the next page.
    """
    if "/import/" not in address:
        return await opened.page.goto(address)
    await opened.page.route(address, still)
    try:
        return await opened.page.goto(address)
    finally:
        await opened.page.unroute(address)


async def asked(opened: Window, look: PageVisit) -> Response | None:
    """Open a page, or post the form that it answers from whatever page is there, if that one has forms."""
    address = str(opened.server.make_url(look.address))
    if look.form is None:
        return await opened_still(opened, address)
    if not await opened.page.locator("input[name=csrf]").count():
        await opened.open("/staff/account")
    async with opened.page.expect_navigation() as coming:
        await opened.page.evaluate(SEND, [address, list(look.form.items())])
    return await coming.value


async def shown(opened: Window, look: PageVisit) -> Response | None:
    """Come to a page and unfold it; None for a file."""
    try:
        answer = await asked(opened, look)
    except Error as error:
        if "Download is starting" not in error.message:
            raise
        return None
    assert answer
    if not answer.headers["content-type"].startswith("text/html"):
        return None
    if answer.headers["content-security-policy"].startswith("sandbox"):  # a paper, in which not even axe may run
        paper = await answer.text()
        await opened.page.goto("about:blank")
        await opened.page.set_content(paper)
    await opened.page.evaluate(OPEN_ALL)
    return answer


async def is_news_to_axe(opened: Window, templates: Templates) -> bool:
    """Whether a page is made of a template, or has an element of a kind, that axe has not examined (with more effort it
    examines all): it takes longer than all the rest, and many pages differ by their words alone.
    """
    made_of = {*templates.asked, *await opened.page.evaluate(KINDS)}
    is_news = EFFORT > 1 or not made_of <= templates.examined
    templates.examined |= made_of
    return is_news


async def faults_of(opened: Window, look: PageVisit, templates: Templates) -> Mapping[str, Sequence[str]]:
    """Faults of a page at each size, and complaints of the browser; nothing is wrong with a file."""
    found = defaultdict[str, list[str]](list)
    opened.complaints.clear()
    answer = await shown(opened, look)
    if answer is None:
        return {}
    if answer.status != look.status:
        return {look.address: [f"{answer.status}, not {look.status}"]}
    is_news = await is_news_to_axe(opened, templates)
    for name, (width, height) in SIZES.items():
        await opened.page.set_viewport_size({"width": width, "height": height})
        # A page is the same to axe at both sizes but for its layout.
        is_examined = is_news and (name == "phone" or EFFORT > 1)
        checks = [opened.assert_fits, opened.assert_dates_worded, *([opened.assert_accessible] if is_examined else [])]
        for check in checks:
            try:
                await check()
            except AssertionError as wrong:
                found[f"{look.address} ({look.role}, {name})"].append(str(wrong).partition("\n")[0])
    said = [one for one in opened.complaints if not (look.status >= 400 and one.startswith(NO_SUCH))]
    return found | ({f"{look.address} ({look.role})": said} if said else {})


@pytest.mark.parametrize("role", [None, *sorted(STAFF_ROLES)])
async def test_every_page_is_in_order(
    browser: Browser, server: TestServer, site: StaffSite, looks: Looks, templates: Templates, role: Role | None
) -> None:
    opened = await window(browser, server, SIZES["desk"])
    if role:
        await signed_in(opened, role.value)
    began, wrong = site.clock.at, dict[str, Sequence[str]]()
    for look in of(looks, role):
        site.clock.at = began
        if look.idle:
            await opened.open("/staff/account")
        site.clock.at += look.idle
        templates.asked.clear()
        wrong |= await asyncio.wait_for(faults_of(opened, look, templates), patient(PATIENCE))
        templates.looked_at |= templates.asked
    assert wrong == {}


async def test_no_template_was_left_out(site: StaffSite, templates: Templates) -> None:
    found = [one for one in get_env(site.app).list_templates() if one.startswith(("admin/", "portal/"))]
    personal = list_personal_templates(get_env(site.app))
    ours = [one for one in found if not one.startswith("portal/pay") and one not in personal]  # as OF_PAYING
    assert len(ours) > MANY
    assert [one for one in ours if one not in templates.looked_at] == []
