"""Payments that citizens claim to have made, for the revenue unit to look for.

Revision ID: 0076
"""

from alembic import op
from sqlalchemy import BigInteger, Column, DateTime, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, Text

revision = "0076"
down_revision = "0075"

BIG = BigInteger().with_variant(Integer(), "sqlite")
MOMENT = DateTime(timezone=True)


def upgrade() -> None:
    """None was kept so far."""
    op.create_table(
        "payment_claims",
        Column("id", BIG, autoincrement=False, nullable=False),
        Column("bill_id", BIG, nullable=False),
        Column("claimed_at", MOMENT, nullable=False),
        Column("text", Text(), nullable=False),
        Column("amount", BIG),
        Column("reference", Text()),
        Column("refused_at", MOMENT),
        *(Column(name, Text()) for name in ("refused_by", "reason")),
        PrimaryKeyConstraint("id", name="pk_payment_claims"),
        ForeignKeyConstraint(
            ["bill_id"], ["bills.id"], name="fk_payment_claims_bill_id", deferrable=True, initially="DEFERRED"
        ),
    )
    op.create_index("ix_payment_claims_bill_id", "payment_claims", ["bill_id"])
    op.create_index("ix_payment_claims_claimed_at", "payment_claims", ["claimed_at"])
