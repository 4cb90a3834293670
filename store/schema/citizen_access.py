"""Sessions of the citizens' portal."""

from sqlalchemy import Column, Index, Table

from store.engines.types import SafeText, Utc, partial_index
from store.schema.base import id_column, metadata

citizen_sessions = Table(
    "citizen_sessions",
    metadata,
    id_column(),
    Column("digest", SafeText, nullable=False, unique=True),
    Column("csrf_token", SafeText, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("last_used_at", Utc, nullable=False),
    Column("pending_digest", SafeText),
    Column("proved_mobile", SafeText),
    Column("proved_at", Utc),
    Index(None, "last_used_at"),
)
partial_index(
    "uq_citizen_sessions_pending",
    citizen_sessions.c.pending_digest,
    where=citizen_sessions.c.pending_digest.is_not(None),
    unique=True,
)
partial_index(
    "ix_citizen_sessions_mobile",
    citizen_sessions.c.proved_mobile,
    where=citizen_sessions.c.proved_mobile.is_not(None),
)
