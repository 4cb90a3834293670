"""Settlement files of banks and gateways, their lines, and where gateway, files and ledger differ."""

from sqlalchemy import Boolean, Column, Date, Index, Integer, LargeBinary, Table, and_

from domain.settlement.differences import DifferenceKind
from domain.settlement.layouts import FileKind
from domain.settlement.settlement_file import FileState, LineOutcome
from store.engines.types import ID, JSON_VALUE, EnumText, SafeText, Utc, partial_index
from store.schema.base import id_column, metadata, reference_column

settlement_files = Table(
    "settlement_files",
    metadata,
    id_column(),
    Column("digest", SafeText, nullable=False),
    Column("name", SafeText, nullable=False),
    Column("size", ID, nullable=False),
    Column("layout", SafeText, nullable=False),
    Column("kind", EnumText(FileKind), nullable=False),
    Column("source", SafeText, nullable=False),
    Column("brought_by", SafeText, nullable=False),
    Column("brought_at", Utc, nullable=False),
    Column("state", EnumText(FileState), nullable=False),
    Column("first_paid_at", Utc),
    Column("last_paid_at", Utc),
    Column("problem", SafeText),
    Column("decided_by", SafeText),
    Column("finished_at", Utc),
    Column("revision", Integer, nullable=False),
    Column("covered_from", Date),
    Column("covered_until", Date),
    Column("is_whole", Boolean, nullable=False),
)
# The same bytes are one file, unless it was dropped or refused.
partial_index(
    "uq_settlement_files_digest",
    settlement_files.c.digest,
    where=and_(settlement_files.c.state != FileState.DROPPED, settlement_files.c.state != FileState.REFUSED),
    unique=True,
)

settlement_contents = Table(
    "settlement_contents",
    metadata,
    reference_column("file_id", "settlement_files.id", primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

settlement_lines = Table(
    "settlement_lines",
    metadata,
    reference_column("file_id", "settlement_files.id", primary_key=True),
    Column("line_number", Integer, primary_key=True, autoincrement=False),
    Column("source", SafeText, nullable=False),
    Column("reference", SafeText, nullable=False),
    Column("amount", ID, nullable=False),
    Column("paid_at", Utc),
    Column("bill_id", SafeText, nullable=False),
    Column("payment_id", SafeText, nullable=False),
    Column("order_number", ID),
    Column("sale_number", SafeText),
    Column("channel", SafeText, nullable=False),
    Column("outcome", EnumText(LineOutcome), nullable=False),
    Column("is_pending", Boolean, nullable=False),
    Column("detail", SafeText, nullable=False),
    Column("attempt_id", ID),
    Column("is_refund", Boolean, nullable=False),
    Column("card_refund_id", ID),
    Index(None, "source", "reference"),
    Index(None, "paid_at"),
)
partial_index(
    "ix_settlement_lines_pending",
    settlement_lines.c.file_id,
    settlement_lines.c.line_number,
    where=settlement_lines.c.is_pending,
)
partial_index(
    "ix_settlement_lines_attempt",
    settlement_lines.c.attempt_id,
    where=settlement_lines.c.attempt_id.is_not(None),
)
partial_index(
    "ix_settlement_lines_card_refund",
    settlement_lines.c.card_refund_id,
    where=settlement_lines.c.card_refund_id.is_not(None),
)

payment_differences = Table(
    "payment_differences",
    metadata,
    Column("key", SafeText, primary_key=True),
    Column("kind", EnumText(DifferenceKind), nullable=False),
    Column("source", SafeText, nullable=False),
    Column("day", Date, nullable=False),
    Column("amount", ID, nullable=False),
    Column("facts", JSON_VALUE, nullable=False),
    Column("noted_at", Utc, nullable=False),
    Column("alerted_at", Utc),
    Column("resolved_at", Utc),
    Column("resolved_by", SafeText),
    Column("note", SafeText),
)
partial_index(
    "ix_payment_differences_open",
    payment_differences.c.day,
    where=payment_differences.c.resolved_at.is_(None),
)
