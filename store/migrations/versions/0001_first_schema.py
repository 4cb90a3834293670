"""The first schema.

Later changes come as further versions; this file stays as it was released. Partial indexes carry their condition for
each engine, and foreign keys are checked at the commit. Revision ID: 0001
"""

from collections.abc import Sequence
from typing import Any

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
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

revision = "0001"
down_revision = None

BIG = BigInteger().with_variant(Integer(), "sqlite")
NUMBER, TEXT, FLAG, DAY, MOMENT, BYTES = Integer(), Text(), Boolean(), Date(), DateTime(timezone=True), LargeBinary()


def upgrade() -> None:
    """Make all tables."""
    for make in TABLES:
        make()


def _requests() -> None:
    op.create_table(
        "requests",
        Column("id", BIG, nullable=False, autoincrement=False),
        *_must(JSON(), "fields", "data"),
        *_must(MOMENT, "created_at", "updated_at"),
        *_must(NUMBER, "version", "revision", "head_seq", "sealed_seq"),
        *_must(TEXT, "code", "service", "state", "phase", "channel", "head_hash"),
        *_may(BIG, "parent_id"),
        *_may(TEXT, "mobile", "office", "assignee", "awaits", "subject_key"),
        PrimaryKeyConstraint("id", name="pk_requests"),
        UniqueConstraint("code", name="uq_requests_code"),
        _refers("requests", "parent_id", "requests.id"),
    )
    op.create_index("ix_requests_assignee_id", "requests", ["assignee", "id"])
    _partial("ix_requests_awaits", "requests", ["awaits", "id"], "awaits IS NOT NULL")
    _partial("ix_requests_subject", "requests", ["subject_key", "service", "id"], "subject_key IS NOT NULL")
    _partial("ix_requests_unsealed", "requests", ["id"], "head_seq > sealed_seq")
    op.create_index("ix_requests_mobile_id", "requests", ["mobile", "id"])
    op.create_index("ix_requests_phase_service_version_state", "requests", ["phase", "service", "version", "state"])
    op.create_index("ix_requests_service_state_id", "requests", ["service", "state", "id"])


def _history() -> None:
    op.create_table(
        "timers",
        Column("request_id", BIG, nullable=False, autoincrement=False),
        *_must(MOMENT, "at"),
        *_must(TEXT, "kind", "name"),
        PrimaryKeyConstraint("request_id", "kind", "name", "at", name="pk_timers"),
        _refers("timers", "request_id", "requests.id"),
    )
    op.create_index("ix_timers_kind_at", "timers", ["kind", "at"])
    op.create_table(
        "history",
        Column("request_id", BIG, nullable=False, autoincrement=False),
        Column("seq", NUMBER, nullable=False, autoincrement=False),
        *_must(MOMENT, "at"),
        *_must(TEXT, "actor_kind", "channel", "event", "to_state", "digest", "previous", "hash"),
        *_may(JSON(), "payload"),
        *_may(TEXT, "from_state", "actor", "note", "salt"),
        PrimaryKeyConstraint("request_id", "seq", name="pk_history"),
        _refers("history", "request_id", "requests.id"),
    )


def _seals_and_counters() -> None:
    op.create_table(
        "seals",
        Column("number", NUMBER, nullable=False, autoincrement=False),
        *_must(JSON(), "heads"),
        *_must(MOMENT, "at"),
        *_must(TEXT, "previous", "hash", "signature"),
        PrimaryKeyConstraint("number", name="pk_seals"),
    )
    op.create_table(
        "counters",
        *_must(BIG, "value"),
        *_must(TEXT, "name"),
        PrimaryKeyConstraint("name", name="pk_counters"),
    )


def _bills() -> None:
    op.create_table(
        "bills",
        Column("id", BIG, nullable=False, autoincrement=False),
        *_must(BIG, "amount", "subject_id"),
        *_must(JSON(), "explanation"),
        *_must(MOMENT, "created_at"),
        *_must(NUMBER, "file_number", "revision"),
        *_must(TEXT, "bill_id", "payment_id", "state", "kind", "subject_kind"),
        *_may(MOMENT, "deadline", "settled_at"),
        *_may(TEXT, "note"),
        PrimaryKeyConstraint("id", name="pk_bills"),
        UniqueConstraint("bill_id", name="uq_bills_bill_id"),
        UniqueConstraint("file_number", name="uq_bills_file_number"),
    )
    op.create_index("ix_bills_subject_kind_subject_id", "bills", ["subject_kind", "subject_id"])


def _payments() -> None:
    op.create_table(
        "payments",
        Column("id", BIG, nullable=False, autoincrement=False),
        *_must(BIG, "bill_id", "amount"),
        *_must(MOMENT, "at"),
        *_must(TEXT, "method", "reference", "outcome", "recorded_by"),
        PrimaryKeyConstraint("id", name="pk_payments"),
        UniqueConstraint("method", "reference", name="uq_payments_method_reference"),
        _refers("payments", "bill_id", "bills.id"),
    )
    op.create_index("ix_payments_bill_id", "payments", ["bill_id"])
    op.create_table(
        "refunds",
        Column("id", BIG, nullable=False, autoincrement=False),
        *_must(BIG, "bill_id", "amount"),
        *_must(MOMENT, "created_at"),
        *_must(TEXT, "reason", "state"),
        *_may(MOMENT, "refunded_at"),
        *_may(TEXT, "iban"),
        PrimaryKeyConstraint("id", name="pk_refunds"),
        _refers("refunds", "bill_id", "bills.id"),
    )
    op.create_index("ix_refunds_bill_id", "refunds", ["bill_id"])


