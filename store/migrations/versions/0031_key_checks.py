"""What tells whether the secret key is the one that this database was used with.

Revision ID: 0031
"""

from alembic import op
from sqlalchemy import Column, DateTime, PrimaryKeyConstraint, Text

revision = "0031"
down_revision = "0022"


def upgrade() -> None:
    """Nothing is known yet: the next process that serves leaves the check of its key here."""
    op.create_table(
        "key_checks",
        Column("name", Text(), nullable=False),
        Column("value", Text(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("name", name="pk_key_checks"),
    )
