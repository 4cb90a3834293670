"""Reading of the messengers' updates: from their JSON to the domain's words. What a desk has no use for is None."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from telegram import Bot, CallbackQuery, Chat, ChatMember, ChatMemberUpdated, Message, Update, User, Venue

from domain.chats.chat import (
    BotBlocked,
    BotUnblocked,
    ButtonPressed,
    ChatBegun,
    ChatEvent,
    ReceivedUpdate,
    SentFile,
    SharedContact,
    SharedLocation,
    SpokenInGroup,
    TextEdited,
    TextWritten,
    UnreadableContent,
)
from domain.conversation.reading.bot_commands import read_slash_command
from domain.values.languages import join_list

PHOTO_NAME = "photo.jpg"
"""Photos have no names of their own."""

VOICE_FIELDS = frozenset({"voice", "audio", "video_note"})
"""Fields of a message in which somebody speaks."""

GROUP_TYPES = frozenset({Chat.GROUP, Chat.SUPERGROUP})

OLD_FORWARD_FIELDS = frozenset({"forward_date", "forward_from", "forward_from_chat"})
"""Fields by which Bale says that a message was passed on; Telegram has `forward_origin`."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file that lies with the messenger."""

    file_id: str
    """Names it to the messenger."""
    file_name: str
    """As its sender called it, or `PHOTO_NAME`."""
    size_bytes: int | None
    """None where the messenger does not say so."""
    caption: str = ""
    """Caption of its sender."""
    album: str = ""
    """Names the album that it came in; empty: it came alone."""

    def to_sent_file(self, content: bytes | None, *, is_too_large: bool = False) -> SentFile:
        """Return it as the domain takes it, with its bytes where they were fetched."""
        return SentFile(
            self.file_name,
            content,
            is_too_large=is_too_large,
            caption=self.caption,
            file_id=self.file_id,
            size_bytes=self.size_bytes,
            album=self.album,
        )


@dataclass(frozen=True, slots=True)
class IncomingUpdate:
    """An update for the desk."""

    update_number: int
    """The messenger's own; a later update has a greater one."""
    chat_id: str
    """The person's chat with the bot."""
    sender_name: str
    """As they call themselves in the messenger."""
    chat_event: ChatEvent
    """Event: written, pressed, shared or sent."""
    file: RemoteFile | None = None
    """File to be fetched before it can be taken; None without a file."""
    press: str | None = None
    """Names the pressed button to the messenger, which waits for an answer; None where none was pressed."""

    def to_received_update(self, channel: str, bot_id: str) -> ReceivedUpdate:
        """Return it as the domain takes it."""
        return ReceivedUpdate(
            channel, f"{bot_id}:{self.update_number}", self.chat_id, self.sender_name, self.chat_event
        )


def parse_update(raw_update: Mapping[str, Any], bot: Bot) -> IncomingUpdate | None:
    """Read one update; None for what is neither from a person's own chat nor from a group. Raises for what is no update
    at all.
    """
    update = Update.de_json(_fill_missing_parts(raw_update), bot)
    if update.callback_query:
        return _parse_press(update.update_id, update.callback_query)
    if update.my_chat_member:
        return _parse_membership(update.update_id, update.my_chat_member)
    message = update.message or update.edited_message
    if message is not None and message.chat.type in GROUP_TYPES:
        return _build_group_update(update.update_id, message.chat)
    if message is None or message.from_user is None or message.chat.type != Chat.PRIVATE:
        return None
    if update.edited_message and message.location:
        return None  # a shared place that moves: nobody sends anything by it
    chat_event, file = (TextEdited(), None) if update.edited_message else _parse_message(message)
    return IncomingUpdate(update.update_id, str(message.chat.id), _full_name(message.from_user), chat_event, file)


