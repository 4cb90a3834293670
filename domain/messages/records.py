"""Messages on their way in and out: classes, states, and the rows of outbox and inbox."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

_DIGIT_PATTERN = re.compile(r"\d")


class MessageClass(StrEnum):
    """Urgency of a text. The first three go at once, day and night; the others respect quiet hours (services.md)."""

    REPLY = "reply"
    SECURITY = "security"
    RECEIPT = "receipt"
    REMINDER = "reminder"
    NOTICE = "notice"
    BULK = "bulk"

    priority: int
    """The order in which waiting messages leave: 0 first."""
    is_immediate: bool
    """Whether quiet hours do not hold it back."""
    stops_on_opt_out: bool
    """Whether «لغو11» stops it."""

    def __init__(self, class_name: str) -> None:
        self.priority = len(self.__class__.__members__)
        self.is_immediate = class_name in {"reply", "security", "receipt"}
        self.stops_on_opt_out = class_name in {"reminder", "bulk"}


class MessageState(StrEnum):
    """The life of an outgoing message (channels.md). `rank` only grows, whatever order receipts come in."""

    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    EXPIRED = "expired"
    FAILED = "failed"
    BLOCKED = "blocked"
    UNDELIVERED = "undelivered"
    DELIVERED = "delivered"

    @property
    def rank(self) -> int:
        """Position in the order queued < sending < unknown < sent < the ends, delivered being the last word."""
        return _RANK_BY_STATE[self]

    @property
    def is_final(self) -> bool:
        """Whether nothing more is to be sent or asked for it."""
        return self.rank >= _RANK_BY_STATE[MessageState.EXPIRED]


_RANK_BY_STATE = {
    MessageState.QUEUED: 0,
    MessageState.SENDING: 1,
    MessageState.UNKNOWN: 2,
    MessageState.SENT: 3,
    MessageState.EXPIRED: 4,
    MessageState.FAILED: 4,
    MessageState.BLOCKED: 4,
    MessageState.UNDELIVERED: 4,
    MessageState.DELIVERED: 5,
}


@dataclass(slots=True)
class OutboxMessage:
    """One outgoing text."""

    id: int
    """Travels as the provider's own reference (Kavenegar `localid`), so it is never reused."""
    channel: str
    """The key of the channel that it goes by."""
    recipient: str
    """An address of the channel: a mobile (+989…), or a chat."""
    cls: MessageClass
    """The message's class: how urgent it is."""
    key: str
    """Names the text in the catalogue."""
    text: str
    """The text as it is sent."""
    created_at: datetime
    """Time of queueing, in UTC."""
    not_before: datetime
    """It is not sent before; quiet hours and holidays are reckoned in."""
    request_id: int | None = None
    """The request that it is about; None: about none."""
    expires_at: datetime | None = None
    """It is not worth sending after; None: it always is."""
    state: MessageState = MessageState.QUEUED
    """Current state of the bill."""
    attempts: int = 0
    """Tries that a provider answered or that timed out; waiting never counts."""
    provider: str | None = None
    """Last provider; None before the first try."""
    provider_id: str | None = None
    """The provider's own id of it; None until it was accepted."""
    parts: int | None = None
    """Message parts; None before the first try."""
    cost: int | None = None
    """In rials; None until it was accepted."""
    reason: str | None = None
    """A stable code for what went wrong last."""
    sent_at: datetime | None = None
    """Time of acceptance, in UTC."""
    updated_at: datetime | None = None
    """Time of the last change of its state, in UTC."""
    mobile: str | None = None
    """Mobile of the recipient's chat; None while it has proved none, and of SMS."""
    content: Mapping[str, Any] | None = None
    """Markup besides the text (`keyboards.ReplyMarkup`), as JSON."""
    moves_at: datetime | None = None
    """Time from which it goes by SMS if it has not left; None: never."""
    resends: int = 0
    """Number of times it was sent again because the outcome was unknown."""

    @property
    def staff_text(self) -> str:
        """The text as the staff may read it: a code is for whoever holds the phone alone."""
        return _DIGIT_PATTERN.sub("•", self.text) if self.cls is MessageClass.SECURITY else self.text

    @property
    def correspondent(self) -> str:
        """Person at the other end: the mobile where one is known, else the address."""
        return self.mobile or self.recipient

    @property
    def sent_number(self) -> str:
        """The number that a messenger gave it in its chat; empty while it has none, and of SMS."""
        chat_id, _, number = (self.provider_id or "").partition(":")
        return number if chat_id == self.recipient else ""


class InboundState(StrEnum):
    """State of an incoming text."""

    ANSWERED = "answered"
    SILENT = "silent"
    LIMITED = "limited"
    NOT_A_MOBILE = "not_a_mobile"
    FAILED = "failed"


@dataclass(slots=True)
class InboundMessage:
    """One text as it came, or what was done in a chat."""

    id: int
    """Later ones have greater numbers."""
    channel: str
    """The key of the channel that it came by."""
    provider: str
    """The panel that brought it; of a chat, the messenger."""
    provider_id: str | None
    """The provider's message id; None where it gives none."""
    fingerprint: str
    """Equal for two deliveries of a message: the provider's id, or sender, text and turn of the dialogue."""
    sender: str
    """As the provider wrote it, or a chat."""
    mobile: str | None
    """The sender's +989… form when it is one, or what the chat has proved."""
    recipient: str
    """The line that was texted, or the message whose button was pressed."""
    text: str
    """The text in the writer's words."""
    received_at: datetime
    """Time of its coming, in UTC by our clock."""
    state: InboundState = InboundState.SILENT
    """Whether and how it was answered."""
    intent: str | None = None
    """Intent; None while it was not read."""
    reply_id: int | None = None
    """The message that answers it; None: none does."""
    request_id: int | None = None
    """The request that it is about; None: about none."""
    reason: str | None = None
    """A stable code for why it was not answered as usual."""

    @property
    def correspondent(self) -> str:
        """Person at the other end: the mobile where one is known, else the sender as it came; empty once erased."""
        return self.mobile or self.sender
