"""What keeps the processes together: leases, declared days, the audit."""

from sqlalchemy import Boolean, Column, Date, Index, Table

from store.engines.types import ID, JSON_VALUE, Utc, Words
from store.schema.base import metadata

leases = Table(
    "leases",
    metadata,
    Column("name", Words, primary_key=True),
    Column("token", Words, nullable=False),
    Column("until", Utc, nullable=False),
)

work_calendar = Table(
    "work_calendar",
    metadata,
    Column("day", Date, primary_key=True),
    Column("working", Boolean, nullable=False),
    Column("note", Words, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("at", Utc, nullable=False),
    Column("actor", Words, nullable=False),
    Column("what", Words, nullable=False),
    Column("detail", JSON_VALUE, nullable=False),
    Index(None, "at"),
)
