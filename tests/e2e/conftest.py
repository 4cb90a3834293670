"""Offices for the end-to-end tests: one for each database, opened once a session, and the people around them."""

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from zlib import crc32

import pytest
import pytest_asyncio

from tests.e2e.support.office import Office
from tests.e2e.support.office_factory import new_office
from tests.e2e.support.office_setup import STAFF, furnish, operator_mobile
from tests.e2e.support.people import Desk, Phone
from tests.support.effort import EFFORT

MOBILES = count(1)
OFFICE_HOURS = range(9, 14)


ENGINES = ("sqlite", "postgresql")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, without more effort, the stories of an office on one of its databases: half of the modules tell theirs
    on each. What the store does on both is proved by its contracts (`tests/contracts/store`).
    """
    if EFFORT > 1:
        return
    left_out = [item for item in items if Path(__file__).parent in item.path.parents and not _has_its_turn(item)]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


def _has_its_turn(item: pytest.Item) -> bool:
    if not isinstance(item, pytest.Function) or "shared_office" not in item.fixturenames:
        return True
    return item.callspec.params.get("engine") in {None, ENGINES[crc32(item.path.stem.encode()) % 2]}


@pytest.fixture(scope="session", params=[ENGINES[0], pytest.param(ENGINES[1], marks=pytest.mark.postgresql)])
def engine(request: pytest.FixtureRequest) -> str:
    """Which database the shared office runs on."""
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
