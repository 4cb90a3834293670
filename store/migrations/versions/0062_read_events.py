"""Read events: who of the staff and of counter offices was shown personal data.

Revision ID: 0062
"""

from alembic import op
from sqlalchemy import BigInteger, Column, DateTime, Integer, PrimaryKeyConstraint, Text

revision = "0062"
down_revision = "0060"


def upgrade() -> None:
    """Readings before are not known."""
    op.create_table(
        "read_events",
        Column("id", BigInteger().with_variant(Integer(), "sqlite"), autoincrement=True, nullable=False),
        Column("hour", Integer(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("viewer", Text(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("subject", Text(), nullable=False),
        PrimaryKeyConstraint("id", name="pk_read_events"),
    )
    op.create_index("uq_read_events_hour", "read_events", ["hour", "viewer", "kind", "subject"], unique=True)
    op.create_index("ix_read_events_subject_id", "read_events", ["subject", "id"])
