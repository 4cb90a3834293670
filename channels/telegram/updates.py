"""The messengers' updates as the domain takes them: one person's chat, and the one thing that came from it."""

from telegram import CallbackQuery, Chat, ChatMember, ChatMemberUpdated, Message, Update, User

from channels.telegram.account import Account
from channels.telegram.files import fetched
from domain.chats import (
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

KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]
"""The updates that a bot asks for; it reads no others."""

START = "start"
CLOSED = {ChatMember.BANNED, ChatMember.LEFT}


async def received(account: Account, update: Update) -> ReceivedUpdate | None:
    """Return what came, its file fetched; None for what is no private chat's, or nothing that a desk answers."""
    chat, person = update.effective_chat, update.effective_user
    if chat is None or person is None or chat.type != Chat.PRIVATE or person.is_bot:
        return None
    came = await _came(account, update, person)
    if came is None:
        return None
    name = f"{account.number}:{update.update_id}"
    return ReceivedUpdate(account.channel, name, str(chat.id), person.full_name, came)


async def _came(account: Account, update: Update, person: User) -> Came | None:
    if update.callback_query:
        return _pressed(update.callback_query)
    if update.my_chat_member:
        return _standing(update.my_chat_member)
    if update.edited_message:
        return Edited()
    return await _message(account, update.message, person) if update.message else None


def _pressed(press: CallbackQuery) -> Came:
    if press.data is None or press.message is None:
        return Unreadable()
    return Pressed(press.data, str(press.message.message_id))


def _standing(changed: ChatMemberUpdated) -> Came | None:
    before, now = changed.old_chat_member.status in CLOSED, changed.new_chat_member.status in CLOSED
    if before == now:
        return None
    return Stopped() if now else Resumed()


async def _message(account: Account, message: Message, person: User) -> Came:
    if message.text:
        return _text(message.text)
    if message.contact:
        return SharedContact(message.contact.phone_number, message.contact.user_id == person.id)
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return await _file(account, largest.file_id, largest.file_size, "photo.jpg")
    if message.document:
        document = message.document
        return await _file(account, document.file_id, document.file_size, document.file_name or "document")
    return Unreadable()


def _text(text: str) -> Came:
    """Read a text; a command is one without its slash and the bot's name."""
    if not text.startswith("/"):
        return Wrote(text)
    word, _, rest = text[1:].partition(" ")
    command = word.partition("@")[0]
    return Began(rest.strip()) if command == START else Wrote(f"{command} {rest}".strip())


async def _file(account: Account, file_id: str, size: int | None, name: str) -> SentFile:
    found = await fetched(account.bot, file_id, size)
    return SentFile(name, found.content, found.too_large)
