"""Bills, payments, refunds and prices."""

from sqlalchemy import Boolean, Column, Date, Index, Integer, Table, UniqueConstraint, and_, or_

from domain.bills.bill import BillKind, BillState, PaymentMethod, PaymentOutcome, RefundState
from domain.bills.refund_transfers import TransferState
from domain.tariffs.tariff import ProposalState
from store.engines.types import ID, JSON_VALUE, CanonicalJson, EnumText, SafeText, Utc, partial_index
from store.schema.base import id_column, kept_file_columns, metadata, reference_column

counters = Table("counters", metadata, Column("name", SafeText, primary_key=True), Column("value", ID, nullable=False))

bills = Table(
    "bills",
    metadata,
    id_column(),
    Column("file_number", Integer, nullable=False, unique=True),
    Column("bill_id", SafeText, nullable=False, unique=True),
    Column("payment_id", SafeText, nullable=False),
    Column("amount", ID, nullable=False),
    Column("state", EnumText(BillState), nullable=False),
    Column("kind", EnumText(BillKind), nullable=False),
    Column("subject_kind", SafeText, nullable=False),
    Column("subject_id", ID, nullable=False),
    Column("service", SafeText, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("deadline", Utc),
    Column("explanation", JSON_VALUE, nullable=False),
    Column("settled_at", Utc),
    Column("note", SafeText),
    Column("revision", Integer, nullable=False),
    Index(None, "subject_kind", "subject_id"),
    Index(None, "created_at"),
    Index(None, "payment_id", "id"),
)

merged_bills = Table(
    "merged_bills",
    metadata,
    id_column(),
    Column("file_number", Integer, nullable=False, unique=True),
    Column("bill_id", SafeText, nullable=False, unique=True),
    Column("payment_id", SafeText, nullable=False),
    Column("amount", ID, nullable=False),
    Column("bill_digest", SafeText, nullable=False, unique=True),
    Column("created_at", Utc, nullable=False),
    Index(None, "payment_id"),
)

merged_bill_parts = Table(
    "merged_bill_parts",
    metadata,
    reference_column("merged_bill_id", "merged_bills.id", primary_key=True),
    reference_column("bill_row_id", "bills.id", primary_key=True),
    Index(None, "bill_row_id"),
)

payments = Table(
    "payments",
    metadata,
    id_column(),
    reference_column("bill_id", "bills.id"),
    Column("amount", ID, nullable=False),
    Column("method", EnumText(PaymentMethod), nullable=False),
    Column("reference", SafeText, nullable=False),
    Column("outcome", EnumText(PaymentOutcome), nullable=False),
    Column("recorded_by", SafeText, nullable=False),
    Column("at", Utc, nullable=False),
    Column("office", SafeText),
    Column("rrn", SafeText),
    Column("terminal_id", SafeText),
    Column("paid_at", Utc),
    Column("reversed_at", Utc),
    reference_column("attempt_id", "payment_attempts.id", nullable=True),
    Column("gateway", SafeText),
    reference_column("merged_bill_id", "merged_bills.id", nullable=True),
    Column("part_position", Integer, nullable=False, server_default="0"),
    reference_column("card_refund_id", "card_refunds.id", nullable=True),
    Column("line", SafeText),
    Column("distinction", SafeText, nullable=False),
    Index(None, "bill_id"),
    Index(None, "at"),
)
# One receipt is one payment, or one of each part of a merged bill, but for those that were recorded wrongly: it may be
# recorded again where it belongs.
partial_index(
    "uq_payments_standing",
    payments.c.method,
    payments.c.reference,
    payments.c.distinction,
    payments.c.part_position,
    where=payments.c.reversed_at.is_(None),
    unique=True,
)
partial_index(
    "uq_payments_rrn",
    payments.c.rrn,
    payments.c.office,
    payments.c.part_position,
    where=and_(payments.c.rrn.is_not(None), payments.c.reversed_at.is_(None)),
    unique=True,
)
partial_index("ix_payments_office", payments.c.office, payments.c.at, where=payments.c.office.is_not(None))

payment_reversals = Table(
    "payment_reversals",
    metadata,
    id_column(),
    reference_column("payment_id", "payments.id"),
    reference_column("bill_id", "bills.id"),
    Column("amount", ID, nullable=False),
    Column("outcome", EnumText(PaymentOutcome), nullable=False),
    Column("reason", SafeText),
    Column("reversed_by", SafeText, nullable=False),
    Column("at", Utc, nullable=False),
    UniqueConstraint("payment_id"),
    Index(None, "bill_id"),
    Index(None, "at"),
)

refunds = Table(
    "refunds",
    metadata,
    id_column(),
    reference_column("bill_id", "bills.id"),
    Column("amount", ID, nullable=False),
    Column("reason", SafeText, nullable=False),
    Column("state", EnumText(RefundState), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("iban", SafeText),
    Column("refunded_at", Utc),
    Column("bill_was", EnumText(BillState)),
    Column("approved_by", SafeText),
    Column("approved_at", Utc),
    Column("to_card", Boolean, nullable=False),
    reference_column("card_refund_id", "card_refunds.id", nullable=True),
    reference_column("transfer_id", "refund_transfers.id", nullable=True),
    Index(None, "bill_id"),
    Index(None, "created_at"),
)
partial_index(
    "ix_refunds_due",
    refunds.c.bill_id,
    refunds.c.created_at,
    refunds.c.amount,
    where=refunds.c.state == RefundState.DUE,
)

payment_claims = Table(
    "payment_claims",
    metadata,
    id_column(),
    reference_column("bill_id", "bills.id"),
    Column("claimed_at", Utc, nullable=False),
    Column("text", SafeText, nullable=False),
    Column("amount", ID),
    Column("reference", SafeText),
    Column("paid_on", Date),
    Column("paid_at_hour", SafeText),
    Column("refused_at", Utc),
    Column("refused_by", SafeText),
    Column("reason", SafeText),
    Index(None, "bill_id"),
    Index(None, "claimed_at"),
)

slip_photos = Table(
    "slip_photos",
    metadata,
    id_column(),
    reference_column("claim_id", "payment_claims.id"),
    *kept_file_columns(),
    Index(None, "claim_id"),
    Index(None, "sha256"),
)

refund_accounts = Table(
    "refund_accounts",
    metadata,
    reference_column("bill_id", "bills.id", primary_key=True),
    Column("mobile", SafeText, nullable=False),
    Column("asked_at", Utc),
    Column("iban", SafeText),
    Column("given_at", Utc),
    Index(None, "mobile"),
)

refund_files = Table(
    "refund_files",
    metadata,
    id_column(),
    Column("day", Date, nullable=False, unique=True),
    Column("made_at", Utc, nullable=False),
    Column("made_by", SafeText, nullable=False),
)

refund_transfers = Table(
    "refund_transfers",
    metadata,
    id_column(),
    reference_column("file_id", "refund_files.id"),
    reference_column("bill_id", "bills.id"),
    Column("amount", ID, nullable=False),
    Column("iban", SafeText),
    Column("name", SafeText),
    Column("state", EnumText(TransferState), nullable=False),
    Column("reference", SafeText),
    Column("ended_at", Utc),
    Column("ended_by", SafeText),
    Index(None, "file_id"),
    Index(None, "bill_id"),
)
partial_index(
    "ix_refund_transfers_filed",
    refund_transfers.c.file_id,
    where=refund_transfers.c.state == TransferState.FILED,
)

tariffs = Table(
    "tariffs",
    metadata,
    id_column(),
    Column("service", SafeText, nullable=False),
    Column("dimensions", CanonicalJson, nullable=False),
    Column("unit", SafeText, nullable=False),
    Column("rate", ID, nullable=False),
    Column("minimum", Integer, nullable=False),
    Column("vat_percent", Integer, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("created_by", SafeText, nullable=False),
    Column("created_at", Utc, nullable=False),
)
# One price of a thing begins on a day, but for those that were withdrawn: they end on their own first day.
partial_index(
    "uq_tariffs_begun",
    tariffs.c.service,
    tariffs.c.dimensions,
    tariffs.c.valid_from,
    where=or_(tariffs.c.valid_to.is_(None), tariffs.c.valid_to > tariffs.c.valid_from),
    unique=True,
)
# Two officers who change one price at the same time cannot both leave an open row.
partial_index(
    "uq_tariffs_open", tariffs.c.service, tariffs.c.dimensions, where=tariffs.c.valid_to.is_(None), unique=True
)

proposed_tariffs = Table(
    "proposed_tariffs",
    metadata,
    id_column(),
    Column("service", SafeText, nullable=False),
    Column("dimensions", CanonicalJson, nullable=False),
    Column("unit", SafeText, nullable=False),
    Column("rate", ID, nullable=False),
    Column("minimum", Integer, nullable=False),
    Column("vat_percent", Integer, nullable=False),
    Column("valid_from", Date, nullable=False),
    reference_column("proposed_by", "staff.username"),
    Column("proposed_at", Utc, nullable=False),
    Column("state", EnumText(ProposalState), nullable=False),
    Column("decided_by", SafeText),
    Column("decided_at", Utc),
)
# Of one price a single proposal waits.
partial_index(
    "uq_proposed_tariffs_pending",
    proposed_tariffs.c.service,
    proposed_tariffs.c.dimensions,
    where=proposed_tariffs.c.state == ProposalState.PENDING,
    unique=True,
)
