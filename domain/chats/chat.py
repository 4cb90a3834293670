"""Chats with messengers' bots: whose they are, how a mobile is proved in one, and what can come from one.

A chat is one person's (a group is notified once that it is no place for a desk). Until it has proved a mobile it is
nobody's: nothing personal is disclosed in it. A mobile belongs to one chat of a messenger at most, the last that proved
it. Source: channels.md, "Telegram and Bale".
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.values.errors import DomainError, Unavailable
from domain.values.files import PreparedFile, build_size_error
from domain.values.reasons import UnavailableReason

TELEGRAM, BALE = "telegram", "bale"
MESSENGERS = (TELEGRAM, BALE)
"""The channels that are messengers; their bots speak one protocol."""

SILENT_MESSENGERS = frozenset({TELEGRAM})
"""Those that can bring a message without a sound: what would wake somebody comes silently in quiet hours, and waits
elsewhere.
"""

PINNING_MESSENGERS = frozenset({TELEGRAM})
"""Those in which a bot pins a message of a person's chat: the status card of an open request is there."""


class ChatState(StrEnum):
    """Whether the bot may write to a chat, as far as is known."""

    ACTIVE = "active"
    BLOCKED = "blocked"


@dataclass(slots=True)
class Chat:
    """One chat."""

    channel: str
    """The messenger, one of `MESSENGERS`."""
    chat_id: str
    """The messenger's own id of it."""
    mobile: str | None
    """The proved number (+989…); None while none is."""
    name: str
    """Name of the person in the messenger."""
    state: ChatState
    """Whether the bot may write to it."""
    linked_at: datetime | None
    """Time when the mobile was proved; None while none is."""
    updated_at: datetime
    """Time of the last change, in UTC."""


@dataclass(frozen=True, slots=True)
class ChatAddress:
    """Address of a person in a chat: an active chat, and whether that is wished."""

    channel: str
    """The messenger, one of `MESSENGERS`."""
    chat_id: str
    """The messenger's own id of the chat."""
    chosen_channel: str | None
    """The channel that the person chose for notices; None: none was chosen."""
    request_channel: str | None
    """The channel that the request in question came by, where it is this person's own."""


@dataclass(slots=True)
class MobileProof:
    """A code that was sent to a mobile, to prove it from an address of a channel."""

    channel: str
    """The channel that the person uses: a messenger, or the portal."""
    address: str
    """Address in that channel: a chat's id; at the portal the session's, and what the code is for."""
    mobile: str
    """The number that is to be proved (+989…)."""
    salt: str
    """Random; makes the digest of equal codes differ."""
    digest: str
    """Digest of salt and code: the code itself is not kept."""
    expires_at: datetime
    """Until when the code proves anything, in UTC."""
    tries: int = 0
    """Number of wrong codes given."""
    used_at: datetime | None = None
    """Time when the right one was given, in UTC; None while it was not."""


@dataclass(frozen=True, slots=True)
class TextWritten:
    """A text, or a command with its slash."""

    text: str
    is_forwarded: bool = False
    """Whether somebody wrote it elsewhere, and it was passed on: what it asks for is confirmed before it is done."""


@dataclass(frozen=True, slots=True)
class ChatBegun:
    """The chat was begun (`/start`), perhaps by a link that carries something (`track_123456786`)."""

    link_payload: str


@dataclass(frozen=True, slots=True)
class ButtonPressed:
    """A button under a message of ours; `button_data` is what the button carried, `message_id` the messenger's."""

    button_data: str
    message_id: str
    files: "tuple[SentFile, ...]" = ()
    """The files that waited for it, fetched: it says what they are."""


@dataclass(frozen=True, slots=True)
class SharedContact:
    """A contact; `is_own` is whether the messenger says that it is the sender's own."""

    phone_number: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class SentFile:
    """A photo or file."""

    file_name: str
    """As the messenger gave it."""
    content: bytes | None
    """None when it was not fetched: `is_too_large` says why, else it could not be."""
    is_too_large: bool = False
    """Whether it was left alone for its size."""
    caption: str = ""
    """Caption."""
    prepared_file: PreparedFile | None = None
    """As it may be stored; None before it was prepared, and where it was not fetched or is refused."""
    refusal: DomainError | None = None
    """Reason for not storing it."""
    file_id: str = field(default="", compare=False)
    """Names it to the messenger, where it can be fetched again."""
    size_bytes: int | None = field(default=None, compare=False)
    """As the messenger says; None where it does not."""
    album: str = ""
    """Names the album that it is of: those that came with it; empty for a single one."""

    def require_prepared(self) -> PreparedFile:
        """Return it as it may be stored; the errors say why it may not."""
        if self.is_too_large:
            raise build_size_error()
        if self.refusal is not None:
            raise self.refusal
        if self.prepared_file is None:
            raise Unavailable("document", UnavailableReason.FILE)
        return self.prepared_file


@dataclass(frozen=True, slots=True)
class SharedLocation:
    """A point on the map, in degrees north and east, and what is there as the messenger calls it."""

    latitude: float
    longitude: float
    title: str = ""


@dataclass(frozen=True, slots=True)
class TextEdited:
    """An earlier text was changed. What it asked for then was done then."""


@dataclass(frozen=True, slots=True)
class UnreadableContent:
    """Something that a desk cannot take: a voice, a video, a sticker, a poll."""

    is_voice: bool = False
    """Whether somebody speaks in it: that is no text, but somebody who wants something."""


@dataclass(frozen=True, slots=True)
class SpokenInGroup:
    """Something was said in a group, or the bot was taken into one."""


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
    | SharedLocation
    | TextEdited
    | UnreadableContent
    | SpokenInGroup
    | BotBlocked
    | BotUnblocked
)
"""Events of a chat."""


@dataclass(frozen=True, slots=True)
class ReceivedUpdate:
    """One update as a bot gets it."""

    channel: str
    """The messenger, one of `MESSENGERS`."""
    update_id: str
    """Unique in its channel for ever: bot and number of the update."""
    chat_id: str
    """The chat that it came from."""
    sender_name: str
    """Name of the person in the messenger."""
    chat_event: ChatEvent
    """Event in the chat."""
