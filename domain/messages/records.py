"""Messages on their way in and out: classes, states, and the rows of outbox and inbox."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

_DIGIT_PATTERN = re.compile(r"\d")


class MessageClass(StrEnum):
    """How urgent a text is. The first three go at once, day and night; the others respect quiet hours (services.md)."""

    REPLY = "reply"
    SECURITY = "security"
    RECEIPT = "receipt"
    REMINDER = "reminder"
    NOTICE = "notice"
    BULK = "bulk"

    @property
    def is_immediate(self) -> bool:
        """Whether quiet hours do not hold it back."""
        return self in {MessageClass.REPLY, MessageClass.SECURITY, MessageClass.RECEIPT}

    @property
    def priority(self) -> int:
        """The order in which waiting messages leave: 0 first."""
        return list(MessageClass).index(self)

    @property
    def stops_on_opt_out(self) -> bool:
        """Whether «لغو11» stops it."""
        return self in {MessageClass.REMINDER, MessageClass.BULK}


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
    """One outgoing text. `id` travels as the provider's own reference (Kavenegar `localid`), so it is never reused.

    `recipient` is an address of the channel: a mobile (+989…), or a chat; then `mobile` is whose chat it is, None while
    it has proved none. `content` is what a messenger shows besides the text (`keyboards.ReplyMarkup`).
    `key` names the text in the catalogue. Not sent before `not_before`; not worth sending after `expires_at`; what has
    not left by `moves_at` goes by SMS instead.
    `attempts` counts tries that a provider answered or that timed out, never waiting. `parts` are message parts,
    `cost` rials. `reason` is a stable code for what went wrong last. `resends` counts how often it was sent again
    because the outcome was unknown.
    """

    id: int
    channel: str
    recipient: str
    cls: MessageClass
    key: str
    text: str
    created_at: datetime
    not_before: datetime
    request_id: int | None = None
    expires_at: datetime | None = None
    state: MessageState = MessageState.QUEUED
    attempts: int = 0
    provider: str | None = None
    provider_id: str | None = None
    parts: int | None = None
    cost: int | None = None
    reason: str | None = None
    sent_at: datetime | None = None
    updated_at: datetime | None = None
    mobile: str | None = None
    content: Mapping[str, Any] | None = None
    moves_at: datetime | None = None
    resends: int = 0

    @property
    def staff_text(self) -> str:
        """The text as the staff may read it: a code is for whoever holds the phone alone."""
        return _DIGIT_PATTERN.sub("•", self.text) if self.cls is MessageClass.SECURITY else self.text

    @property
    def correspondent(self) -> str:
        """Whose text it is: the mobile where one is known, else the address."""
        return self.mobile or self.recipient


class InboundState(StrEnum):
    """What became of an incoming text."""

    ANSWERED = "answered"
    SILENT = "silent"
    LIMITED = "limited"
    NOT_A_MOBILE = "not_a_mobile"
    FAILED = "failed"


@dataclass(slots=True)
class InboundMessage:
    """One text as it came. `provider_id` is the provider's message id, None where it gives none.

    `fingerprint` is what makes two deliveries the same message: the provider's id, or sender, text and the turn of the
    dialogue. `sender` is as the provider wrote it, or a chat; `mobile` its +989… form when it is one, or what the chat
    has proved. `recipient` is the line that was texted, or the message whose button was pressed.
    """

    id: int
    channel: str
    provider: str
    provider_id: str | None
    fingerprint: str
    sender: str
    mobile: str | None
    recipient: str
    text: str
    received_at: datetime
    state: InboundState = InboundState.SILENT
    intent: str | None = None
    reply_id: int | None = None
    request_id: int | None = None
    reason: str | None = None

    @property
    def correspondent(self) -> str:
        """Whose text it is: the mobile where one is known, else the sender as it came; empty once it was erased."""
        return self.mobile or self.sender
