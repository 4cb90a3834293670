"""How the tills of counter offices were closed, day by day.

Revision ID: 0019
"""

from alembic import op
from sqlalchemy import BigInteger, Column, Date, DateTime, Integer, PrimaryKeyConstraint, Text

revision = "0019"
down_revision = "0017"

BIG = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "till_closings",
        Column("office", Text(), nullable=False),
        Column("number", Integer(), autoincrement=False, nullable=False),
        Column("day", Date(), nullable=False),
        Column("declared", BIG, nullable=False),
        Column("payments", Integer(), nullable=False),
        Column("amount", BIG, nullable=False),
        Column("note", Text(), nullable=False),
        Column("closed_by", Text(), nullable=False),
        Column("closed_at", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("office", "number", name="pk_till_closings"),
    )
    op.create_index("ix_till_closings_office_day", "till_closings", ["office", "day"])


def downgrade() -> None:
    """Take it away, with what it holds."""
    op.drop_table("till_closings")
