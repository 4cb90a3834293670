"""A bot whose process dies at each step, polled and by webhook: the dialogue goes on, nothing is done or said twice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
import pytest_asyncio

from domain.people import mobile as mobile_stored
from tests.e2e.messengers import Mode, bot_settings
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.bot_people import Person
from tests.faults.conftest import POSTGRESQL
from tests.faults.office import MortalOffice, mortal_office
from tests.faults.runs import KILLED, Death

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

FORM = ("ماشین", "لودر", "۳", "پس‌فردا", "۱۱", "روستای قلعه، پشت مدرسه", "تایید")
"""A machine asked for, one answer after the other."""

STEPS = ("inbound_open", "chat", "claim", "bot_accepted", "mark", "mark_open")
"""Inside the unit that takes an update in, after its commit, after the claim of the reply, after the messenger took it,
before and inside the unit that marks it."""

SECONDS = 30.0
CLAIM_MINUTES = 3
"""More than a claim lasts: what was under way when the process died is `unknown` then."""

UNDER_WAY = "SELECT id FROM outbox WHERE state IN ('queued', 'sending')"

_MOBILES = count(9_120_100_001)


@dataclass(slots=True)
class Town:
    """A mortal office with a bot in Telegram; `died` counts the deaths of its server."""

    office: MortalOffice
    messenger: FakeBotApi
    died: int = 0

    async def newcomer(self) -> Person:
        """A person whose chat has proved a mobile."""
        person = Person(self.messenger, "رضا", f"98{next(_MOBILES)}")
        person.starts()
        person.shares_contact()
        await self.takes_all()
        return person

    async def takes_all(self) -> None:
        """Wait until everything that people did is confirmed; a server that died is started again."""
        updates = self.messenger.updates
        async with asyncio.timeout(SECONDS):
            while updates.pending:
                await self._revive()
                changed = asyncio.ensure_future(updates.changed.wait())
                await asyncio.wait({changed, self._end()}, return_when=asyncio.FIRST_COMPLETED)
                changed.cancel()

    async def settles(self) -> None:
        """Let the claims of the dead run out, and wait until nothing is under way."""
        await self._revive()
        self.office.advance(minutes=CLAIM_MINUTES)
        async with asyncio.timeout(SECONDS):
            while await self.office.database.rows(UNDER_WAY):  # noqa: ASYNC110 - another process works it off
                await asyncio.sleep(0.1)

    def _end(self) -> "asyncio.Future[Any]":
        """The end of the server that was started last."""
        assert self.office.server
        return self.office.server.ended

    async def _revive(self) -> None:
        """Start the server again if it died."""
        while self._end().done():
            assert self._end().result() == KILLED, self.office.said
            self.died += 1
            await self.office.open()


@asynccontextmanager
async def town_on(engine: str, mode: Mode) -> AsyncIterator[Town]:
    """A furnished office with a bot, open."""
    async with (
        FakeBotApi() as messenger,
        mortal_office(engine, settings=bot_settings("TELEGRAM", messenger, mode)) as office,
    ):
        messenger.updates.front = [office.url]
        await office.open()
        yield Town(office, messenger)
        assert await office.close() == 0
        office.spoke_well()


@pytest_asyncio.fixture(
    scope="module",
    loop_scope="module",
    params=[
        ("sqlite", "polling"),
        ("sqlite", "webhook"),
        pytest.param(("postgresql", "polling"), marks=POSTGRESQL),
        pytest.param(("postgresql", "webhook"), marks=POSTGRESQL),
    ],
    ids="-".join,
)
async def town(request: pytest.FixtureRequest) -> AsyncIterator[Town]:
    async with town_on(*request.param) as opened:
        yield opened


@pytest.mark.parametrize("at", [2, 5])
@pytest.mark.parametrize("step", STEPS)
async def test_a_dialogue_outlives_the_process(town: Town, step: str, at: int) -> None:
    reza, died = await town.newcomer(), town.died
    await town.office.close()
    await town.office.open(Death(step, at))
    for answer in FORM:
        reza.says(answer)
        await town.takes_all()
    await town.settles()
    assert town.died == died + 1
    await asked_once(town, reza)
    await said_once(town, reza)


async def asked_once(town: Town, person: Person) -> None:
    """Every update is known once, with a reply of its own, and what was asked for is there once."""
    mobile = mobile_stored(person.mobile)
    inbox, requests = await town.office.database.read(
        [
            f"SELECT provider_id, reply_id FROM inbox WHERE sender = '{person.id}'",  # noqa: S608
            f"SELECT state, seq FROM requests r JOIN history h ON h.request_id = r.id WHERE mobile = '{mobile}'",  # noqa: S608
        ]
    )
    assert len(inbox) == len({row["provider_id"] for row in inbox}) == len({row["reply_id"] for row in inbox})
    assert len(inbox) == len(FORM) + 2
    assert requests == [{"state": "submitted", "seq": 1}]


async def said_once(town: Town, person: Person) -> None:
    """Each reply reached the person once; one that was under way at the death may have been lost, and is `unknown`."""
    rows = await town.office.database.rows(f"SELECT text, state FROM outbox WHERE recipient = '{person.id}'")  # noqa: S608
    sent = Counter(row["text"] for row in rows if row["state"] == "sent")
    unknown = Counter(row["text"] for row in rows if row["state"] == "unknown")
    heard = Counter(message.raw for message in person.messages)
    assert len(rows) == len(FORM) + 2 == (sent + unknown).total()
    assert unknown.total() <= 1
    assert sent <= heard <= sent + unknown
