"""Attempts have a secret in their callback address, and remember that staff were alerted of them; settlement files say
which days they cover.

Revision ID: 0046
"""

from alembic import op
from sqlalchemy import Boolean, Column, Date, DateTime, Text, false, text

revision = "0046"
down_revision = "0044"

MOMENT = DateTime(timezone=True)


def upgrade() -> None:
    """Attempts that began before bear no secret, and go on by what callbacks name; earlier files cover no day."""
    op.add_column("payment_attempts", Column("callback_digest", Text()))
    op.add_column("payment_attempts", Column("unresolved_at", MOMENT))
    is_unresolved = text("unresolved_at IS NOT NULL")
    op.create_index(
        "ix_payment_attempts_unresolved",
        "payment_attempts",
        ["unresolved_at"],
        sqlite_where=is_unresolved,
        postgresql_where=is_unresolved,
    )
    op.add_column("settlement_files", Column("covered_from", Date()))
    op.add_column("settlement_files", Column("covered_until", Date()))
    op.add_column("settlement_files", Column("is_whole", Boolean(), nullable=False, server_default=false()))
