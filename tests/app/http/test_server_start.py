"""Refusals of `run_server`, and the start and end of a process."""

import asyncio
import os
import signal
import socket
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import ClientSession
from pydantic import SecretStr

from app.configuration.settings import Settings
from app.configuration.sms_settings import SmsSettings
from app.http.server import run_server
from app.readiness import NotReady, describe_state_faults
from domain.services.machinery.declaration import MACHINERY_WORK
from tests.support.municipality import Municipality
from tests.support.patience import patient
from tests.support.postgres_server import free_port

SECRET = "6b3f0b6f2f7c4d1e"


def ready(database: Path) -> Settings:
    """Settings that may serve."""
    sms = SmsSettings.model_validate({"simulator": {"webhook_secret": SECRET}})
    return Settings(secret_key=SecretStr(SECRET), database_url=f"sqlite:///{database}", port=free_port(), sms=sms)


async def refusal(settings: Settings) -> str:
    with pytest.raises(NotReady) as refused:
        await run_server(settings)
    return "\n".join(refused.value.faults)


async def test_placeholder_secrets_are_refused(database: Path) -> None:
    settings = ready(database)
    settings.secret_key = SecretStr("changeme")
    settings.sms = SmsSettings()
    said = await refusal(settings)
    assert "PISHKHAN_SECRET_KEY" in said
    assert "PISHKHAN_SMS__SIMULATOR__WEBHOOK_SECRET" in said


async def test_an_unknown_provider_is_refused(database: Path) -> None:
    settings = ready(database)
    settings.sms.providers = ("pigeon",)
    assert "unknown provider 'pigeon'" in await refusal(settings)
    settings.sms.providers = ()
    assert "names no provider" in await refusal(settings)


async def test_another_schema_is_refused(town: Municipality, database: Path, tmp_path: Path) -> None:
    assert "pishkhan migrate" in await refusal(ready(tmp_path / "new.db"))
    town.sql("UPDATE alembic_version SET version_num = '9999'")
    assert "newer" in await refusal(ready(database))


async def test_a_database_address_that_cannot_be_is_refused(database: Path) -> None:
    settings = ready(database)
    settings.database_url = "mysql://localhost/x"
    assert "PISHKHAN_DATABASE_URL" in await refusal(settings)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("state = 'dreaming'", "which this code does not know"),
        ("version = 0", "run `pishkhan migrate`"),
        ("version = 9", "run the newer Pishkhan"),
        ("service = 'flying'", "no such service"),
    ],
)
async def test_live_requests_that_cannot_be_run_are_refused(
    town: Municipality, database: Path, change: str, said: str
) -> None:
    await town.order()
    town.sql(f"UPDATE requests SET {change}")  # noqa: S608 - of this table of cases
    assert said in await refusal(ready(database))


def test_each_unknown_state_is_named() -> None:
    services: Mapping[str, object] = {"machinery": replace(MACHINERY_WORK, version=2)}
    lines = describe_state_faults([("machinery", 1, "paid"), ("taxi", 1, "asked")], services)  # type: ignore[arg-type]  # services
    assert [("'paid'" in line, "'taxi'" in line) for line in lines] == [(True, False), (False, True)]


async def test_a_process_serves_until_it_is_told_to_stop(database: Path) -> None:
    settings = ready(database)
    serving = asyncio.create_task(run_server(settings))
    async with ClientSession() as session:
        while not serving.done():
            try:
                answer = await session.get(f"{settings.public_address}/readyz")
            except OSError:
                await asyncio.sleep(0.01)
                continue
            assert answer.status == 200
            break
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(serving, patient(10))


async def test_one_that_is_told_to_stop_while_it_starts_ends_orderly(
    database: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    serving = asyncio.create_task(run_server(ready(database)))
    await asyncio.sleep(0)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(serving, patient(10))
    assert "stopping" in caplog.messages


async def test_a_port_in_use_is_refused(database: Path) -> None:
    settings = ready(database)
    with socket.create_server((settings.host, settings.port)):
        assert f":{settings.port}" in await refusal(settings)
