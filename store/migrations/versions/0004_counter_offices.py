"""Counter offices: their keys, commission and calls; which office brought a request or took a payment.

Revision ID: 0004
"""

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)

revision = "0004"
down_revision = "0003"

BIG = BigInteger().with_variant(Integer(), "sqlite")
JSON_VALUE = JSON(none_as_null=True)
TEXT, MOMENT = Text(), DateTime(timezone=True)


def upgrade() -> None:
    """Make four tables, and find requests and payments by their office."""
    _offices()
    _rules()
    _calls()
    op.add_column("payments", Column("office", TEXT, nullable=True))
    known = text("office IS NOT NULL")
    for table, after in (("requests", "id"), ("payments", "at")):
        op.create_index(f"ix_{table}_office", table, ["office", after], sqlite_where=known, postgresql_where=known)


def _offices() -> None:
    op.create_table(
        "offices",
        *(Column(name, TEXT, nullable=False) for name in ("code", "name", "username")),
        *(Column(name, JSON_VALUE, nullable=False) for name in ("keys", "networks", "locks")),
        Column("active", Boolean(), nullable=False),
        Column("created_at", MOMENT, nullable=False),
        PrimaryKeyConstraint("code", name="pk_offices"),
        UniqueConstraint("username", name="uq_offices_username"),
    )


def _rules() -> None:
    op.create_table(
        "commission_rules",
        Column("id", BIG, autoincrement=False, nullable=False),
        Column("office", TEXT, nullable=False),
        Column("service", TEXT, nullable=False),
        Column("per_request", BIG, nullable=False),
        Column("share_bp", Integer(), nullable=False),
        Column("valid_from", Date(), nullable=False),
        Column("valid_to", Date(), nullable=True),
        Column("made_by", TEXT, nullable=False),
        Column("made_at", MOMENT, nullable=False),
        PrimaryKeyConstraint("id", name="pk_commission_rules"),
        UniqueConstraint("office", "service", "valid_from", name="uq_commission_rules_office_service_valid_from"),
    )
    still = text("valid_to IS NULL")
    op.create_index(
        "uq_commission_rules_open",
        "commission_rules",
        ["office", "service"],
        unique=True,
        sqlite_where=still,
        postgresql_where=still,
    )


def _calls() -> None:
    op.create_table(
        "office_calls",
        *(Column(name, TEXT, nullable=False) for name in ("office", "call_id", "digest", "operation")),
        Column("answer", TEXT, nullable=True),
        Column("at", MOMENT, nullable=False),
        Column("keeps_until", MOMENT, nullable=False),
        PrimaryKeyConstraint("office", "call_id", name="pk_office_calls"),
    )
    op.create_index("ix_office_calls_keeps_until", "office_calls", ["keeps_until"])
    op.create_table(
        "office_nonces",
        *(Column(name, TEXT, nullable=False) for name in ("office", "nonce")),
        Column("ends_at", MOMENT, nullable=False),
        PrimaryKeyConstraint("office", "nonce", name="pk_office_nonces"),
    )
    op.create_index("ix_office_nonces_ends_at", "office_nonces", ["ends_at"])
