"""Starting and stopping: what `serve` refuses and how it says so, and how it ends."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing

import pytest
import pytest_asyncio

from tests.e2e.conftest import new_phone
from tests.e2e.support.office import Office
from tests.e2e.support.office_factory import new_office
from tests.e2e.support.webhooks import get
from tests.support.postgres_server import free_port

pytestmark = [pytest.mark.e2e, pytest.mark.day, pytest.mark.asyncio]

SECRETS = ("PISHKHAN_SECRET_KEY", "PISHKHAN_SMS__KAVENEGAR__WEBHOOK_SECRET")
AT_ONCE = 5.0
"""Seconds in which a server ends that has nothing under way."""

REFUSED = 3
"""The exit code of a process whose surroundings are not in order: configuration, database, schema, port."""


@pytest_asyncio.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
async def office(request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    """An office of the test's own, neither migrated nor opened."""
    async with new_office(request.param) as fresh:
        yield fresh


SQLITE = pytest.mark.parametrize("office", ["sqlite"], indirect=True)


async def refusal(office: Office) -> str:
    """Message of `serve` when it refuses."""
    finished = await office.run("serve")
    assert finished.code == REFUSED, finished
    assert "Traceback" not in finished.err
    return finished.err


@pytest.mark.smoke
async def test_an_unmigrated_database_is_refused(office: Office) -> None:
    with office.cold():
        assert "pishkhan migrate" in await refusal(office)
        assert (await office.run("migrate")).code == 0
        assert (await office.run("migrate")).code == 0  # a second time does no harm
        await office.open()
        assert await office.close() == 0


@SQLITE
async def test_a_newer_schema_is_refused(office: Office) -> None:
    assert (await office.run("migrate")).code == 0
    path = office.settings["PISHKHAN_DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "newer" in await refusal(office)
    migrated = await office.run("migrate")
    assert migrated.code == REFUSED
    assert "newer" in migrated.err
    assert "Traceback" not in migrated.err


@SQLITE
@pytest.mark.parametrize("value", ["", "changeme", "change-me-please-1234567890", "xy", "0000000000000000000000"])
async def test_placeholder_secrets_are_refused(office: Office, value: str) -> None:
    for name in SECRETS:
        office.settings[name] = value
    said = await refusal(office)
    assert [name for name in SECRETS if name not in said] == []
    assert not value or value not in said


@SQLITE
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PISHKHAN_SMS__KAVENEGAR__API_KEY", ""),
        ("PISHKHAN_SMS__KAVENEGAR__SENDER", ""),
        ("PISHKHAN_SMS__PROVIDERS", "kavenegr"),
        ("PISHKHAN_PORT", "eighty"),
        ("PISHKHAN_DATABASE_URL", "mysql://localhost/x"),
        ("PISHKHAN_SMS__KAVENEGAR__APIKEY", "x"),
        ("PISHKHAN_BILLS__COMPANY_CODE", "12345"),
    ],
)
async def test_unusable_settings_are_named(office: Office, name: str, value: str) -> None:
    office.settings[name] = value
    assert name in await refusal(office)


@SQLITE
async def test_demo_mode_needs_no_secrets_and_reaches_no_provider(office: Office) -> None:
    office.settings |= {"PISHKHAN_DEMO": "1", "PISHKHAN_SECRET_KEY": "", "PISHKHAN_SMS__KAVENEGAR__WEBHOOK_SECRET": ""}
    assert (await office.run("migrate")).code == 0
    await office.open()
    assert [(await get(f"{office.url}/demo/{page}")).status for page in ("phone", "chat")] == [200, 200]
    assert (await get(f"{office.sms_url}/inbound", {"from": "09121000000", "message": "راهنما"})).status == 404
    assert await office.close() == 0
    assert office.panel.calls == []


@SQLITE
async def test_the_phone_is_there_in_demo_mode_only(office: Office) -> None:
    assert (await office.run("migrate")).code == 0
    await office.open()
    assert [(await get(f"{office.url}/demo/{page}")).status for page in ("phone", "chat")] == [404, 404]
    assert (await get(f"{office.url}/")).status == 200
    assert (await get(f"{office.url}/healthz")).status == 200
    assert await office.close() == 0


async def test_it_stops_at_once_and_cleanly(office: Office) -> None:
    assert (await office.run("migrate")).code == 0
    with office.cold():
        await office.open()
    await new_phone(office).says("راهنما", "sms.help")
    assert await asyncio.wait_for(office.close(), AT_ONCE) == 0
    assert "Traceback" not in office.complained
    office.assert_clean_log()


@SQLITE
async def test_the_port_in_use_is_told(office: Office) -> None:
    assert (await office.run("migrate")).code == 0
    await office.open()
    with office.cold():
        second = await office.run("serve")
    assert second.code == REFUSED, second
    assert str(office.port) in second.err
    assert "Traceback" not in second.err
    assert await office.close() == 0


async def test_a_database_that_is_away_is_told(office: Office) -> None:
    url = office.settings["PISHKHAN_DATABASE_URL"]
    file, server = "sqlite:////nowhere/at/all.db", f"postgresql://postgres@127.0.0.1:{free_port()}/x"
    office.settings["PISHKHAN_DATABASE_URL"] = file if url.startswith("sqlite") else server
    for command in ("migrate", "serve"):
        finished = await office.run(command)
        assert finished.code == REFUSED, finished
        assert "Traceback" not in finished.err
