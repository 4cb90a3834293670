"""Chats beside each other, each in order: polled, by one webhook of two servers, and when something goes wrong."""

import asyncio
from dataclasses import replace

from tests.channels.telegram.at_work.bots import Bot, hooked
from tests.fakes.bot_api import Fault
from tests.fakes.bot_people import Person

TEXTS = [f"متن {number}" for number in range(5)]


def texts(bot: Bot, person: Person) -> list[str]:
    """What of a person's texts is kept, oldest first."""
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
    async with hooked(bot) as one, hooked(replace(bot)) as other:
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


async def test_a_slow_file_holds_up_its_own_chat_only(bot: Bot) -> None:
    reza, sara = Person(bot.messenger, "رضا"), Person(bot.messenger, "سارا")
    for person in (reza, sara):
        person.starts()
    reza.sends_file(b"%PDF", "a.pdf", "application/pdf")
    sara.says("سلام")
    bot.messenger.fail_next(Fault("slow", 0.8, method="file"))
    async with bot.polling():
        await bot.messenger.until(lambda: len(sara.messages) == 2, "Sara's answer")
        assert texts(bot, reza) == [""]
        await confirmed(bot)
    assert texts(bot, reza) == ["", "a.pdf"]
