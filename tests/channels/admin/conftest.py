"""The staff's site for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.staff_site import StaffSite, Visitor, staff_site, visitor


@pytest.fixture
async def site(database: Path) -> AsyncIterator[StaffSite]:
    """A site of the test's own."""
    async with staff_site(database) as built:
        yield built


@pytest.fixture
async def inside(site: StaffSite) -> AsyncIterator[Visitor]:
    """A browser inside the organisation."""
    async with visitor(site) as opened:
        yield opened
