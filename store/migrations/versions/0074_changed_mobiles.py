"""Changes of the mobiles by which people are reached, and by which number a payer was reached when money came.

Revision ID: 0074
"""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Integer,
    PrimaryKeyConstraint,
    Text,
    and_,
    column,
    func,
    select,
    table,
    update,
)

revision = "0074"
down_revision = "0071"

BIG = BigInteger().with_variant(Integer(), "sqlite")
MOMENT = DateTime(timezone=True)
PAYMENTS = table("payments", column("bill_id", BIG), column("line", Text()))
BILLS = table("bills", column("id", BIG), column("subject_kind", Text()), column("subject_id", BIG))
REQUESTS = table("requests", column("id", BIG), column("mobile", Text()), column("unverified_mobile", Text()))


def upgrade() -> None:
    """What was paid for a request so far is taken to be of who has it today."""
    op.create_table(
        "mobile_changes",
        *(Column(name, BIG, autoincrement=False, nullable=False) for name in ("id", "subject_id")),
        Column("subject_kind", Text(), nullable=False),
        Column("old_mobile", Text()),
        *(Column(name, Text(), nullable=False) for name in ("new_mobile", "proof", "proposed_by")),
        Column("proposed_at", MOMENT, nullable=False),
        Column("done_by", Text()),
        Column("done_at", MOMENT),
        Column("objected_at", MOMENT),
        PrimaryKeyConstraint("id", name="pk_mobile_changes"),
    )
    op.create_index("ix_mobile_changes_subject_kind_subject_id", "mobile_changes", ["subject_kind", "subject_id"])
    op.create_index("ix_mobile_changes_old_mobile", "mobile_changes", ["old_mobile"])
    op.add_column("payments", Column("line", Text()))
    of_request = and_(BILLS.c.subject_kind == "request", REQUESTS.c.id == BILLS.c.subject_id)
    reached_by = select(func.coalesce(REQUESTS.c.mobile, REQUESTS.c.unverified_mobile)).join_from(
        BILLS, REQUESTS, of_request
    )
    op.execute(update(PAYMENTS).values(line=reached_by.where(BILLS.c.id == PAYMENTS.c.bill_id).scalar_subquery()))
