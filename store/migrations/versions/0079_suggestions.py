"""Suggestions: a number and a progress of comments, their steps and who supports them.

Revision ID: 0079
"""

from alembic import op
from sqlalchemy import BigInteger, Column, DateTime, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, Text

revision = "0079"
down_revision = "0078"

BIG = BigInteger().with_variant(Integer(), "sqlite")
MOMENT = DateTime(timezone=True)


def upgrade() -> None:
    """All that was written so far stays a comment."""
    op.add_column("comments", Column("number", Integer()))
    op.add_column("comments", Column("progress", Text()))
    op.add_column("comments", Column("progressed_at", MOMENT))
    op.create_index("ix_comments_number", "comments", ["number"], unique=True)
    op.create_table(
        "suggestion_steps",
        Column("id", BIG, autoincrement=False, nullable=False),
        Column("comment_id", BIG, nullable=False),
        Column("progress", Text(), nullable=False),
        Column("note", Text()),
        Column("taken_by", Text(), nullable=False),
        Column("at", MOMENT, nullable=False),
        *_keys("suggestion_steps"),
    )
    op.create_index("ix_suggestion_steps_comment_id", "suggestion_steps", ["comment_id"])
    op.create_table(
        "suggestion_supports",
        Column("id", BIG, autoincrement=False, nullable=False),
        Column("comment_id", BIG, nullable=False),
        Column("mobile", Text()),
        Column("channel", Text(), nullable=False),
        Column("at", MOMENT, nullable=False),
        *_keys("suggestion_supports"),
    )
    op.create_index(
        "ix_suggestion_supports_comment_id_mobile", "suggestion_supports", ["comment_id", "mobile"], unique=True
    )
    op.create_index("ix_suggestion_supports_mobile", "suggestion_supports", ["mobile"])


def _keys(table_name: str) -> tuple[PrimaryKeyConstraint, ForeignKeyConstraint]:
    return (
        PrimaryKeyConstraint("id", name=f"pk_{table_name}"),
        ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=f"fk_{table_name}_comment_id", deferrable=True, initially="DEFERRED"
        ),
    )
