"""A member of the staff is kept with whether somebody else made the password, which is then changed first.

Passwords that there are go on as they are: nobody knows any more who made them.

Revision ID: 0022
"""

from alembic import op
from sqlalchemy import Boolean, Column, false

revision = "0022"
down_revision = "0025"


def upgrade() -> None:
    """Add the column."""
    op.add_column("staff", Column("password_temporary", Boolean, nullable=False, server_default=false()))
