"""Messengers: chats, proofs of mobiles, where notices go; what a text shows there, whose it is, when it moves to SMS.

Revision ID: 0011
"""

from alembic import op
from sqlalchemy import JSON, Column, DateTime, Integer, PrimaryKeyConstraint, Text, text

revision = "0011"
down_revision = "0010"

JSON_VALUE = JSON(none_as_null=True)
TEXT, MOMENT = Text(), DateTime(timezone=True)


def upgrade() -> None:
    """Make three tables, and add to the outbox."""
    _make_chats()
    _make_mobile_proofs()
    for column in (Column("mobile", TEXT), Column("content", JSON_VALUE), Column("moves_at", MOMENT)):
        op.add_column("outbox", column)
    _partial("ix_outbox_moving", "outbox", ["channel", "moves_at"], "state = 'queued' AND moves_at IS NOT NULL")
    _partial("ix_outbox_of_chats", "outbox", ["mobile", "id"], "mobile IS NOT NULL")
    _partial("ix_inbox_of_chats", "inbox", ["mobile"], "sender != mobile")


def _make_chats() -> None:
    op.create_table(
        "chats",
        Column("channel", TEXT, nullable=False),
        Column("chat_id", TEXT, nullable=False),
        Column("mobile", TEXT, nullable=True),
        Column("name", TEXT, nullable=False),
        Column("state", TEXT, nullable=False),
        Column("linked_at", MOMENT, nullable=True),
        Column("updated_at", MOMENT, nullable=False),
        PrimaryKeyConstraint("channel", "chat_id", name="pk_chats"),
    )
    op.create_index("ix_chats_mobile", "chats", ["mobile"])
    op.create_table(
        "notice_channels",
        Column("mobile", TEXT, nullable=False),
        Column("channel", TEXT, nullable=False),
        Column("at", MOMENT, nullable=False),
        PrimaryKeyConstraint("mobile", name="pk_notice_channels"),
    )


def _make_mobile_proofs() -> None:
    op.create_table(
        "mobile_proofs",
        *(Column(name, TEXT, nullable=False) for name in ("channel", "address", "mobile", "salt", "digest")),
        Column("expires_at", MOMENT, nullable=False),
        Column("tries", Integer(), nullable=False),
        PrimaryKeyConstraint("channel", "address", name="pk_mobile_proofs"),
    )
    op.create_index("ix_mobile_proofs_expires_at", "mobile_proofs", ["expires_at"])


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=text(where), postgresql_where=text(where))
