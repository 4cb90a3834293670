"""Every route once more, by somebody who may: with an old proof, without the second factor, with a form not our own."""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from itertools import product

from channels.admin.frame import PageRoute
from domain.actions.staff.refusals import MOST_ROWS, record_refusal
from domain.audit.entries import AuditFilter
from domain.authorization.policy import may_use
from domain.authorization.rights import RIGHTS
from domain.people.sessions import PROOF_FRESHNESS
from domain.values.actors import STAFF_ROLES, Role
from tests.channels.admin.audit_reader import count_denials, list_audited
from tests.channels.admin.test_authorization_matrix import FILLING
from tests.support.pages.route_addresses import address, plain
from tests.support.scenarios.site_members import at_site
from tests.support.staff_site import OUTSIDE, PASSWORD, StaffSite, Visitor, visitor

PROOF = 'name="proof_password"'
FOREIGN: Mapping[str, str] = {"Sec-Fetch-Site": "cross-site"}


def shared_out(site: StaffSite, *, inside: bool) -> Iterator[tuple[Role, list[PageRoute]]]:
    """The routes, each with the first role that may go there."""
    left = list(site.admin.page_routes)
    for role in sorted(STAFF_ROLES):
        own = [route for route in left if may_use(route.right, at_site(role, inside=inside))]
        left = [route for route in left if route not in own]
        yield role, own
    assert not left or not inside


async def at_work(site: StaffSite) -> AsyncIterator[tuple[Visitor, list[PageRoute]]]:
    """A browser inside for each role, signed in with a form's token, and the routes that are the role's."""
    for role, routes in shared_out(site, inside=True):
        async with visitor(site) as who:
            await who.sign_in(role.value)
            await who.get("/staff/account")
            yield who, routes


async def asked(who: Visitor, route: PageRoute, csrf: str, headers: Mapping[str, str]) -> tuple[int, str, str]:
    """Go there; the status, where it leads, and the page."""
    form = {"csrf": csrf} if route.method == "POST" else None
    response = await who.client.request(
        route.method, address(route.path, FILLING), headers={**who.headers, **headers}, allow_redirects=False, data=form
    )
    return response.status, response.headers.get("Location", ""), await response.text(errors="replace")


DANGEROUS = {
    "refunds": r"POST .*/refund",
    "prices": r"POST /staff/tariffs/.*",
    "exports": r"GET /staff/.*(/export(/csv|/xlsx)?|/statement/.*\.csv|\.\{kind:csv\|xlsx\}|/reports/kept/.*)",
    "waivers": r"POST .*/waive",
    "users": r"POST /staff/users.*",
    "offices": r"POST /staff/offices(?!.*/till$).*",
    "settings": r"POST /staff/settings/.*",
}
"""Rights that do harm in wrong hands, however the table of rights is changed."""


async def test_a_number_longer_than_any_leads_nowhere(site: StaffSite) -> None:
    long, found = "9" * 4301, []  # Python reads no more than 4,300 digits
    async for who, routes in at_work(site):
        for route, part in product(routes, ("id", "booking")):
            where = address(route.path, {**FILLING, part: long})
            if long in where:
                found.append(route.path)
                ask = who.client.get if route.method == "GET" else who.client.post
                response = await ask(where, headers=who.headers, allow_redirects=False)
                assert response.status == 404, route
    assert len(found) > 60


def test_the_table_asks_for_a_proof_where_harm_is_done(site: StaffSite) -> None:
    for what, pattern in DANGEROUS.items():
        routes = [one for one in site.admin.page_routes if re.fullmatch(pattern, f"{one.method} {one.path}")]
        assert routes, what
        assert [one for one in routes if not RIGHTS[one.right].needs_fresh_proof] == [], what


async def test_an_old_proof_is_asked_for_wherever_the_table_says(site: StaffSite) -> None:
    wrong, proofs = [], 0
    async for who, routes in at_work(site):
        site.clock.at += PROOF_FRESHNESS
        for route in sorted(routes, key=lambda one: not RIGHTS[one.right].needs_fresh_proof):
            status, _, page = await asked(who, route, who.csrf, {})
            wanted = RIGHTS[route.right].needs_fresh_proof
            proofs += wanted
            if ((status, PROOF in page) == (401, True)) != wanted:
                wrong.append((route.method, route.path, status))
    assert wrong == []
    assert proofs > 20


async def test_no_door_of_the_site_takes_another_sites_form(site: StaffSite) -> None:
    """Routes without a right of their own: signing in and out, and the second factor (ASVS 5.0, 3.5.1)."""
    behind_the_gate = {plain(route.path) for route in site.admin.page_routes if route.method == "POST"}
    doors = {
        resource.canonical
        for resource in site.app.router.resources()
        for route in resource
        if route.method == "POST"
        and resource.canonical.startswith("/staff")
        and resource.canonical not in behind_the_gate
    }
    assert doors == {"/staff/sign-in", "/staff/second-factor", "/staff/sign-out"}
    form = {"username": "civil", "password": PASSWORD, "code": "123456"}
    async with visitor(site) as who:
        await who.sign_in("civil")
        await who.get("/staff")
        for door, foreign in product(
            sorted(doors), ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"})
        ):
            told = await who.client.post(
                door, data={**form, "csrf": who.csrf}, headers={**who.headers, **foreign}, allow_redirects=False
            )
            assert (told.status, "Set-Cookie" in told.headers) == (403, False), door
        await who.get("/staff")