def _tariffs() -> None:
    op.create_table(
        "tariffs",
        Column("id", BIG, nullable=False, autoincrement=False),
        *_must(BIG, "rate"),
        *_must(DAY, "valid_from"),
        *_must(MOMENT, "created_at"),
        *_must(NUMBER, "minimum", "vat_percent"),
        *_must(TEXT, "service", "dimensions", "unit", "created_by"),
        *_may(DAY, "valid_to"),
        PrimaryKeyConstraint("id", name="pk_tariffs"),
        UniqueConstraint("service", "dimensions", "valid_from", name="uq_tariffs_service_dimensions_valid_from"),
    )
    _partial("uq_tariffs_open", "tariffs", ["service", "dimensions"], "valid_to IS NULL", unique=True)


def _fleet() -> None:
    op.create_table(
        "resources",
        Column("id", BIG, nullable=False, autoincrement=False),
        *_must(JSON(), "skills"),
        *_must(TEXT, "code", "kind", "type", "title", "status", "capacity"),
        *_may(TEXT, "mobile"),
        PrimaryKeyConstraint("id", name="pk_resources"),
        UniqueConstraint("code", name="uq_resources_code"),
    )
    op.create_table(
        "bookings",
        Column("id", BIG, nullable=False, autoincrement=False),
        *_must(BIG, "request_id", "resource_id"),
        *_must(FLAG, "hold"),
        *_must(MOMENT, "start", "end"),
        PrimaryKeyConstraint("id", name="pk_bookings"),
        _refers("bookings", "request_id", "requests.id"),
        _refers("bookings", "resource_id", "resources.id"),
    )
    op.create_index("ix_bookings_end_start", "bookings", ["end", "start"])
    op.create_index("ix_bookings_request_id", "bookings", ["request_id"])


def _slots() -> None:
    op.create_table(
        "slots",
        Column("slot", NUMBER, nullable=False, autoincrement=False),
        Column("resource_id", BIG, nullable=False, autoincrement=False),
        *_must(BIG, "booking_id"),
        PrimaryKeyConstraint("slot", "resource_id", name="pk_slots"),
        _refers("slots", "booking_id", "bookings.id"),
        _refers("slots", "resource_id", "resources.id"),
    )
    op.create_index("ix_slots_booking_id", "slots", ["booking_id"])


def _people() -> None:
    op.create_table(
        "people",
        *_must(MOMENT, "created_at"),
        *_must(TEXT, "mobile"),
        *_may(TEXT, "full_name", "national_code"),
        PrimaryKeyConstraint("mobile", name="pk_people"),
    )
    op.create_table(
        "staff",
        *_must(FLAG, "active"),
        *_must(JSON(), "roles"),
        *_must(MOMENT, "created_at"),
        *_must(TEXT, "username", "full_name", "password_hash"),
        *_may(TEXT, "mobile"),
        PrimaryKeyConstraint("username", name="pk_staff"),
    )


def _feedback() -> None:
    op.create_table(
        "ratings",
        Column("request_id", BIG, nullable=False, autoincrement=False),
        *_must(MOMENT, "at"),
        *_must(NUMBER, "score"),
        *_must(TEXT, "channel"),
        *_may(TEXT, "text"),
        PrimaryKeyConstraint("request_id", name="pk_ratings"),
        _refers("ratings", "request_id", "requests.id"),
    )
    op.create_table(
        "comments",
        Column("id", BIG, nullable=False, autoincrement=False),
        *_must(FLAG, "published"),
        *_must(MOMENT, "at"),
        *_must(TEXT, "text", "channel"),
        *_may(BIG, "request_id"),
        *_may(TEXT, "service", "mobile"),
        PrimaryKeyConstraint("id", name="pk_comments"),
        _refers("comments", "request_id", "requests.id"),
    )


