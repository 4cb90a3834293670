"""Two processes on one PostgreSQL: both take texts, both run jobs; one dies, and nothing is done twice or left."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from itertools import count, repeat
from random import Random

import pytest
import pytest_asyncio

from tests.e2e.support.office_setup import furnish
from tests.e2e.support.program_runs import KILLED, Death
from tests.faults.conftest import Site
from tests.faults.support.mortal_office import MortalOffice, mortal_office, second_process
from tests.faults.support.round import UNSETTLED
from tests.faults.support.round_plan import MACHINERY, Plan, Receipts
from tests.faults.support.state_checks import Expected
from tests.support.patience import patient

pytestmark = [pytest.mark.e2e, pytest.mark.postgresql, pytest.mark.asyncio(loop_scope="module")]

SECONDS = 20.0
BILLED = 6
MOST_ROUNDS = 5
"""Rounds until the one process has died as planned: the other may do all the work while it comes back."""

TAKEN = "/inbound 200"
"""Log line of a process for each text that it takes."""

BEGUN = [(seq, event) for seq, event in enumerate(("submit", "accept", "price", "bill", "expire"), start=1)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def second(site: Site) -> AsyncIterator[MortalOffice]:
    """The second process on the site's database; the panel delivers to either, as it comes."""
    chance = Random(1)
    async with second_process(site.office) as process:
        both = (site.office.webhooks, process.webhooks)
        site.office.entrances = (chance.choice(both) for _ in count())
        await process.open()
        yield process
        assert await process.close() == 0
        process.assert_clean_log()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncIterator[Site]:
    """An office of this module's own: days pass in it."""
    async with mortal_office("postgresql", furnish) as office:
        yield Site(office, Expected())
        assert await office.close() == 0
        office.assert_clean_log()


async def test_both_take_texts_while_one_dies(site: Site, second: MortalOffice) -> None:
    steps = ["inbound", "claim", "committed"]
    for _ in range(MOST_ROUNDS):
        plan = Plan(
            0,
            ("orders", "cancels", "asks", "gives_up", "is_served"),
            ends=tuple(Death(step) for step in steps),
            deliveries=((2, 0), (3, 1), (1, 0)),
            receipts=(Receipts((10,), copies=2), Receipts((11, 10)), Receipts((10,), late=True)),
            seals=True,
        )
        came = await site.sees(plan)
        if not (steps := steps[len(came.died) :]):
            break
    assert steps == []
    either = site.office.entrances
    for process in (site.office, second):
        before = process.said.count(TAKEN)
        site.office.entrances = repeat(process.webhooks)
        await site.plays(Plan(0, ("asks",)))
        assert process.said.count(TAKEN) > before
    site.office.entrances = either


async def test_a_deadline_is_met_once_whoever_dies_over_it(site: Site, second: MortalOffice) -> None:
    """Bills run out while two processes look at the deadlines; each of them dies inside the third that it turns to."""
    office = site.office
    await site.plays(Plan(0, ("is_billed",) * BILLED))
    billed = {citizen.stored for citizen in site.expected.citizens[-BILLED:]}
    for process in (office, second):
        await process.close()
        await process.open(Death("timer_open", 3))
    office.wake_at(10, days=6)
    await both_died(office, second)
    for process in (office, second):
        await process.open()
    await settled(office)
    requests = await office.database.rows("SELECT id, mobile, state FROM requests")
    expired = {row["id"] for row in requests if row["mobile"] in billed and row["state"] == "expired"}
    assert len(expired) == BILLED
    await told_once(office, expired)
    assert (await office.cli("history", "verify"))["faults"] == []


async def both_died(*processes: MortalOffice) -> None:
    """Wait until the server of each was killed, the next one's turn coming when the lease of the one before ran out."""
    servers = [process.server for process in processes]
    async with asyncio.timeout(patient(SECONDS)):
        while not all(server and server.ended.done() for server in servers):
            await asyncio.sleep(0.5)
            processes[0].advance(seconds=16)
    assert [server.ended.result() for server in servers if server] == [KILLED, KILLED]


async def settled(office: MortalOffice) -> None:
    """Wait until no deadline is due any more and no text is under way."""
    due = "SELECT 1 AS one FROM timers WHERE kind = 'deadline' AND at < now()"
    async with asyncio.timeout(patient(SECONDS)):
        while any(await office.database.read([due, UNSETTLED])):
            office.advance(seconds=16)
            await asyncio.sleep(0.3)


async def told_once(office: MortalOffice, expired: set[int]) -> None:
    """Each of these requests has its history, and its citizen was told of the end, once; nothing is booked for it."""
    events = await office.database.rows("SELECT request_id, seq, event FROM history ORDER BY seq")
    sent = {one.localid for one in office.panel.sent}
    texts = await office.database.rows("SELECT id, request_id, key FROM outbox")
    ends = Counter(row["request_id"] for row in texts if row["key"] == f"{MACHINERY}notices.expire")
    assert ends == dict.fromkeys(expired, 1)
    assert [row for row in texts if str(row["id"]) not in sent] == []
    assert office.panel.repeats == 0
    for request in expired:
        assert [(row["seq"], row["event"]) for row in events if row["request_id"] == request] == BEGUN
    booked = await office.database.rows("SELECT request_id FROM bookings")
    assert [row for row in booked if row["request_id"] in expired] == []
