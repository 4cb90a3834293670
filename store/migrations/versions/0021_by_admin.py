"""A substitute is kept with whether an administrator named it: an administrator's role is lent by no other word.

Revision ID: 0021
"""

from alembic import op
from sqlalchemy import Boolean, Column, false

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Nobody knows it of the substitutes there are: those of administrators are named again."""
    op.add_column("substitutes", Column("by_admin", Boolean, nullable=False, server_default=false()))
