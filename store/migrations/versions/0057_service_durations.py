"""How long requests of each service usually take, reckoned at night.

Revision ID: 0057
"""

from alembic import op
from sqlalchemy import Column, DateTime, Integer, PrimaryKeyConstraint, Text

revision = "0057"
down_revision = "0046"


def upgrade() -> None:
    """The first start reckons them out of the steps that there are."""
    op.create_table(
        "service_durations",
        Column("service", Text(), nullable=False),
        Column("working_days", Integer(), nullable=False),
        Column("finished_count", Integer(), nullable=False),
        Column("reckoned_at", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("service", name="pk_service_durations"),
    )
