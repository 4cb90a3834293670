"""Files of drafts, uploads that can be resumed, and by what a file that was sent is known again.

Revision ID: 0058
"""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    text,
)

revision = "0058"
down_revision = "0059"

BIG = BigInteger().with_variant(Integer(), "sqlite")
MOMENT = DateTime(timezone=True)


def upgrade() -> None:
    """Files that are there were stored as they were sent."""
    op.add_column("documents", Column("source_sha256", Text(), nullable=False, server_default=""))
    op.execute(text("UPDATE documents SET source_sha256 = sha256"))
    _create_draft_files()
    _create_uploads()


def _create_draft_files() -> None:
    op.create_table(
        "draft_files",
        Column("id", BIG, autoincrement=False, nullable=False),
        Column("draft_id", BIG, autoincrement=False, nullable=False),
        *(Column(name, Text(), nullable=False) for name in ("field", "name", "media_type")),
        Column("size", Integer(), nullable=False),
        Column("sha256", Text(), nullable=False),
        Column("source_sha256", Text(), nullable=False),
        Column("at", MOMENT, nullable=False),
        PrimaryKeyConstraint("id", name="pk_draft_files"),
        ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name="fk_draft_files_draft_id", deferrable=True, initially="DEFERRED"
        ),
        ForeignKeyConstraint(
            ["sha256"], ["contents.sha256"], name="fk_draft_files_sha256", deferrable=True, initially="DEFERRED"
        ),
    )
    op.create_index("ix_draft_files_draft_id", "draft_files", ["draft_id"])
    op.create_index("ix_draft_files_sha256", "draft_files", ["sha256"])


def _create_uploads() -> None:
    op.create_table(
        "uploads",
        Column("id", BIG, autoincrement=False, nullable=False),
        Column("draft_id", BIG, autoincrement=False, nullable=False),
        Column("name", Text(), nullable=False),
        *(Column(name, Integer(), nullable=False) for name in ("size", "received")),
        *(Column(name, MOMENT, nullable=False) for name in ("created_at", "expires_at")),
        Column("taken_at", MOMENT),
        PrimaryKeyConstraint("id", name="pk_uploads"),
        ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name="fk_uploads_draft_id", deferrable=True, initially="DEFERRED"
        ),
    )
    op.create_index("ix_uploads_draft_id", "uploads", ["draft_id"])
    op.create_index("ix_uploads_expires_at", "uploads", ["expires_at"])
    op.create_table(
        "upload_parts",
        Column("upload_id", BIG, autoincrement=False, nullable=False),
        Column("position", Integer(), autoincrement=False, nullable=False),
        Column("content", LargeBinary(), nullable=False),
        PrimaryKeyConstraint("upload_id", "position", name="pk_upload_parts"),
        ForeignKeyConstraint(
            ["upload_id"], ["uploads.id"], name="fk_upload_parts_upload_id", deferrable=True, initially="DEFERRED"
        ),
    )
