"""A bot and its connections to one messenger."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx
from telegram import Bot
from telegram.error import TelegramError

from channels.telegram.connection import Connection
from channels.telegram.dialects import DIALECTS, Dialect

LONG_POLL_SECONDS = 50
"""Seconds that the messenger may hold a call for updates while there are none."""

CALLS_AT_ONCE = 16
FILES_AT_ONCE = 8
SLACK_SECONDS = 10.0

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member", "pre_checkout_query")
"""Kinds of updates that are asked for."""


@dataclass(frozen=True, slots=True)
class BotAccount:
    """A bot as it is configured."""

    channel: str
    """Its messenger: telegram or bale."""
    bot_token: str
    """As the messenger gave it; begins with the bot's number."""
    base_url: str
    """Address of the Bot API, up to the token."""
    base_file_url: str
    """Address of files, up to the token."""
    proxy_address: str = ""
    """The proxy to the messenger; empty: none."""
    connect_timeout: float = 5.0
    """Seconds for a connection."""
    call_timeout: float = 20.0
    """Seconds for the answer to a call, or for more of a file."""
    transport: httpx.AsyncBaseTransport | None = None
    """Transport of the calls in place of the network; None: the network does."""

    @property
    def bot_id(self) -> str:
        """The bot's number, which is the beginning of its token."""
        return self.bot_token.partition(":")[0]


@dataclass(slots=True)
class BotClient:
    """A bot at work, by three kinds of connections: one that hangs holds up nothing of the others."""

    account: BotAccount
    """Account with its configuration."""
    bot: Bot = field(init=False, repr=False)
    """Sends, and answers presses."""
    download_bot: Bot = field(init=False, repr=False)
    """The same bot, for fetching files."""
    _call_connection: Connection = field(init=False, repr=False)
    """Of `bot`."""
    _download_connection: Connection = field(init=False, repr=False)
    """Of `download_bot`."""
    _poll_connection: Connection = field(init=False, repr=False)
    """Of the long poll that waits for updates."""

    def __post_init__(self) -> None:
        """Open nothing yet."""
        for logger_name in ("httpx", "httpcore", "telegram"):  # they would log addresses, with the token in them
            logging.getLogger(logger_name).setLevel(logging.CRITICAL)
        bot_account = self.account
        self._call_connection = _open_connection(bot_account, CALLS_AT_ONCE, bot_account.call_timeout)
        self._poll_connection = _open_connection(bot_account, 1, LONG_POLL_SECONDS + SLACK_SECONDS)
        self._download_connection = _open_connection(bot_account, FILES_AT_ONCE, bot_account.call_timeout)
        self.bot, self.download_bot = self._build_bot(self._call_connection), self._build_bot(self._download_connection)

    @property
    def dialect(self) -> Dialect:
        """Dialect of its messenger."""
        return DIALECTS[self.account.channel]

    async def fetch_updates(self, offset: int | None) -> Sequence[Mapping[str, Any]]:
        """Ask for updates and wait for some, as the messenger writes them; an offset confirms all before it.

        Not by `Bot.get_updates`: one update that the library cannot read would hold up all of them for ever.
        """
        query_values: dict[str, object] = {"timeout": LONG_POLL_SECONDS, "allowed_updates": json.dumps(ALLOWED_UPDATES)}
        if offset is not None:
            query_values["offset"] = offset
        raw_updates = await self._poll_connection.post(f"{self.bot.base_url}/getUpdates?{urlencode(query_values)}")
        if not isinstance(raw_updates, list):
            raise TelegramError("no list of updates")
        return raw_updates

    async def close(self) -> None:
        """Close connections."""
        for connection in (self._call_connection, self._download_connection, self._poll_connection):
            await connection.shutdown()

    def _build_bot(self, connection: Connection) -> Bot:
        bot_account = self.account
        return Bot(
            bot_account.bot_token,
            base_url=bot_account.base_url,
            base_file_url=bot_account.base_file_url,
            request=connection,
            get_updates_request=self._poll_connection,
        )


def _open_connection(bot_account: BotAccount, pool_size: int, read_seconds: float) -> Connection:
    return Connection(
        pool_size=pool_size,
        read_seconds=read_seconds,
        connect_seconds=bot_account.connect_timeout,
        proxy_address=bot_account.proxy_address,
        transport=bot_account.transport,
    )
