"""Who of the staff is named in notes about requests.

Revision ID: 0068
"""

from alembic import op
from sqlalchemy import BigInteger, Column, DateTime, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, Text, text

revision = "0068"
down_revision = "0067"

BIG = BigInteger().with_variant(Integer(), "sqlite")
MOMENT = DateTime(timezone=True)


def upgrade() -> None:
    """Nobody was named so far."""
    op.create_table(
        "mentions",
        Column("request_id", BIG, autoincrement=False, nullable=False),
        Column("seq", Integer(), autoincrement=False, nullable=False),
        Column("username", Text(), nullable=False),
        Column("at", MOMENT, nullable=False),
        Column("read_at", MOMENT),
        PrimaryKeyConstraint("request_id", "seq", "username", name="pk_mentions"),
        ForeignKeyConstraint(
            ["request_id"],
            ["requests.id"],
            name="fk_mentions_request_id",
            deferrable=True,
            initially="DEFERRED",
        ),
    )
    op.create_index("ix_mentions_username_at", "mentions", ["username", "at"])
    is_unread = text("read_at IS NULL")
    op.create_index(
        "ix_mentions_unread",
        "mentions",
        ["username", "request_id"],
        sqlite_where=is_unread,
        postgresql_where=is_unread,
    )
