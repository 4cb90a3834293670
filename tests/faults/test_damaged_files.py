"""The SQLite file in bad nights: a damaged page, another file in its place, no room, another owner."""

import os
import sqlite3
import subprocess
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from aiohttp import ClientSession

from tests.e2e.support.office import START_SECONDS, Office
from tests.e2e.support.office_setup import furnish
from tests.e2e.support.people import Phone
from tests.e2e.support.program_runs import PROGRAM, Order, Run, Starter, cold, spawned
from tests.faults.conftest import ENGINES
from tests.faults.support.mortal_office import MortalOffice, mortal_office
from tests.faults.support.outage_probes import (
    ANSWER_SECONDS,
    PANEL_PATIENCE_SECONDS,
    assert_refused,
    assert_told,
    wait_until,
)
from tests.support.database_tampering import damage_a_page
from tests.support.patience import patient

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio]

METRICS_TOKEN = "the-token-of-the-watch"


@pytest_asyncio.fixture(params=["sqlite"])
async def office(request: pytest.FixtureRequest) -> AsyncIterator[MortalOffice]:
    """An office on each database, not opened."""
    async with mortal_office(request.param, furnish) as made:
        yield made
        made.assert_clean_log()


def file_of(office: Office) -> Path:
    """Its database."""
    return Path(office.settings["PISHKHAN_DATABASE_URL"].removeprefix("sqlite:///"))


async def damage(office: MortalOffice) -> None:
    """Break the first page of the dialogues, where a failing disk might."""
    if office.postgresql is None:
        damage_a_page(file_of(office), "dialogues")
        return
    server = await asyncpg.connect(office.database.url)
    await server.execute("INSERT INTO dialogues (channel, address, state, expires_at) VALUES ('sms', 'x', '{}', now())")
    await server.execute("CHECKPOINT")
    path = await server.fetchval("SELECT pg_relation_filepath('dialogues')")
    await server.close()
    office.postgresql.damage(path)


@pytest.mark.parametrize("office", ENGINES, indirect=True)
async def test_a_damaged_page_is_told_and_stops_nothing_else(office: MortalOffice) -> None:
    await damage(office)
    await office.begin()
    # Not "until it is ready": a job that begins with the server may be the first to meet the page.
    await wait_until(lambda: listens(office), START_SECONDS)
    phone = Phone(office, "09125580001")
    await assert_refused(office, phone.mobile, "ماشین", 1_408_000)
    await assert_told(office, "damaged")
    await assert_refused(office, phone.mobile, "ماشین", 1_408_001)
    await assert_told(office, "damaged")
    assert await office.close() == 0


@pytest.mark.parametrize("is_replaced", [True, False])
async def test_a_file_that_was_moved_takes_no_text(office: MortalOffice, *, is_replaced: bool) -> None:
    """Another one stands in its place, or none; a text that it took would be lost with it."""
    office.settings["PISHKHAN_METRICS__TOKEN"] = METRICS_TOKEN
    await office.open()
    file, moved = file_of(office), file_of(office).with_suffix(".moved")
    file.rename(moved)
    if is_replaced:
        with closing(sqlite3.connect(moved)) as source, closing(sqlite3.connect(file)) as target:
            source.backup(target)
    await assert_refused(office, "09125580002", "راهنما", 1_408_020)
    await assert_told(office, "replaced")
    assert "pishkhan_job_late" in await read_metrics(office)
    moved.rename(file)
    [(status, _)] = await office.webhooks.inbound("09125580002", "راهنما", messageid=1_408_020)
    assert status == 200, "it is back: the same text is taken now, for the first time"
    assert await office.close() == 0
    await office.open()
    await Phone(office, "09125580002").says("راهنما", "sms.help*")
    assert await office.close() == 0


async def test_a_file_that_another_program_holds_keeps_no_panel_waiting(office: MortalOffice) -> None:
    await office.open()
    with closing(sqlite3.connect(file_of(office), isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        assert await assert_refused(office, "09125580006", "راهنما", 1_408_030) < patient(PANEL_PATIENCE_SECONDS)
        holder.execute("ROLLBACK")
    await wait_until(office.is_ready, ANSWER_SECONDS)
    [(status, _)] = await office.webhooks.inbound("09125580006", "راهنما", messageid=1_408_030)
    assert status == 200
    assert await office.close() == 0


async def read_metrics(office: MortalOffice) -> str:
    """Return what `/metrics` answers."""
    headers = {"Authorization": f"Bearer {METRICS_TOKEN}"}
    async with ClientSession() as session, session.get(f"{office.url}/metrics", headers=headers) as answer:
        assert answer.status == 200
        return await answer.text()


async def test_a_file_that_the_service_may_only_read_is_told(office: MortalOffice, as_nobody: Starter) -> None:
    """It belongs to somebody else, as after a command that was given as root."""
    file = file_of(office)
    file.parent.chmod(0o777)
    file.chmod(0o444)
    office.start_by(as_nobody)
    await office.begin()
    await wait_until(lambda: listens(office), START_SECONDS)
    assert await assert_refused(office, "09125580003", "راهنما", 1_408_010) < patient(ANSWER_SECONDS)
    await assert_told(office, "read_only")
    assert await office.close() == 0


async def listens(office: Office) -> bool:
    """Whether the server takes calls, ready or not."""
    return "ready on" in office.complained


@pytest.fixture
def as_nobody() -> Starter:
    """Start programs as a user who owns nothing; whoever runs the tests without being root is one already."""
    if os.geteuid() != 0:
        return cold
    user = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
    if subprocess.run([*user, PROGRAM, "--version"], capture_output=True, check=False).returncode:
        pytest.skip("nobody may not run the program: it lies in a folder of root's own")

    async def start(order: Order) -> Run:
        with order.out.open("ab") as out, order.err.open("ab") as err:
            command = (*user, str(PROGRAM), *order.arguments)
            process = await spawned(command, order.environment, order.home, stdin=DEVNULL, stdout=out, stderr=err)
        return Run(process.pid, process.wait())

    return start
