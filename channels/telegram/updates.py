"""What the messengers' updates say: from their JSON to the domain's words. What a desk has no use for is None."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from telegram import Bot, CallbackQuery, Chat, ChatMember, ChatMemberUpdated, Message, Update, User

from domain.chats.chat import (
    Began,
    Came,
    Edited,
    Pressed,
    ReceivedUpdate,
    Resumed,
    SentFile,
    SharedContact,
    Stopped,
    Unreadable,
    Wrote,
)

PHOTO_NAME = "photo.jpg"
"""Photos have no names of their own."""


@dataclass(frozen=True, slots=True)
class FileThere:
    """A file that lies with the messenger; `size` in bytes, None where it is not told."""

    file_id: str
    name: str
    size: int | None
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """An update for the desk. `file` is what has to be fetched before it can be taken; `press` names the pressed button
    to the messenger, which waits for an answer.
    """

    number: int
    chat_id: str
    name: str
    came: Came
    file: FileThere | None = None
    press: str | None = None

    def received(self, channel: str, bot_id: str) -> ReceivedUpdate:
        """Return it as the domain takes it."""
        return ReceivedUpdate(channel, f"{bot_id}:{self.number}", self.chat_id, self.name, self.came)


def read(raw: Mapping[str, Any], bot: Bot) -> Incoming | None:
    """Read one update; None for what is not from a person's own chat. Raises for what is no update at all."""
    update = Update.de_json(_filled(raw), bot)
    if update.callback_query:
        return _press(update.update_id, update.callback_query)
    if update.my_chat_member:
        return _standing(update.update_id, update.my_chat_member)
    message = update.message or update.edited_message
    if message is None or message.from_user is None or message.chat.type != Chat.PRIVATE:
        return None
    if update.edited_message and message.location:
        return None  # a shared place that moves: nobody sends anything by it
    came, file = (Edited(), None) if update.edited_message else _message(message)
    return Incoming(update.update_id, str(message.chat.id), _name(message.from_user), came, file)


def _filled(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return an update with what Bale leaves out and the library insists on."""
    update = dict(raw)
    for kind in ("message", "edited_message"):
        if kind in update:
            update[kind] = {"date": 0, **update[kind]}
    if "callback_query" in update:
        press = {"chat_instance": "", **update["callback_query"]}
        if "message" in press:
            press["message"] = {"date": 0, **press["message"]}
        update["callback_query"] = press
    return update


def _press(number: int, query: CallbackQuery) -> Incoming | None:
    message = query.message
    if message is None or message.chat.type != Chat.PRIVATE:
        return None
    pressed = Pressed(query.data or "", str(message.message_id))
    return Incoming(number, str(message.chat.id), _name(query.from_user), pressed, press=query.id)


def _standing(number: int, change: ChatMemberUpdated) -> Incoming | None:
    if change.chat.type != Chat.PRIVATE:
        return None
    gone = change.new_chat_member.status in {ChatMember.BANNED, ChatMember.LEFT}
    return Incoming(number, str(change.chat.id), _name(change.from_user), Stopped() if gone else Resumed())


def _message(message: Message) -> tuple[Came, FileThere | None]:
    if message.text is not None:
        return _written(message.text), None
    if message.contact:
        own = message.from_user is not None and message.contact.user_id == message.from_user.id
        return SharedContact(message.contact.phone_number, own), None
    if message.photo:
        largest = message.photo[-1]
        return _file(largest.file_id, PHOTO_NAME, largest.file_size, message.caption)
    if message.document:
        document = message.document
        return _file(document.file_id, document.file_name or "", document.file_size, message.caption)
    return Unreadable(), None


def _file(file_id: str, name: str, size: int | None, caption: str | None) -> tuple[Came, FileThere]:
    return SentFile(name, None, caption=caption or ""), FileThere(file_id, name, size, caption or "")


def _written(text: str) -> Came:
    """Return a text; a command without its slash and the bot's name, since commands are words like others."""
    if not text.startswith("/"):
        return Wrote(text)
    word, _, rest = text[1:].partition(" ")
    command = word.partition("@")[0]
    return Began(rest.strip()) if command == "start" else Wrote(f"{command} {rest}".strip())


def _name(user: User) -> str:
    return user.full_name
