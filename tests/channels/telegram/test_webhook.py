"""Updates posted to us: behind a secret, acknowledged when durable, known when they come again."""

import asyncio

import pytest
from aiohttp import ClientSession

from tests.channels.telegram.running_bot import SECRET, Bot, serve_webhook
from tests.fakes.bot_people import Person
from tests.support.municipality import CITIZEN, ORDER

HEADER = "X-Telegram-Bot-Api-Secret-Token"
UPDATE = {
    "update_id": 1,
    "message": {
        "message_id": 1,
        "date": 1,
        "chat": {"id": 5, "type": "private"},
        "from": {"id": 5, "is_bot": False, "first_name": "رضا"},
        "text": "راهنما",
    },
}


async def posted(address: str, body: object, secret: str = SECRET, header: str | None = SECRET) -> int:
    """Post something as a messenger would; the HTTP status."""
    headers = {HEADER: header} if header is not None else {}
    data = body if isinstance(body, bytes) else None
    async with (
        ClientSession() as session,
        session.post(
            address.replace(SECRET, secret), json=None if data else body, data=data, headers=headers
        ) as answer,
    ):
        return answer.status


def address_of(bot: Bot, server: str) -> str:
    """The address of the bot's webhook."""
    return f"{server}/{bot.link.account.channel}/{SECRET}"


async def test_a_request_through_the_webhook(bot: Bot, reza: Person) -> None:
    async with serve_webhook(bot):
        reza.starts()
        await bot.messenger.until(lambda: not bot.messenger.updates.pending, "the update")
        await bot.deliver()
        reza.presses("فرستادن شماره من")
        order = reza.says(ORDER)
        await bot.messenger.until(lambda: not bot.messenger.updates.pending, "the updates")
        assert await bot.messenger.updates.post_again(order) == 200
        assert await bot.messenger.updates.post_again(order) == 200
        await bot.deliver()
        await reza.hears("کد رهگیری")
    assert len(await bot.town.requests_of(CITIZEN)) == 1
    assert {one.status for one in bot.messenger.updates.deliveries} == {200}


@pytest.mark.parametrize(("secret", "header"), [("wrong", SECRET), (SECRET, "wrong"), (SECRET, None)])
async def test_a_wrong_secret_is_not_found_and_stores_nothing(bot: Bot, secret: str, header: str | None) -> None:
    async with serve_webhook(bot) as server:
        status = await posted(address_of(bot, server), UPDATE, secret, header)
    in_address_alone = bot.messenger.bale and secret == SECRET
    assert status == (200 if in_address_alone else 404)
    assert bot.town.rows("SELECT count(*) FROM inbox") == [(1 if in_address_alone else 0,)]


@pytest.mark.parametrize(
    ("body", "status"), [(b"{", 400), (b"[]", 400), ({}, 200), ({"update_id": 9, "poll": {}}, 200)]
)
async def test_what_is_no_update(bot: Bot, body: object, status: int) -> None:
    async with serve_webhook(bot) as server:
        assert await posted(address_of(bot, server), body) == status
    assert bot.town.rows("SELECT count(*) FROM inbox") == [(0,)]


async def test_groups_are_not_answered(bot: Bot) -> None:
    group = UPDATE | {"message": {**UPDATE["message"], "chat": {"id": -5, "type": "group", "title": "x"}}}  # type: ignore[dict-item]
    async with serve_webhook(bot) as server:
        assert await posted(address_of(bot, server), group) == 200
    assert bot.town.rows("SELECT count(*) FROM inbox") == [(0,)]


async def test_the_same_update_twice_at_once_is_one(bot: Bot) -> None:
    async with serve_webhook(bot) as server:
        statuses = await asyncio.gather(*(posted(address_of(bot, server), UPDATE) for _ in range(8)))
    assert set(statuses) == {200}
    assert bot.town.rows("SELECT count(*) FROM inbox") == [(1,)]
    assert len(await bot.outbox()) == 2, "the door, and what may be read"


async def test_a_chat_that_blocks_the_bot_and_comes_back(bot: Bot, reza: Person) -> None:
    async with serve_webhook(bot):
        reza.starts()
        await bot.messenger.until(lambda: not bot.messenger.updates.pending, "the start")
        await bot.deliver()
        reza.presses("فرستادن شماره من")
        reza.says(ORDER)
        await bot.messenger.until(lambda: not bot.messenger.updates.pending, "the order")
        await bot.deliver()
        reza.blocks()
        if not bot.messenger.bale:
            await bot.messenger.until(lambda: not bot.messenger.updates.pending, "the news")
            assert bot.town.rows("SELECT state FROM chats") == [("blocked",)]
        reza.starts()
        await bot.messenger.until(lambda: not bot.messenger.updates.pending, "the return")
    assert bot.town.rows("SELECT state FROM chats") == [("active",)]
