"""Attempts to pay at bank gateways, with what happened to them; links to pay under; payments name their attempt.

Revision ID: 0040
"""

from alembic import op
from sqlalchemy import (
    JSON,
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

revision = "0040"
down_revision = "0032"

BIG = BigInteger().with_variant(Integer(), "sqlite")
MOMENT = DateTime(timezone=True)


def upgrade() -> None:
    """No payment so far came through a gateway."""
    _make_attempts()
    _make_shares()
    _make_events()
    _make_callbacks()
    _make_links()
    with op.batch_alter_table("payments") as payments:
        payments.add_column(Column("attempt_id", BIG, autoincrement=False, nullable=True))
        payments.create_foreign_key(
            "fk_payments_attempt_id", "payment_attempts", ["attempt_id"], ["id"], deferrable=True, initially="DEFERRED"
        )


def _make_attempts() -> None:
    op.create_table(
        "payment_attempts",
        Column("id", BIG, autoincrement=False, nullable=False),
        Column("gateway", Text(), nullable=False),
        Column("order_number", BIG, nullable=False),
        *(Column(name, Text(), nullable=False) for name in ("state", "channel")),
        *(Column(name, MOMENT, nullable=False) for name in ("created_at", "session_ends_at")),
        *(Column(name, Text()) for name in ("payer_mobile", "reference", "sale_number", "card", "code", "alert")),
        *(Column(name, BIG) for name in ("paid_amount", "bank_amount")),
        *(Column(name, MOMENT) for name in ("returned_at", "verified_at", "finished_at", "next_step_at")),
        *(Column(name, Integer(), nullable=False) for name in ("unanswered_calls", "revision")),
        Column("claim_token", Text()),
        Column("claimed_until", MOMENT),
        PrimaryKeyConstraint("id", name="pk_payment_attempts"),
        UniqueConstraint("gateway", "order_number", name="uq_payment_attempts_gateway_order_number"),
    )
    op.create_index("ix_payment_attempts_created_at", "payment_attempts", ["created_at"])
    _index_some("uq_payment_attempts_reference", ["gateway", "reference"], "reference IS NOT NULL", unique=True)
    _index_some("uq_payment_attempts_sale", ["gateway", "sale_number"], "sale_number IS NOT NULL", unique=True)
    _index_some("ix_payment_attempts_due", ["next_step_at"], "next_step_at IS NOT NULL", unique=False)
    _index_some("ix_payment_attempts_alerted", ["id"], "alert IS NOT NULL OR state = 'unknown'", unique=False)


def _index_some(index_name: str, columns: list[str], condition: str, *, unique: bool) -> None:
    where = text(condition)
    op.create_index(index_name, "payment_attempts", columns, unique=unique, sqlite_where=where, postgresql_where=where)


def _refers(table_name: str, column_name: str, target: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        [column_name], [target], name=f"fk_{table_name}_{column_name}", deferrable=True, initially="DEFERRED"
    )


def _make_shares() -> None:
    op.create_table(
        "payment_attempt_shares",
        *(Column(name, BIG, autoincrement=False, nullable=False) for name in ("attempt_id", "bill_row_id")),
        Column("position", Integer(), nullable=False),
        Column("amount", BIG, nullable=False),
        PrimaryKeyConstraint("attempt_id", "bill_row_id", name="pk_payment_attempt_shares"),
        _refers("payment_attempt_shares", "attempt_id", "payment_attempts.id"),
        _refers("payment_attempt_shares", "bill_row_id", "bills.id"),
    )
    op.create_index("ix_payment_attempt_shares_bill_row_id", "payment_attempt_shares", ["bill_row_id"])


def _make_events() -> None:
    op.create_table(
        "payment_attempt_events",
        Column("attempt_id", BIG, autoincrement=False, nullable=False),
        Column("number", Integer(), autoincrement=False, nullable=False),
        Column("at", MOMENT, nullable=False),
        *(Column(name, Text(), nullable=False) for name in ("event", "state")),
        Column("code", Text()),
        Column("details", JSON(), nullable=False),
        PrimaryKeyConstraint("attempt_id", "number", name="pk_payment_attempt_events"),
        _refers("payment_attempt_events", "attempt_id", "payment_attempts.id"),
    )


def _make_callbacks() -> None:
    op.create_table(
        "payment_callbacks",
        Column("id", BIG, autoincrement=False, nullable=False),
        Column("gateway", Text(), nullable=False),
        Column("attempt_id", BIG, autoincrement=False, nullable=True),
        *(Column(name, Text(), nullable=False) for name in ("method", "payload", "source_address")),
        Column("at", MOMENT, nullable=False),
        Column("event", Text(), nullable=False),
        PrimaryKeyConstraint("id", name="pk_payment_callbacks"),
        _refers("payment_callbacks", "attempt_id", "payment_attempts.id"),
    )
    op.create_index("ix_payment_callbacks_attempt_id", "payment_callbacks", ["attempt_id"])
    op.create_index("ix_payment_callbacks_at", "payment_callbacks", ["at"])


def _make_links() -> None:
    op.create_table(
        "payment_links",
        *(Column(name, Text(), nullable=False) for name in ("token", "bill_digest")),
        Column("created_at", MOMENT, nullable=False),
        PrimaryKeyConstraint("token", name="pk_payment_links"),
        UniqueConstraint("bill_digest", name="uq_payment_links_bill_digest"),
    )
    op.create_table(
        "payment_link_bills",
        Column("token", Text(), nullable=False),
        Column("bill_row_id", BIG, autoincrement=False, nullable=False),
        PrimaryKeyConstraint("token", "bill_row_id", name="pk_payment_link_bills"),
        _refers("payment_link_bills", "token", "payment_links.token"),
        _refers("payment_link_bills", "bill_row_id", "bills.id"),
    )
    op.create_index("ix_payment_link_bills_bill_row_id", "payment_link_bills", ["bill_row_id"])
