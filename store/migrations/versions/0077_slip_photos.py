"""Photos of the slips of payments that citizens claim to have made.

Revision ID: 0077
"""

from alembic import op
from sqlalchemy import BigInteger, Column, DateTime, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, Text

revision = "0077"
down_revision = "0076"

BIG = BigInteger().with_variant(Integer(), "sqlite")
PARENTS = {"claim_id": "payment_claims.id", "sha256": "contents.sha256"}


def upgrade() -> None:
    """None was kept so far."""
    op.create_table(
        "slip_photos",
        Column("id", BIG, autoincrement=False, nullable=False),
        Column("claim_id", BIG, nullable=False),
        *(Column(name, Text(), nullable=False) for name in ("field", "name", "media_type")),
        Column("size", Integer(), nullable=False),
        *(Column(name, Text(), nullable=False) for name in ("sha256", "source_sha256")),
        Column("at", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("id", name="pk_slip_photos"),
        *(
            ForeignKeyConstraint([name], [parent], name=f"fk_slip_photos_{name}", deferrable=True, initially="DEFERRED")
            for name, parent in PARENTS.items()
        ),
    )
    for name in PARENTS:
        op.create_index(f"ix_slip_photos_{name}", "slip_photos", [name])
