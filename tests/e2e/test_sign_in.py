"""Two hundred wrong passwords at once from one address, at a real process: colleagues go on signing in."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from aiohttp import ClientSession, TCPConnector

from app.security import passwords
from domain.people.person import StaffMember
from domain.people.sign_in_attempts import MOST_PER_PAIR
from domain.values.actors import Role
from store.unit_of_work import SqlStore
from tests.e2e.support.office import Office
from tests.e2e.support.office_factory import new_office
from tests.support.patience import patient

pytestmark = [pytest.mark.e2e, pytest.mark.day, pytest.mark.asyncio(loop_scope="module")]

WORKPLACE, STRANGER = "127.0.1.5", "127.0.2.9"
PASSWORD = "green lamp over water"
TRIES = 200
PATIENCE_SECONDS = 10.0
"""On a machine of its own it is a third of a second (`python -m bench.sign_in`); here other tests run beside it."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office() -> AsyncIterator[Office]:
    """An office with one member of the staff, whose password costs what passwords cost."""
    async with new_office() as fresh:
        fresh.settings |= {"PISHKHAN_STAFF__INSIDE_NETWORKS": "127.0.1.0/24"}
        assert (await fresh.run("migrate")).code == 0
        store, now = await SqlStore.connect(fresh.settings["PISHKHAN_DATABASE_URL"]), fresh.clock.now()
        async with store.open_unit() as uow:
            kept = passwords.hash_password(PASSWORD)
            await uow.people.save_staff(StaffMember("civil", frozenset({Role.CIVIL}), "کارمند", None, kept, True, now))
        await store.close()
        await fresh.open()
        yield fresh
        assert await fresh.close() == 0
        fresh.assert_clean_log()


@asynccontextmanager
async def at(address: str) -> AsyncIterator[ClientSession]:
    """A browser at an address of this machine."""
    async with ClientSession(connector=TCPConnector(local_addr=(address, 0), limit=0)) as session:
        yield session


async def sign_in(office: Office, browser: ClientSession, password: str) -> int:
    """Try to sign in; the answer's status."""
    form = {"username": "civil", "password": password}
    async with browser.post(f"{office.url}/staff/sign-in", data=form, allow_redirects=False) as answer:
        await answer.read()
        return answer.status


async def test_tries_from_one_address_hold_no_colleague_up(office: Office) -> None:
    async with at(STRANGER) as stranger, at(WORKPLACE) as colleague:
        tries = [asyncio.create_task(sign_in(office, stranger, f"wrong {number}")) for number in range(TRIES)]
        await asyncio.sleep(0.1)
        async with asyncio.timeout(patient(PATIENCE_SECONDS)):
            assert await sign_in(office, colleague, PASSWORD) == 303
        assert Counter(await asyncio.gather(*tries)) == {401: MOST_PER_PAIR, 429: TRIES - MOST_PER_PAIR}
        assert await sign_in(office, stranger, PASSWORD) == 429
        assert await sign_in(office, colleague, PASSWORD) == 303
        told = await office.cli("staff", "unlock", "civil")
        assert told["locks"] == [{"place": "outside", "source": STRANGER}]
        assert await sign_in(office, stranger, PASSWORD) == 401, "it has no second factor"
