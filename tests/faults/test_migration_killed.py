"""Killed inside a migration: the old version is whole, `serve` refuses it, and the next `migrate` does all of it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from store.engines import build_engine
from store.migrate import SchemaOlder, check_schema, read_current_revision
from tests.e2e.support.program_runs import KILLED, Death
from tests.faults.conftest import ENGINES
from tests.faults.support.mortal_office import MortalOffice, mortal_office

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio]

FIRST = "0001"
COUNTED = "SELECT name, value FROM counters"
REFUSED = 3


@pytest_asyncio.fixture(params=ENGINES)
async def office(request: pytest.FixtureRequest) -> AsyncIterator[MortalOffice]:
    """An office with an empty database."""
    async with mortal_office(request.param) as bare:
        yield bare


async def first_version(url: str) -> None:
    """Bring a database to the first version of the schema."""

    def upgrade(connection: Connection) -> None:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", "store:migrations")
        command.upgrade(config, FIRST)

    engine = build_engine(url)
    try:
        async with engine.open_migration() as connection:
            await connection.run_sync(upgrade)
    finally:
        await engine.close()


async def test_killed_inside_the_first_migration(office: MortalOffice) -> None:
    url = office.database.url
    for at in (1, 2, 17, 40, 60):
        assert (await office.run("migrate", death=Death("migration", at))).code == KILLED
        assert await read_current_revision(url) is None
    refused = await office.run("serve")
    assert (refused.code, "pishkhan migrate" in refused.err) == (REFUSED, True)
    await migrates(office)


async def test_killed_inside_an_update(office: MortalOffice) -> None:
    url = office.database.url
    await first_version(url)
    await office.database.execute("INSERT INTO counters (name, value) VALUES ('file_number', 41)")
    for at in (1, 3, 8, 15, 21):
        assert (await office.run("migrate", death=Death("migration", at))).code == KILLED
        assert await read_current_revision(url) == FIRST
        with pytest.raises(SchemaOlder):
            await check_schema(url)
    await migrates(office)
    assert await office.database.rows(COUNTED) == [{"name": "file_number", "value": 41}]


async def migrates(office: MortalOffice) -> None:
    """Undisturbed, the migration does all of it, and the server opens."""
    assert (await office.run("migrate")).code == 0
    await check_schema(office.database.url)
    await office.open()
    assert await office.close() == 0
    office.assert_clean_log()
