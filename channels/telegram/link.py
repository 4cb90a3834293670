"""A bot and its connections to one messenger."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from telegram import Bot
from telegram.error import TelegramError

from channels.telegram.connection import Connection
from channels.telegram.dialects import DIALECTS, Dialect

LONG_POLL = 50
"""Seconds that the messenger may hold a call for updates while there are none."""

CALLS_AT_ONCE = 16
FILES_AT_ONCE = 8
SLACK = 10.0

WANTED = ("message", "edited_message", "callback_query", "my_chat_member")
"""Kinds of updates that are asked for."""


@dataclass(frozen=True, slots=True)
class Account:
    """A bot as it is configured. `channel` is telegram or bale; addresses are those that the token follows; times are
    seconds.
    """

    channel: str
    token: str
    base_url: str
    base_file_url: str
    proxy: str = ""
    connect_timeout: float = 5.0
    timeout: float = 20.0

    @property
    def bot_id(self) -> str:
        """The bot's number, which is the beginning of its token."""
        return self.token.partition(":")[0]


@dataclass(slots=True)
class BotClient:
    """The bot. Updates come by a connection of their own, so that a long poll never holds up a message, and so do files
    (`files`: the same bot): one that hangs holds up nothing else.
    """

    account: Account
    bot: Bot = field(init=False, repr=False)
    files: Bot = field(init=False, repr=False)
    _calls: Connection = field(init=False, repr=False)
    _downloads: Connection = field(init=False, repr=False)
    _polls: Connection = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Open nothing yet."""
        for name in ("httpx", "httpcore", "telegram"):  # they would log addresses, with the token in them
            logging.getLogger(name).setLevel(logging.CRITICAL)
        account = self.account
        self._calls = _opened(account, CALLS_AT_ONCE, account.timeout)
        self._polls = _opened(account, 1, LONG_POLL + SLACK)
        self._downloads = _opened(account, FILES_AT_ONCE, account.timeout)
        self.bot, self.files = self._bot(self._calls), self._bot(self._downloads)

    @property
    def dialect(self) -> Dialect:
        """What is special about its messenger."""
        return DIALECTS[self.account.channel]

    async def updates(self, offset: int | None) -> Sequence[Mapping[str, Any]]:
        """Ask for updates and wait for some, as the messenger writes them; an offset confirms all before it.

        Not by `Bot.get_updates`: one update that the library cannot read would hold up all of them for ever.
        """
        asked: dict[str, object] = {"timeout": LONG_POLL, "allowed_updates": json.dumps(WANTED)}
        if offset is not None:
            asked["offset"] = offset
        found = await self._polls.post(f"{self.bot.base_url}/getUpdates?{urlencode(asked)}")
        if not isinstance(found, list):
            raise TelegramError("no list of updates")
        return found

    async def close(self) -> None:
        """Close connections."""
        for connection in (self._calls, self._downloads, self._polls):
            await connection.shutdown()

    def _bot(self, request: Connection) -> Bot:
        account = self.account
        return Bot(
            account.token, base_url=account.base_url, base_file_url=account.base_file_url,
            request=request, get_updates_request=self._polls,
        )  # fmt: skip


def _opened(account: Account, pool: int, read: float) -> Connection:
    return Connection(pool=pool, read=read, connect=account.connect_timeout, proxy=account.proxy)
