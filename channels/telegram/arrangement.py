"""How a bot gets its updates: arranged with the messenger in the background, for as long as it takes."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from telegram import BotCommand
from telegram.error import TelegramError

from channels.telegram.connection import Flood
from channels.telegram.link import WANTED, BotClient
from domain.conversation.buttons.menus import LISTED_COMMANDS
from domain.messages.catalogue import Catalogue

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0


class Pauses:
    """How long to rest after failures in a row: twice as long each time, spread by chance (`fraction` in [0, 1))."""

    def __init__(self, fraction: Callable[[], float]) -> None:
        self._fraction = fraction
        self._failures = 0

    def forget(self) -> None:
        """Begin anew: it went well."""
        self._failures = 0

    def next(self) -> float:
        """Return the seconds of the next rest."""
        span: float = min(FIRST_PAUSE * 2.0**self._failures, LONGEST_PAUSE)
        self._failures = min(self._failures + 1, 10)
        return span * (1 + self._fraction()) / 2

    async def rest_after(self, error: TelegramError) -> None:
        """Rest, at least as long as the messenger wishes."""
        await asyncio.sleep(max(self.next(), error.seconds if isinstance(error, Flood) else 0.0))


@dataclass(frozen=True, slots=True)
class Webhook:
    """The address that updates are posted to, and the secret that the messenger shall name with them."""

    address: str
    secret: str


async def arranged(link: BotClient, webhook: Webhook | None, catalogue: Catalogue, pauses: Pauses) -> None:
    """Agree with the messenger how updates come, without a webhook by asking for them; tried again until it is done."""
    while True:
        try:
            await _arrange(link, webhook, catalogue)
        except TelegramError as error:
            log.warning("%s: the bot cannot be set up now: %s", link.account.channel, type(error).__name__)
            await pauses.rest_after(error)
        else:
            pauses.forget()
            log.info("%s: the bot gets its updates by %s", link.account.channel, "webhook" if webhook else "polling")
            return


async def _arrange(link: BotClient, webhook: Webhook | None, catalogue: Catalogue) -> None:
    bot, dialect = link.bot, link.dialect
    await bot.initialize()
    if webhook is None:
        await bot.delete_webhook()
    else:
        secret = webhook.secret if dialect.signs_webhooks else None
        await bot.set_webhook(webhook.address, allowed_updates=WANTED, secret_token=secret)
    if dialect.has_commands:
        listed = [BotCommand(name, catalogue.text(f"chat.commands.{name}")) for name in LISTED_COMMANDS]
        await bot.set_my_commands(listed)
