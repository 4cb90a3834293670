"""Requests, their timers, their history and its seals."""

from sqlalchemy import Boolean, Column, Index, Integer, Table, and_, desc

from domain.requests.request import Phase, TimerKind
from store.engines.types import (
    JSON_VALUE,
    CodePointText,
    EnumText,
    SafeText,
    TrackingCodeText,
    Utc,
    UtcOrNever,
    partial_index,
)
from store.schema.base import id_column, metadata, reference_column

requests = Table(
    "requests",
    metadata,
    id_column(),
    Column("code", TrackingCodeText, nullable=False, unique=True),
    Column("service", SafeText, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", SafeText, nullable=False),
    Column("phase", EnumText(Phase), nullable=False),
    Column("channel", SafeText, nullable=False),
    Column("mobile", SafeText),
    Column("created_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Column("office", SafeText),
    Column("assignee", SafeText),
    reference_column("parent_id", "requests.id", nullable=True),
    Column("awaits", SafeText),
    Column("subject_key", SafeText),
    Column("fields", JSON_VALUE, nullable=False),
    Column("data", JSON_VALUE, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("head_seq", Integer, nullable=False),
    Column("head_hash", SafeText, nullable=False),
    Column("erased_at", Utc),
    Column("sealed_seq", Integer, nullable=False, default=0),
    Column("turn", SafeText),
    Column("due_at", UtcOrNever, nullable=False),
    Column("kind", SafeText),
    Column("unverified_mobile", SafeText),
    Column("lacks_papers", Boolean, nullable=False),
    Column("entered_at", Utc),
    Index(None, "mobile", "id"),
    Index(None, "service", "state", "id"),
    Index(None, "phase", "service", "version", "state"),
    # Whole for reports: they read nothing else of a request. Lists of requests go on by its first column.
    Index("ix_requests_reported", "created_at", "service", "kind", "state", "phase", "channel", "office", "assignee"),
)
partial_index("ix_requests_office", requests.c.office, requests.c.id, where=requests.c.office.is_not(None))
partial_index(
    "ix_requests_unverified",
    requests.c.unverified_mobile,
    requests.c.id,
    where=requests.c.unverified_mobile.is_not(None),
)
partial_index("ix_requests_awaits", requests.c.awaits, requests.c.id, where=requests.c.awaits.is_not(None))
partial_index(
    "ix_requests_subject",
    requests.c.subject_key,
    requests.c.service,
    requests.c.id,
    where=requests.c.subject_key.is_not(None),
)
partial_index("ix_requests_not_erased", requests.c.updated_at, requests.c.id, where=requests.c.erased_at.is_(None))
partial_index("ix_requests_uncounted", requests.c.id, where=requests.c.entered_at.is_(None))
partial_index("ix_requests_unsealed", requests.c.id, where=requests.c.head_seq > requests.c.sealed_seq)

# Lists of work: what has ended, by its service; what goes on, by whose turn it is, by who takes care of it, or that
# nobody does. Each by its age, and what goes on by its urgency too.
_IS_LIVE, _CREATED_COLUMN, _DUE_COLUMN = requests.c.turn.is_not(None), requests.c.created_at, requests.c.due_at
_TURN_COLUMNS = requests.c.turn, requests.c.service
_IS_ASSIGNED = requests.c.assignee.is_not(None)
partial_index("ix_requests_ended", requests.c.service, _CREATED_COLUMN, requests.c.id, where=requests.c.turn.is_(None))
partial_index("ix_requests_turn_due", *_TURN_COLUMNS, _DUE_COLUMN, requests.c.id, where=_IS_LIVE)
partial_index("ix_requests_turn_made", *_TURN_COLUMNS, _CREATED_COLUMN, requests.c.id, where=_IS_LIVE)
partial_index(
    "ix_requests_unassigned",
    *_TURN_COLUMNS,
    _DUE_COLUMN,
    requests.c.id,
    where=and_(_IS_LIVE, requests.c.assignee.is_(None)),
)
partial_index(
    "ix_requests_assignee_due", requests.c.assignee, _DUE_COLUMN, requests.c.id, where=and_(_IS_LIVE, _IS_ASSIGNED)
)
partial_index(
    "ix_requests_assignee_live", requests.c.assignee, _CREATED_COLUMN, requests.c.id, where=and_(_IS_LIVE, _IS_ASSIGNED)
)
partial_index("ix_requests_assignee", requests.c.assignee, _CREATED_COLUMN, requests.c.id, where=_IS_ASSIGNED)

search_words = Table(
    "search_words",
    metadata,
    reference_column("request_id", "requests.id", primary_key=True),
    Column("word", CodePointText, primary_key=True),
    Column("service", SafeText, nullable=False),
    Index("ix_search_words_service_word_request_id", "service", "word", desc("request_id")),  # newest first of a name
    sqlite_with_rowid=False,
)

timers = Table(
    "timers",
    metadata,
    reference_column("request_id", "requests.id", primary_key=True),
    Column("kind", EnumText(TimerKind), primary_key=True),
    Column("name", SafeText, primary_key=True),
    Column("at", Utc, primary_key=True),
    Index(None, "kind", "at"),
)

history = Table(
    "history",
    metadata,
    reference_column("request_id", "requests.id", primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False),
    Column("actor_kind", SafeText, nullable=False),
    Column("channel", SafeText, nullable=False),
    Column("event", SafeText, nullable=False),
    Column("from_state", SafeText),
    Column("to_state", SafeText, nullable=False),
    Column("actor", SafeText),
    Column("note", SafeText),
    Column("payload", JSON_VALUE),
    Column("salt", SafeText),
    Column("digest", SafeText, nullable=False),
    Column("previous", SafeText, nullable=False),
    Column("hash", SafeText, nullable=False),
)

mentions = Table(
    "mentions",
    metadata,
    reference_column("request_id", "requests.id", primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("username", SafeText, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("read_at", Utc),
    Index(None, "username", "at"),
)
partial_index("ix_mentions_unread", mentions.c.username, mentions.c.request_id, where=mentions.c.read_at.is_(None))

seals = Table(
    "seals",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False),
    Column("heads", JSON_VALUE, nullable=False),
    Column("previous", SafeText, nullable=False),
    Column("hash", SafeText, nullable=False),
    Column("signature", SafeText, nullable=False),
)
