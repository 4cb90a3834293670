"""Chats beside each other, each in order: polled, by one webhook of two servers, and when something goes wrong."""

import asyncio
from dataclasses import replace

import pytest

from channels.telegram.link import FILES_AT_ONCE
from tests.channels.telegram.running_bot import Bot, serve_webhook
from tests.fakes.bot_api import Fault
from tests.fakes.bot_people import Person

TEXTS = [f"متن {number}" for number in range(5)]


def texts(bot: Bot, person: Person) -> list[str]:
    """Texts kept of a person, oldest first."""
    return [text for (text,) in bot.town.rows(f"SELECT text FROM inbox WHERE sender = '{person.id}' ORDER BY id")]  # noqa: S608


async def confirmed(bot: Bot) -> None:
    """Wait until the messenger has nothing left for the bot."""
    await bot.messenger.until(lambda: not bot.messenger.updates.pending, "the confirmation")


async def test_each_chat_keeps_its_order(bot: Bot) -> None:
    people = [Person(bot.messenger, name) for name in ("رضا", "سارا", "علی")]
    for text in TEXTS:
        for person in people:
            person.says(text)
    async with bot.polling():
        await confirmed(bot)
    assert [texts(bot, person) for person in people] == [TEXTS] * 3


async def test_two_servers_of_one_webhook_keep_a_chat_in_order(bot: Bot) -> None:
    reza, messenger = Person(bot.messenger, "رضا"), bot.messenger
    async with serve_webhook(bot) as one, serve_webhook(replace(bot)) as other:
        messenger.updates.front = (one, other)
        updates = [reza.says(text) for text in TEXTS]
        await confirmed(bot)
        again = [messenger.updates.post_again(update, address) for update in updates for address in (one, other)]
        assert await asyncio.gather(*again) == [200] * len(again)
    assert texts(bot, reza) == TEXTS
    assert {delivery.address for delivery in messenger.updates.deliveries} == {one, other}
    assert len(await bot.outbox()) == len(TEXTS)


async def test_what_was_kept_and_not_confirmed_is_not_acted_on_again(bot: Bot) -> None:
    reza, messenger = Person(bot.messenger, "رضا"), bot.messenger
    reza.says("سلام")
    async with bot.polling():
        await messenger.until(lambda: bool(messenger.called("getUpdates")), "the first question")
        messenger.fail_next(Fault("cut_before", method="getUpdates"), times=100)
        await messenger.until(lambda: len(messenger.faults) < 99, "the end of the first round")
    assert (len(messenger.updates.pending), texts(bot, reza)) == (1, ["سلام"])
    messenger.faults.clear()
    async with bot.polling():
        await confirmed(bot)
    assert texts(bot, reza) == ["سلام"]
    assert len(await bot.outbox()) == 1


@pytest.fixture
async def linked(bot: Bot) -> list[Person]:
    """Ten people whose chats have proved a mobile, and to whom all was said."""
    people = [Person(bot.messenger, "رضا", f"98912000000{number}") for number in range(10)]
    async with bot.polling():
        for person in people:
            person.starts()
            person.shares_contact()
        for person in people:
            await person.hears("یکی از گزینه‌ها")
        await confirmed(bot)
    return people


async def test_a_slow_file_holds_up_its_own_chat_only(bot: Bot, linked: list[Person]) -> None:
    reza, sara, *_ = linked
    reza.sends_file(b"%PDF", "a.pdf", "application/pdf")
    reza.says("راهنما")
    bot.messenger.fail_next(Fault("slow", 0.9, method="file"))
    async with bot.polling():
        await bot.messenger.until(lambda: bool(bot.messenger.called("file")), "the download")
        sara.says("راهنما")
        await sara.hears("یکی را بزنید")
        assert texts(bot, reza)[2:] == [], "what is behind the file waits for it"
        await confirmed(bot)
        await reza.hears("درخواست بازی ندارید که مدرک بخواهد")
        await reza.hears("یکی را بزنید")
    assert texts(bot, reza)[2:] == ["a.pdf", "راهنما"]


async def test_downloads_that_hang_hold_up_nobody_and_no_message(bot: Bot, linked: list[Person]) -> None:
    """More of them than are fetched at once, and than the bot has connections for other calls."""
    *senders, sara = linked
    with bot.messenger.failing(Fault("slow", 5, method="file")):
        for person in senders:
            person.sends_photo(b"\xff\xd8\xff")
        async with bot.polling():
            await bot.messenger.until(lambda: len(bot.messenger.called("file")) >= FILES_AT_ONCE, "the downloads")
            press = sara.presses("پیگیری")
            await sara.hears("درخواستی ثبت نشده")
            await sara.told(press)
            assert texts(bot, senders[0])[2:] == []
            assert len(bot.messenger.updates.pending) > len(senders), "nothing behind them is confirmed yet"


async def test_a_file_from_a_chat_that_proved_nothing_is_not_fetched(bot: Bot) -> None:
    reza = Person(bot.messenger, "رضا")
    reza.starts()
    reza.sends_photo(b"\xff\xd8\xff")
    async with bot.polling():
        await confirmed(bot)
        await bot.messenger.until(lambda: len(reza.messages) == 3, "it is kept, and the mobile asked for")
    assert bot.messenger.called("getFile") == []


async def test_a_file_from_a_chat_that_is_past_its_limit_is_not_fetched(bot: Bot, linked: list[Person]) -> None:
    engine = bot.town.desk.engine
    bot.town.desk.engine = replace(engine, policy=replace(engine.policy, chat_limit=1))
    linked[0].sends_photo(b"\xff\xd8\xff")
    async with bot.polling():
        await confirmed(bot)
        await linked[0].hears("خوانده نمی‌شود")
    assert bot.messenger.called("getFile") == []


async def test_the_webhook_keeps_a_chat_in_order_behind_a_file(bot: Bot, linked: list[Person]) -> None:
    reza, sara, *_ = linked
    bot.messenger.fail_next(Fault("slow", 0.9, method="file"))
    async with serve_webhook(bot):
        photo = reza.sends_photo(b"\xff\xd8\xff")
        await bot.messenger.until(lambda: bool(bot.messenger.called("file")), "the download")
        text, other = reza.says("راهنما"), sara.says("راهنما")
        await bot.messenger.until(lambda: other not in bot.messenger.updates.pending, "the other chat")
        assert photo in bot.messenger.updates.pending
        await confirmed(bot)
    assert text not in bot.messenger.updates.pending
    assert texts(bot, reza)[2:] == ["photo.jpg", "راهنما"]
