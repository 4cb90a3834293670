"""A message of a chat whose outcome is unknown is sent again: how often that was is kept with it.

Revision ID: 0026
"""

from alembic import op
from sqlalchemy import Column, Integer

revision = "0026"
down_revision = "0024"


def upgrade() -> None:
    """None was sent again so far; what is unknown of old stays so, for the staff to decide."""
    op.add_column("outbox", Column("resends", Integer, nullable=False, server_default="0"))
