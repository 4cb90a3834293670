"""A content that nobody needs any more is found by an index: documents name it too, not only files of drafts.

Revision ID: 0064
"""

from alembic import op

revision = "0064"
down_revision = "0063"


def upgrade() -> None:
    """Nothing but the index."""
    op.create_index("ix_documents_sha256", "documents", ["sha256"])
