"""Every form that the staff's site posts, by its table of routes and its pages: it is answered in the one way, and one
that changes what others may change meanwhile bears a version, and does nothing without.
"""

import re
import sqlite3
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp.test_utils import make_mocked_request

import channels.admin
from app.jobs.import_jobs import process_import
from channels.admin.addresses import list_address
from channels.admin.frame import PageRoute
from channels.admin.submissions import FormSubmission
from channels.admin.version_tokens import VersionedAction
from domain.actions.context import ActorContext
from domain.actions.registries.import_jobs import add_import
from domain.actions.settings.setting_changes import change_text
from domain.registries.declarations import REGISTRIES
from domain.values.actors import STAFF_ROLES, Role
from domain.values.version_token import VersionToken
from tests.browser.test_manager_and_administrator import furnished
from tests.channels.admin.tariffs.test_tariff_pages import FORM, LOADER, PREVIEW
from tests.support.municipality import actor
from tests.support.pages.every_page import list_page_visits
from tests.support.pages.page_forms import VERSION, FoundForm, list_forms
from tests.support.pages.page_visits import PageVisit
from tests.support.pages.route_addresses import plain
from tests.support.scenarios.site_registries import give
from tests.support.scenarios.taxi_registries import PLATE
from tests.support.staff_site import StaffSite, Visitor, visitor

BEFORE_THE_GATE = {"/staff/sign-in", "/staff/second-factor", "/staff/sign-out"}
"""Posted by who has no session yet, or gives it up: nobody is there to whom a page of the site could be shown again."""

REDIRECTING = {
    "submissions.py",  # the one way
    "gate.py",  # what is asked for before any handler is reached: to sign in, to show a code, to change a password
    "account/sign_in.py",  # as BEFORE_THE_GATE
    "queues/queue_pages.py",  # no form is posted: the search box leads to a request, or, empty, to the first page
    "registries/registry_pages.py",  # nor here: a page for changing a row of which nothing is this one's to change
}
"""Modules that send a browser elsewhere, each with why it may."""

TYPED: Mapping[str, str] = {
    "day": "امروز",
    "kind": "holiday",
    "amount": "0",
    "valid_from": "امروز",
    "answer": "سپاس",
    "note": "خریدیم",
    "mobile": "09121112233",
    "proof": "کارت ملی",
    "far": "yes",
    "hours": "2",
    "label": "pay",
}
"""Values for empty fields, and the boxes to tick, by their names."""

LOOKED_AT_FIRST = "TariffPages._submit_price: {service}"
"""A price is set on the page where it was looked at, and is looked at again when it was refused."""


@dataclass(frozen=True, slots=True)
class OfferedForm:
    """A form as a page offers it to a member of the staff."""

    role: Role
    route: PageRoute
    form: FoundForm


def posted_routes(site: StaffSite) -> Sequence[PageRoute]:
    """The routes behind the gate that take a form."""
    return [route for route in site.admin.page_routes if route.method != "GET"]


def find_versioned_action(route: PageRoute) -> str | None:
    """Action of a form of that route with a version: the method and the end of the address, which are the same for all
    registries; None for one that takes no version."""
    submission = route.handler
    if not isinstance(submission, FormSubmission) or not isinstance(submission.action, VersionedAction):
        return None
    method = submission.action.action
    method = method.func if isinstance(method, partial) else method
    return f"{getattr(method, '__qualname__', method)}: {plain(route.path).rpartition('/')[2]}"


def versioned_actions(site: StaffSite) -> set[str]:
    """All of these."""
    return {action for route in posted_routes(site) if (action := find_versioned_action(route))}


def sources() -> Mapping[str, str]:
    """The modules of the site, by their paths."""
    folder = Path(channels.admin.__file__).parent
    return {str(file.relative_to(folder)): file.read_text("utf-8") for file in folder.rglob("*.py")}


def test_every_form_is_answered_in_the_one_way(site: StaffSite) -> None:
    assert [route.path for route in posted_routes(site) if not isinstance(route.handler, FormSubmission)] == []
    posted = {
        route.resource.canonical
        for route in site.app.router.routes()
        if route.resource and route.method not in {"GET", "HEAD"} and route.resource.canonical.startswith("/staff")
    }
    assert posted - {plain(route.path) for route in posted_routes(site)} == BEFORE_THE_GATE


def test_no_other_module_redirects_or_reads_a_version() -> None:
    assert {path for path, source in sources().items() if "HTTPSeeOther" in source} == REDIRECTING
    readers = {path for path, source in sources().items() if re.search(r"\bVersionToken\(", source)}
    assert readers == {"version_tokens.py", "queues/ticks.py"}, "the second reads one from each ticked row"


@asynccontextmanager
async def members(site: StaffSite) -> AsyncIterator[Mapping[Role, Visitor]]:
    """A browser inside for each role, signed in."""
    async with AsyncExitStack() as stack:
        signed_in: dict[Role, Visitor] = {}
        for role in STAFF_ROLES:
            signed_in[role] = await stack.enter_async_context(visitor(site))
            await signed_in[role].sign_in(role.value)
        yield signed_in


