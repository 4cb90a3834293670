"""A second factor inside the organisation too: of administrators, or of everybody, as the municipality sets it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.people.sessions import IDLE_LIMIT
from tests.channels.admin.audit_reader import list_audited
from tests.support.staff_site import OUTSIDE, PASSWORD, StaffSite, Visitor, staff_site, visitor

CODE, SECOND_FACTOR = 'name="proof_code"', "/staff/second-factor?next=%2Fstaff"


@pytest.fixture
def wanted() -> str:
    """Roles that are asked for it."""
    return "administrators"


@pytest.fixture
async def site(database: Path, wanted: str) -> AsyncIterator[StaffSite]:
    """A site that asks for it."""
    async with staff_site(database, second_factor_inside=wanted) as built:  # type: ignore[arg-type]  # one of the three
        yield built


@pytest.fixture
async def inside(site: StaffSite) -> AsyncIterator[Visitor]:
    """A browser inside."""
    async with visitor(site) as opened:
        yield opened


async def test_an_administrator_shows_a_code_inside_too(site: StaffSite, inside: Visitor) -> None:
    secret = await site.enrolled("admin")
    assert await inside.sign_in("admin") == SECOND_FACTOR
    for path in ("/staff", "/staff/users", "/staff/account"):
        assert await inside.get(path, 303) == "303: See Other"
    assert ("staff:admin", "denied") in await list_audited(site)
    await inside.get("/staff/second-factor")
    await inside.post("/staff/second-factor", 401, code="000000")
    assert await inside.post("/staff/second-factor", code=site.code_of(secret)) == "/staff"
    await inside.get("/staff/users")


async def test_an_administrator_without_an_authenticator_makes_one_and_does_nothing_else(
    site: StaffSite, inside: Visitor
) -> None:
    assert await inside.sign_in("admin") == "/staff"
    for path in ("/staff", "/staff/users", "/staff/audit", "/staff/settings"):
        response = await inside.client.get(path, headers=inside.headers, allow_redirects=False)
        assert (response.status, response.headers["Location"]) == (303, "/staff/account")
    assert "در درون سازمان هم" in await inside.get("/staff/account")
    assert await inside.post("/staff/views", name="a view", queue="all") == "/staff/account"
    await inside.post("/staff/account/factor")
    secret = (await inside.get("/staff/account")).split('<code dir="ltr">')[1].split("<")[0]
    await inside.post("/staff/account/factor/confirm", 200, code=site.code_of(secret))
    await inside.get("/staff/account", 303)
    site.later_by_a_code()
    await inside.get("/staff/second-factor")
    await inside.post("/staff/second-factor", code=site.code_of(secret))
    await inside.get("/staff/users")


async def test_who_has_only_the_password_cannot_put_another_authenticator_in_place(
    site: StaffSite, inside: Visitor
) -> None:
    await site.enrolled("admin")
    await inside.sign_in("admin")
    await inside.get("/staff/second-factor")
    for path in ("/staff/account/factor/remove", "/staff/account/factor", "/staff/account/password"):
        assert (await inside.post(path, proof_password=PASSWORD)).startswith("/staff/second-factor")
    async with site.store.open_unit(write=False) as uow:
        factor = await uow.second_factors.find("admin")
    assert factor is not None


async def test_others_come_in_by_their_password(inside: Visitor) -> None:
    assert await inside.sign_in("civil") == "/staff"
    await inside.get("/staff")


@pytest.mark.parametrize("wanted", ["everybody"])
async def test_it_may_be_asked_of_everybody(site: StaffSite, inside: Visitor) -> None:
    secret = await site.enrolled("civil")
    assert await inside.sign_in("civil") == SECOND_FACTOR
    await inside.get("/staff", 303)
    await inside.get("/staff/second-factor")
    await inside.post("/staff/second-factor", code=site.code_of(secret))
    await inside.get("/staff")


@pytest.mark.parametrize("wanted", ["nobody"])
async def test_it_may_be_asked_of_nobody(site: StaffSite, inside: Visitor) -> None:
    await site.enrolled("admin")
    assert await inside.sign_in("admin") == "/staff"
    await inside.get("/staff/users")


async def test_a_form_of_an_ended_session_asks_for_the_code_too(site: StaffSite, inside: Visitor) -> None:
    secret = await site.enrolled("admin")
    await inside.sign_in("admin")
    await inside.get("/staff/second-factor")
    await inside.post("/staff/second-factor", code=site.code_of(secret))
    await inside.get("/staff/account")
    site.clock.at += IDLE_LIMIT
    assert CODE in await inside.post("/staff/views", 401, name="a view", queue="all")
    typed = {"name": "a view", "queue": "all", "proof_password": PASSWORD}
    assert CODE in await inside.post("/staff/views", 401, **typed)
    assert 'name="proof_code"' not in await inside.post("/staff/views", 200, **typed, proof_code=site.code_of(secret))
    await inside.get("/staff/users")


async def test_outside_it_is_asked_of_everybody_as_ever(site: StaffSite) -> None:
    await site.enrolled("civil")
    async with visitor(site, OUTSIDE) as outside:
        assert await outside.sign_in("civil") == SECOND_FACTOR
