"""Drafts of citizens' forms, and the sessions that hold them.

Revision ID: 0050
"""

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
)

revision = "0050"
down_revision = "0043"

BIG = BigInteger().with_variant(Integer(), "sqlite")
MOMENT = DateTime(timezone=True)


def upgrade() -> None:
    """No form was kept before it was sent."""
    op.create_table(
        "drafts",
        Column("id", BIG, autoincrement=False, nullable=False),
        Column("service", Text(), nullable=False),
        Column("version", Integer(), nullable=False),
        Column("typed_values", JSON(), nullable=False),
        Column("saved_sections", JSON(), nullable=False),
        Column("resume_code", Text(), nullable=False),
        *(Column(name, MOMENT, nullable=False) for name in ("created_at", "updated_at", "expires_at")),
        Column("mobile", Text()),
        Column("relation", Text(), nullable=False),
        Column("represented_name", Text(), nullable=False),
        Column("request_code", Text()),
        PrimaryKeyConstraint("id", name="pk_drafts"),
    )
    op.create_index("ix_drafts_mobile_resume_code", "drafts", ["mobile", "resume_code"])
    op.create_index("ix_drafts_expires_at", "drafts", ["expires_at"])
    op.create_table(
        "draft_holders",
        Column("draft_id", BIG, autoincrement=False, nullable=False),
        Column("session_id", BIG, autoincrement=False, nullable=False),
        PrimaryKeyConstraint("draft_id", "session_id", name="pk_draft_holders"),
        ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name="fk_draft_holders_draft_id", deferrable=True, initially="DEFERRED"
        ),
    )
    op.create_index("ix_draft_holders_session_id", "draft_holders", ["session_id"])
