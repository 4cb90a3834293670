"""Sessions of the staff's site and their second factors."""

from sqlalchemy import Boolean, Column, Index, Table

from store.engines.types import ID, JsonList, SafeText, Utc
from store.schema.base import metadata, reference_column

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("digest", SafeText, primary_key=True),
    reference_column("username", "staff.username"),
    Column("csrf", SafeText, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("proved_at", Utc, nullable=False),
    Column("second_factor", Boolean, nullable=False),
    Column("address", SafeText, nullable=False),
    Column("agent", SafeText, nullable=False),
    Index(None, "username"),
    Index(None, "seen_at"),
)

second_factors = Table(
    "second_factors",
    metadata,
    reference_column("username", "staff.username", primary_key=True),
    Column("sealed", SafeText, nullable=False),
    Column("confirmed", Boolean, nullable=False),
    Column("last_step", ID, nullable=False),
    Column("recovery", JsonList(tuple), nullable=False),
    Column("made_at", Utc, nullable=False),
)
