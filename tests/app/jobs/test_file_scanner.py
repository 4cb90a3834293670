"""Whether the scanner of files answers, as monitoring and `check --connect` say it."""

from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from pydantic import ValidationError

from app.checking.connections import examine_connections
from app.configuration.sections import UploadSettings
from app.configuration.settings import Settings
from app.http.server import build_application
from app.parts import open_parts
from tests.fakes.clamd import FakeClamd
from tests.support.municipality import Municipality


async def test_a_scanner_that_is_away_is_said_and_stops_nothing_else(town: Municipality, database: Path) -> None:
    async with FakeClamd() as clamd:
        uploads = UploadSettings(clamd=clamd.address)
        settings = Settings(demo=True, database_url=f"sqlite:///{database}", uploads=uploads)
        async with open_parts(settings) as parts, TestClient(TestServer(build_application(parts))) as client:
            assert (await (await client.get("/readyz")).json())["file_scanner"] == "ready"
            assert (await examine_connections(settings)).faults == []
            await clamd.stop()
            answer = await client.get("/readyz")
            assert (answer.status, (await answer.json())["file_scanner"]) == (200, "unavailable")
            [fault] = (await examine_connections(settings)).faults
            assert fault.startswith("PISHKHAN_UPLOADS__CLAMD: clamd does not answer")


def test_what_is_no_address_is_no_setting() -> None:
    with pytest.raises(ValidationError, match="HOST:PORT"):
        UploadSettings(clamd="clamd.ctl")
