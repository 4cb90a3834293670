"""Requests, their timers, their history and its seals."""

from sqlalchemy import Column, Index, Integer, Table

from domain.requests import Phase, TimerKind
from store.engines.types import JSON_VALUE, Choice, Utc, Words, partial
from store.schema.base import metadata, own_id, refers

requests = Table(
    "requests",
    metadata,
    own_id(),
    Column("code", Words, nullable=False, unique=True),
    Column("service", Words, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Words, nullable=False),
    Column("phase", Choice(Phase), nullable=False),
    Column("channel", Words, nullable=False),
    Column("mobile", Words),
    Column("created_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Column("office", Words),
    Column("assignee", Words),
    refers("parent_id", "requests.id", nullable=True),
    Column("awaits", Words),
    Column("subject_key", Words),
    Column("fields", JSON_VALUE, nullable=False),
    Column("data", JSON_VALUE, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("head_seq", Integer, nullable=False),
    Column("head_hash", Words, nullable=False),
    Column("erased_at", Utc),
    Column("sealed_seq", Integer, nullable=False, default=0),
    Index(None, "mobile", "id"),
    Index(None, "assignee", "id"),
    Index(None, "service", "state", "id"),
    Index(None, "phase", "service", "version", "state"),
)
partial("ix_requests_office", requests.c.office, requests.c.id, where=requests.c.office.is_not(None))
partial("ix_requests_awaits", requests.c.awaits, requests.c.id, where=requests.c.awaits.is_not(None))
partial(
    "ix_requests_subject", requests.c.subject_key, requests.c.service, requests.c.id,
    where=requests.c.subject_key.is_not(None),
)  # fmt: skip
partial("ix_requests_not_erased", requests.c.updated_at, requests.c.id, where=requests.c.erased_at.is_(None))
partial("ix_requests_unsealed", requests.c.id, where=requests.c.head_seq > requests.c.sealed_seq)

timers = Table(
    "timers",
    metadata,
    refers("request_id", "requests.id", primary_key=True),
    Column("kind", Choice(TimerKind), primary_key=True),
    Column("name", Words, primary_key=True),
    Column("at", Utc, primary_key=True),
    Index(None, "kind", "at"),
)

history = Table(
    "history",
    metadata,
    refers("request_id", "requests.id", primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False),
    Column("actor_kind", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("event", Words, nullable=False),
    Column("from_state", Words),
    Column("to_state", Words, nullable=False),
    Column("actor", Words),
    Column("note", Words),
    Column("payload", JSON_VALUE),
    Column("salt", Words),
    Column("digest", Words, nullable=False),
    Column("previous", Words, nullable=False),
    Column("hash", Words, nullable=False),
)

seals = Table(
    "seals",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False),
    Column("heads", JSON_VALUE, nullable=False),
    Column("previous", Words, nullable=False),
    Column("hash", Words, nullable=False),
    Column("signature", Words, nullable=False),
)