async def offered_forms(site: StaffSite, browsers: Mapping[Role, Visitor]) -> Sequence[OfferedForm]:
    """Every form on every page that there is something to see on, for whoever looks there."""
    visits = [look for looks in (await list_page_visits(site)).values() for look in looks] + await _further(site)
    for role, browser in browsers.items():  # time passed while what there is to see was made
        await browser.sign_in(role.value)
    pages, began = [], site.clock.at
    for look in visits:
        if look.role and not look.idle:
            who, site.clock.at = browsers[look.role], began
            response = await who.client.get(look.address, headers=who.headers)
            if response.status == look.status and response.content_type == "text/html":
                pages.append((look.role, look.address, await response.text()))
    revenue = browsers[Role.REVENUE]
    await revenue.get(LOADER)
    pages.append((Role.REVENUE, PREVIEW, await revenue.post(PREVIEW, 200, **FORM)))
    forms = [(role, form) for role, address, page in pages for form in list_forms(page, address)]
    routes = await find_posted_routes(site, {form.action for _, form in forms})
    return [OfferedForm(role, routes[form.action], form) for role, form in forms if form.action in routes]


async def find_posted_routes(site: StaffSite, addresses: Collection[str]) -> Mapping[str, PageRoute]:
    """The routes that take what is posted to these addresses, as far as they are behind the gate."""
    routes, found = {plain(route.path): route for route in posted_routes(site)}, {}
    for address in addresses:
        match = await site.app.router.resolve(make_mocked_request("POST", address))
        resource = match.route.resource
        if resource and resource.canonical in routes:
            found[address] = routes[resource.canonical]
    return found


async def _further(site: StaffSite) -> list[PageVisit]:
    """Further routes whose form stands on no page of those: a row that owes, and a sheet with a new row."""
    (duty,) = await give(site, "duty", {"vehicle": PLATE, "year": 1404, "amount": 2_500_000})
    agency, sheet = REGISTRIES["agency"], "شماره پروانه,نام شرکت\nP-9,شرکت تازه\n".encode()
    async with site.store.open_unit() as uow:
        brought = await add_import(ActorContext(site.demo.desk, uow, actor(Role.TAXI_OFFICER)), agency, "a.csv", sheet)
    await process_import(site.demo.desk, site.store, brought.id)
    return [
        PageVisit(f"{list_address(REGISTRIES['duty'])}/{duty.id}", Role.REVENUE),
        PageVisit(f"{list_address(agency)}/import/{brought.id}", Role.TAXI_OFFICER),
    ]


async def prepare(site: StaffSite) -> None:
    """Furnish the site, with a text that was worded anew."""
    await furnished(site)
    async with site.store.open_unit() as uow:
        key, version = "sms.help", VersionToken.from_number(0)
        await change_text(ActorContext(site.demo.desk, uow, actor(Role.ADMIN)), key, "پیشخوان ما: {menu}", version)


async def test_a_form_bears_the_version_that_its_action_takes_and_changes_nothing_without(
    site: StaffSite, database: Path
) -> None:
    await prepare(site)
    wrong = []
    async with members(site) as browsers:
        offered = [one for one in await offered_forms(site, browsers) if find_versioned_action(one.route)]
        assert [(one.role, one.form.action) for one in offered if not one.form.values.get(VERSION)] == []
        by_action = {find_versioned_action(one.route): one for one in offered}
        assert set(by_action) == versioned_actions(site), "each stands on a page"
        began = site.clock.at
        for action, one in by_action.items():
            site.clock.at, before = began, stored(database)
            status, page = await sent_without_version(browsers[one.role], one.form)
            again = [form for form in list_forms(page, one.form.action) if find_place(form) == find_place(one.form)]
            if (status, len(again)) != (409, int(action != LOOKED_AT_FIRST)):
                wrong.append((action, status, len(again)))
            assert all(form.values[VERSION] for form in again), action
            assert stored(database) == before, action
    assert wrong == []


async def sent_without_version(who: Visitor, form: FoundForm) -> tuple[int, str]:
    """Send a form as it stands on its page, with what it asks for and without its version; the status, and the page."""
    await who.get("/staff/account")
    values = {name: value for name, value in form.values.items() if name not in {"csrf", VERSION}}
    typed = {name: text for name, text in TYPED.items() if name in form.blank}
    data = {"csrf": who.csrf, **values, **typed}
    response = await who.client.post(form.action, data=data, headers=who.headers, allow_redirects=False)
    return response.status, await response.text()


def find_place(form: FoundForm) -> Sequence[str | None]:
    """Address of a form, whatever is asked of the page that answers, and, of several on a sheet, the work it is
    about."""
    operator = form.values.get("operator")
    return urlsplit(form.action).path, operator, form.values.get("code") if operator else None


def stored(database: Path) -> Sequence[str]:
    """All rows there are, but for when a session was last used, and who was shown the page that answers."""
    with closing(sqlite3.connect(database)) as connection:
        return [line for line in connection.iterdump() if not re.search('"(staff_sessions|read_events)"', line)]
