"""Uploads may belong to a request in place of a draft: papers that are added later travel like those of a form.

Revision ID: 0063
"""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer

revision = "0063"
down_revision = "0058"

BIG = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """All uploads so far are of drafts."""
    with op.batch_alter_table("uploads") as uploads:
        uploads.alter_column("draft_id", existing_type=BIG, nullable=True)
        uploads.add_column(Column("request_id", BIG, autoincrement=False, nullable=True))
        uploads.create_foreign_key(
            "fk_uploads_request_id", "requests", ["request_id"], ["id"], deferrable=True, initially="DEFERRED"
        )
        uploads.create_check_constraint("one_owner", "(draft_id IS NULL) <> (request_id IS NULL)")
    op.create_index("ix_uploads_request_id", "uploads", ["request_id"])
