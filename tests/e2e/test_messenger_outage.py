"""An hour without Telegram: nobody else notices, and its notices arrive in order, or by SMS, each once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from itertools import count

import pytest
import pytest_asyncio

from app.ids import RandomIds
from domain.messages.records import MessageClass, OutboxMessage
from domain.values.identifiers import parse_mobile as mobile_stored
from store.unit_of_work import SqlStore
from tests.e2e.conftest import new_phone
from tests.e2e.support.bot_office import BotOffice, bot_office
from tests.e2e.support.office import Office
from tests.e2e.support.text_matching import render_text
from tests.fakes.bot_people import Person
from tests.support.patience import patient

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

CHATS, NOTICES = 50, 1000
PATIENCE = timedelta(minutes=60)
KEEPS = timedelta(hours=72)
NUMBERS = count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bots() -> AsyncIterator[BotOffice]:
    """An office whose messengers take messages as fast as they come."""
    fast = {f"PISHKHAN_{name}__RATE": "1000" for name in ("TELEGRAM", "BALE")}
    async with bot_office("sqlite", "webhook", settings=fast) as opened:
        assert (await opened.office.run("migrate")).code == 0
        await opened.office.open()
        yield opened
        assert await opened.office.close() == 0
        opened.office.assert_clean_log()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def people(bots: BotOffice) -> Sequence[Person]:
    """People whose chats in Telegram have proved their mobiles."""
    found = [Person(bots.telegram, f"شهروند {number}", f"98913{number:07}") for number in range(CHATS)]
    for person in found:
        person.starts()
        person.shares_contact()
    for person in found:
        await person.hears(render_text("chat.welcome"))
    return found


async def queue(office: Office, people: Sequence[Person]) -> list[list[str]]:
    """Queue the notices, one chat after the other in turn; the texts of each person, in order."""
    store, ids, now = await SqlStore.connect(office.settings["PISHKHAN_DATABASE_URL"]), RandomIds(), office.now
    texts: list[list[str]] = [[] for _ in people]
    try:
        async with store.open_unit() as uow:
            for number in range(NOTICES):
                at = number % len(people)
                person = people[at]
                texts[at].append(f"خبر {next(NUMBERS)} برای شما")
                notice = OutboxMessage(
                    id=ids.new_id(),
                    channel="telegram",
                    recipient=str(person.id),
                    cls=MessageClass.NOTICE,
                    key="test",
                    text=texts[at][-1],
                    created_at=now,
                    not_before=now,
                    expires_at=now + KEEPS,
                    mobile=mobile_stored(person.mobile),
                    moves_at=now + PATIENCE,
                )
                await uow.outbox.add(notice)
    finally:
        await store.close()
    return texts


def by_chat(person: Person) -> list[str]:
    """The notices that came into a chat."""
    return [message.text for message in person.messages if message.text.startswith("خبر")]


def by_text(office: Office, person: Person) -> list[str]:
    """The notices that came by SMS."""
    mobile = "0" + person.mobile.removeprefix("98")
    return [sent.message for sent in office.panel.of(mobile) if sent.message.startswith("خبر")]


async def others_are_served(bots: BotOffice) -> None:
    """By SMS and in Bale one is answered as ever."""
    await new_phone(bots.office).says("راهنما", "sms.help*")
    neighbour = Person(bots.bale, "همسایه", f"98914{next(NUMBERS):07}")
    neighbour.starts()
    await neighbour.hears()


async def gone(bots: BotOffice) -> None:
    """Telegram goes, and the server has noticed: what is sent over a line that is just being cut may have arrived, and
    is never sent again.
    """
    await bots.telegram.stop()
    await others_are_served(bots)


async def nothing_is_claimed(office: Office) -> None:
    """Claimed messages are back in the queue: a claim that runs out, since much time passes, while its message is on
    the way leads to a second one, as a process that stood still would, or to one in doubt, which does not go by SMS."""
    async with asyncio.timeout(patient(30)):
        while await office.cli("outbox", "list", "--state", "sending"):  # noqa: ASYNC110 - it goes on in another process
            await asyncio.sleep(0.05)


@pytest.mark.day
async def test_what_waited_is_delivered_in_order(bots: BotOffice, people: Sequence[Person]) -> None:
    await gone(bots)
    texts = await queue(bots.office, people)
    for _ in range(5):
        await others_are_served(bots)
        await nothing_is_claimed(bots.office)
        bots.office.advance(minutes=10)
    await nothing_is_claimed(bots.office)
    await bots.telegram.start()
    await bots.telegram.until(lambda: sum(len(by_chat(one)) for one in people) >= NOTICES, "all notices")
    assert [by_chat(one) for one in people] == texts
    assert [by_text(bots.office, one) for one in people] == [[] for _ in people]


async def test_what_waited_too_long_goes_by_sms(bots: BotOffice, people: Sequence[Person]) -> None:
    before = [len(by_chat(one)) for one in people]
    await gone(bots)
    texts = await queue(bots.office, people)
    await others_are_served(bots)
    await nothing_is_claimed(bots.office)
    bots.office.advance(minutes=PATIENCE.total_seconds() / 60 + 1)
    panel = bots.office.panel
    await panel.wait_until(lambda: sum(len(by_text(bots.office, one)) for one in people) >= NOTICES, "all notices")
    await bots.telegram.start()
    await others_are_served(bots)
    assert [by_text(bots.office, one) for one in people] == texts
    assert [len(by_chat(one)) for one in people] == before


async def test_a_server_that_is_stopped_leaves_nothing_in_doubt(bots: BotOffice, people: Sequence[Person]) -> None:
    before = [len(by_chat(one)) for one in people]
    texts = await queue(bots.office, people)
    await bots.telegram.until(lambda: sum(len(by_chat(one)) for one in people) > sum(before) + 100, "notices")
    assert await bots.office.close() == 0
    await bots.office.open()
    await bots.telegram.until(lambda: sum(len(by_chat(one)) for one in people) >= sum(before) + NOTICES, "all notices")
    assert [by_chat(one)[first:] for one, first in zip(people, before, strict=True)] == texts
    unknown = await bots.office.cli("outbox", "list", "--state", "unknown")
    assert [row for row in unknown if row["channel"] == "telegram"] == []
