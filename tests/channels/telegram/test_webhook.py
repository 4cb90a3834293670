"""The webhook of a bot before a real desk, and how the messenger is told of it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiohttp import ClientSession, web

from channels.telegram.arrangement import Pauses, Webhook, arranged
from channels.telegram.link import Link
from channels.telegram.reception import Reception
from channels.telegram.webhook import HEADER, BotWebhook
from domain.ports import Store
from tests.channels.telegram.conftest import Flickering, soon, texts
from tests.fakes.bot_api import FakeBotApi, Fault
from tests.fakes.bot_messenger import Call
from tests.fakes.bot_people import Person
from tests.support.municipality import Municipality

SECRET = "hidden-51c0ffee7a"


@dataclass(frozen=True, slots=True)
class Served:
    """A webhook on loopback: its origin and path."""

    origin: str
    path: str

    async def post(self, body: bytes, path: str = "", **headers: str) -> int:
        """Post to it, or to another path; the HTTP status."""
        address = self.origin + (path or self.path)
        async with ClientSession() as session, session.post(address, data=body, headers=headers) as answer:
            return answer.status


@asynccontextmanager
async def served(town: Municipality, link: Link, store: Store | None = None) -> AsyncIterator[Served]:
    """Serve the webhook of a bot."""
    reception, app = Reception(town.desk, store or town.store, link), web.Application()
    channel = link.account.channel
    BotWebhook(channel, SECRET, reception).mount(app)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield Served(f"http://127.0.0.1:{runner.addresses[0][1]}", f"/{channel}/{SECRET}")
    finally:
        await reception.close()
        await runner.cleanup()


async def hooked(town: Municipality, link: Link, messenger: FakeBotApi, *fronts: Served) -> None:
    """Have the messenger post to these servers in turn."""
    messenger.updates.front = [one.origin for one in fronts]
    webhook = Webhook(f"https://pishkhan.example.ir{fronts[0].path}", SECRET)
    await arranged(link, webhook, town.desk.catalogue, Pauses(soon))


async def taken(messenger: FakeBotApi) -> None:
    """Wait until everything was answered 200."""
    await messenger.until(lambda: not messenger.updates.pending, "the end of the queue")


async def test_what_people_do_is_taken(town: Municipality, link: Link, messenger: FakeBotApi) -> None:
    reza = Person(messenger, "رضا")
    reza.starts()
    async with served(town, link) as ours:
        await hooked(town, link, messenger, ours)
        reza.says("سلام")
        await taken(messenger)
    assert await texts(town, reza) == ["", "سلام"]


async def test_the_same_update_again_is_acted_on_once(town: Municipality, link: Link, messenger: FakeBotApi) -> None:
    reza = Person(messenger, "رضا")
    async with served(town, link) as one, served(town, link) as other:
        await hooked(town, link, messenger, one, other)
        update = reza.says("سلام")
        await taken(messenger)
        again = [messenger.updates.post_again(update, served.origin) for served in (one, other) * 3]
        assert await asyncio.gather(*again) == [200] * 6
    assert await texts(town, reza) == ["سلام"]
    async with town.store.unit(write=False) as uow:
        assert len(await uow.outbox.recent(recipient=str(reza.id), limit=10)) == 1


async def test_two_servers_keep_one_chat_in_order(town: Municipality, link: Link, messenger: FakeBotApi) -> None:
    reza, written = Person(messenger, "رضا"), [f"متن {number}" for number in range(6)]
    async with served(town, link) as one, served(town, link) as other:
        await hooked(town, link, messenger, one, other)
        for text in written:
            reza.says(text)
        await taken(messenger)
    assert await texts(town, reza) == written
    assert {delivery.address for delivery in messenger.updates.deliveries} == {one.origin, other.origin}


async def test_while_the_database_is_away_it_must_come_again(
    town: Municipality, link: Link, messenger: FakeBotApi
) -> None:
    reza, store = Person(messenger, "رضا"), Flickering(town.store, away=True)
    async with served(town, link, store) as ours:
        await hooked(town, link, messenger, ours)
        reza.says("سلام")
        await messenger.until(lambda: len(messenger.updates.deliveries) == 2, "two tries")
        store.away = False
        await taken(messenger)
    assert [delivery.status for delivery in messenger.updates.deliveries[:2]] == [503, 503]
    assert await texts(town, reza) == ["سلام"]


async def test_who_does_not_know_the_secret_is_not_there(town: Municipality, link: Link, messenger: FakeBotApi) -> None:
    reza = Person(messenger, "رضا")
    body = json.dumps(reza.says("سلام").json()).encode()
    async with served(town, link) as ours:
        wrong = f"/{link.account.channel}/{SECRET[:-1]}x"
        assert await ours.post(body, wrong, **{HEADER: SECRET}) == 404
        if not messenger.bale:
            assert await ours.post(body) == 404
            assert await ours.post(body, **{HEADER: "s"}) == 404
        assert await texts(town, reza) == []
        assert await ours.post(body, **({} if messenger.bale else {HEADER: SECRET})) == 200
    assert await texts(town, reza) == ["سلام"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"1"])
async def test_what_is_no_update_is_refused(town: Municipality, in_telegram: Link, body: bytes) -> None:
    async with served(town, in_telegram) as ours:
        assert await ours.post(body, **{HEADER: SECRET}) == 400


@pytest.mark.parametrize(
    "told", [{}, {"update_id": 1}, {"update_id": 1, "message": {}}, {"update_id": 1, "poll": {"id": "x"}}]
)
async def test_what_nobody_can_read_does_not_come_again(
    town: Municipality, in_telegram: Link, told: dict[str, object]
) -> None:
    async with served(town, in_telegram) as ours:
        assert await ours.post(json.dumps(told).encode(), **{HEADER: SECRET}) == 200


async def test_the_messenger_is_told_where_to_post(town: Municipality, link: Link, messenger: FakeBotApi) -> None:
    messenger.fail_next(Fault("status", 502), Fault("cut_before", method="setWebhook"))
    async with served(town, link) as ours:
        await hooked(town, link, messenger, ours)
    assert messenger.updates.webhook
    assert messenger.updates.webhook.url == f"https://pishkhan.example.ir{ours.path}"
    assert messenger.updates.webhook.secret == ("" if messenger.bale else SECRET)
    assert bool(messenger.commands) is not messenger.bale
    assert len(messenger.called("setWebhook")) == 2


async def test_polling_takes_a_webhook_away(town: Municipality, link: Link, messenger: FakeBotApi) -> None:
    await messenger.carry_out(Call("setWebhook", {"url": "https://old.example.ir/x"}))
    await messenger.stop()
    arranging = asyncio.create_task(arranged(link, None, town.desk.catalogue, Pauses(soon)))
    await messenger.start()
    await asyncio.wait_for(arranging, 20)
    assert messenger.updates.webhook is None
