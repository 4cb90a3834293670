"""An update, however it came: read, its file fetched, acted on in one unit of work, its press answered.

The updates of one chat wait for each other, in the order in which they came; nobody waits for the file of another chat.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

from telegram.error import TelegramError

from channels.telegram.files import fetched
from channels.telegram.link import FILES_AT_ONCE, BotClient
from channels.telegram.updates import Incoming, read
from domain.actions.conversations.receive_chat import receive_update, wants_file
from domain.actions.desk import Desk
from domain.chats.chat import ReceivedUpdate
from domain.unit_of_work import Store

log = logging.getLogger(__name__)

CHATS_AT_ONCE = 8
"""Chats that are acted on at once, each with a unit of work; those whose file is still fetched are not counted."""


class Reception:
    """Takes the updates of one bot."""

    def __init__(self, desk: Desk, store: Store, link: BotClient) -> None:
        self._desk = desk
        self._store = store
        self._link = link
        self._answering: set[asyncio.Task[None]] = set()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._acting = asyncio.Semaphore(CHATS_AT_ONCE)
        self._fetching = asyncio.Semaphore(FILES_AT_ONCE)

    def read(self, raw: Mapping[str, Any]) -> Incoming | None:
        """Read an update; one that nobody can read is told in the log, and would be no better the next time."""
        try:
            return read(raw, self._link.bot)
        except Exception as error:  # noqa: BLE001 - the library raises whatever its types stumble over
            log.warning("%s: update %s cannot be read: %s", self._name, raw.get("update_id"), type(error).__name__)
            return None

    async def take(self, incoming: Incoming) -> None:
        """Act on an update. When it returns, all that the update does is durable; domain errors say why it is not."""
        turn = self._turns.setdefault(incoming.chat_id, asyncio.Lock())
        async with turn:
            update = await self._complete(incoming)
            async with self._acting:
                taken = await receive_update(self._desk, self._store, update)
        if incoming.press is not None:
            self._answer(incoming.press, taken.toast)

    async def close(self) -> None:
        """Leave presses unanswered that still wait for their answer to be taken."""
        for task in self._answering:
            task.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)

    async def _complete(self, incoming: Incoming) -> ReceivedUpdate:
        """Return an update with the file that came with it, where that is wanted."""
        account = self._link.account
        update = incoming.received(account.channel, account.bot_id)
        if incoming.file is None or not await wants_file(self._store, update):
            return update
        async with self._fetching:
            return replace(update, came=await fetched(self._link.files, incoming.file))

    @property
    def _name(self) -> str:
        return self._link.account.channel

    def _answer(self, press: str, toast: str | None) -> None:
        """Let the button stop turning; nobody waits for that, and nothing is lost without it."""
        task = asyncio.create_task(self._told(press, toast))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _told(self, press: str, toast: str | None) -> None:
        try:
            await self._link.bot.answer_callback_query(press, text=toast)
        except TelegramError as error:
            log.debug("%s: a press was not answered: %s", self._name, type(error).__name__)
