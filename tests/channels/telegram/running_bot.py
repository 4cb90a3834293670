"""A bot over a municipality and a fake messenger on loopback: everything of it but the process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

from aiohttp import web

from channels.relay.relay import Relay, chat_route
from channels.telegram.arrangement import RetryPauses, Webhook, arrange_updates
from channels.telegram.carrier import BotCarrier
from channels.telegram.link import BotAccount, BotClient
from channels.telegram.polling import poll_updates
from channels.telegram.reception import Reception
from channels.telegram.webhook import BotWebhook
from channels.telegram.writing import Attachments, PrintedPaper
from domain.actions.messages.status_cards import find_sent_card
from domain.gateways.gateway import PaymentGateway
from domain.messages.keyboards import AttachedPaper
from domain.messages.records import OutboxMessage
from domain.unit_of_work import Store
from domain.values.errors import DomainError
from printing.symbols import draw_barcode
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
        while await self.relay.send_due():
            pass

    async def outbox(self) -> list[OutboxMessage]:
        """Everything that was queued for this messenger, oldest first."""
        async with self.town.store.open_unit(write=False) as uow:
            found = (await uow.outbox.list_recent(limit=1000))[::-1]
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
        pauses = RetryPauses(lambda: 0.0)
        while True:
            await arrange_updates(self.link, None, self.town.desk.catalogue, pauses)
            await poll_updates(self.link, self.reception, pauses)

    async def _carry(self) -> None:
        while True:
            await self.relay.send_due()
            await asyncio.sleep(0.01)


def account_at(messenger: FakeBotApi, token: str, proxy: str) -> BotAccount:
    """The account of a bot at a messenger."""
    return BotAccount(
        "bale" if messenger.bale else "telegram",
        token,
        messenger.base_url,
        messenger.base_file_url,
        proxy,
        connect_timeout=TIMEOUT,
        call_timeout=TIMEOUT,
    )


@asynccontextmanager
async def running_bot(
    town: Municipality,
    messenger: FakeBotApi,
    *,
    token: str = TOKEN,
    proxy: str = "",
    gateway: PaymentGateway | None = None,
    receiving: Store | None = None,
) -> AsyncIterator[Bot]:
    """Open a bot at a messenger; `gateway` is that of the messenger. Updates are kept in `receiving`, else in the
    town's own store.
    """
    link = BotClient(account_at(messenger, token, proxy))
    reception = Reception(town.desk, receiving or town.store, link, gateway)
    unprinted: list[DomainError] = []

    async def printed(paper: AttachedPaper, message: OutboxMessage) -> PrintedPaper:
        if unprinted:
            raise unprinted.pop()
        return f"{paper.paper_kind}-{paper.request_code}.pdf", PDF

    attachments = Attachments(printed, draw_barcode, partial(find_sent_card, town.store))
    carrier = BotCarrier(link, attachments, rate_per_second=1000.0)

    def seconds() -> float:
        return town.clock.at.timestamp()

    relay = Relay(town.desk, town.store, [carrier], seconds, chat_route(link.account.channel))
    try:
        yield Bot(town, messenger, link, reception, relay, unprinted)
    finally:
        await reception.close()
        await carrier.close()


@asynccontextmanager
async def serve_webhook(bot: Bot) -> AsyncIterator[str]:
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
        await arrange_updates(bot.link, hook, bot.town.desk.catalogue, RetryPauses(lambda: 0.0))
        yield address
    finally:
        await runner.cleanup()
