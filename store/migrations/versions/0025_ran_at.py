"""A lease tells when a run under it last came to its end, so that every process sees a job that has not run.

Revision ID: 0025
"""

from alembic import op
from sqlalchemy import Column, DateTime

revision = "0025"
down_revision = "0026"


def upgrade() -> None:
    """Nothing is known of former runs."""
    op.add_column("leases", Column("ran_at", DateTime(timezone=True), nullable=True))
