"""Killed inside a migration: nothing was done, `serve` refuses the database, and the next `migrate` does all of it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from store.migrate import head_revision, read_current_revision
from tests.e2e.support.program_runs import KILLED, Death
from tests.faults.conftest import ENGINES
from tests.faults.support.mortal_office import MortalOffice, mortal_office

pytestmark = [pytest.mark.e2e, pytest.mark.day, pytest.mark.asyncio]

REFUSED = 3


@pytest_asyncio.fixture(params=ENGINES)
async def office(request: pytest.FixtureRequest) -> AsyncIterator[MortalOffice]:
    """An office with an empty database."""
    async with mortal_office(request.param) as bare:
        yield bare


async def test_killed_inside_the_first_migration(office: MortalOffice) -> None:
    url = office.database.url
    for at in (1, 2, 17, 40, 60):
        assert (await office.run("migrate", death=Death("migration", at))).code == KILLED
        assert await read_current_revision(url) is None
    refused = await office.run("serve")
    assert (refused.code, "pishkhan migrate" in refused.err) == (REFUSED, True)
    await migrates(office)


async def migrates(office: MortalOffice) -> None:
    """Undisturbed, the migration does all of it, and the server opens."""
    assert (await office.run("migrate")).code == 0
    assert await read_current_revision(office.database.url) == head_revision()
    await office.open()
    assert await office.close() == 0
    office.assert_clean_log()
