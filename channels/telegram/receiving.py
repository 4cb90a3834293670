"""What happens to each update, however it came: read, acted on in a unit of work, its press answered."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from telegram import Update
from telegram.error import TelegramError

from channels.telegram.account import Account
from channels.telegram.updates import received
from domain.chats import ReceivedUpdate

log = logging.getLogger(__name__)

Act = Callable[[ReceivedUpdate], Awaitable[str | None]]
"""Acts on an update, durably; returns what its press is told. Domain errors: nothing was done."""


class Receiver:
    """Takes updates in. What a press is told goes out beside it: nobody waits for the messenger to take that."""

    def __init__(self, account: Account, act: Act) -> None:
        self._account = account
        self._act = act
        self._answering: set[asyncio.Task[None]] = set()

    async def take(self, update: Update) -> None:
        """Take one update; when this returns, all that it does is durable. Domain errors: it must come again."""
        came = await self._read(update)
        toast = await self._act(came) if came else None
        if update.callback_query:
            answering = asyncio.create_task(self._answer(update.callback_query.id, toast))
            self._answering.add(answering)
            answering.add_done_callback(self._answering.discard)

    async def _read(self, update: Update) -> ReceivedUpdate | None:
        try:
            return await received(self._account, update)
        except Exception:  # a fault of ours: this update is lost, the chat must go on
            log.exception("update %s could not be read", update.update_id)
            return None

    async def close(self) -> None:
        """Give up what is still being answered."""
        for answering in self._answering:
            answering.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)

    async def _answer(self, press: str, toast: str | None) -> None:
        """Answer a press, whatever it came to: else its button turns on (in Bale for ever)."""
        with suppress(TelegramError):  # too old, or the messenger is away: what was pressed is done all the same
            await self._account.bot.answer_callback_query(press, text=toast)
