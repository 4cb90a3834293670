"""A server killed while it sends a reply, and started again at once: nobody waits for the reply longer than seconds."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import count

import pytest
import pytest_asyncio
from aiohttp import ClientError

from tests.e2e.support.office_setup import furnish
from tests.e2e.support.program_runs import Death
from tests.faults.conftest import ENGINES
from tests.faults.support.mortal_office import MortalOffice, mortal_office
from tests.support.patience import patient

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

MOST_SECONDS = 15.0
"""From the death on, by the real clock: nobody sets the clock forward here."""

NUMBERS = (f"0935600{number:04}" for number in count())


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=ENGINES)
async def office(request: pytest.FixtureRequest) -> AsyncIterator[MortalOffice]:
    """An office whose clock nobody sets."""
    async with mortal_office(request.param, furnish) as made:
        yield made


@pytest.mark.parametrize("step", ["claim", "accepted", "mark"])
async def test_a_reply_under_way_is_late_by_seconds(office: MortalOffice, step: str) -> None:
    mobile = next(NUMBERS)
    await office.open(Death(step))
    with suppress(ClientError):
        await office.webhooks.inbound(mobile, "راهنما")
    assert office.server
    assert await office.server.ends_within(MOST_SECONDS), office.said
    died_at = time.monotonic()
    await office.open()
    while {row["state"] for row in await office.cli("outbox", "list", "--recipient", mobile)} != {"sent"}:
        assert time.monotonic() - died_at < patient(MOST_SECONDS)
        await asyncio.sleep(0.2)
    assert len(office.panel.of(mobile)) == 1
    assert await office.close() == 0
