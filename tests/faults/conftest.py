"""Offices for the fault tests: one of each database that may die as often as it likes, shared by many rounds."""

from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from tests.e2e.support.office_setup import furnish
from tests.faults.support.mortal_office import MortalOffice, mortal_office
from tests.faults.support.round import Result, Round
from tests.faults.support.round_plan import Plan
from tests.faults.support.state_checks import Expected

POSTGRESQL = pytest.mark.postgresql
ENGINES = ["sqlite", pytest.param("postgresql", marks=POSTGRESQL)]


@dataclass(frozen=True, slots=True)
class Site:
    """An office, and what all its rounds must have led to."""

    office: MortalOffice
    expected: Expected

    async def plays(self, plan: Plan, meanwhile: Coroutine[Any, Any, None] | None = None) -> Result:
        """Play a round; everything must be in order in the end, and every planned end have come."""
        result = await self.sees(plan, meanwhile)
        assert result.died == list(plan.ends)
        return result

    async def sees(self, plan: Plan, meanwhile: Coroutine[Any, Any, None] | None = None) -> Result:
        """Play a round, of whose planned ends the first ones come: another process may do the work meanwhile."""
        result = await Round(self.office, self.expected, plan).play(meanwhile)
        assert result.violations == []
        assert result.died == list(plan.ends[: len(result.died)])
        return result


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def sqlite_site() -> AsyncIterator[Site]:
    """The office on SQLite."""
    async with shared("sqlite") as site:
        yield site


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgresql_site() -> AsyncIterator[Site]:
    """The office on PostgreSQL."""
    async with shared("postgresql") as site:
        yield site


@pytest.fixture(params=ENGINES)
def site(request: pytest.FixtureRequest) -> Site:
    """The shared office on a database; few are ever opened, in whatever order tests name them."""
    found: Site = request.getfixturevalue(f"{request.param}_site")
    return found


@asynccontextmanager
async def shared(engine: str) -> AsyncIterator[Site]:
    """An office for many rounds, closed in order."""
    async with mortal_office(engine, furnish) as office:
        yield Site(office, Expected())
        assert await office.close() == 0
        office.assert_clean_log()
