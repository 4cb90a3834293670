"""Vehicles leave, records about drivers are annulled, and of a file that was brought it is kept who decided about it.

What is there stays as it was: every vehicle is in service, every reward and violation counts.

Revision ID: 0015
"""

from alembic import op
from sqlalchemy import Column, Text

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("vehicles", Column("status", Text(), nullable=False, server_default="active"))
    for records in ("rewards", "violations"):
        op.add_column(records, Column("standing", Text(), nullable=False, server_default="valid"))
    op.add_column("imports", Column("decided_by", Text(), nullable=True))
