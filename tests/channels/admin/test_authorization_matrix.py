"""Every route × every role × inside and outside, generated from the table of rights and asked of the running site."""

from collections.abc import Sequence

import pytest

from channels.admin.frame import PageRoute
from domain.authorization.policy import may_use
from domain.authorization.rights import RIGHTS
from domain.values.actors import STAFF_ROLES, Role
from tests.channels.admin.audit_reader import count_denials
from tests.support.pages.route_addresses import address
from tests.support.scenarios.site_members import at_site
from tests.support.staff_site import OUTSIDE, StaffSite, Visitor, visitor

FILLING = {"code": "123456786", "action": "accept", "service": "machinery", "id": "1", "booking": "1", "kind": "csv"}
"""Values in the addresses: a request, document or service that may be missing, which is told after the door."""


async def let_in(visitor: Visitor, route: PageRoute, path: str) -> bool:
    """Whether the door lets this visitor through: what comes behind it may be anything but an answer of the door's."""
    if route.method == "GET":
        response = await visitor.client.get(path, headers=visitor.headers, allow_redirects=False)
    else:
        form = {"csrf": visitor.csrf}
        response = await visitor.client.post(path, data=form, headers=visitor.headers, allow_redirects=False)
    page = await response.text(errors="replace")
    assert response.status < 500, (route, response.status, page[-2000:])
    assert not response.headers.get("Location", "").startswith("/staff/sign-in")
    return response.status != 403 or ("اجازهٔ" not in page and "اجازه این کار" not in page and "درون سازمان" not in page)


async def denied(site: StaffSite, who: Visitor, role: Role, *, inside: bool) -> Sequence[str]:
    """The routes at which the door and the table of rights say different things, or a refusal is not audited."""
    wrong = []
    for route in site.admin.page_routes:
        before = await count_denials(site)
        got = await let_in(who, route, address(route.path, FILLING))
        wanted = may_use(route.right, at_site(role, inside=inside))
        if not wanted and await count_denials(site) != before + 1:
            wrong.append(f"{route.method} {route.path} ({route.right}): refused, and not audited")
        if got != wanted:
            wrong.append(f"{route.method} {route.path} ({route.right}): {got}, the table says {wanted}")
        if got and route.path.endswith("/end"):
            await who.get("/staff/account")
    return wrong


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
async def test_inside(site: StaffSite, inside: Visitor, role: Role) -> None:
    await inside.sign_in(role.value)
    await inside.get("/staff/account")
    assert await denied(site, inside, role, inside=True) == []


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
async def test_outside(site: StaffSite, role: Role) -> None:
    secret = await site.enrolled(role.value)
    async with visitor(site, OUTSIDE) as outside:
        await outside.sign_in(role.value)
        await outside.get("/staff/second-factor")
        await outside.post("/staff/second-factor", code=site.code_of(secret))
        await outside.get("/staff/account")
        assert await denied(site, outside, role, inside=False) == []


def test_every_right_is_used_and_every_route_names_one(site: StaffSite) -> None:
    assert {route.right for route in site.admin.page_routes} <= set(RIGHTS)
    paths = [(route.method, route.path) for route in site.admin.page_routes]
    assert len(paths) == len(set(paths))


async def test_nothing_of_the_site_is_reached_without_a_session(site: StaffSite, inside: Visitor) -> None:
    for route in site.admin.page_routes:
        way = {"GET": inside.client.get, "POST": inside.client.post}[route.method]
        response = await way(address(route.path, FILLING), headers=inside.headers, allow_redirects=False)
        assert response.status == 303
        assert response.headers["Location"].startswith("/staff/sign-in")
