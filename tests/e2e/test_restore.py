"""A night's restore, as the manual has it, at a real process: nobody gets back what was taken away since the backup."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from aiohttp import ClientSession, CookieJar, TCPConnector

from domain.values.actors import Role
from tests.e2e.support.database_choice import ENGINES
from tests.e2e.support.office import Office
from tests.e2e.support.office_factory import new_office
from tests.e2e.support.portal_callers import calling, open_store, read_code

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.parametrize("engine", ENGINES, indirect=True),
]

MEMBERS: Mapping[str, Role] = {
    "stays": Role.CIVIL,
    "dismissed": Role.CIVIL,
    "moved": Role.REVENUE,
    "robbed": Role.CIVIL,
}
WORKPLACE = "127.0.1.5"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(engine: str) -> AsyncIterator[Office]:
    """An office on that database."""
    async with new_office(engine) as fresh:
        fresh.settings |= {"PISHKHAN_STAFF__INSIDE_NETWORKS": "127.0.1.0/24"}
        assert (await fresh.run("migrate")).code == 0
        await fresh.open()
        yield fresh
        assert await fresh.close() == 0


@asynccontextmanager
async def at_work() -> AsyncIterator[ClientSession]:
    """A browser at the workplace."""
    connector = TCPConnector(local_addr=(WORKPLACE, 0))
    async with ClientSession(connector=connector, cookie_jar=CookieJar(unsafe=True)) as session:
        yield session


async def sign_in(office: Office, browser: ClientSession, username: str, password: str) -> int:
    """Sign in; the answer's status."""
    form = {"username": username, "password": password}
    async with browser.post(f"{office.url}/staff/sign-in", data=form, allow_redirects=False) as answer:
        return answer.status


async def is_let_in(office: Office, browser: ClientSession) -> bool:
    """Whether a browser's session opens the site; who has none is led to the sign-in."""
    async with browser.get(f"{office.url}/staff/account", allow_redirects=False) as answer:
        return "sign-in" not in answer.headers.get("Location", "")


async def add_members(office: Office) -> Mapping[str, str]:
    """Add the members, one of them with an authenticator and codes on paper; their passwords."""
    passwords = {}
    for name, role in MEMBERS.items():
        passwords[name] = (await office.cli("staff", "add", name, "--role", role.value))["password"]
    await office.cli("staff", "totp", "stays")
    return passwords


async def restore_as_told(office: Office, copy: str) -> Mapping[str, str]:
    """Restore the copy, once what changed since is said; the new passwords."""
    for options, words in (([], "--dismissed"), (["--roles", "moved=boss"], "moved=boss")):
        refused = await office.run("restore", copy, "--force", *options)
        assert (refused.code, words in refused.err) == (3, True), refused
    changes = ["--dismissed", "dismissed", "--dismissed", "newcomer", "--roles", "moved=civil", "--reset", "robbed"]
    told = await office.cli("restore", copy, "--force", *changes)
    assert (told["unknown"], told["sessions_ended"] >= 3) == (["newcomer"], True)
    assert (await office.run("migrate")).code == 0
    return dict(told["passwords"])


async def read_paper_codes(office: Office, username: str) -> tuple[str, ...]:
    """Return what is kept of a member's codes on paper."""
    async with open_store(office) as store, store.open_unit(write=False) as uow:
        factor = await uow.second_factors.find(username)
    assert factor
    return factor.recovery


async def test_a_restore_gives_nobody_back_what_was_taken_away(office: Office) -> None:
    added, copy, mobile = await add_members(office), str(office.home / "night.copy"), "09361000041"
    async with at_work() as browser, calling(office, "127.0.14.1") as citizen:
        assert await sign_in(office, browser, "stays", added["stays"]) == 303
        assert await is_let_in(office, browser)
        assert (await citizen.ask_code(mobile)).status == 303
        code = await read_code(office, mobile)
        await office.cli("backup", copy)
        assert await citizen.confirm(code, await citizen.csrf_token()) == 303, "the code of the copy was used"
        assert await office.close() == 0
        renewed = await restore_as_told(office, copy)
        await office.open()
        assert not await is_let_in(office, browser)
        assert await citizen.confirm(code, await citizen.csrf_token()) != 303, "a code under way is void"
        for name, password, status in (
            ("dismissed", added["dismissed"], 401),
            ("robbed", added["robbed"], 401),
            ("robbed", renewed["robbed"], 303),
        ):
            assert await sign_in(office, browser, name, password) == status, name
    members = {member["username"]: member for member in await office.cli("staff", "list")}
    assert (members["dismissed"]["active"], members["moved"]["roles"]) == (False, ["civil"])
    assert await read_paper_codes(office, "stays") == (), "they may be used already"
