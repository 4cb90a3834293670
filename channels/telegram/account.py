"""One bot's account with its messenger: the library's client for it, and in what the two messengers differ."""

import logging
from dataclasses import dataclass, field

from telegram import Bot

from channels.telegram.reading import Requests
from channels.telegram.words import bale_text, telegram_text
from domain.chats import BALE

TELEGRAM_API = "https://api.telegram.org"
BALE_API = "https://tapi.bale.ai"

SENDING = 16
"""Connections for all but updates: more than the relay sends at once, so that presses are answered beside it."""

POLLING = 2
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
FILE_SECONDS = 30.0

for _name in ("httpx", "httpcore", "telegram"):
    # They log addresses, which bear the token, and what people wrote.
    logging.getLogger(_name).setLevel(logging.CRITICAL)


@dataclass(slots=True)
class Account:
    """A bot. `channel` is the messenger (`telegram`, `bale`), `token` its key; `proxy` leads to it (`socks5://…`).

    `bot` needs no `initialize()`: its number is in the token, and a wrong token is told by the first call. Updates have
    connections of their own, so that a long wait for them holds nothing up.
    """

    channel: str
    token: str = field(repr=False)
    base_url: str
    base_file_url: str
    proxy: str | None = None
    bot: Bot = field(init=False, repr=False)
    _requests: tuple[Requests, Requests] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._requests = self._made(POLLING), self._made(SENDING)
        polling, sending = self._requests
        self.bot = Bot(
            self.token,
            base_url=self.base_url,
            base_file_url=self.base_file_url,
            request=sending,
            get_updates_request=polling,
        )

    @property
    def number(self) -> str:
        """The bot's own id, which the token begins with."""
        return self.token.partition(":")[0]

    @property
    def names_secret(self) -> bool:
        """Whether its messenger tells the webhook's secret in a header too."""
        return self.channel != BALE

    def written(self, text: str) -> str:
        """Return a text as it is to be written, so that people see it as it is."""
        return bale_text(text) if self.channel == BALE else telegram_text(text)

    async def close(self) -> None:
        """Close its connections."""
        for requests in self._requests:
            await requests.shutdown()

    def _made(self, connections: int) -> Requests:
        return Requests(
            connection_pool_size=connections,
            proxy=self.proxy,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=ANSWER_SECONDS,
            write_timeout=ANSWER_SECONDS,
            media_write_timeout=FILE_SECONDS,
            pool_timeout=CONNECT_SECONDS,
            httpx_kwargs={"trust_env": False},
        )
