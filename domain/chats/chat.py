"""Chats with messengers' bots: whose they are, how a mobile is proved in one, and what can come from one.

A chat is one person's (groups are not answered). Until it has proved a mobile it is nobody's: nothing personal is told
in it. A mobile belongs to one chat of a messenger at most, the last that proved it. Source: channels.md, "Telegram and
Bale".
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

TELEGRAM, BALE = "telegram", "bale"
MESSENGERS = (TELEGRAM, BALE)
"""The channels that are messengers; their bots speak one protocol."""


class ChatState(StrEnum):
    """Whether the bot may write to a chat, as far as is known."""

    ACTIVE = "active"
    BLOCKED = "blocked"


@dataclass(slots=True)
class Chat:
    """One chat. `mobile` (+989…) is the proved number, None while none is; `name` is what the messenger calls the
    person. `linked_at` is when the mobile was proved.
    """

    channel: str
    chat_id: str
    mobile: str | None
    name: str
    state: ChatState
    linked_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ChatAddress:
    """Where a person can be written to besides SMS: an active chat, and whether that is wished.

    `chosen_channel` is the channel that the person chose for notices (None: none was chosen), `request_channel` the
    channel that the request in question came by, where it is this person's own.
    """

    channel: str
    chat_id: str
    chosen_channel: str | None
    request_channel: str | None


@dataclass(slots=True)
class MobileProof:
    """A code that was sent to a mobile, to prove it from an address of a channel (a chat).

    `digest` is that of salt and code; `tries` counts the wrong ones.
    """

    channel: str
    address: str
    mobile: str
    salt: str
    digest: str
    expires_at: datetime
    tries: int = 0


@dataclass(frozen=True, slots=True)
class TextWritten:
    """A text, or a command without its slash."""

    text: str


@dataclass(frozen=True, slots=True)
class ChatBegun:
    """The chat was begun (`/start`), perhaps by a link that carries something (`track_123456786`)."""

    link_payload: str


@dataclass(frozen=True, slots=True)
class ButtonPressed:
    """A button under a message of ours; `button_data` is what the button carried, `message_id` the messenger's."""

    button_data: str
    message_id: str


@dataclass(frozen=True, slots=True)
class SharedContact:
    """A contact; `is_own` tells whether the messenger says that it is the sender's own."""

    phone_number: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class SentFile:
    """A photo or file, and what was written under it. `content` is None when it was not fetched: `is_too_large` tells
    why, else it could not be.
    """

    file_name: str
    content: bytes | None
    is_too_large: bool = False
    caption: str = ""


@dataclass(frozen=True, slots=True)
class TextEdited:
    """An earlier text was changed. What it asked for then was done then."""


@dataclass(frozen=True, slots=True)
class UnreadableContent:
    """Something that a desk cannot take: a voice, a sticker, a place."""


@dataclass(frozen=True, slots=True)
class BotBlocked:
    """The person blocked the bot."""


@dataclass(frozen=True, slots=True)
class BotUnblocked:
    """The person let the bot write again."""


ChatEvent = (
    TextWritten
    | ChatBegun
    | ButtonPressed
    | SharedContact
    | SentFile
    | TextEdited
    | UnreadableContent
    | BotBlocked
    | BotUnblocked
)
"""What can come from a chat."""


@dataclass(frozen=True, slots=True)
class ReceivedUpdate:
    """One update as a bot gets it. `update_id` is unique in its channel for ever: bot and number of the update."""

    channel: str
    update_id: str
    chat_id: str
    sender_name: str
    chat_event: ChatEvent
