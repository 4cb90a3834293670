"""The machine's clock is wrong, and set right: texts go out all the same, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import pytest
import pytest_asyncio
from aiohttp import ClientError

from tests.e2e.support.machinery_story import Story
from tests.e2e.support.office_setup import furnish
from tests.e2e.support.people import Desk, Phone
from tests.e2e.support.program_runs import Death
from tests.faults.conftest import ENGINES
from tests.faults.support.mortal_office import MortalOffice, mortal_office
from tests.support.patience import patient

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

SOON = 8.0
"""Seconds in which a text must have come: less than any lease lasts."""


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=ENGINES)
async def office(request: pytest.FixtureRequest) -> AsyncIterator[MortalOffice]:
    """An office on each database, open."""
    async with mortal_office(request.param, furnish) as opened:
        await opened.open()
        yield opened
        assert await opened.close() == 0
        opened.assert_clean_log()


async def test_a_clock_that_was_ahead_a_crash_and_a_clock_set_right(office: MortalOffice) -> None:
    """Leases, claims and a queued reply of the dead process lie a year ahead."""
    phone = Phone(office, "09125550001")
    right = office.clock.now()
    office.clock.set(right + timedelta(days=365))
    await phone.says("راهنما", "sms.help*")
    await office.crash()
    await office.open(Death("inbound"))
    with suppress(ClientError):
        await office.webhooks.inbound(phone.mobile, "پیگیری", messageid=1_405_365)
    assert office.server
    assert await office.server.ends_within(SOON)
    office.clock.set(right)
    await office.open()
    async with asyncio.timeout(patient(SOON)):
        await phone.reads()
        await phone.says("راهنما", "sms.help*")


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=400)])
async def test_a_clock_that_steps_back_stops_no_job(office: MortalOffice, back: timedelta) -> None:
    """A message that a command queues is sent by the job of the interval alone."""
    phone, desk = Phone(office, f"0912555{back.days:04}"), Desk(office)
    story = await Story(phone, desk).reaches("submitted")
    office.clock.set(office.clock.now() - back)
    await desk.does("reject", story.code, reason="تکراری")
    async with asyncio.timeout(patient(SOON)):
        await phone.hears("notices.reject")
    assert await office.is_ready()
    assert f"the clock was set by {-back.total_seconds():+.0f}"[:-2] in office.said
