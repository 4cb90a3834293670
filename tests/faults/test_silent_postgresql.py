"""PostgreSQL falls silent: a network that swallows, a server that hangs. Nobody waits for long, and all goes on."""

import asyncio
import os
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
import pytest_asyncio
from sqlalchemy import make_url

from tests.e2e.support.office import START_SECONDS
from tests.e2e.support.office_setup import furnish
from tests.e2e.support.people import Phone
from tests.fakes.black_hole import BlackHole
from tests.faults.support.mortal_office import MortalOffice, mortal_office
from tests.faults.support.outage_probes import (
    ANSWER_SECONDS,
    PANEL_PATIENCE_SECONDS,
    SHORT,
    assert_refused,
    readiness,
    wait_until,
)
from tests.support.patience import patient

pytestmark = [pytest.mark.e2e, pytest.mark.postgresql, pytest.mark.asyncio(loop_scope="module")]

UNANSWERED = "the database cannot be used (no_answer): "
STOP_SECONDS = 8.0
"""SIGTERM ends a process within five, on a machine of its own."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office() -> AsyncIterator[MortalOffice]:
    """An office on PostgreSQL, with short limits; not opened."""
    async with mortal_office("postgresql", furnish, settings=SHORT) as made:
        yield made
        made.assert_clean_log()


@asynccontextmanager
async def behind(office: MortalOffice) -> AsyncIterator[BlackHole]:
    """Open the office behind a network that can swallow everything."""
    url = make_url(office.settings["PISHKHAN_DATABASE_URL"])
    async with BlackHole(url.port or 0) as network:
        office.settings["PISHKHAN_DATABASE_URL"] = url.set(port=network.port).render_as_string(hide_password=False)
        await office.open()
        try:
            yield network
        finally:
            office.settings["PISHKHAN_DATABASE_URL"] = url.render_as_string(hide_password=False)


@contextmanager
def hanging(office: MortalOffice) -> Iterator[None]:
    """Stop the server and every process of its sessions, as a machine does that swaps itself to death."""
    assert office.postgresql
    postmaster = office.postgresql.pid
    found = subprocess.run(["pgrep", "--parent", str(postmaster)], capture_output=True, text=True, check=True)
    processes = [postmaster, *map(int, found.stdout.split())]
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


async def ends(office: MortalOffice) -> None:
    """The process obeys SIGTERM, in order."""
    assert office.server
    office.server.signal(signal.SIGTERM)
    assert await office.server.ends_within(patient(STOP_SECONDS)), office.said
    assert office.server.ended.result() == 0


async def test_connections_that_die_silently_are_replaced(office: MortalOffice) -> None:
    phone = Phone(office, "09125560001")
    async with behind(office) as network:
        await phone.says("راهنما", "sms.help*")
        network.swallow(new=False)
        for messageid in range(1_406_000, 1_406_010):
            [(status, _)] = await office.webhooks.inbound(phone.mobile, "راهنما", messageid=messageid)
            if status == 200:
                break
        await phone.hears("sms.help*")
        await wait_until(office.is_ready, ANSWER_SECONDS)
        assert UNANSWERED in office.complained
        assert await office.close() == 0


async def test_while_nothing_comes_back_calls_are_refused_and_sigterm_is_obeyed(office: MortalOffice) -> None:
    async with behind(office) as network:
        network.swallow(new=True)
        assert await assert_refused(office, "09125560002", "راهنما", 1_406_020) < patient(ANSWER_SECONDS)
        assert (await readiness(office))[1]["cause"] == "no_answer"
        await ends(office)


async def test_a_panel_is_answered_in_time_under_the_usual_limits(office: MortalOffice) -> None:
    usual = {name: value for name, value in office.settings.items() if name not in SHORT}
    short, office.settings = office.settings, usual
    await office.open()
    await Phone(office, "09125560009").says("راهنما", "sms.help*")
    with hanging(office):
        assert await assert_refused(office, "09125560009", "راهنما", 1_406_040) < patient(PANEL_PATIENCE_SECONDS)
    await wait_until(office.is_ready, ANSWER_SECONDS)
    office.settings = short
    [(status, _)] = await office.webhooks.inbound("09125560009", "راهنما", messageid=1_406_040)
    assert (status, await office.close()) == (200, 0)


async def test_a_server_that_hangs_is_told_and_outlived(office: MortalOffice) -> None:
    phone = Phone(office, "09125560003")
    await office.open()
    await phone.says("راهنما", "sms.help*")
    before = len(office.complained)
    with hanging(office):
        assert await assert_refused(office, phone.mobile, "راهنما", 1_406_030) < patient(ANSWER_SECONDS)
        status, told = await readiness(office)
        assert (status, told["cause"]) == (503, "no_answer")
    await wait_until(office.is_ready, ANSWER_SECONDS)
    [(status, _)] = await office.webhooks.inbound(phone.mobile, "راهنما", messageid=1_406_030)
    assert status == 200
    await phone.hears("sms.help*")

    async def is_told() -> bool:  # its log is read beside its answers
        return UNANSWERED in office.complained[before:]

    await wait_until(is_told, ANSWER_SECONDS)
    assert office.complained[before:].count(UNANSWERED) == 1
    with hanging(office):
        await ends(office)


async def test_a_start_that_waits_for_a_silent_host_obeys_sigterm(office: MortalOffice) -> None:
    url = office.settings["PISHKHAN_DATABASE_URL"]
    with socket.create_server(("127.0.0.1", 0)) as silent:
        office.settings["PISHKHAN_DATABASE_URL"] = f"postgresql://postgres@127.0.0.1:{silent.getsockname()[1]}/x"
        office.settings["PISHKHAN_DATABASE__CONNECT_TIMEOUT"] = "60"
        office.settings["PISHKHAN_DATABASE__WAIT_TIMEOUT"] = "60"
        silent.setblocking(False)
        await office.begin()
        connection, _ = await asyncio.wait_for(asyncio.get_running_loop().sock_accept(silent), patient(START_SECONDS))
        with connection:
            await ends(office)
    office.settings |= {"PISHKHAN_DATABASE_URL": url, **SHORT}
