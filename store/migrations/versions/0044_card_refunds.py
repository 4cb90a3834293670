"""Attempts to send money back to paying cards, with their histories; a refund and its payment name the one that they
go by, and a line of a gateway's settlement file may be of one.

Revision ID: 0044
"""

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    false,
    text,
)

revision = "0044"
down_revision = "0047"

BIG = BigInteger().with_variant(Integer(), "sqlite")
MOMENT = DateTime(timezone=True)


def upgrade() -> None:
    """All money so far went back to IBANs."""
    _make_refunds()
    _make_events()
    op.add_column("refunds", Column("to_card", Boolean(), nullable=False, server_default=false()))
    for table_name in ("refunds", "payments"):
        with op.batch_alter_table(table_name) as table:
            table.add_column(Column("card_refund_id", BIG, autoincrement=False, nullable=True))
            table.create_foreign_key(
                f"fk_{table_name}_card_refund_id",
                "card_refunds",
                ["card_refund_id"],
                ["id"],
                deferrable=True,
                initially="DEFERRED",
            )
    op.add_column("settlement_lines", Column("is_refund", Boolean(), nullable=False, server_default=false()))
    op.add_column("settlement_lines", Column("card_refund_id", BIG, autoincrement=False, nullable=True))
    is_of_refund = text("card_refund_id IS NOT NULL")
    op.create_index(
        "ix_settlement_lines_card_refund",
        "settlement_lines",
        ["card_refund_id"],
        sqlite_where=is_of_refund,
        postgresql_where=is_of_refund,
    )


def _make_refunds() -> None:
    op.create_table(
        "card_refunds",
        Column("id", BIG, autoincrement=False, nullable=False),
        Column("gateway", Text(), nullable=False),
        *(Column(name, BIG, autoincrement=False, nullable=False) for name in _NUMBERS),
        Column("requested_by", Text(), nullable=False),
        Column("created_at", MOMENT, nullable=False),
        Column("state", Text(), nullable=False),
        *(Column(name, Text()) for name in ("reference", "code")),
        *(Column(name, MOMENT) for name in ("sent_at", "finished_at", "next_step_at")),
        *(Column(name, Integer(), nullable=False) for name in ("unanswered_calls", "revision")),
        Column("claim_token", Text()),
        Column("claimed_until", MOMENT),
        PrimaryKeyConstraint("id", name="pk_card_refunds"),
        UniqueConstraint("gateway", "refund_number", name="uq_card_refunds_gateway_refund_number"),
        _refers("card_refunds", "attempt_id", "payment_attempts.id"),
        _refers("card_refunds", "bill_row_id", "bills.id"),
    )
    for name in ("attempt_id", "bill_row_id"):
        op.create_index(f"ix_card_refunds_{name}", "card_refunds", [name])
    is_open = text("next_step_at IS NOT NULL")
    op.create_index(
        "ix_card_refunds_open", "card_refunds", ["next_step_at"], sqlite_where=is_open, postgresql_where=is_open
    )


_NUMBERS = ("refund_number", "attempt_id", "bill_row_id", "amount")


def _make_events() -> None:
    op.create_table(
        "card_refund_events",
        Column("card_refund_id", BIG, autoincrement=False, nullable=False),
        Column("number", Integer(), autoincrement=False, nullable=False),
        Column("at", MOMENT, nullable=False),
        *(Column(name, Text(), nullable=False) for name in ("event", "state")),
        Column("code", Text()),
        Column("details", JSON(), nullable=False),
        PrimaryKeyConstraint("card_refund_id", "number", name="pk_card_refund_events"),
        _refers("card_refund_events", "card_refund_id", "card_refunds.id"),
    )


def _refers(table_name: str, column_name: str, target: str) -> ForeignKeyConstraint:
    key_name = f"fk_{table_name}_{column_name}"
    return ForeignKeyConstraint([column_name], [target], name=key_name, deferrable=True, initially="DEFERRED")
