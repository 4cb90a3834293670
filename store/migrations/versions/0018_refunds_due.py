"""What is due back to citizens is found among all that ever went back.

Revision ID: 0018
"""

from alembic import op
from sqlalchemy import text

revision = "0018"
down_revision = "0017"

DUE = text("state = 'due'")


def upgrade() -> None:
    """Index it alone."""
    op.create_index(
        "ix_refunds_due", "refunds", ["bill_id", "created_at", "amount"], sqlite_where=DUE, postgresql_where=DUE
    )
