"""Refusals that are alike: one row of the audit counts them and keeps the moment of the last one.

Revision ID: 0012
"""

from alembic import op
from sqlalchemy import Column, DateTime, Integer, Text, text

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add to the audit; what is there was counted once."""
    op.add_column("audit", Column("alike", Text(), nullable=True))
    op.add_column("audit", Column("times", Integer(), nullable=False, server_default="1"))
    op.add_column("audit", Column("last_at", DateTime(timezone=True), nullable=True))
    counted = text("alike IS NOT NULL")
    op.create_index("uq_audit_alike", "audit", ["alike"], unique=True, sqlite_where=counted, postgresql_where=counted)