async def test_outside_nothing_is_reached_without_the_second_factor(site: StaffSite) -> None:
    wrong = []
    for role, routes in shared_out(site, inside=False):
        await site.enrolled(role.value)
        async with visitor(site, OUTSIDE) as who:
            await who.sign_in(role.value)
            await who.get("/staff/second-factor")
            for route in routes:
                before = await count_denials(site)
                status, way, _ = await asked(who, route, who.csrf, {})
                audited_now = await count_denials(site) - before
                if (status, audited_now) != (303, 1) or not way.startswith("/staff/second-factor"):
                    wrong.append((route.method, route.path, status, way, audited_now))
    assert wrong == []


async def test_who_has_not_shown_the_code_cannot_fill_the_audit(site: StaffSite) -> None:
    await site.enrolled("civil")
    routes = [one for one in site.admin.page_routes if one.method == "GET"]
    assert len(routes) > 40
    async with visitor(site, OUTSIDE) as who:
        await who.sign_in("civil")
        await who.get("/staff/second-factor")
        for route in (*routes, *[routes[0]] * 60):
            await asked(who, route, who.csrf, {})
    async with site.store.open_unit(write=False) as uow:
        rows = await uow.audit.list_entries(AuditFilter(what="denied", limit=200))
    assert sum(one.times for one in rows) == len(routes) + 60
    assert len(rows) <= MOST_ROWS + 1, "however much is asked for in an hour"
    assert {(one.actor, one.detail["why"]) for one in rows} == {("staff:civil", "second_factor")}
    assert [one.detail for one in rows if "further" in one.detail] == [{"further": True, "why": "second_factor"}]


async def test_what_is_asked_without_the_code_cannot_be_hidden_behind_foreign_forms(site: StaffSite) -> None:
    async def known() -> bool:
        return True

    async with site.store.open_unit() as uow:
        for number in range(MOST_ROWS + 5):
            foreign = {"why": "foreign_form", "address": f"203.0.113.{number}"}
            await record_refusal(uow, site.clock.now(), "staff", "civil", "denied", foreign, is_known=known)
        probe = {"why": "second_factor", "path": "/staff/users", "right": "users.view"}
        await record_refusal(uow, site.clock.now(), "staff", "civil", "denied", probe, is_known=known)
    async with site.store.open_unit(write=False) as uow:
        rows = await uow.audit.list_entries(AuditFilter(what="denied", limit=200))
    assert probe in [one.detail for one in rows]
    assert len(rows) == MOST_ROWS + 2


async def test_a_form_without_the_code_is_audited_until_the_code_comes(site: StaffSite, inside: Visitor) -> None:
    secret, path = await site.enrolled("civil"), "/staff/views"
    await inside.sign_in("civil")
    await inside.get("/staff/account")
    inside.headers |= OUTSIDE
    before = await count_denials(site)
    await inside.post(path, 401, name="a view", queue="all")
    assert await count_denials(site) == before + 1
    wrong = {"proof_password": PASSWORD, "proof_code": "000000"}
    await inside.post(path, 401, name="a view", queue="all", **wrong)
    await inside.post(path, 200, name="a view", queue="all", **wrong | {"proof_code": site.code_of(secret)})
    assert await count_denials(site) == before + 1, "a proof that is tried is told by itself"
    assert ("staff:civil", "code_refused") in await list_audited(site)
    async with visitor(site, OUTSIDE) as who:
        await who.sign_in("civil")
        await who.get("/staff/second-factor")
        await who.post("/staff/views", proof_password="no proof is asked for here")
    assert await count_denials(site) == before + 2
    inside.headers.pop("X-Forwarded-For")
    await inside.sign_in("auditor")
    assert "کد یک‌بارمصرف داده نشده بود" in await inside.get("/staff/audit?what=denied")


async def test_no_form_is_taken_that_is_not_our_own(site: StaffSite) -> None:
    wrong, forms = [], 0
    async for who, routes in at_work(site):
        for route in (one for one in routes if one.method == "POST"):
            forms, before = forms + 1, await count_denials(site)
            told = [await asked(who, route, "0" * 32, {}), await asked(who, route, who.csrf, FOREIGN)]
            statuses, audited_now = [status for status, _, _ in told], await count_denials(site) - before
            if (statuses, audited_now) != ([403, 403], 2):
                wrong.append((route.path, statuses, audited_now))
    assert wrong == []
    assert forms > 40


async def test_the_forms_of_the_door_itself_are_our_own(site: StaffSite) -> None:
    secret = await site.enrolled("civil")
    async with visitor(site, OUTSIDE) as who:
        await who.sign_in("civil")
        await who.get("/staff/second-factor")
        right, who.csrf = who.csrf, "0" * 32
        await who.post("/staff/second-factor", 403, code=site.code_of(secret))
        await who.post("/staff/sign-out", 403)
        assert (await list_audited(site)).count(("staff:civil", "denied")) == 2
        who.csrf = right
        await who.post("/staff/second-factor", code=site.code_of(secret))
        await who.get("/staff")
    async with visitor(site, FOREIGN) as led:
        await led.sign_in("civil", PASSWORD, 403)
        await led.sign_in("civil", PASSWORD, 403)
        assert (await list_audited(site)).count(("staff:civil", "denied")) == 4
        assert not led.client.session.cookie_jar.filter_cookies(led.client.make_url("/staff"))
