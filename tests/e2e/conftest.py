"""Offices for the end-to-end tests: one for each database, opened once a session, and the people around them."""

from collections.abc import AsyncIterator
from itertools import count

import pytest
import pytest_asyncio

from tests.e2e.support.office import Office
from tests.e2e.support.office_factory import new_office
from tests.e2e.support.office_setup import STAFF, furnish, operator_mobile
from tests.e2e.support.people import Desk, Phone

MOBILES = count(1)
OFFICE_HOURS = range(9, 14)


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engine(request: pytest.FixtureRequest) -> str:
    """Database of the shared office."""
    return str(request.param)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_office(engine: str) -> AsyncIterator[Office]:
    """The office that most tests use together, each with people of its own."""
    async with new_office(engine, furnish) as office:
        await office.open()
        yield office
        assert await office.close() == 0
        office.assert_clean_log()


@pytest_asyncio.fixture(loop_scope="session")
async def office(shared_office: Office) -> Office:
    """The shared office, open, in its office hours, with a panel at which nothing goes wrong."""
    shared_office.panel.faults.clear()
    if shared_office.now.hour not in OFFICE_HOURS:
        shared_office.wake_at(OFFICE_HOURS.start)
    return shared_office


@pytest.fixture
def desk(office: Office) -> Desk:
    """The staff of the shared office."""
    return Desk(office)


@pytest.fixture
def reza(office: Office) -> Phone:
    """A citizen's phone that nobody had before."""
    return new_phone(office)


@pytest.fixture
def sara(office: Office) -> Phone:
    """Another citizen's phone that nobody had before."""
    return new_phone(office)


def new_phone(office: Office) -> Phone:
    """A phone with a fresh number."""
    return Phone(office, f"0912{next(MOBILES):07}")


@pytest.fixture
def operator(office: Office) -> Phone:
    """The phone of operator OP-07."""
    return Phone(office, operator_mobile(7))


@pytest.fixture
def officer(office: Office) -> Phone:
    """The phone of the civil unit's officer."""
    return Phone(office, STAFF["civil"])
