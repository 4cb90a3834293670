"""The expert unit and the taxi organisation, for the tests of their services."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.services.expert import EXPERT_OPINION
from domain.services.machinery import MACHINERY_WORK
from tests.support.cabs import Cabs, open_cabs
from tests.support.experts import Experts
from tests.support.municipality import StandingClock, build_desk, municipality


@pytest.fixture
async def experts(database: Path) -> AsyncIterator[Experts]:
    """The expert unit of a town that offers machinery too."""
    clock = StandingClock()
    async with municipality(database, build_desk(clock, services=(MACHINERY_WORK, EXPERT_OPINION)), clock) as town:
        unit = Experts(town)
        await unit.furnish()
        yield unit


@pytest.fixture
async def cabs(database: Path) -> AsyncIterator[Cabs]:
    """The taxi organisation of a town that offers every service."""
    async with open_cabs(database) as opened:
        yield opened
