"""Ways in which a bot gets its updates: arranged with the messenger in the background, for as long as it takes."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from telegram import BotCommand
from telegram.error import TelegramError

from channels.telegram.connection import Flood
from channels.telegram.link import ALLOWED_UPDATES, BotClient
from domain.conversation.reading.bot_commands import LISTED_COMMANDS
from domain.messages.catalogue import Catalogue

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 60.0


class RetryPauses:
    """Pauses after failures in a row: twice as long each time, spread by chance (`random_fraction` in [0, 1))."""

    def __init__(self, random_fraction: Callable[[], float]) -> None:
        self._random_fraction = random_fraction
        self._failures = 0

    def reset_failures(self) -> None:
        """Start over: it went well."""
        self._failures = 0

    def next_pause(self) -> float:
        """Return the seconds of the next rest."""
        pause_span: float = min(FIRST_PAUSE_SECONDS * 2.0**self._failures, LONGEST_PAUSE_SECONDS)
        self._failures = min(self._failures + 1, 10)
        return pause_span * (1 + self._random_fraction()) / 2

    async def rest_after(self, error: TelegramError) -> None:
        """Rest, at least as long as the messenger asks."""
        await asyncio.sleep(max(self.next_pause(), error.seconds if isinstance(error, Flood) else 0.0))


@dataclass(frozen=True, slots=True)
class Webhook:
    """The address that updates are posted to, and the secret that the messenger shall name with them."""

    public_address: str
    secret_token: str


async def arrange_updates(
    bot_client: BotClient, webhook: Webhook | None, catalogue: Catalogue, retry_pauses: RetryPauses
) -> None:
    """Agree with the messenger how updates come, without a webhook by asking for them; tried again until it is done."""
    while True:
        try:
            await _arrange_once(bot_client, webhook, catalogue)
        except TelegramError as error:
            log.warning("%s: the bot cannot be set up now: %s", bot_client.account.channel, type(error).__name__)
            await retry_pauses.rest_after(error)
        else:
            retry_pauses.reset_failures()
            log.info(
                "%s: the bot gets its updates by %s", bot_client.account.channel, "webhook" if webhook else "polling"
            )
            return


async def _arrange_once(bot_client: BotClient, webhook: Webhook | None, catalogue: Catalogue) -> None:
    bot, dialect = bot_client.bot, bot_client.dialect
    await bot.initialize()
    if webhook is None:
        await bot.delete_webhook()
    else:
        secret_token = webhook.secret_token if dialect.signs_webhooks else None
        await bot.set_webhook(webhook.public_address, allowed_updates=ALLOWED_UPDATES, secret_token=secret_token)
    if dialect.describes_bots:
        await _describe_bot(bot_client, catalogue)


async def _describe_bot(bot_client: BotClient, catalogue: Catalogue) -> None:
    """Let the messenger show which commands the bot knows, and what it is for, where it does not yet: it takes few
    changes. A bot without them works all the same.
    """
    bot = bot_client.bot
    commands = tuple(BotCommand(name, catalogue.text(f"chat.commands.{name}")) for name in LISTED_COMMANDS)
    description, short_description = catalogue.text("chat.description"), catalogue.text("chat.short_description")
    try:
        if tuple(await bot.get_my_commands()) != commands:
            await bot.set_my_commands(commands)
        if (await bot.get_my_description()).description != description:
            await bot.set_my_description(description)
        if (await bot.get_my_short_description()).short_description != short_description:
            await bot.set_my_short_description(short_description)
    except TelegramError as error:
        log.warning("%s: the bot could not be described: %s", bot_client.account.channel, type(error).__name__)