def _files() -> None:
    op.create_table(
        "contents",
        *_must(BYTES, "content"),
        *_must(TEXT, "sha256"),
        PrimaryKeyConstraint("sha256", name="pk_contents"),
    )
    op.create_table(
        "documents",
        Column("id", BIG, nullable=False, autoincrement=False),
        *_must(BIG, "request_id"),
        *_must(MOMENT, "at"),
        *_must(NUMBER, "size"),
        *_must(TEXT, "field", "name", "media_type", "sha256", "added_by"),
        PrimaryKeyConstraint("id", name="pk_documents"),
        _refers("documents", "request_id", "requests.id"),
        _refers("documents", "sha256", "contents.sha256"),
    )
    op.create_index("ix_documents_request_id", "documents", ["request_id"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        Column("id", BIG, nullable=False, autoincrement=False),
        *_must(MOMENT, "created_at", "not_before"),
        *_must(NUMBER, "priority", "attempts"),
        *_must(TEXT, "channel", "recipient", "cls", "key", "text", "state"),
        *_may(BIG, "request_id", "cost"),
        *_may(MOMENT, "expires_at", "sent_at", "updated_at", "claimed_until"),
        *_may(NUMBER, "parts"),
        *_may(TEXT, "provider", "provider_id", "reason", "claim_token"),
        PrimaryKeyConstraint("id", name="pk_outbox"),
        _refers("outbox", "request_id", "requests.id"),
    )
    _partial("ix_outbox_claimed", "outbox", ["channel", "claimed_until"], "state = 'sending'")
    _partial("ix_outbox_expiring", "outbox", ["channel", "expires_at"], "state = 'queued'")
    _partial("ix_outbox_queue", "outbox", ["channel", "priority", "created_at", "id"], "state = 'queued'")
    op.create_index("ix_outbox_provider_provider_id", "outbox", ["provider", "provider_id"])
    op.create_index("ix_outbox_recipient_id", "outbox", ["recipient", "id"])
    op.create_index("ix_outbox_request_id", "outbox", ["request_id"])
    op.create_index("ix_outbox_state_updated_at", "outbox", ["state", "updated_at"])


def _receipts() -> None:
    op.create_table(
        "receipts",
        *_must(MOMENT, "at"),
        *_must(TEXT, "provider", "provider_id", "state"),
        PrimaryKeyConstraint("provider", "provider_id", name="pk_receipts"),
    )
    op.create_index("ix_receipts_at", "receipts", ["at"])
    op.create_table(
        "opt_outs",
        *_must(FLAG, "stopped"),
        *_must(MOMENT, "at"),
        *_must(TEXT, "mobile"),
        PrimaryKeyConstraint("mobile", name="pk_opt_outs"),
    )


def _inbox() -> None:
    op.create_table(
        "inbox",
        Column("id", BIG, nullable=False, autoincrement=False),
        *_must(MOMENT, "received_at"),
        *_must(TEXT, "channel", "provider", "fingerprint", "sender", "recipient", "text", "state"),
        *_may(BIG, "reply_id", "request_id"),
        *_may(TEXT, "provider_id", "mobile", "intent", "reason"),
        PrimaryKeyConstraint("id", name="pk_inbox"),
        UniqueConstraint("channel", "provider", "fingerprint", name="uq_inbox_channel_provider_fingerprint"),
        _refers("inbox", "reply_id", "outbox.id"),
        _refers("inbox", "request_id", "requests.id"),
    )
    op.create_index("ix_inbox_channel_sender_received_at", "inbox", ["channel", "sender", "received_at"])
    op.create_table(
        "dialogues",
        *_must(JSON(), "state"),
        *_must(MOMENT, "expires_at"),
        *_must(TEXT, "channel", "address"),
        PrimaryKeyConstraint("channel", "address", name="pk_dialogues"),
    )


def _running() -> None:
    op.create_table(
        "hits",
        *_must(MOMENT, "ends_at"),
        *_must(NUMBER, "count"),
        *_must(TEXT, "key"),
        PrimaryKeyConstraint("key", name="pk_hits"),
    )
    op.create_index("ix_hits_ends_at", "hits", ["ends_at"])
    op.create_table(
        "leases",
        *_must(MOMENT, "until"),
        *_must(TEXT, "name", "token"),
        PrimaryKeyConstraint("name", name="pk_leases"),
    )


def _days_and_audit() -> None:
    op.create_table(
        "work_calendar",
        *_must(DAY, "day"),
        *_must(FLAG, "working"),
        *_must(TEXT, "note"),
        PrimaryKeyConstraint("day", name="pk_work_calendar"),
    )
    op.create_table(
        "audit",
        Column("id", BIG, nullable=False, autoincrement=True),
        *_must(JSON(), "detail"),
        *_must(MOMENT, "at"),
        *_must(TEXT, "actor", "what"),
        PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])


def _must(kind: TypeEngine[Any], *names: str) -> list[Column[Any]]:
    return [Column(name, kind, nullable=False) for name in names]


def _may(kind: TypeEngine[Any], *names: str) -> list[Column[Any]]:
    return [Column(name, kind, nullable=True) for name in names]


def _refers(table: str, column: str, target: str) -> ForeignKeyConstraint:
    name = f"fk_{table}_{column}"
    return ForeignKeyConstraint([column], [target], name=name, deferrable=True, initially="DEFERRED")


def _partial(name: str, table: str, columns: Sequence[str], where: str, *, unique: bool = False) -> None:
    condition = text(where)
    op.create_index(name, table, list(columns), unique=unique, sqlite_where=condition, postgresql_where=condition)


TABLES = (
    _requests,
    _history,
    _seals_and_counters,
    _bills,
    _payments,
    _tariffs,
    _fleet,
    _slots,
    _people,
    _feedback,
    _files,
    _outbox,
    _receipts,
    _inbox,
    _running,
    _days_and_audit,
)
