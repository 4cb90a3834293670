"""Texts that were not understood as they were meant, for the desk to say what they wanted.

Revision ID: 0075
"""

from alembic import op
from sqlalchemy import BigInteger, Column, DateTime, Integer, PrimaryKeyConstraint, Text, UniqueConstraint

revision = "0075"
down_revision = "0074"

BIG = BigInteger().with_variant(Integer(), "sqlite")
MOMENT = DateTime(timezone=True)


def upgrade() -> None:
    """None was kept so far."""
    op.create_table(
        "misread_texts",
        Column("id", BIG, autoincrement=False, nullable=False),
        *(Column(name, Text(), nullable=False) for name in ("digest", "text", "reason", "read_as")),
        Column("count", Integer(), nullable=False),
        *(Column(name, MOMENT, nullable=False) for name in ("first_at", "last_at")),
        Column("state", Text(), nullable=False),
        *(Column(name, Text()) for name in ("label", "labelled_by")),
        Column("labelled_at", MOMENT),
        PrimaryKeyConstraint("id", name="pk_misread_texts"),
        UniqueConstraint("digest", name="uq_misread_texts_digest"),
    )
    op.create_index("ix_misread_texts_state_count_id", "misread_texts", ["state", "count", "id"])
    op.create_index("ix_misread_texts_last_at", "misread_texts", ["last_at"])
