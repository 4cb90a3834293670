"""Sessions of the citizens' portal, and links by which others are asked for their consent."""

from sqlalchemy import Column, Index, Integer, Table

from store.engines.types import SafeText, Utc, partial_index
from store.schema.base import id_column, metadata, reference_column

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

consent_links = Table(
    "consent_links",
    metadata,
    Column("digest", SafeText, primary_key=True),
    reference_column("request_id", "requests.id"),
    Column("asked_seq", Integer, nullable=False),
    Column("text_name", SafeText, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc),
)
