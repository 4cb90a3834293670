"""Two processes with one bot: both take its webhook's updates, one polls; when one dies nothing is lost or doubled."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from domain.values.identifiers import parse_mobile as mobile_stored
from tests.e2e.support.bot_office import Mode, bot_settings
from tests.e2e.support.office_setup import furnish
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.bot_people import Person
from tests.faults.support.mortal_office import MortalOffice, mortal_office, second_process
from tests.faults.test_bots_killed import FORM, SECONDS, UNDER_WAY
from tests.support.patience import patient

pytestmark = [pytest.mark.e2e, pytest.mark.postgresql, pytest.mark.asyncio]

TAKEN_OVER_SECONDS = 3.0
"""Seconds from the death of the process that polls until what was said meanwhile is taken and confirmed."""

PEOPLE = 4
MOBILES = [f"98914{number:07}" for number in range(1, PEOPLE + 1)]


@asynccontextmanager
async def two_processes(mode: Mode) -> AsyncIterator[tuple[MortalOffice, MortalOffice, FakeBotApi]]:
    """An office on PostgreSQL with a second process, both open."""
    async with (
        FakeBotApi() as messenger,
        mortal_office("postgresql", furnish, settings=bot_settings("TELEGRAM", messenger, mode)) as first,
        second_process(first) as second,
    ):
        for process in (first, second):
            await process.open()
        messenger.updates.front = [first.url, second.url]
        yield first, second, messenger


async def taken(messenger: FakeBotApi) -> None:
    """Wait until everything that people did is confirmed."""
    await messenger.until(lambda: not messenger.updates.pending, "the confirmation")


async def fill_in(messenger: FakeBotApi) -> list[Person]:
    """Let several people fill in a form at once, each answer after the one before was heard."""

    async def one(mobile: str) -> Person:
        person = Person(messenger, "رضا", mobile)
        person.starts()
        await person.hears()
        person.shares_contact()
        await person.hears("گزینه‌ها")
        for answer in FORM:
            person.says(answer)
            await person.hears()
        return person

    return list(await asyncio.gather(*map(one, MOBILES)))


async def everything_once(office: MortalOffice, people: list[Person]) -> None:
    """One request a person, every update known once, every reply heard once."""
    async with asyncio.timeout(patient(SECONDS)):
        while await office.database.rows(UNDER_WAY):  # noqa: ASYNC110 - another process works it off
            await asyncio.sleep(0.1)
    requests, inbox, outbox = await office.database.read(
        [
            "SELECT mobile FROM requests",
            "SELECT provider_id FROM inbox WHERE channel = 'telegram'",
            "SELECT recipient, text FROM outbox WHERE channel = 'telegram' AND state = 'sent'",
        ]
    )
    assert sorted(row["mobile"] for row in requests) == sorted(map(mobile_stored, MOBILES))
    assert len({row["provider_id"] for row in inbox}) == len(inbox) == len(people) * (len(FORM) + 2)
    queued = Counter((row["recipient"], row["text"]) for row in outbox)
    heard = Counter((str(person.id), message.raw) for person in people for message in person.messages)
    assert queued == heard


def began_to_poll(process: MortalOffice) -> str:
    """The line, which begins with its moment, by which a process says that it polls now; empty where it never did."""
    return max((line for line in process.complained.splitlines() if "by polling" in line), default="")


async def test_both_take_the_updates_of_one_webhook_each_once() -> None:
    async with two_processes("webhook") as (first, second, messenger):
        people = await fill_in(messenger)
        updates = [delivery.update_id for delivery in messenger.updates.deliveries]
        assert len(set(updates)) == len(updates)
        assert {delivery.address for delivery in messenger.updates.deliveries} == {first.url, second.url}
        await everything_once(first, people)


async def test_copies_that_both_get_at_once_are_one() -> None:
    async with two_processes("webhook") as (first, second, messenger):
        reza = Person(messenger, "رضا", MOBILES[0])
        reza.starts()
        reza.shares_contact()
        await reza.hears("گزینه‌ها")
        for answer in FORM:
            update = reza.says(answer)
            both = [messenger.updates.post_again(update, url) for url in (first.url, second.url) * 2]
            assert await asyncio.gather(*both) == [200] * 4
            await reza.hears()
        await taken(messenger)
        [request] = await first.database.rows("SELECT state FROM requests")
        assert request["state"] == "submitted"
        [known] = await first.database.rows("SELECT count(*) AS n FROM inbox WHERE channel = 'telegram'")
        assert known["n"] == len(FORM) + 2


async def test_one_polls_until_it_dies_and_then_the_other() -> None:
    async with two_processes("polling") as (first, second, messenger):
        people = await fill_in(messenger)
        await everything_once(first, people)
        other, poller = sorted((first, second), key=began_to_poll)
        assert began_to_poll(poller)
        await poller.crash()
        killed = time.monotonic()
        people[0].says("راهنما")
        await messenger.until(lambda: not messenger.updates.pending, "the other one's confirmation")
        assert time.monotonic() - killed < patient(TAKEN_OVER_SECONDS)
        await people[0].hears("یکی را بزنید")
        assert "by polling" in other.complained
        assert messenger.unanswered == []
        assert await other.close() == 0
        other.assert_clean_log()
