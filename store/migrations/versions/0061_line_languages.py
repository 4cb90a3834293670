"""The language that was chosen for a citizen's line.

Revision ID: 0061
"""

from alembic import op
from sqlalchemy import Column, DateTime, PrimaryKeyConstraint, Text

revision = "0061"
down_revision = "0062"


def upgrade() -> None:
    """Nobody chose one yet."""
    op.create_table(
        "line_languages",
        Column("line", Text(), nullable=False),
        Column("language", Text(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("line", name="pk_line_languages"),
    )
