"""A payment that was recorded wrongly is reversed, by a record of its own; its number may be recorded anew.

Refunds keep what the bill was before them, and the second person who agreed to them.

Revision ID: 0023
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
    TextClause,
    UniqueConstraint,
    text,
)

revision = "0023"
down_revision = "0031"

BIG = BigInteger().with_variant(Integer(), "sqlite")
STANDS = text("reversed_at IS NULL")
TOLD = text("rrn IS NOT NULL AND reversed_at IS NULL")


def upgrade() -> None:
    """Every payment so far stands."""
    with op.batch_alter_table("payments") as payments:
        payments.add_column(Column("reversed_at", DateTime(timezone=True), nullable=True))
        payments.drop_constraint("uq_payments_method_reference_distinction", type_="unique")
    op.drop_index("uq_payments_rrn", "payments")
    _one_of("uq_payments_standing", ["method", "reference", "distinction"], STANDS)
    _one_of("uq_payments_rrn", ["rrn", "office"], TOLD)
    for column in ("bill_was", "approved_by"):
        op.add_column("refunds", Column(column, Text(), nullable=True))
    op.add_column("refunds", Column("approved_at", DateTime(timezone=True), nullable=True))
    _make_reversals()


def _one_of(name: str, columns: list[str], where: TextClause) -> None:
    op.create_index(name, "payments", columns, unique=True, sqlite_where=where, postgresql_where=where)


def _make_reversals() -> None:
    op.create_table(
        "payment_reversals",
        Column("id", BIG, autoincrement=False, nullable=False),
        Column("payment_id", BIG, autoincrement=False, nullable=False),
        Column("bill_id", BIG, autoincrement=False, nullable=False),
        Column("amount", BIG, nullable=False),
        Column("outcome", Text(), nullable=False),
        Column("reason", Text(), nullable=True),
        Column("reversed_by", Text(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        *(
            ForeignKeyConstraint(
                [f"{name}_id"],
                [f"{name}s.id"],
                name=f"fk_payment_reversals_{name}_id_{name}s",
                deferrable=True,
                initially="DEFERRED",
            )
            for name in ("payment", "bill")
        ),
        PrimaryKeyConstraint("id", name="pk_payment_reversals"),
        UniqueConstraint("payment_id", name="uq_payment_reversals_payment_id"),
    )
    for column in ("bill_id", "at"):
        op.create_index(f"ix_payment_reversals_{column}", "payment_reversals", [column])
