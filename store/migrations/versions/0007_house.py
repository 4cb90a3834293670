"""Settings changed by the staff, verifications of the history, and indexes for the lists of the staff's site.

Revision ID: 0007
"""

from alembic import op
from sqlalchemy import JSON, BigInteger, Column, DateTime, Integer, PrimaryKeyConstraint, Text

revision = "0007"
down_revision = "0006"

BIG = BigInteger().with_variant(Integer(), "sqlite")
TEXT, MOMENT, VALUE = Text(), DateTime(timezone=True), JSON(none_as_null=True)

INDEXES = (
    ("comments", ("state", "id")),
    ("outbox", ("state", "id")),
    ("outbox", ("created_at",)),
    ("audit", ("actor", "id")),
    ("audit", ("what", "id")),
)


def upgrade() -> None:
    """Make two tables and five indexes."""
    op.create_table(
        "setting_changes",
        Column("id", BIG, autoincrement=True, nullable=False),
        Column("name", TEXT, nullable=False),
        Column("before", VALUE, nullable=True),
        Column("value", VALUE, nullable=True),
        Column("by", TEXT, nullable=False),
        Column("at", MOMENT, nullable=False),
        PrimaryKeyConstraint("id", name="pk_setting_changes"),
    )
    op.create_index("ix_setting_changes_name_id", "setting_changes", ["name", "id"])
    op.create_table(
        "verifications",
        Column("id", BIG, autoincrement=True, nullable=False),
        Column("asked_by", TEXT, nullable=False),
        Column("asked_at", MOMENT, nullable=False),
        Column("ended_at", MOMENT, nullable=True),
        *(Column(name, BIG, nullable=True) for name in ("requests", "events", "seals", "unsealed")),
        Column("fault_count", Integer(), nullable=True),
        Column("faults", VALUE, nullable=True),
        PrimaryKeyConstraint("id", name="pk_verifications"),
    )
    for table, columns in INDEXES:
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))
