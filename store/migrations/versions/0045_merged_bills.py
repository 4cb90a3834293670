"""Bills merged into one pair of ids; payments name the merged bill that was paid, and their place in its receipt.

Revision ID: 0045
"""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)

revision = "0045"
down_revision = "0049"

BIG = BigInteger().with_variant(Integer(), "sqlite")
UNIQUE_INDEXES = {
    "uq_payments_standing": (("method", "reference", "distinction"), "reversed_at IS NULL"),
    "uq_payments_rrn": (("rrn", "office"), "rrn IS NOT NULL AND reversed_at IS NULL"),
}


def upgrade() -> None:
    """No payment so far was of a merged bill."""
    _make_merged_bills()
    _make_parts()
    for index_name in UNIQUE_INDEXES:
        op.drop_index(index_name, "payments")
    with op.batch_alter_table("payments") as payments:
        payments.add_column(Column("merged_bill_id", BIG, autoincrement=False, nullable=True))
        payments.add_column(Column("part_position", Integer(), nullable=False, server_default="0"))
        payments.create_foreign_key(
            "fk_payments_merged_bill_id",
            "merged_bills",
            ["merged_bill_id"],
            ["id"],
            deferrable=True,
            initially="DEFERRED",
        )
    for index_name, (columns, condition) in UNIQUE_INDEXES.items():
        where = text(condition)
        op.create_index(
            index_name,
            "payments",
            [*columns, "part_position"],
            unique=True,
            sqlite_where=where,
            postgresql_where=where,
        )


def _make_merged_bills() -> None:
    op.create_table(
        "merged_bills",
        Column("id", BIG, autoincrement=False, nullable=False),
        Column("file_number", Integer(), nullable=False),
        *(Column(name, Text(), nullable=False) for name in ("bill_id", "payment_id")),
        Column("amount", BIG, nullable=False),
        Column("bill_digest", Text(), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("id", name="pk_merged_bills"),
        *(UniqueConstraint(name, name=f"uq_merged_bills_{name}") for name in ("file_number", "bill_id", "bill_digest")),
    )


def _make_parts() -> None:
    targets = {"merged_bill_id": "merged_bills.id", "bill_row_id": "bills.id"}
    op.create_table(
        "merged_bill_parts",
        *(Column(name, BIG, autoincrement=False, nullable=False) for name in targets),
        PrimaryKeyConstraint(*targets, name="pk_merged_bill_parts"),
        *(
            ForeignKeyConstraint(
                [name], [target], name=f"fk_merged_bill_parts_{name}", deferrable=True, initially="DEFERRED"
            )
            for name, target in targets.items()
        ),
    )
    op.create_index("ix_merged_bill_parts_bill_row_id", "merged_bill_parts", ["bill_row_id"])
