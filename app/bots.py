"""Messengers' bots of a serving process: each an instance of its own, with its own connections, relay and jobs."""

import time
from dataclasses import dataclass, field
from functools import partial

import httpx
from telegram.error import TelegramError

from app.configuration.sections import BotSettings
from app.configuration.settings import Settings
from channels.relay.relay import Relay, chat_route
from channels.telegram.arrangement import RetryPauses, Webhook, arrange_updates
from channels.telegram.carrier import BotCarrier
from channels.telegram.link import BotAccount, BotClient
from channels.telegram.polling import poll_updates
from channels.telegram.reception import Reception
from channels.telegram.webhook import BotWebhook
from channels.telegram.writing import Attachments, PrintedPaper
from domain.actions.dependencies import Dependencies
from domain.actions.messages.status_cards import find_sent_card
from domain.actions.papers.paper_file import print_paper_file
from domain.gateways.gateway import PaymentGateway
from domain.messages.keyboards import AttachedPaper
from domain.messages.records import OutboxMessage
from domain.papers.ports import Printer
from domain.settings.contact import BotContact
from domain.unit_of_work import Store
from printing.symbols import draw_barcode


@dataclass(slots=True)
class BotParts:
    """One messenger's bot in a serving process."""

    dependencies: Dependencies
    """Dependencies of all actions."""
    client: BotClient
    """Speaks with the messenger."""
    reception: Reception
    """Takes the updates that come."""
    relay: Relay
    """Sends what is queued for the messenger."""
    webhook_settings: Webhook | None
    """Webhook that updates are posted to; None: they are asked for."""
    webhook_channel: BotWebhook | None
    """The route that takes posted updates; None: they are asked for."""
    pauses: RetryPauses = field(init=False)
    """Rests between tries when the messenger does not answer."""
    _is_arranged: bool = False
    """The messenger was instructed how to deliver updates."""

    def __post_init__(self) -> None:
        """Rest by the desk's chance."""
        self.pauses = RetryPauses(self.dependencies.ids.random_fraction)

    @property
    def is_called(self) -> bool:
        """Whether the messenger posts updates, as it was instructed: nobody asks for them."""
        return self._is_arranged and self.webhook_settings is not None

    async def receive_updates(self) -> None:
        """See to it that updates come: have them posted, or ask for them for ever. Run by one process at a time."""
        if self.is_called:
            return
        await arrange_updates(self.client, self.webhook_settings, self.dependencies.catalogue, self.pauses)
        self._is_arranged = True
        if self.webhook_settings is None:
            await poll_updates(self.client, self.reception, self.pauses)

    async def expire_messages(self) -> None:
        """Turn to messages whose sender died, and to those that waited too long for this messenger."""
        await self.relay.reconcile_unknown()
        await self.relay.expire_messages()

    async def close(self) -> None:
        """Close connections."""
        await self.reception.close()
        await self.client.close()


def build_bot(
    settings: Settings,
    messenger: str,
    dependencies: Dependencies,
    store: Store,
    printer: Printer,
    gateway: PaymentGateway | None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> BotParts:
    """Return the bot of a messenger that is configured, with the gateway inside that messenger where it is in use;
    nothing is opened and nobody asked yet. `transport` carries its calls where they do not go by the network.
    """
    bot_settings = settings.active_bots[messenger]
    client = BotClient(build_account(messenger, bot_settings, transport))
    reception = Reception(dependencies, store, client, gateway)

    async def print_paper(paper: AttachedPaper, message: OutboxMessage) -> PrintedPaper:
        return await print_paper_file(dependencies, store, printer, paper, message)

    attachments = Attachments(print_paper, draw_barcode, partial(find_sent_card, store))
    carrier = BotCarrier(client, attachments, bot_settings.rate)
    relay = Relay(dependencies, store, (carrier,), time.monotonic, chat_route(messenger))
    webhook_secret = bot_settings.webhook_secret.get_secret_value()
    if bot_settings.mode == "polling":
        return BotParts(dependencies, client, reception, relay, None, None)
    webhook_settings = Webhook(f"{settings.public_address}/{messenger}/{webhook_secret}", webhook_secret)
    return BotParts(
        dependencies, client, reception, relay, webhook_settings, BotWebhook(messenger, webhook_secret, reception)
    )


@dataclass(frozen=True, slots=True)
class BotAnswer:
    """Answer of a messenger about a bot: where people find it, or what is wrong."""

    address: str = ""
    fault: str = ""


async def identify_bot(messenger: str, bot_settings: BotSettings) -> BotAnswer:
    """Ask by a call that changes nothing."""
    client = BotClient(build_account(messenger, bot_settings))
    try:
        bot_user = await client.bot.get_me()
    except TelegramError as error:
        return BotAnswer(fault=f"{type(error).__name__}: {error.message}")
    finally:
        await client.close()
    return BotAnswer(address=BotContact(messenger, bot_user.username or "").address)


def build_account(
    messenger: str, bot_settings: BotSettings, transport: httpx.AsyncBaseTransport | None = None
) -> BotAccount:
    """Return a bot as it is configured."""
    return BotAccount(
        messenger,
        bot_settings.token.get_secret_value(),
        bot_settings.base_url,
        bot_settings.base_file_url,
        proxy_address=bot_settings.proxy.get_secret_value(),
        call_timeout=bot_settings.timeout,
        transport=transport,
    )
