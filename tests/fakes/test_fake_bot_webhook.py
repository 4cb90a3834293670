"""The fake messenger's webhook: where updates are posted, in which order, and again until they were taken."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from tests.fakes.bot_api import FakeBotApi
from tests.fakes.bot_messenger import Call
from tests.fakes.bot_people import Person

ADDRESS = "https://pishkhan.example.ir/telegram/hidden"


@dataclass(slots=True)
class Bot:
    """A bot behind a webhook: what was posted to it (chat, text, secret header); `answer` decides the status."""

    url: str = ""
    answer: Callable[[str], int] = lambda _text: 200
    taken: list[tuple[int, str, str | None]] = field(default_factory=list)
    held: asyncio.Event | None = None

    async def take(self, request: web.Request) -> web.Response:
        """Take an update; while `held` is not set, the one that says so waits for it."""
        message = (await request.json())["message"]
        text, secret = message["text"], request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        if self.held and text == "صبر":
            await self.held.wait()
        self.taken.append((message["chat"]["id"], text, secret))
        return web.Response(status=self.answer(text))

    @property
    def texts(self) -> list[str]:
        """The texts that came, in order."""
        return [text for _, text, _ in self.taken]


@asynccontextmanager
async def bot() -> AsyncIterator[Bot]:
    """A bot on loopback."""
    made, app = Bot(), web.Application()
    app.router.add_post("/telegram/hidden", made.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield made
    finally:
        await runner.cleanup()


async def hook(fake: FakeBotApi, *bots: Bot) -> None:
    """Have updates posted to these bots in turn."""
    fake.updates.front = [one.url for one in bots]
    await fake.carry_out(Call("setWebhook", {"url": ADDRESS, "secret_token": "s-1"}))


async def all_taken(fake: FakeBotApi) -> None:
    """Wait until nothing is left to post."""
    await fake.until(lambda: not fake.updates.pending, "the end of the queue")


@pytest.mark.parametrize("bale", [False, True])
async def test_what_waited_is_posted_too_and_only_telegram_names_the_secret(bale: bool) -> None:
    async with bot() as ours, FakeBotApi(bale=bale) as fake:
        reza = Person(fake, "رضا")
        reza.starts()
        await hook(fake, ours)
        reza.says("سلام")
        await all_taken(fake)
        secret = None if bale else "s-1"
        assert ours.taken == [(reza.id, "/start", secret), (reza.id, "سلام", secret)]


async def test_an_update_comes_again_until_it_is_taken_and_the_next_waits() -> None:
    statuses = iter([503, 404, 200])
    async with bot() as ours, FakeBotApi() as fake:
        ours.answer = lambda text: next(statuses) if text == "یک" else 200
        await hook(fake, ours)
        reza = Person(fake, "رضا")
        reza.says("یک")
        reza.says("دو")
        await all_taken(fake)
        assert ours.texts == ["یک", "یک", "یک", "دو"]
        assert [delivery.status for delivery in fake.updates.deliveries] == [503, 404, 200, 200]


async def test_one_chat_does_not_hold_up_another() -> None:
    async with bot() as ours, FakeBotApi() as fake:
        ours.held = asyncio.Event()
        await hook(fake, ours)
        reza, sara = Person(fake, "رضا"), Person(fake, "سارا")
        reza.says("صبر")
        reza.says("بعد")
        sara.says("سلام")
        await fake.until(lambda: len(fake.updates.pending) == 2, "Sara's text")
        assert ours.texts == ["سلام"]
        ours.held.set()
        await all_taken(fake)
        assert ours.texts == ["سلام", "صبر", "بعد"]


async def test_a_bot_that_is_away_gets_it_when_it_is_back() -> None:
    async with FakeBotApi() as fake:
        async with bot() as gone:
            pass
        await hook(fake, gone)
        Person(fake, "رضا").says("سلام")
        await fake.until(lambda: len(fake.updates.deliveries) == 2, "two tries")
        async with bot() as back:
            fake.updates.front = [back.url]
            await all_taken(fake)
            assert back.texts == ["سلام"]
        assert [one.status for one in fake.updates.deliveries[:2]] == [0, 0]


async def test_several_servers_take_turns_and_an_update_can_be_posted_twice() -> None:
    async with bot() as one, bot() as other, FakeBotApi() as fake:
        await hook(fake, one, other)
        reza = Person(fake, "رضا")
        updates = [reza.says(text) for text in ("یک", "دو")]
        await all_taken(fake)
        assert (one.texts, other.texts) == (["یک"], ["دو"])
        assert await fake.updates.post_again(updates[0], other.url) == 200
        assert other.taken == [(reza.id, "دو", "s-1"), (reza.id, "یک", "s-1")]


async def test_without_a_webhook_updates_wait_for_a_poll() -> None:
    async with bot() as ours, FakeBotApi() as fake:
        await hook(fake, ours)
        reza = Person(fake, "رضا")
        reza.says("یک")
        await all_taken(fake)
        await fake.carry_out(Call("deleteWebhook", {}))
        reza.says("دو")
        assert [update.content["text"] for update in await fake.updates.poll(None, 100, 0)] == ["دو"]
        assert ours.texts == ["یک"]
