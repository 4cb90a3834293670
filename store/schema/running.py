"""Tables that keep the processes together: leases, idempotency keys, declared days, settings, the audit, read events,
verifications, the key's check."""

from sqlalchemy import Boolean, Column, Date, Index, Integer, Table

from store.engines.types import ID, JSON_VALUE, SafeText, Utc, partial_index
from store.schema.base import metadata

leases = Table(
    "leases",
    metadata,
    Column("name", SafeText, primary_key=True),
    Column("token", SafeText, nullable=False),
    Column("until", Utc, nullable=False),
    Column("ran_at", Utc),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("owner", SafeText, primary_key=True),
    Column("key", SafeText, primary_key=True),
    Column("digest", SafeText, nullable=False),
    Column("operation", SafeText, nullable=False),
    Column("answer", SafeText),
    Column("at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Index(None, "expires_at"),
)

work_calendar = Table(
    "work_calendar",
    metadata,
    Column("day", Date, primary_key=True),
    Column("working", Boolean, nullable=False),
    Column("note", SafeText, nullable=False),
)

setting_changes = Table(
    "setting_changes",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("name", SafeText, nullable=False),
    Column("before", JSON_VALUE),
    Column("value", JSON_VALUE),
    Column("by", SafeText, nullable=False),
    Column("at", Utc, nullable=False),
    Index(None, "name", "id"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("at", Utc, nullable=False),
    Column("actor", SafeText, nullable=False),
    Column("what", SafeText, nullable=False),
    Column("detail", JSON_VALUE, nullable=False),
    Column("alike", SafeText),
    Column("times", Integer, nullable=False, server_default="1"),
    Column("last_at", Utc),
    Index(None, "at"),
    Index(None, "actor", "id"),
    Index(None, "what", "id"),
)
partial_index("uq_audit_alike", audit.c.alike, where=audit.c.alike.is_not(None), unique=True)

read_events = Table(
    "read_events",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("hour", Integer, nullable=False),
    Column("at", Utc, nullable=False),
    Column("viewer", SafeText, nullable=False),
    Column("kind", SafeText, nullable=False),
    Column("subject", SafeText, nullable=False),
    Index("uq_read_events_hour", "hour", "viewer", "kind", "subject", unique=True),
    Index(None, "subject", "id"),
)

verifications = Table(
    "verifications",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("asked_by", SafeText, nullable=False),
    Column("asked_at", Utc, nullable=False),
    Column("ended_at", Utc),
    *(Column(name, ID) for name in ("requests", "events", "seals", "unsealed")),
    Column("fault_count", Integer),
    Column("faults", JSON_VALUE),
)

key_checks = Table(
    "key_checks",
    metadata,
    Column("name", SafeText, primary_key=True),
    Column("value", SafeText, nullable=False),
    Column("at", Utc, nullable=False),
)
