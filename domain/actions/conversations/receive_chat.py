"""An update of a messenger's bot, from the channel to the queued reply, in one unit of work.

It is acknowledged only after that unit is committed. The same update again is recognised and acted on no further; the
updates of one chat wait for each other, whichever process got them. A fault of ours is treated as for SMS.
"""

from dataclasses import dataclass
from datetime import timedelta

from domain.actions.conversations.arriving import Arrival, acted_once
from domain.actions.conversations.chat_turn import ChatTurn, take
from domain.actions.conversations.converse import talk_on
from domain.actions.conversations.receive import LONGEST_TEXT
from domain.actions.conversations.unproved_chat import at_door, by_contact
from domain.actions.desk import Desk
from domain.actions.messages.notify import Address, in_chat
from domain.chats.chat import (
    Began,
    Chat,
    ChatState,
    Pressed,
    ReceivedUpdate,
    Resumed,
    SentFile,
    SharedContact,
    Stopped,
    Wrote,
)
from domain.conversation.buttons.answers import read_answer
from domain.messages.ports import Stored
from domain.messages.records import InboundMessage, InboundState
from domain.unit_of_work import Store, UnitOfWork
from domain.values.calendar import hour_text, in_tehran
from domain.values.errors import TooManyRequests
from domain.values.rate_windows import window_end
from domain.values.text import shown

DOUBLE_TAP = timedelta(seconds=10)
"""The same button of the same message, pressed again within this time and with nothing between, is one press."""

ONE_WORD = timedelta(seconds=10)
"""What comes too fast within this time, an album for one, is told so once."""

_NOTHING_DONE = frozenset({InboundState.FAILED, InboundState.LIMITED})
"""States of a press that is pressed again for a good reason: nothing came of it."""

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an update; `toast` is what a pressed button is told."""

    message: InboundMessage
    toast: str | None = None


async def receive_update(desk: Desk, store: Store, update: ReceivedUpdate) -> Taken:
    """Act on one delivery of an update and return what became of it (of the first delivery, when repeated)."""
    message = _inbound(desk, update)
    toasts: list[str | None] = []

    async def handle(uow: UnitOfWork) -> InboundMessage:
        toasts.clear()  # what was said before the unit was undone is not so
        toasts.append(await _handle(desk, uow, message, update))
        return message

    address = Address(update.channel, update.chat_id)
    return Taken(await acted_once(desk, store, message, address, handle), toasts[-1] if toasts else None)


async def wants_file(store: Store, update: ReceivedUpdate) -> bool:
    """Tell whether a file is to be fetched: its chat has proved a mobile, and the update was not acted on before."""
    async with store.unit(write=False) as uow:
        chat = await uow.chats.get(update.channel, update.chat_id)
        if chat is None or chat.mobile is None:
            return False
        return await uow.inbox.known(update.channel, update.channel, update.update_id) is None


def _inbound(desk: Desk, update: ReceivedUpdate) -> InboundMessage:
    pressed = update.came.message_id if isinstance(update.came, Pressed) else ""
    return InboundMessage(
        desk.ids.new_id(), update.channel, update.channel, update.update_id, update.update_id, update.chat_id, None,
        pressed, _text_of(update)[:LONGEST_TEXT], desk.clock.now(),
    )  # fmt: skip


def _text_of(update: ReceivedUpdate) -> str:
    """Return what the inbox keeps of an update: words; numbers and files are kept where they belong."""
    match update.came:
        case Wrote(text=text):
            return shown(text)
        case Began(payload=payload):
            return shown(payload)
        case Pressed(data=data):
            return shown(read_answer(data).text)
        case SentFile(name=name, caption=caption):
            return shown(f"{name} {caption}".strip())
    return ""


async def _handle(desk: Desk, uow: UnitOfWork, message: InboundMessage, update: ReceivedUpdate) -> str | None:
    """Act on an update; return what the pressed button is told."""
    await uow.serialise(f"{update.channel}:{update.chat_id}")
    before = await uow.inbox.last_from(update.channel, update.chat_id, 1) if message.recipient else []
    arrived = await uow.inbox.arrive(message, desk.policy.inbound_window)
    if arrived is None:
        return None
    count, stored = arrived
    chat = await _present(desk, uow, update)
    message.mobile = chat.mobile
    arrival = Arrival(desk, uow, message, in_chat(chat))
    toast = None
    if isinstance(update.came, Stopped | Resumed):
        message.intent = update.came.__class__.__name__.lower()
    elif before and _same_press(before[0], message):
        message.reason, toast = "twice", desk.catalogue.text("chat.toasts.twice")
    elif count > desk.policy.chat_limit:
        toast = await _limited(arrival, update)
    else:
        toast = await _answer(arrival, chat, update, stored)
    await uow.inbox.save(message)
    return toast


async def _limited(arrival: Arrival, update: ReceivedUpdate) -> str | None:
    """Say until when nothing of this chat is read: to every press where it was pressed, to all else by a message, one
    for what comes within `ONE_WORD`.
    """
    desk, message = arrival.desk, arrival.message
    message.state = InboundState.LIMITED
    ends_at = window_end(message.received_at, desk.policy.inbound_window)
    until = hour_text(in_tehran(ends_at).time())
    words = desk.wording.error(TooManyRequests(detail="chat", until=until))
    if isinstance(update.came, Pressed):
        return words
    key = f"limited:{update.channel}:{update.chat_id}"
    if await arrival.uow.lines.hit(key, message.received_at, ONE_WORD) == 1:
        await arrival.answer("errors.too_many_requests", words)
    return None


async def _present(desk: Desk, uow: UnitOfWork, update: ReceivedUpdate) -> Chat:
    """Return the chat as it is now: who writes lets the bot write again."""
    now = desk.clock.now()
    name = shown(update.name)[:LONGEST_NAME]
    state = ChatState.BLOCKED if isinstance(update.came, Stopped) else ChatState.ACTIVE
    chat = await uow.chats.get(update.channel, update.chat_id)
    if chat is None:
        chat = Chat(update.channel, update.chat_id, None, name, state, None, now)
    elif (chat.name, chat.state) == (name, state):
        return chat
    chat.name, chat.state, chat.updated_at = name, state, now
    await uow.chats.put(chat)
    return chat


async def _answer(arrival: Arrival, chat: Chat, update: ReceivedUpdate, stored: Stored | None) -> str | None:
    turn = await _turn(arrival, chat, update, stored)
    message = arrival.message
    message.intent, message.mobile = turn.intent, chat.mobile
    told = Arrival(arrival.desk, arrival.uow, message, in_chat(chat))
    for one in turn.spoken:
        message.state, message.request_id = InboundState.ANSWERED, one.said.request_id or message.request_id
        await told.answer(one.said.key, one.said.text, one.said.request_id, one.shown)
    return turn.toast


async def _turn(arrival: Arrival, chat: Chat, update: ReceivedUpdate, stored: Stored | None) -> ChatTurn:
    desk, uow = arrival.desk, arrival.uow
    if chat.mobile is None:
        return await at_door(desk, uow, chat, update.came, stored)
    line = in_chat(chat)
    if isinstance(update.came, SharedContact):
        return await by_contact(talk_on(desk, uow, line), chat, update.came, stored)
    return await take(desk, uow, line, update.came, stored)


def _same_press(before: InboundMessage, message: InboundMessage) -> bool:
    same = (before.recipient, before.text) == (message.recipient, message.text) and before.state not in _NOTHING_DONE
    return same and message.received_at - before.received_at < DOUBLE_TAP
