"""Two processes over one database."""

from pathlib import Path

import pytest

from domain.services.machinery.declaration import MACHINERY_WORK
from store.unit_of_work import SqlStore
from tests.support.municipality import Municipality, StandingClock, build_desk


@pytest.fixture
async def towns(store: SqlStore, other_store: SqlStore) -> tuple[Municipality, Municipality]:
    """One municipality in two processes."""
    clock = StandingClock()
    desk = build_desk(clock, services=(MACHINERY_WORK,))
    first, second = (Municipality(desk, one, clock, Path()) for one in (store, other_store))
    await first.furnish()
    return first, second
