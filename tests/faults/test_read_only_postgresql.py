"""PostgreSQL that can only be read: a hot standby, until it is promoted."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e.support.office_setup import furnish
from tests.e2e.support.people import Phone
from tests.faults.support.mortal_office import DurableServer, MortalOffice, mortal_office
from tests.faults.support.outage_probes import SHORT, assert_refused, assert_told, wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.postgresql, pytest.mark.asyncio]

PROMOTED_SECONDS = 20.0


@pytest_asyncio.fixture
async def office() -> AsyncIterator[MortalOffice]:
    """An office on PostgreSQL, with short limits; not opened."""
    async with mortal_office("postgresql", furnish, settings=SHORT) as made:
        yield made
        made.assert_clean_log()


async def test_a_standby_is_told_and_served_from_once_it_is_promoted(office: MortalOffice) -> None:
    primary = office.postgresql
    assert isinstance(primary, DurableServer)
    phone = Phone(office, "09125570001")
    with primary.standby() as standby:
        database = office.settings["PISHKHAN_DATABASE_URL"].rpartition("/")[2]
        office.settings["PISHKHAN_DATABASE_URL"] = standby.url(database)
        await office.begin()
        await wait_until(lambda: answers(office), PROMOTED_SECONDS)
        await assert_refused(office, phone.mobile, "راهنما", 1_407_000)
        await asyncio.sleep(2)  # jobs fail meanwhile, many times, and the log does not tell each
        await assert_told(office, "read_only")
        await standby.promote()
        await wait_until(office.is_ready, PROMOTED_SECONDS)
        [(status, _)] = await office.webhooks.inbound(phone.mobile, "راهنما", messageid=1_407_000)
        assert status == 200
        await phone.hears("sms.help*")
        assert await office.close() == 0


async def answers(office: MortalOffice) -> bool:
    """Whether the server listens, ready or not."""
    return "ready on" in office.complained
