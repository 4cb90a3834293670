"""Settlement files of banks and gateways, their lines, and where gateway, files and ledger differ.

Revision ID: 0043
"""

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    text,
)

revision = "0043"
down_revision = "0041"

BIG = BigInteger().with_variant(Integer(), "sqlite")
MOMENT = DateTime(timezone=True)


def upgrade() -> None:
    """Nothing was reconciled before."""
    _make_files()
    _make_contents()
    _make_lines()
    _make_differences()


def _index_where(index_name: str, table_name: str, columns: list[str], condition: str, *, unique: bool = False) -> None:
    where = text(condition)
    op.create_index(index_name, table_name, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def _refers_to_file(table_name: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["file_id"], ["settlement_files.id"], name=f"fk_{table_name}_file_id", deferrable=True, initially="DEFERRED"
    )


def _make_files() -> None:
    op.create_table(
        "settlement_files",
        Column("id", BIG, autoincrement=False, nullable=False),
        *(Column(name, Text(), nullable=False) for name in ("digest", "name")),
        Column("size", BIG, nullable=False),
        *(Column(name, Text(), nullable=False) for name in ("layout", "kind", "source", "brought_by")),
        Column("brought_at", MOMENT, nullable=False),
        Column("state", Text(), nullable=False),
        *(Column(name, MOMENT) for name in ("first_paid_at", "last_paid_at")),
        *(Column(name, Text()) for name in ("problem", "decided_by")),
        Column("finished_at", MOMENT),
        Column("revision", Integer(), nullable=False),
        PrimaryKeyConstraint("id", name="pk_settlement_files"),
    )
    is_known = "state != 'dropped' AND state != 'refused'"
    _index_where("uq_settlement_files_digest", "settlement_files", ["digest"], is_known, unique=True)


def _make_contents() -> None:
    op.create_table(
        "settlement_contents",
        Column("file_id", BIG, autoincrement=False, nullable=False),
        Column("content", LargeBinary(), nullable=False),
        PrimaryKeyConstraint("file_id", name="pk_settlement_contents"),
        _refers_to_file("settlement_contents"),
    )


def _make_lines() -> None:
    op.create_table(
        "settlement_lines",
        Column("file_id", BIG, autoincrement=False, nullable=False),
        Column("line_number", Integer(), autoincrement=False, nullable=False),
        *(Column(name, Text(), nullable=False) for name in ("source", "reference")),
        Column("amount", BIG, nullable=False),
        Column("paid_at", MOMENT),
        *(Column(name, Text(), nullable=False) for name in ("bill_id", "payment_id")),
        Column("order_number", BIG),
        Column("sale_number", Text()),
        *(Column(name, Text(), nullable=False) for name in ("channel", "outcome")),
        Column("is_pending", Boolean(), nullable=False),
        Column("detail", Text(), nullable=False),
        Column("attempt_id", BIG),
        PrimaryKeyConstraint("file_id", "line_number", name="pk_settlement_lines"),
        _refers_to_file("settlement_lines"),
    )
    op.create_index("ix_settlement_lines_source_reference", "settlement_lines", ["source", "reference"])
    op.create_index("ix_settlement_lines_paid_at", "settlement_lines", ["paid_at"])
    op.create_index(
        "ix_settlement_lines_pending",
        "settlement_lines",
        ["file_id", "line_number"],
        sqlite_where=text("is_pending = 1"),
        postgresql_where=text("is_pending"),
    )
    _index_where("ix_settlement_lines_attempt", "settlement_lines", ["attempt_id"], "attempt_id IS NOT NULL")


def _make_differences() -> None:
    op.create_table(
        "payment_differences",
        *(Column(name, Text(), nullable=False) for name in ("key", "kind", "source")),
        Column("day", Date(), nullable=False),
        Column("amount", BIG, nullable=False),
        Column("facts", JSON(), nullable=False),
        Column("noted_at", MOMENT, nullable=False),
        *(Column(name, MOMENT) for name in ("alerted_at", "resolved_at")),
        *(Column(name, Text()) for name in ("resolved_by", "note")),
        PrimaryKeyConstraint("key", name="pk_payment_differences"),
    )
    _index_where("ix_payment_differences_open", "payment_differences", ["day"], "resolved_at IS NULL")
