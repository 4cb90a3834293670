"""A bot whose process dies at each step, polled and by webhook: nothing is done twice, and no reply is never seen."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any

import pytest
import pytest_asyncio

from channels.relay.relay import SENDS_AT_ONCE
from domain.values.identifiers import parse_mobile as mobile_stored
from tests.e2e.support.bot_office import Mode, bot_settings
from tests.e2e.support.office_setup import furnish
from tests.e2e.support.program_runs import KILLED, Death
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.bot_people import Person
from tests.faults.conftest import POSTGRESQL
from tests.faults.support.mortal_office import MortalOffice, mortal_office
from tests.support.patience import patient

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

FORM = ("ماشین", "لودر", "۳", "پس‌فردا", "۱۱", "روستای قلعه، پشت مدرسه", "تایید")
"""A machine asked for, one answer after the other."""

STEPS = ("inbound_open", "chat", "claim", "bot_accepted", "mark", "mark_open")
"""Inside the unit that takes an update in, after its commit, after the claim of the reply, after the messenger took it,
before and inside the unit that marks it."""

SECONDS = 60.0
"""Time limit on however busy a machine."""
LEASE_SECONDS = 16
"""More than the leases of a dead process last: the next one polls then."""

CLAIM_MINUTES = 3
"""More than a claim lasts: what was under way when the process died is `unknown` then."""

KILLS = int(os.environ.get("KILLS", "4"))
"""Blows in a row; `make chaos` deals thirty."""

PEOPLE = 6
TEXTS = ("ماشین لودر ۴ ساعت فردا ساعت ۸ خیابان {number}", "راهنما", "تعرفه لودر ۴ ساعت", "درخواست‌های من")

UNDER_WAY = "SELECT id FROM outbox WHERE state IN ('queued', 'sending')"

_MOBILES = count(9_120_100_001)


@dataclass(slots=True)
class Town:
    """A mortal office with a bot in Telegram; `died` counts the deaths of its server."""

    office: MortalOffice
    messenger: FakeBotApi
    died: int = 0

    async def newcomer(self) -> Person:
        """A person whose chat has proved a mobile, and who has read what was said to that."""
        person = Person(self.messenger, "رضا", f"98{next(_MOBILES)}")
        person.starts()
        person.shares_contact()
        await self.takes_all()
        await self.settles()
        return person

    async def hears_of(self, person: Person, answer: str) -> None:
        """Let a person say something, and hear of it, unless the server dies over it: its relay may have claimed the
        reply already, which is then under way until the claim runs out.
        """
        heard, died = len(person.messages), self.died
        person.says(answer)
        await self.takes_all()
        await self._until(lambda: len(person.messages) > heard or self._end().done() or self.died > died)

    async def takes_all(self) -> None:
        """Wait until everything that people did is confirmed; a server that died is started again."""
        while self.messenger.updates.pending:
            await self.revives()
            await self._until(lambda: not self.messenger.updates.pending or self._end().done())

    async def settles(self) -> None:
        """Let the claims of the dead run out, and wait until nothing is under way."""
        async with asyncio.timeout(patient(SECONDS)):
            while await self.office.database.rows(UNDER_WAY) or self._end().done():
                await self.revives()
                self.office.advance(minutes=CLAIM_MINUTES)
                await asyncio.sleep(0.2)

    async def _until(self, so: Callable[[], bool]) -> None:
        """Wait for something at the messenger, or for the end of the server."""
        async with asyncio.timeout(patient(SECONDS)):
            while not so():
                changed = asyncio.ensure_future(self.messenger.updates.changed.wait())
                try:
                    await asyncio.wait({changed, self._end()}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    changed.cancel()

    def _end(self) -> "asyncio.Future[Any]":
        """The end of the server that was started last."""
        assert self.office.server
        return self.office.server.ended

    async def revives(self) -> None:
        """Start the server again if it died."""
        while self._end().done():
            assert self._end().result() == KILLED, self.office.said
            self.died += 1
            self.office.advance(seconds=LEASE_SECONDS)
            await self.office.open()


@asynccontextmanager
async def town_on(engine: str, mode: Mode) -> AsyncIterator[Town]:
    """A furnished office with a bot, open."""
    async with (
        FakeBotApi() as messenger,
        mortal_office(engine, furnish, settings=bot_settings("TELEGRAM", messenger, mode)) as office,
    ):
        messenger.updates.front = [office.url]
        await office.open()
        yield Town(office, messenger)
        assert await office.close() == 0
        office.assert_clean_log()


@pytest_asyncio.fixture(
    scope="module",
    loop_scope="module",
    params=[("sqlite", "polling"), pytest.param(("postgresql", "webhook"), marks=POSTGRESQL)],
    ids="-".join,
)
async def town(request: pytest.FixtureRequest) -> AsyncIterator[Town]:
    async with town_on(*request.param) as opened:
        yield opened


@pytest.mark.parametrize("at", [pytest.param(1, marks=pytest.mark.day), 4])
@pytest.mark.parametrize("step", STEPS)
async def test_a_dialogue_outlives_the_process(town: Town, step: str, at: int) -> None:
    reza, died = await town.newcomer(), town.died
    await town.office.close()
    await town.office.open(Death(step, at))
    for answer in FORM:
        await town.hears_of(reza, answer)
    await town.settles()
    assert town.died == died + 1
    await asked_once(town, reza)
    await all_seen(town, reza, replies=len(FORM) + 2)


async def test_no_reply_is_never_seen_however_often_it_is_killed(town: Town) -> None:
    """Blows at any moment, two in a row before what was under way comes to rest: so resends are hit too."""
    people = [await town.newcomer() for _ in range(PEOPLE)]
    chance, died = Random(KILLS), town.died
    for kill in range(KILLS):
        for person in people:
            person.says(TEXTS[kill % len(TEXTS)].format(number=kill))
        await asyncio.sleep(chance.uniform(0, 0.3))
        await town.office.crash()
        await town.revives()
        await town.takes_all()
        if kill % 2:
            await town.settles()
    await town.settles()
    assert town.died == died + KILLS
    resent = [await all_seen(town, person, replies=KILLS + 2) for person in people]
    orders = len([kill for kill in range(KILLS) if "ماشین" in TEXTS[kill % len(TEXTS)]])
    mobiles = ", ".join(f"'{mobile_stored(person.mobile)}'" for person in people)
    [made] = await town.office.database.rows(f"SELECT count(*) AS n FROM requests WHERE mobile IN ({mobiles})")  # noqa: S608
    assert made["n"] == orders * PEOPLE
    print(f"{KILLS} kills: {PEOPLE * (KILLS + 2)} replies, {sum(resent)} sent again, none unseen")


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


async def all_seen(town: Town, person: Person, replies: int) -> int:
    """Each reply reached the person; once more at most for each time that it was under way at a death. How often that
    was.
    """
    asked = f"SELECT text, state, resends FROM outbox WHERE recipient = '{person.id}'"  # noqa: S608
    rows = await town.office.database.rows(asked)
    sent = Counter(row["text"] for row in rows if row["state"] == "sent")
    again = Counter([row["text"] for row in rows for _ in range(row["resends"])])
    heard = Counter(message.raw for message in person.messages)
    assert len(rows) == sent.total() >= replies, "none is unknown for good"
    assert again.total() <= SENDS_AT_ONCE * town.died
    assert sent <= heard <= sent + again
    return again.total()
