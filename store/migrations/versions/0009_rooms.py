"""The staff's rooms: files that are imported, machines out of service, prices that wait for approval.

Revision ID: 0009
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

revision = "0009"
down_revision = "0008"

BIG = BigInteger().with_variant(Integer(), "sqlite")
JSON_VALUE = JSON(none_as_null=True)
TEXT, MOMENT = Text(), DateTime(timezone=True)


def upgrade() -> None:
    """Make tables, and let a booking be without a request."""
    _imports()
    _out_of_service()
    _proposed_tariffs()


def _imports() -> None:
    op.create_table(
        "imports",
        Column("id", BIG, autoincrement=False, nullable=False),
        *(Column(name, TEXT, nullable=False) for name in ("registry", "name")),
        Column("size", Integer(), nullable=False),
        Column("by", TEXT, nullable=False),
        Column("made_at", MOMENT, nullable=False),
        Column("state", TEXT, nullable=False),
        Column("done", Integer(), nullable=False),
        Column("total", Integer(), nullable=True),
        Column("tries", Integer(), nullable=False),
        Column("skip_bad_rows", Boolean(), nullable=False),
        *(Column(name, JSON_VALUE, nullable=False) for name in ("tally", "outcome")),
        Column("problem", TEXT, nullable=True),
        Column("settled_at", MOMENT, nullable=True),
        PrimaryKeyConstraint("id", name="pk_imports"),
        _refers("imports", "by", "staff.username"),
    )
    for columns in (["registry", "id"], ["state", "id"], ["made_at"]):
        op.create_index(f"ix_imports_{'_'.join(columns)}", "imports", columns)
    op.create_table(
        "import_files",
        Column("import_id", BIG, autoincrement=False, nullable=False),
        Column("content", LargeBinary(), nullable=False),
        Column("report", LargeBinary(), nullable=True),
        PrimaryKeyConstraint("import_id", name="pk_import_files"),
        _refers("import_files", "import_id", "imports.id"),
    )


def _out_of_service() -> None:
    with op.batch_alter_table("bookings") as bookings:
        bookings.alter_column("request_id", existing_type=BIG, nullable=True)
        bookings.add_column(Column("note", TEXT, nullable=True))
    op.create_index("ix_bookings_resource_id_end", "bookings", ["resource_id", "end"])


def _proposed_tariffs() -> None:
    op.create_table(
        "proposed_tariffs",
        Column("id", BIG, autoincrement=False, nullable=False),
        *(Column(name, TEXT, nullable=False) for name in ("service", "dimensions", "unit")),
        Column("rate", BIG, nullable=False),
        *(Column(name, Integer(), nullable=False) for name in ("minimum", "vat_percent")),
        Column("valid_from", Date(), nullable=False),
        Column("proposed_by", TEXT, nullable=False),
        Column("proposed_at", MOMENT, nullable=False),
        Column("state", TEXT, nullable=False),
        Column("decided_by", TEXT, nullable=True),
        Column("decided_at", MOMENT, nullable=True),
        PrimaryKeyConstraint("id", name="pk_proposed_tariffs"),
        _refers("proposed_tariffs", "proposed_by", "staff.username"),
    )
    waits = text("state = 'pending'")
    op.create_index(
        "uq_proposed_tariffs_pending",
        "proposed_tariffs",
        ["service", "dimensions"],
        unique=True,
        sqlite_where=waits,
        postgresql_where=waits,
    )


def _refers(table: str, column: str, target: str) -> ForeignKeyConstraint:
    name = f"fk_{table}_{column}"
    return ForeignKeyConstraint([column], [target], name=name, deferrable=True, initially="DEFERRED")
