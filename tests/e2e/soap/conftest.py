"""A municipality for the counter offices' tests, one for each database, and offices that call it by foreign clients."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack
from itertools import count

import pytest
import pytest_asyncio

from tests.e2e.soap.clients import ByPhp, ByZeep, Counter, Software
from tests.e2e.support.expert_story import furnish_experts
from tests.e2e.support.office import Office
from tests.e2e.support.office_factory import new_office
from tests.e2e.support.office_setup import furnish
from tests.e2e.support.taxi_story import furnish_taxis

COUNTERS = count(1001)
VERSIONS = ("1.1", "1.2")

Opener = Callable[[], Awaitable[Counter]]
Program = Callable[[Counter], Software]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_office(engine: str) -> AsyncIterator[Office]:
    """The municipality that the tests of this folder use together."""
    async with new_office(engine, furnish, furnish_experts, furnish_taxis) as office:
        await office.open()
        yield office
        assert await office.close() == 0
        office.assert_clean_log()


@pytest.fixture
def new_counter(office: Office) -> Opener:
    """Opens a counter office as an operator does."""

    async def opened() -> Counter:
        code = str(next(COUNTERS))
        made = await office.cli("office", "add", code, f"دفتر {code}")
        address = f"{office.url}/soap/pishkhan"
        environment = office.environment
        return Counter(address, made["code"], made["username"], made["key"], office.clock.now, environment, office.home)

    return opened


@pytest_asyncio.fixture(loop_scope="session")
async def counter(new_counter: Opener) -> Counter:
    """A counter office of its own for each test."""
    return await new_counter()


@pytest.fixture(params=[(kind, version) for kind in ("zeep", "php") for version in VERSIONS], ids="-".join)
def program(request: pytest.FixtureRequest) -> Iterator[Program]:
    """Installs a program at a counter: each client in each version of SOAP."""
    kind, version = request.param
    with ExitStack() as stack:

        def installed(counter: Counter) -> Software:
            return ByPhp(counter, version) if kind == "php" else stack.enter_context(ByZeep(counter, version))

        yield installed


@pytest.fixture
def software(program: Program, counter: Counter) -> Software:
    """The counter's program."""
    return program(counter)


@pytest.fixture
def zeep(counter: Counter) -> Iterator[ByZeep]:
    """A program in Python, SOAP 1.1."""
    with ByZeep(counter, "1.1") as made:
        yield made
