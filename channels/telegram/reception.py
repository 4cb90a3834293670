"""An update, however it came: read, its file fetched, acted on in one unit of work, its press answered.

The updates of one chat wait for each other, in the order in which they came; nobody waits for the file of another chat.
Updates about money wait for nothing (`payments.py`).
"""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

from telegram.error import TelegramError

from channels.telegram.files import fetch_file
from channels.telegram.link import FILES_AT_ONCE, BotClient
from channels.telegram.payment_updates import PaymentUpdate, read_payment_update
from channels.telegram.payments import BotPayments
from channels.telegram.updates import IncomingUpdate, RemoteFile, parse_update, salvage_update
from domain.actions.conversations.chats.groups import decline_group
from domain.actions.conversations.chats.receive_update import needs_file, receive_update
from domain.actions.conversations.chats.waiting_files import list_awaited_files
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import Address
from domain.chats.chat import ButtonPressed, ReceivedUpdate, SpokenInGroup
from domain.gateways.gateway import PaymentGateway
from domain.unit_of_work import Store

log = logging.getLogger(__name__)

CHATS_AT_ONCE = 8
"""Chats that are acted on at once, each with a unit of work; those whose file is still fetched are not counted."""


class Reception:
    """Takes the updates of one bot; `gateway` is that of its messenger, where bills are paid in chats."""

    def __init__(
        self, dependencies: Dependencies, store: Store, bot_client: BotClient, gateway: PaymentGateway | None = None
    ) -> None:
        self._dependencies = dependencies
        self._store = store
        self._bot_client = bot_client
        self._payments = BotPayments(dependencies, store, bot_client, gateway)
        self._later_tasks: set[asyncio.Task[None]] = set()
        self._locks_by_chat: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._acting_slots = asyncio.Semaphore(CHATS_AT_ONCE)
        self._fetching_slots = asyncio.Semaphore(FILES_AT_ONCE)

    def read_update(self, raw_update: Mapping[str, Any]) -> IncomingUpdate | PaymentUpdate | None:
        """Read an update; one that the library cannot read is logged, and taken for something unreadable where it came
        from a person's own chat: it would be no better the next time.
        """
        payment_update = read_payment_update(raw_update)
        if payment_update is not None:
            return payment_update
        try:
            return parse_update(raw_update, self._bot_client.bot)
        except Exception as error:  # noqa: BLE001 - the library raises whatever its types stumble over
            log.warning(
                "%s: update %s cannot be read: %s",
                self._channel_name,
                raw_update.get("update_id"),
                type(error).__name__,
            )
            return salvage_update(raw_update)

    async def take_update(self, incoming_update: IncomingUpdate | PaymentUpdate) -> None:
        """Act on an update. When it returns, all that the update does is durable; domain errors say why it is not."""
        if isinstance(incoming_update, PaymentUpdate):
            await self._payments.take_update(incoming_update)
            return
        if isinstance(incoming_update.chat_event, SpokenInGroup):
            await decline_group(self._dependencies, self._store, self._channel_name, incoming_update.chat_id)
            return
        chat_lock = self._locks_by_chat.setdefault(incoming_update.chat_id, asyncio.Lock())
        async with chat_lock:
            received_update = await self._fetch_wanted_file(incoming_update)
            async with self._acting_slots:
                update_outcome = await receive_update(self._dependencies, self._store, received_update)
        if incoming_update.press is not None:
            self._do_later(self._answer_press(incoming_update.press, update_outcome.toast))
        if update_outcome.answered_message and self._bot_client.dialect.removes_buttons:
            self._do_later(self._remove_buttons(incoming_update.chat_id, update_outcome.answered_message))
        if update_outcome.invoice_token:
            address = Address(self._channel_name, incoming_update.chat_id, update_outcome.message.mobile)
            self._do_later(self._payments.send_invoice(address, update_outcome.invoice_token))

    async def close(self) -> None:
        """Leave presses unanswered that still wait for their answer to be taken, and invoices unsent."""
        for later_task in self._later_tasks:
            later_task.cancel()
        await asyncio.gather(*self._later_tasks, return_exceptions=True)

    async def _fetch_wanted_file(self, incoming_update: IncomingUpdate) -> ReceivedUpdate:
        """Return an update with the file that came with it, where that is wanted."""
        bot_account = self._bot_client.account
        received_update = incoming_update.to_received_update(bot_account.channel, bot_account.bot_id)
        if incoming_update.press is not None:
            return await self._fetch_waiting_files(received_update)
        if incoming_update.file is None or not await needs_file(self._dependencies, self._store, received_update):
            return received_update
        async with self._fetching_slots:
            return replace(
                received_update, chat_event=await fetch_file(self._bot_client.download_bot, incoming_update.file)
            )

    async def _fetch_waiting_files(self, received_update: ReceivedUpdate) -> ReceivedUpdate:
        """Return a press with the files that waited for it, if it says what those are."""
        waiting_files = await list_awaited_files(self._dependencies, self._store, received_update)
        if not waiting_files or not isinstance(received_update.chat_event, ButtonPressed):
            return received_update
        fetched_files = []
        for waiting_file in waiting_files:
            remote_file = RemoteFile(waiting_file.file_id, waiting_file.file_name, waiting_file.size_bytes)
            async with self._fetching_slots:
                fetched_files.append(await fetch_file(self._bot_client.download_bot, remote_file))
        press = replace(received_update.chat_event, files=tuple(fetched_files))
        return replace(received_update, chat_event=press)

    @property
    def _channel_name(self) -> str:
        return self._bot_client.account.channel

    def _do_later(self, action: Coroutine[Any, Any, None]) -> None:
        """Let the button stop turning, answered buttons go away, or an invoice be sent: nobody waits for that, and
        nothing is lost without it.
        """
        later_task = asyncio.create_task(action)
        self._later_tasks.add(later_task)
        later_task.add_done_callback(self._later_tasks.discard)

    async def _answer_press(self, press_id: str, toast_text: str | None) -> None:
        try:
            await self._bot_client.bot.answer_callback_query(press_id, text=toast_text)
        except TelegramError as error:
            log.debug("%s: a press was not answered: %s", self._channel_name, type(error).__name__)

    async def _remove_buttons(self, chat_id: str, message_id: str) -> None:
        """Take the buttons of an answered question away; those that stay say that they are over when pressed."""
        try:
            await self._bot_client.bot.edit_message_reply_markup(int(chat_id), int(message_id), reply_markup=None)
        except TelegramError as error:
            log.debug("%s: buttons were not removed: %s", self._channel_name, type(error).__name__)
