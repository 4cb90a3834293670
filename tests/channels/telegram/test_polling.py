"""The poller of a bot before a real desk: an offset moves over what is durable only, one chat's updates in order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from channels.telegram.arrangement import Pauses
from channels.telegram.link import Link
from channels.telegram.polling import poll
from channels.telegram.reception import Reception
from domain.ports import Store
from tests.channels.telegram.conftest import Flickering, soon, texts
from tests.fakes.bot_api import FakeBotApi, Fault
from tests.fakes.bot_people import Person
from tests.support.municipality import Municipality

TEXTS = [f"متن {number}" for number in range(5)]


@asynccontextmanager
async def polling(town: Municipality, link: Link, store: Store | None = None) -> AsyncIterator[Reception]:
    """The poller, until the block ends."""
    reception = Reception(town.desk, store or town.store, link)
    task = asyncio.create_task(poll(link, reception, Pauses(soon)))
    try:
        yield reception
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await reception.close()


async def confirmed(messenger: FakeBotApi) -> None:
    """Wait until everything is confirmed."""
    await messenger.until(lambda: not messenger.updates.pending, "the confirmation")


async def test_each_chat_keeps_its_order(town: Municipality, in_telegram: Link, telegram: FakeBotApi) -> None:
    people = [Person(telegram, name) for name in ("رضا", "سارا", "علی")]
    for text in TEXTS:
        for person in people:
            person.says(text)
    async with polling(town, in_telegram):
        await confirmed(telegram)
    assert [await texts(town, person) for person in people] == [TEXTS] * 3


async def test_nothing_is_confirmed_that_is_not_kept(
    town: Municipality, in_telegram: Link, telegram: FakeBotApi
) -> None:
    reza, store = Person(telegram, "رضا"), Flickering(town.store, away=True)
    for text in TEXTS:
        reza.says(text)
    async with polling(town, in_telegram, store):
        await telegram.until(lambda: len(telegram.called("getUpdates")) >= 3, "further questions")
        assert len(telegram.updates.pending) == len(TEXTS)
        assert store.asked >= 2
        store.away = False
        await confirmed(telegram)
    assert await texts(town, reza) == TEXTS


async def test_what_was_kept_and_not_confirmed_is_not_acted_on_again(
    town: Municipality, in_telegram: Link, telegram: FakeBotApi
) -> None:
    reza = Person(telegram, "رضا")
    reza.says("سلام")
    unconfirmed = Fault("cut_before", method="getUpdates")
    async with polling(town, in_telegram):
        await telegram.until(lambda: bool(telegram.called("getUpdates")), "the first question")
        telegram.fail_next(unconfirmed, times=100)
        await telegram.until(lambda: len(telegram.faults) < 99, "the end of the first round")
    assert (len(telegram.updates.pending), await texts(town, reza)) == (1, ["سلام"])
    telegram.faults.clear()
    async with polling(town, in_telegram):
        await confirmed(telegram)
    assert await texts(town, reza) == ["سلام"]
    async with town.store.unit(write=False) as uow:
        assert len(await uow.outbox.recent(recipient=str(reza.id), limit=10)) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", 401), Fault("status", 409), Fault("status", 429, retry_after=1), Fault("status", 502),
        Fault("cut_before"), Fault("cut_after"), Fault("garbage"),
    ],
    ids=str,
)  # fmt: skip
async def test_it_goes_on_after(town: Municipality, in_telegram: Link, telegram: FakeBotApi, fault: Fault) -> None:
    reza = Person(telegram, "رضا")
    reza.says("سلام")
    telegram.fail_next(Fault(fault.kind, fault.value, fault.retry_after, method="getUpdates"))
    async with polling(town, in_telegram):
        await confirmed(telegram)
    assert await texts(town, reza) == ["سلام"]


async def test_it_goes_on_after_an_outage(town: Municipality, in_telegram: Link, telegram: FakeBotApi) -> None:
    reza = Person(telegram, "رضا")
    async with polling(town, in_telegram):
        await telegram.until(lambda: bool(telegram.called("getUpdates")), "the first question")
        await telegram.stop()
        reza.says("سلام")
        await telegram.start()
        await confirmed(telegram)
    assert await texts(town, reza) == ["سلام"]


async def test_an_update_that_nobody_can_read_holds_up_none(
    town: Municipality, in_telegram: Link, telegram: FakeBotApi
) -> None:
    reza = Person(telegram, "رضا")
    telegram.updates.add("message", reza.id, {"text": "of nobody, in no chat"})
    telegram.updates.add("message_of_tomorrow", reza.id, {"x": 1})
    reza.says("سلام")
    async with polling(town, in_telegram):
        await confirmed(telegram)
    assert await texts(town, reza) == ["سلام"]


async def test_a_slow_file_holds_up_its_own_chat_only(
    town: Municipality, in_telegram: Link, telegram: FakeBotApi
) -> None:
    reza, sara = Person(telegram, "رضا"), Person(telegram, "سارا")
    reza.sends_file(b"%PDF", "a.pdf", "application/pdf")
    sara.says("سلام")
    telegram.fail_next(Fault("slow", 0.8, method="file"))
    async with polling(town, in_telegram):
        async with asyncio.timeout(10):
            while not await texts(town, sara):  # noqa: ASYNC110 - it appears in the database, which tells nobody
                await asyncio.sleep(0.01)
        assert await texts(town, reza) == []
        await confirmed(telegram)
    assert await texts(town, reza) == ["a.pdf"]
