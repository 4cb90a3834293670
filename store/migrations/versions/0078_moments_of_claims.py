"""Day and hour of a payment that a citizen claims to have made.

Revision ID: 0078
"""

from alembic import op
from sqlalchemy import Column, Date, Text

revision = "0078"
down_revision = "0077"


def upgrade() -> None:
    """Claims of before have it in their words alone."""
    op.add_column("payment_claims", Column("paid_on", Date()))
    op.add_column("payment_claims", Column("paid_at_hour", Text()))
