"""The site's smoke crawl: every page of `every_page`, every answer to a form, and every step that a page offers, by
each role, over HTTP and without a browser. It is quick enough to be run on more than one Python (`scripts/smoke.sh`).
"""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from domain.requests.request import RequestFilter
from domain.values.actors import STAFF_ROLES, Role
from tests.browser.test_manager_and_administrator import furnished
from tests.support.demo_site import MORNING
from tests.support.pages.every_page import list_page_visits
from tests.support.pages.form_answer_pages import answers
from tests.support.pages.page_visits import Looks, PageVisit
from tests.support.pages.route_addresses import plain
from tests.support.staff_site import StaffSite, Visitor, staff_site, visitor

pytestmark = [pytest.mark.smoke, pytest.mark.asyncio(loop_scope="module")]

STEP = re.compile(r'<form[^>]*action="(/staff/requests/[^"/]+/act/[^"/]+)"[^>]*>(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
TAKEN, LACKING, CHANGED, NOT_THEIRS = 303, 422, 409, 403


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[StaffSite]:
    """One site for all."""
    database = tmp_path_factory.mktemp("smoke") / "pishkhan.db"
    database.write_bytes(migrated.read_bytes())
    async with staff_site(database) as built:
        yield built


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def looks(site: StaffSite) -> Looks:
    """What there is to look at."""
    await furnished(site)
    return {**await list_page_visits(site), "answers": await answers(site)}


@pytest_asyncio.fixture(loop_scope="module")
async def who(site: StaffSite) -> AsyncIterator[Visitor]:
    """A browser inside the organisation."""
    async with visitor(site) as opened:
        yield opened


def of(looks: Looks, role: Role | None) -> Sequence[PageVisit]:
    """What a role looks at: pages first, then answers; what needs an old proof at the end."""
    mine = [one for several in looks.values() for one in several if one.role == role]
    return sorted(mine, key=lambda one: (one.idle, one.form is not None))


async def got(site: StaffSite, who: Visitor, look: PageVisit) -> int:
    """The status of a page, or of the answer to its form; what it says is read to its end."""
    if look.idle:
        await who.get("/staff/account")
    site.clock.at += look.idle
    method, form = ("GET", None) if look.form is None else ("POST", {"csrf": who.csrf, **look.form})
    call = who.client.request(method, look.address, headers=who.headers, allow_redirects=False, data=form)
    async with call as response:
        await response.read()
        return response.status


@pytest.mark.parametrize("role", [None, *sorted(STAFF_ROLES)])
async def test_every_page_answers(site: StaffSite, looks: Looks, who: Visitor, role: Role | None) -> None:
    site.clock.at = MORNING  # a session from later than now would be void
    if role:
        await who.sign_in(role.value)
        await who.get("/staff/account")
    wrong = []
    for look in of(looks, role):
        site.clock.at = MORNING
        status = await got(site, who, look)
        wrong += [(look.address, status, look.status)] * (status != look.status)
    assert wrong == []


async def test_no_page_of_the_staff_is_left_out(site: StaffSite, looks: Looks) -> None:
    assert {plain(one.path) for one in site.admin.page_routes if one.method == "GET"} - set(looks) == set()


def forms(page: str) -> Sequence[tuple[str, dict[str, str]]]:
    """Where the forms of a request's steps lead, with what stands in their hidden fields."""
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
