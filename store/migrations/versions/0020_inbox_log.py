"""What came in is read newest first, by what became of it and by mobile, out of the chats of that mobile too.

Revision ID: 0020
"""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Index both; the index of chats alone has no use beside that of all mobiles."""
    op.create_index("ix_inbox_state_id", "inbox", ["state", "id"])
    op.create_index("ix_inbox_mobile_id", "inbox", ["mobile", "id"])
    op.drop_index("ix_inbox_of_chats", "inbox")
