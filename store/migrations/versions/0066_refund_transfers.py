"""Accounts that citizens give for money that is due back, and the daily files of transfers to them.

Revision ID: 0066
"""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)

revision = "0066"
down_revision = "0065"

BIG = BigInteger().with_variant(Integer(), "sqlite")
MOMENT = DateTime(timezone=True)


def upgrade() -> None:
    """Nobody was asked so far."""
    op.create_table(
        "refund_accounts",
        Column("bill_id", BIG, autoincrement=False, nullable=False),
        Column("mobile", Text(), nullable=False),
        Column("asked_at", MOMENT),
        Column("iban", Text()),
        Column("given_at", MOMENT),
        PrimaryKeyConstraint("bill_id", name="pk_refund_accounts"),
        _refers("refund_accounts", "bill_id", "bills.id"),
    )
    op.create_index("ix_refund_accounts_mobile", "refund_accounts", ["mobile"])
    op.create_table(
        "refund_files",
        Column("id", BIG, autoincrement=False, nullable=False),
        Column("day", Date(), nullable=False),
        Column("made_at", MOMENT, nullable=False),
        Column("made_by", Text(), nullable=False),
        PrimaryKeyConstraint("id", name="pk_refund_files"),
        UniqueConstraint("day", name="uq_refund_files_day"),
    )
    _make_transfers()
    with op.batch_alter_table("refunds") as table:
        table.add_column(Column("transfer_id", BIG, autoincrement=False, nullable=True))
        table.create_foreign_key(
            "fk_refunds_transfer_id", "refund_transfers", ["transfer_id"], ["id"], deferrable=True, initially="DEFERRED"
        )


def _make_transfers() -> None:
    op.create_table(
        "refund_transfers",
        *(Column(name, BIG, autoincrement=False, nullable=False) for name in ("id", "file_id", "bill_id", "amount")),
        Column("iban", Text()),
        Column("name", Text()),
        Column("state", Text(), nullable=False),
        Column("reference", Text()),
        Column("ended_at", MOMENT),
        Column("ended_by", Text()),
        PrimaryKeyConstraint("id", name="pk_refund_transfers"),
        _refers("refund_transfers", "file_id", "refund_files.id"),
        _refers("refund_transfers", "bill_id", "bills.id"),
    )
    for name in ("file_id", "bill_id"):
        op.create_index(f"ix_refund_transfers_{name}", "refund_transfers", [name])
    is_filed = text("state = 'filed'")
    op.create_index(
        "ix_refund_transfers_filed",
        "refund_transfers",
        ["file_id"],
        sqlite_where=is_filed,
        postgresql_where=is_filed,
    )


def _refers(table_name: str, column_name: str, target: str) -> ForeignKeyConstraint:
    key_name = f"fk_{table_name}_{column_name}"
    return ForeignKeyConstraint([column_name], [target], name=key_name, deferrable=True, initially="DEFERRED")
