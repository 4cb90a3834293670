"""Texts that come and go, and the lines they come from."""

from sqlalchemy import Boolean, Column, Index, Integer, Table, UniqueConstraint

from domain.chats.chat import ChatState
from domain.messages.misread_texts import LabelState, MisreadReason
from domain.messages.records import InboundState, MessageClass, MessageState
from store.engines.types import ID, JSON_VALUE, EnumText, SafeText, Utc, partial_index
from store.schema.base import id_column, metadata, reference_column

inbox = Table(
    "inbox",
    metadata,
    id_column(),
    Column("channel", SafeText, nullable=False),
    Column("provider", SafeText, nullable=False),
    Column("provider_id", SafeText),
    Column("fingerprint", SafeText, nullable=False),
    Column("sender", SafeText, nullable=False),
    Column("mobile", SafeText),
    Column("recipient", SafeText, nullable=False),
    Column("text", SafeText, nullable=False),
    Column("received_at", Utc, nullable=False),
    Column("state", EnumText(InboundState), nullable=False),
    Column("intent", SafeText),
    reference_column("reply_id", "outbox.id", nullable=True),
    reference_column("request_id", "requests.id", nullable=True),
    Column("reason", SafeText),
    UniqueConstraint("channel", "provider", "fingerprint"),
    Index(None, "channel", "sender", "received_at"),
    Index(None, "state", "id"),
    Index(None, "mobile", "id"),
)

misread_texts = Table(
    "misread_texts",
    metadata,
    id_column(),
    Column("digest", SafeText, nullable=False, unique=True),
    Column("text", SafeText, nullable=False),
    Column("reason", EnumText(MisreadReason), nullable=False),
    Column("read_as", SafeText, nullable=False),
    Column("count", Integer, nullable=False),
    Column("first_at", Utc, nullable=False),
    Column("last_at", Utc, nullable=False),
    Column("state", EnumText(LabelState), nullable=False),
    Column("label", SafeText),
    Column("labelled_by", SafeText),
    Column("labelled_at", Utc),
    Index(None, "state", "count", "id"),
    Index(None, "last_at"),
)

dialogues = Table(
    "dialogues",
    metadata,
    Column("channel", SafeText, primary_key=True),
    Column("address", SafeText, primary_key=True),
    Column("state", JSON_VALUE, nullable=False),
    Column("expires_at", Utc, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    id_column(),
    Column("channel", SafeText, nullable=False),
    Column("recipient", SafeText, nullable=False),
    Column("cls", EnumText(MessageClass), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("key", SafeText, nullable=False),
    Column("text", SafeText, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("not_before", Utc, nullable=False),
    reference_column("request_id", "requests.id", nullable=True),
    Column("expires_at", Utc),
    Column("state", EnumText(MessageState), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("provider", SafeText),
    Column("provider_id", SafeText),
    Column("parts", Integer),
    Column("cost", ID),
    Column("reason", SafeText),
    Column("sent_at", Utc),
    Column("updated_at", Utc),
    Column("claim_token", SafeText),
    Column("claimed_until", Utc),
    Column("mobile", SafeText),
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
_IS_QUEUED = outbox.c.state == MessageState.QUEUED
partial_index(
    "ix_outbox_queue", outbox.c.channel, outbox.c.priority, outbox.c.created_at, outbox.c.id, where=_IS_QUEUED
)
partial_index("ix_outbox_expiring", outbox.c.channel, outbox.c.expires_at, where=_IS_QUEUED)
partial_index(
    "ix_outbox_moving", outbox.c.channel, outbox.c.moves_at, where=_IS_QUEUED & outbox.c.moves_at.is_not(None)
)
partial_index("ix_outbox_of_chats", outbox.c.mobile, outbox.c.id, where=outbox.c.mobile.is_not(None))
_IS_SENT = outbox.c.sent_at.is_not(None)
partial_index(
    "ix_outbox_sent", outbox.c.sent_at, outbox.c.provider, outbox.c.key, outbox.c.parts, outbox.c.cost, where=_IS_SENT
)
partial_index(
    "ix_outbox_claimed", outbox.c.channel, outbox.c.claimed_until, where=outbox.c.state == MessageState.SENDING
)
_IS_CODE = outbox.c.cls == MessageClass.SECURITY
partial_index("ix_outbox_codes", outbox.c.created_at, where=_IS_CODE)

receipts = Table(
    "receipts",
    metadata,
    Column("provider", SafeText, primary_key=True),
    Column("provider_id", SafeText, primary_key=True),
    Column("state", EnumText(MessageState), nullable=False),
    Column("at", Utc, nullable=False),
    Index(None, "at"),
)

opt_outs = Table(
    "opt_outs",
    metadata,
    Column("mobile", SafeText, primary_key=True),
    Column("stopped", Boolean, nullable=False),
    Column("at", Utc, nullable=False),
)

line_languages = Table(
    "line_languages",
    metadata,
    Column("line", SafeText, primary_key=True),
    Column("language", SafeText, nullable=False),
    Column("at", Utc, nullable=False),
)

chats = Table(
    "chats",
    metadata,
    Column("channel", SafeText, primary_key=True),
    Column("chat_id", SafeText, primary_key=True),
    Column("mobile", SafeText),
    Column("name", SafeText, nullable=False),
    Column("state", EnumText(ChatState), nullable=False),
    Column("linked_at", Utc),
    Column("updated_at", Utc, nullable=False),
    Index(None, "mobile"),
)

notice_channels = Table(
    "notice_channels",
    metadata,
    Column("mobile", SafeText, primary_key=True),
    Column("channel", SafeText, nullable=False),
    Column("at", Utc, nullable=False),
)

mobile_proofs = Table(
    "mobile_proofs",
    metadata,
    Column("channel", SafeText, primary_key=True),
    Column("address", SafeText, primary_key=True),
    Column("mobile", SafeText, nullable=False),
    Column("salt", SafeText, nullable=False),
    Column("digest", SafeText, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("used_at", Utc),
    Index(None, "expires_at"),
)

hits = Table(
    "hits",
    metadata,
    Column("key", SafeText, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("ends_at", Utc, nullable=False),
    Index(None, "ends_at"),
)