def salvage_update(raw_update: Mapping[str, Any]) -> IncomingUpdate | None:
    """Return that something came into a person's own chat which the library cannot read (a field is missing that it
    insists on, in something new); None where not even that can be seen. It never raises.
    """
    message = raw_update.get("message")
    chat = message.get("chat") if isinstance(message, dict) else None
    number, chat_id = raw_update.get("update_id"), chat.get("id") if isinstance(chat, dict) else None
    if not isinstance(chat, dict) or chat.get("type") != Chat.PRIVATE:
        return None
    if not isinstance(number, int) or not isinstance(chat_id, int):
        return None
    unread = UnreadableContent(is_voice=not VOICE_FIELDS.isdisjoint(message or ()))
    return IncomingUpdate(number, str(chat_id), str(chat.get("first_name", "")), unread)


def _fill_missing_parts(raw_update: Mapping[str, Any]) -> dict[str, Any]:
    """Return an update with what Bale leaves out and the library insists on."""
    update = dict(raw_update)
    for update_kind in ("message", "edited_message"):
        if update_kind in update:
            update[update_kind] = {"date": 0, **update[update_kind]}
    if "callback_query" in update:
        press_query = {"chat_instance": "", **update["callback_query"]}
        if "message" in press_query:
            press_query["message"] = {"date": 0, **press_query["message"]}
        update["callback_query"] = press_query
    return update


def _parse_press(number: int, callback_query: CallbackQuery) -> IncomingUpdate | None:
    pressed_message = callback_query.message
    if pressed_message is None or pressed_message.chat.type != Chat.PRIVATE:
        return None
    press_event = ButtonPressed(callback_query.data or "", str(pressed_message.message_id))
    return IncomingUpdate(
        number, str(pressed_message.chat.id), _full_name(callback_query.from_user), press_event, press=callback_query.id
    )


def _build_group_update(number: int, group: Chat) -> IncomingUpdate:
    """Return that something was said in a group: who said what is not taken over."""
    return IncomingUpdate(number, str(group.id), "", SpokenInGroup())


def _parse_membership(number: int, change: ChatMemberUpdated) -> IncomingUpdate | None:
    has_left = change.new_chat_member.status in {ChatMember.BANNED, ChatMember.LEFT}
    if change.chat.type in GROUP_TYPES and not has_left:
        return _build_group_update(number, change.chat)
    if change.chat.type != Chat.PRIVATE:
        return None
    return IncomingUpdate(
        number, str(change.chat.id), _full_name(change.from_user), BotBlocked() if has_left else BotUnblocked()
    )


def _parse_message(message: Message) -> tuple[ChatEvent, RemoteFile | None]:
    if message.text is not None:
        return _parse_text(message.text, is_forwarded=_is_forwarded(message)), None
    if message.contact:
        is_own_contact = message.from_user is not None and message.contact.user_id == message.from_user.id
        return SharedContact(message.contact.phone_number, is_own_contact), None
    if remote_file := _find_file(message):
        return remote_file.to_sent_file(None), remote_file
    if message.location:
        return SharedLocation(message.location.latitude, message.location.longitude, _name_venue(message.venue)), None
    return UnreadableContent(is_voice=any(getattr(message, field) for field in VOICE_FIELDS)), None


def _name_venue(venue: Venue | None) -> str:
    """Return what a place is called that was chosen from a list; empty for a bare point."""
    return join_list(part for part in (venue.title, venue.address) if part) if venue else ""


def _find_file(message: Message) -> RemoteFile | None:
    """Return the photo, in its largest size, or the file of a message."""
    caption, album = message.caption or "", message.media_group_id or ""
    if message.photo:
        largest_photo = message.photo[-1]
        return RemoteFile(largest_photo.file_id, PHOTO_NAME, largest_photo.file_size, caption, album)
    if message.document:
        document = message.document
        return RemoteFile(document.file_id, document.file_name or "", document.file_size, caption, album)
    return None


def _is_forwarded(message: Message) -> bool:
    return message.forward_origin is not None or bool(OLD_FORWARD_FIELDS & message.api_kwargs.keys())


def _parse_text(message_text: str, *, is_forwarded: bool) -> ChatEvent:
    """Return a text, or what begins the chat (`/start`); all other commands are texts, which keep their slash."""
    command_name, _, command_arguments = read_slash_command(message_text).partition(" ")
    if command_name == "start":
        return ChatBegun(command_arguments.strip())
    return TextWritten(message_text, is_forwarded)


def _full_name(telegram_user: User) -> str:
    return telegram_user.full_name
