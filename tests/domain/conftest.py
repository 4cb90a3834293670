"""The expert unit, the taxi organisation and a careful revenue unit, for the tests of their services."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.people.person import StaffMember
from domain.services.expert.declaration import EXPERT_OPINION
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.settings.policy import Policy
from domain.values.actors import Role
from tests.support.municipality import Municipality, StandingClock, build_desk, municipality
from tests.support.scenarios.expert_unit import Experts
from tests.support.scenarios.taxi_organisation import TaxiOrganisation, open_taxi_organisation


@pytest.fixture
async def experts(database: Path) -> AsyncIterator[Experts]:
    """The expert unit of a town that offers machinery too."""
    clock = StandingClock()
    async with municipality(database, build_desk(clock, services=(MACHINERY_WORK, EXPERT_OPINION)), clock) as town:
        unit = Experts(town)
        await unit.furnish()
        yield unit


@pytest.fixture
async def taxis(database: Path) -> AsyncIterator[TaxiOrganisation]:
    """The taxi organisation of a town that offers every service."""
    async with open_taxi_organisation(database) as opened:
        yield opened


@pytest.fixture
async def careful(database: Path) -> AsyncIterator[Municipality]:
    """A municipality that wants two persons for a price."""
    clock = StandingClock()
    async with municipality(database, build_desk(clock, policy=Policy(tariffs_need_approval=True)), clock) as town:
        await town.furnish()
        async with town.store.open_unit() as uow:
            for name in ("anne", "behrouz"):
                await uow.people.save_staff(
                    StaffMember(name, frozenset({Role.REVENUE}), name, None, "", True, town.clock.now())
                )
        yield town
