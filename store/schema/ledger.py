"""The ledger's entries, and receipts without a bill.

Entries are inserted, and never changed or deleted but with the whole database (`SqlEverything`): a test looks for
statements that would. Each is a row with both its sides, so that none can be out of balance; kind and item are its key.
"""

from sqlalchemy import CheckConstraint, Column, Index, Integer, PrimaryKeyConstraint, Table

from domain.bills.bill import PaymentMethod
from domain.ledger.accounts import Account
from domain.ledger.entries import EntryKind
from domain.ledger.suspense import SuspenseState
from store.engines.types import ID, JSON_VALUE, EnumText, SafeText, Utc, partial_index
from store.schema.base import id_column, metadata, reference_column

ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("kind", EnumText(EntryKind), nullable=False),
    Column("item_id", ID, nullable=False, autoincrement=False),
    reference_column("bill_id", "bills.id", nullable=True),
    Column("at", Utc, nullable=False),
    Column("debit_account", EnumText(Account), nullable=False),
    Column("debit_subaccount", SafeText, nullable=False),
    Column("credit_account", EnumText(Account), nullable=False),
    Column("credit_subaccount", SafeText, nullable=False),
    Column("amount", ID, nullable=False),
    Column("note", SafeText),
    Column("recorded_by", SafeText),
    PrimaryKeyConstraint("item_id", "kind"),
    CheckConstraint("amount > 0", name="moves_money"),
    Index(None, "bill_id"),
    Index(None, "debit_account", "debit_subaccount", "at"),
    Index(None, "credit_account", "credit_subaccount", "at"),
)

suspense_receipts = Table(
    "suspense_receipts",
    metadata,
    id_column(),
    Column("method", EnumText(PaymentMethod), nullable=False),
    Column("gateway", SafeText),
    Column("amount", ID, nullable=False),
    Column("reference", SafeText, nullable=False),
    Column("facts", JSON_VALUE, nullable=False),
    Column("state", EnumText(SuspenseState), nullable=False),
    Column("received_at", Utc, nullable=False),
    Column("recorded_by", SafeText, nullable=False),
    reference_column("bill_id", "bills.id", nullable=True),
    Column("iban", SafeText),
    Column("approved_by", SafeText),
    Column("approved_at", Utc),
    Column("transfer_reference", SafeText, unique=True),
    Column("reason", SafeText),
    Column("decided_by", SafeText),
    Column("decided_at", Utc),
    Column("revision", Integer, nullable=False),
    Index(None, "state", "received_at"),
)
# One source gives a number once.
partial_index(
    "uq_suspense_receipts_gateway_reference",
    suspense_receipts.c.gateway,
    suspense_receipts.c.reference,
    where=suspense_receipts.c.gateway.is_not(None),
    unique=True,
)
partial_index(
    "uq_suspense_receipts_method_reference",
    suspense_receipts.c.method,
    suspense_receipts.c.reference,
    where=suspense_receipts.c.gateway.is_(None),
    unique=True,
)
