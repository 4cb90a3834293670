"""Texts that come and go, and the lines they come from."""

from sqlalchemy import Boolean, Column, Index, Integer, Table, UniqueConstraint

from domain.chats import ChatState
from domain.outgoing import InboundState, MessageClass, MessageState
from store.engines.types import ID, JSON_VALUE, Choice, Utc, Words, partial
from store.schema.base import metadata, own_id, refers

inbox = Table(
    "inbox",
    metadata,
    own_id(),
    Column("channel", Words, nullable=False),
    Column("provider", Words, nullable=False),
    Column("provider_id", Words),
    Column("fingerprint", Words, nullable=False),
    Column("sender", Words, nullable=False),
    Column("mobile", Words),
    Column("recipient", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("received_at", Utc, nullable=False),
    Column("state", Choice(InboundState), nullable=False),
    Column("intent", Words),
    refers("reply_id", "outbox.id", nullable=True),
    refers("request_id", "requests.id", nullable=True),
    Column("reason", Words),
    UniqueConstraint("channel", "provider", "fingerprint"),
    Index(None, "channel", "sender", "received_at"),
    Index(None, "state", "id"),
    Index(None, "mobile", "id"),
)

dialogues = Table(
    "dialogues",
    metadata,
    Column("channel", Words, primary_key=True),
    Column("address", Words, primary_key=True),
    Column("state", JSON_VALUE, nullable=False),
    Column("expires_at", Utc, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    own_id(),
    Column("channel", Words, nullable=False),
    Column("recipient", Words, nullable=False),
    Column("cls", Choice(MessageClass), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("key", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("not_before", Utc, nullable=False),
    refers("request_id", "requests.id", nullable=True),
    Column("expires_at", Utc),
    Column("state", Choice(MessageState), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("provider", Words),
    Column("provider_id", Words),
    Column("parts", Integer),
    Column("cost", ID),
    Column("reason", Words),
    Column("sent_at", Utc),
    Column("updated_at", Utc),
    Column("claim_token", Words),
    Column("claimed_until", Utc),
    Column("mobile", Words),
    Column("content", JSON_VALUE),
    Column("moves_at", Utc),
    Column("resends", Integer, nullable=False, server_default="0"),
    Index(None, "state", "updated_at"),
    Index(None, "provider", "provider_id"),
    Index(None, "request_id"),
    Index(None, "recipient", "id"),
    Index(None, "state", "id"),
    Index(None, "created_at"),
)
_QUEUED = outbox.c.state == MessageState.QUEUED
partial("ix_outbox_queue", outbox.c.channel, outbox.c.priority, outbox.c.created_at, outbox.c.id, where=_QUEUED)
partial("ix_outbox_expiring", outbox.c.channel, outbox.c.expires_at, where=_QUEUED)
partial("ix_outbox_moving", outbox.c.channel, outbox.c.moves_at, where=_QUEUED & outbox.c.moves_at.is_not(None))
partial("ix_outbox_of_chats", outbox.c.mobile, outbox.c.id, where=outbox.c.mobile.is_not(None))
_SENT = outbox.c.sent_at.is_not(None)
partial(
    "ix_outbox_sent", outbox.c.sent_at, outbox.c.provider, outbox.c.key, outbox.c.parts, outbox.c.cost, where=_SENT
)  # fmt: skip
partial("ix_outbox_claimed", outbox.c.channel, outbox.c.claimed_until, where=outbox.c.state == MessageState.SENDING)

receipts = Table(
    "receipts",
    metadata,
    Column("provider", Words, primary_key=True),
    Column("provider_id", Words, primary_key=True),
    Column("state", Choice(MessageState), nullable=False),
    Column("at", Utc, nullable=False),
    Index(None, "at"),
)

opt_outs = Table(
    "opt_outs",
    metadata,
    Column("mobile", Words, primary_key=True),
    Column("stopped", Boolean, nullable=False),
    Column("at", Utc, nullable=False),
)

chats = Table(
    "chats",
    metadata,
    Column("channel", Words, primary_key=True),
    Column("chat_id", Words, primary_key=True),
    Column("mobile", Words),
    Column("name", Words, nullable=False),
    Column("state", Choice(ChatState), nullable=False),
    Column("linked_at", Utc),
    Column("updated_at", Utc, nullable=False),
    Index(None, "mobile"),
)

notice_channels = Table(
    "notice_channels",
    metadata,
    Column("mobile", Words, primary_key=True),
    Column("channel", Words, nullable=False),
    Column("at", Utc, nullable=False),
)

mobile_proofs = Table(
    "mobile_proofs",
    metadata,
    Column("channel", Words, primary_key=True),
    Column("address", Words, primary_key=True),
    Column("mobile", Words, nullable=False),
    Column("salt", Words, nullable=False),
    Column("digest", Words, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("tries", Integer, nullable=False),
    Index(None, "expires_at"),
)

hits = Table(
    "hits",
    metadata,
    Column("key", Words, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("ends_at", Utc, nullable=False),
    Index(None, "ends_at"),
)
