"""The site's smoke crawl: every page of `every_page`, every answer to a form, and every step that a page offers, by
each role, over HTTP and without a browser. It is quick enough to be run on more than one Python (`scripts/smoke.sh`).
"""

import re
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest
import pytest_asyncio

from domain.requests.request import RequestFilter
from domain.values.actors import STAFF_ROLES, Role
from tests.browser.test_manager_and_administrator import furnished
from tests.support.demo_site import MORNING
from tests.support.pages.answer_headers import list_answer_faults, list_page_faults
from tests.support.pages.every_page import ENDED, list_page_visits
from tests.support.pages.form_answer_pages import answers
from tests.support.pages.page_visits import Looks, PageVisit
from tests.support.pages.route_addresses import plain
from tests.support.staff_site import StaffSite, Visitor, staff_site, visitor

pytestmark = [pytest.mark.smoke, pytest.mark.asyncio(loop_scope="module")]

STEP = re.compile(r'<form[^>]*action="(/staff/requests/[^"/]+/act/[^"/]+)"[^>]*>(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
NOTED_BY_LOOKING = {"read_events", "staff_sessions", "audit", "hits", "service_views"}
TAKEN, LACKING, CHANGED, NOT_THEIRS = 303, 422, 409, 403


@pytest.fixture(scope="module")
def database_file(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the one site."""
    file = tmp_path_factory.mktemp("smoke") / "pishkhan.db"
    file.write_bytes(migrated.read_bytes())
    return file


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(database_file: Path) -> AsyncIterator[StaffSite]:
    """One site for all."""
    async with staff_site(database_file) as built:
        yield built


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def looks(site: StaffSite) -> Looks:
    """Pages to look at."""
    await furnished(site)
    return {**await list_page_visits(site), "answers": await answers(site)}


@pytest_asyncio.fixture(loop_scope="module")
async def who(site: StaffSite) -> AsyncIterator[Visitor]:
    """A browser inside the organisation."""
    async with visitor(site) as opened:
        yield opened


def of(looks: Looks, role: Role | None) -> Sequence[PageVisit]:
    """Pages of a role: pages first, then answers; what needs an old proof at the end."""
    mine = [one for several in looks.values() for one in several if one.role == role]
    return sorted(mine, key=lambda one: (one.idle, one.form is not None))


async def got(site: StaffSite, who: Visitor, look: PageVisit) -> Sequence[str]:
    """Faults of a page, or of the answer to its form: status, headers, what every page has."""
    if look.idle:
        await who.get("/staff/account")
    site.clock.at += look.idle
    method, form = ("GET", None) if look.form is None else ("POST", {"csrf": who.csrf, **look.form})
    call = who.client.request(method, look.address, headers=who.headers, allow_redirects=False, data=form)
    async with call as response:
        body = await response.read()
        faults = [f"status {response.status}"] if response.status != look.status else []
        faults += list_answer_faults(response.headers, body)
        if response.content_type == "text/html":
            is_signed_in = bool(look.role) and look.idle != ENDED and "sandbox" not in str(response.headers)
            faults += list_page_faults(body.decode(), is_signed_in=is_signed_in)
        return faults


@pytest.mark.parametrize("role", [None, *sorted(STAFF_ROLES)])
async def test_every_page_answers(site: StaffSite, looks: Looks, who: Visitor, role: Role | None) -> None:
    site.clock.at = MORNING  # a session from later than now would be void
    if role:
        await who.sign_in(role.value)
        await who.get("/staff/account")
    wrong = []
    for look in of(looks, role):
        site.clock.at = MORNING
        wrong += [(look.address, fault) for fault in await got(site, who, look)]
    assert wrong == []


def rows_by_table(database_file: Path) -> Mapping[str, Counter[object]]:
    """Rows stored by table, but for read events."""
    with closing(sqlite3.connect(database_file)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        kept = sorted(set(names) - NOTED_BY_LOOKING)
        return {name: Counter(connection.execute(f"SELECT * FROM {name}")) for name in kept}  # noqa: S608 - its own names


@pytest.mark.parametrize("role", [None, *sorted(STAFF_ROLES)])
async def test_reading_changes_nothing(
    site: StaffSite, looks: Looks, who: Visitor, database_file: Path, role: Role | None
) -> None:
    """ASVS 5.0, 3.5.3: what is fetched by another site's picture or link has no effect."""
    site.clock.at = MORNING
    if role:
        await who.sign_in(role.value)
    before = rows_by_table(database_file)
    for look in of(looks, role):
        if look.form is None and not look.idle:
            await got(site, who, look)
    after = rows_by_table(database_file)
    assert [name for name in before if before[name] != after[name]] == []


async def test_no_page_of_the_staff_is_left_out(site: StaffSite, looks: Looks) -> None:
    assert {plain(one.path) for one in site.admin.page_routes if one.method == "GET"} - set(looks) == set()


def forms(page: str) -> Sequence[tuple[str, dict[str, str]]]:
    """Addresses of the forms of a request's steps, with the values of their hidden fields."""
    return [(action, dict(HIDDEN.findall(inside))) for action, inside in STEP.findall(page)]


async def offered(site: StaffSite, who: Visitor, role: Role) -> Sequence[tuple[str, dict[str, str]]]:
    """The forms of every step that a role is offered, at all requests that it sees."""
    await who.sign_in(role.value)
    async with site.store.open_unit(write=False) as uow:
        found = await uow.requests.list_requests(RequestFilter(limit=1000))
    asked = [await who.client.get(f"/staff/requests/{one.code}", headers=who.headers) for one in found]
    return [form for one in asked if one.status != NOT_THEIRS for form in forms(await one.text())]


async def test_every_offered_step_answers(site: StaffSite, looks: Looks) -> None:
    assert looks
    wrong, without = [], set()
    site.clock.at = MORNING
    async with AsyncExitStack() as windows:
        open_now = [(role, await windows.enter_async_context(visitor(site))) for role in sorted(STAFF_ROLES)]
        found = [(role, who, await offered(site, who, role)) for role, who in open_now]
        for role, who, steps in found:
            without |= set() if steps else {role}
            for action, form in steps:
                site.clock.at = MORNING  # no proof grows old
                answer = await who.client.post(action, data=form, headers=who.headers, allow_redirects=False)
                wrong += [(role, action, answer.status)] * (answer.status not in {TAKEN, LACKING, CHANGED})
    assert wrong == []
    assert without == {Role.ADMIN, Role.AUDITOR}
