"""A bot over a municipality and a fake messenger on loopback: everything of it but the process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from aiohttp import web

from channels.relay.relay import Relay, in_chats
from channels.telegram.arrangement import Pauses, Webhook, arranged
from channels.telegram.carrier import BotCarrier, Printed
from channels.telegram.link import Account, BotClient
from channels.telegram.polling import poll
from channels.telegram.reception import Reception
from channels.telegram.webhook import BotWebhook
from domain.messages.keyboards import Paper
from domain.messages.records import OutboxMessage
from domain.values.errors import DomainError
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.bot_messenger import TOKEN
from tests.support.municipality import Municipality

SECRET = "wh-51c0ffee7a"
PDF = b"%PDF-1.7 printed"
TIMEOUT = 1.0


@dataclass(slots=True)
class Bot:
    """One bot of one municipality; papers are printed from memory."""

    town: Municipality
    messenger: FakeBotApi
    link: BotClient
    reception: Reception
    relay: Relay
    unprinted: list[DomainError] = field(default_factory=list)

    async def deliver(self) -> None:
        """Send what is queued."""
        await self.relay.tick()

    async def outbox(self) -> list[OutboxMessage]:
        """Everything that was queued for this messenger, oldest first."""
        async with self.town.store.unit(write=False) as uow:
            found = (await uow.outbox.recent(limit=1000))[::-1]
        return [one for one in found if one.channel == self.link.account.channel]

    @asynccontextmanager
    async def polling(self) -> AsyncIterator[None]:
        """Poll inside the block, and send what is answered."""
        tasks = [asyncio.create_task(self._poll()), asyncio.create_task(self._carry())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task

    async def _poll(self) -> None:
        pauses = Pauses(lambda: 0.0)
        while True:
            await arranged(self.link, None, self.town.desk.catalogue, pauses)
            await poll(self.link, self.reception, pauses)

    async def _carry(self) -> None:
        while True:
            await self.relay.tick()
            await asyncio.sleep(0.01)


@asynccontextmanager
async def opened(
    town: Municipality, messenger: FakeBotApi, *, token: str = TOKEN, proxy: str = ""
) -> AsyncIterator[Bot]:
    """Open a bot at a messenger."""
    channel = "bale" if messenger.bale else "telegram"
    account = Account(
        channel, token, messenger.base_url, messenger.base_file_url, proxy, connect_timeout=TIMEOUT, timeout=TIMEOUT
    )
    link = BotClient(account)
    reception = Reception(town.desk, town.store, link)
    unprinted: list[DomainError] = []

    async def printed(paper: Paper, message: OutboxMessage) -> Printed:
        if unprinted:
            raise unprinted.pop()
        return f"{paper.kind}-{paper.code}.pdf", PDF

    carrier = BotCarrier(link, printed, rate=1000.0)

    def seconds() -> float:
        return town.clock.at.timestamp()

    relay = Relay(town.desk, town.store, [carrier], seconds, in_chats(channel))
    try:
        yield Bot(town, messenger, link, reception, relay, unprinted)
    finally:
        await reception.close()
        await carrier.close()


@asynccontextmanager
async def hooked(bot: Bot) -> AsyncIterator[str]:
    """Serve the bot's webhook, and let the messenger post to it; its own address."""
    channel = bot.link.account.channel
    app = web.Application()
    BotWebhook(channel, SECRET, bot.reception).mount(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    bot.messenger.updates.front = (address,)
    hook = Webhook(f"https://pishkhan.example.ir/{channel}/{SECRET}", SECRET)
    try:
        await arranged(bot.link, hook, bot.town.desk.catalogue, Pauses(lambda: 0.0))
        yield address
    finally:
        await runner.cleanup()
