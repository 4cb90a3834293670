"""What reports add up: steps and machines' work beside the history, reports that are kept, and indexes by date.

Requests that are there keep `entered_at` empty until `pishkhan migrate` has counted their steps out of their history.

Revision ID: 0010
"""

from alembic import op
from sqlalchemy import (
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

revision = "0010"
down_revision = "0009"

BIG = BigInteger().with_variant(Integer(), "sqlite")
TEXT, MOMENT = Text(), DateTime(timezone=True)


def upgrade() -> None:
    """Add to the table of requests, make three more, and find money, ratings and texts by their dates."""
    op.add_column("requests", Column("entered_at", MOMENT, nullable=True))
    _steps()
    _work()
    _files()
    _indexes()


def _of_request(table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["request_id"], ["requests.id"], name=f"fk_{table}_request_id_requests", deferrable=True, initially="DEFERRED"
    )


def _steps() -> None:
    op.create_table(
        "steps",
        Column("at", MOMENT, nullable=False),
        Column("request_id", BIG, autoincrement=False, nullable=False),
        Column("seq", Integer(), autoincrement=False, nullable=False),
        *(
            Column(name, TEXT, nullable=name not in {"service", "channel"})
            for name in (
                "service",
                "kind",
                "channel",
                "office",
                "officer",
                "state",
            )
        ),
        *(Column(name, Integer(), nullable=False) for name in ("seconds", "worked")),
        Column("late", Boolean(), nullable=True),
        Column("outcome", TEXT, nullable=True),
        Column("remote", Boolean(), nullable=False),
        _of_request("steps"),
        PrimaryKeyConstraint("at", "request_id", "seq", name="pk_steps"),
        sqlite_with_rowid=False,
    )


def _work() -> None:
    op.create_table(
        "machine_work",
        Column("request_id", BIG, autoincrement=False, nullable=False),
        *(Column(name, TEXT, nullable=False) for name in ("machine", "service", "machine_type")),
        Column("start", MOMENT, nullable=False),
        *(Column(name, Integer(), nullable=False) for name in ("quoted", "worked")),
        _of_request("machine_work"),
        PrimaryKeyConstraint("request_id", "machine", name="pk_machine_work"),
    )
    op.create_index("ix_machine_work_start", "machine_work", ["start"])
    op.create_index("ix_machine_work_machine_request_id", "machine_work", ["machine", "request_id"])


def _files() -> None:
    op.create_table(
        "report_files",
        Column("id", BIG, autoincrement=False, nullable=False),
        Column("report", TEXT, nullable=False),
        *(Column(name, Date(), nullable=False) for name in ("first", "last")),
        Column("name", TEXT, nullable=False),
        Column("size", Integer(), nullable=False),
        Column("made_at", MOMENT, nullable=False),
        Column("content", LargeBinary(), nullable=False),
        PrimaryKeyConstraint("id", name="pk_report_files"),
        UniqueConstraint("report", "first", "last", name="uq_report_files_report_first_last"),
    )


def _indexes() -> None:
    told_apart = ["created_at", "service", "kind", "state", "phase", "channel", "office", "assignee"]
    op.create_index("ix_requests_reported", "requests", told_apart)
    uncounted = text("entered_at IS NULL")
    op.create_index("ix_requests_uncounted", "requests", ["id"], sqlite_where=uncounted, postgresql_where=uncounted)
    for table, column in (("bills", "created_at"), ("payments", "at"), ("refunds", "created_at"), ("ratings", "at")):
        op.create_index(f"ix_{table}_{column}", table, [column])
    sent = text("sent_at IS NOT NULL")
    columns = ["sent_at", "provider", "key", "parts", "cost"]
    op.create_index("ix_outbox_sent", "outbox", columns, sqlite_where=sent, postgresql_where=sent)
