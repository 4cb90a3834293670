"""The ledger, with an entry for every movement since the first bill; receipts without a bill.

Bills keep whose revenue they are, payments the gateway that they came by. What the code of this version posts for a
movement (`domain/ledger/movements.py`) is posted here for those of before, moment for moment.

Revision ID: 0041
"""

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)

revision = "0041"
down_revision = "0040"

BIG = BigInteger().with_variant(Integer(), "sqlite")

SERVICES = """
UPDATE bills SET service = COALESCE(
    (SELECT requests.service FROM requests WHERE bills.subject_kind = 'request' AND requests.id = bills.subject_id),
    subject_kind)
"""
GATEWAYS = """
UPDATE payments
SET gateway = (SELECT payment_attempts.gateway FROM payment_attempts WHERE payment_attempts.id = payments.attempt_id)
WHERE attempt_id IS NOT NULL
"""
ISSUED_BILLS = "SELECT 'bill_issued', id, id, created_at, 'receivable', '', 'revenue', service, amount FROM bills"

# A bill that was closed is so still, or was before a surplus came in. Where nobody kept what it was then, its deadline
# tells. One that was paid before money became due on it was never closed.
CLOSED_BILLS = """
SELECT CASE closed_as WHEN 'waived' THEN 'waiver' WHEN 'expired' THEN 'expiry' ELSE 'void' END,
    id, id, COALESCE(settled_at, created_at),
    CASE closed_as WHEN 'waived' THEN 'waived_charges' ELSE 'cancelled_charges' END, service, 'receivable', '', amount
FROM (
    SELECT id, service, amount, created_at, settled_at, CASE
        WHEN state IN ('waived', 'expired', 'void') THEN state
        WHEN state NOT IN ('refund_due', 'refunded') THEN NULL
        WHEN EXISTS (SELECT 1 FROM refunds WHERE refunds.bill_id = bills.id AND bill_was = 'expired') THEN 'expired'
        WHEN EXISTS (SELECT 1 FROM refunds WHERE refunds.bill_id = bills.id AND bill_was = 'void') THEN 'void'
        WHEN EXISTS (
            SELECT 1 FROM payments
            WHERE payments.bill_id = bills.id AND outcome = 'settled' AND reversed_at IS NULL
        ) THEN NULL
        WHEN settled_at >= deadline THEN 'expired'
        ELSE 'void'
    END AS closed_as
    FROM bills
) AS ended_bills
WHERE closed_as IS NOT NULL
"""
# Money lies on the account of the terminal, the gateway or the bank that took it.
MOVED_MONEY = """
SELECT id, bill_id, amount, outcome, at, reversed_at,
    CASE WHEN COALESCE(office, '') <> '' THEN 'till' WHEN method = 'pos' THEN 'own_terminal'
        WHEN method = 'gateway' THEN 'gateway_clearing' ELSE 'bank' END AS cash,
    CASE WHEN COALESCE(office, '') <> '' THEN office WHEN method = 'pos' THEN ''
        WHEN method = 'gateway' THEN COALESCE(gateway, '') ELSE method END AS place,
    CASE outcome WHEN 'settled' THEN 'receivable' WHEN 'surplus' THEN 'surplus_payable' ELSE 'refunds_payable' END
        AS other
FROM payments
"""
INCOMING_PAYMENTS = f"""
SELECT CASE outcome WHEN 'settled' THEN 'payment' ELSE 'surplus' END, id, bill_id, at, cash, place, other, '', amount
FROM ({MOVED_MONEY}) AS moved_money WHERE outcome <> 'returned'
"""  # noqa: S608 - texts of this module
RETURNED_PAYMENTS = f"""
SELECT 'refund_paid', id, bill_id, at, other, '', cash, place, amount
FROM ({MOVED_MONEY}) AS moved_money WHERE outcome = 'returned'
"""  # noqa: S608 - texts of this module
REVERSED_PAYMENTS = f"""
SELECT 'reversal', moved_money.id, moved_money.bill_id, payment_reversals.at, other, '', cash, place, moved_money.amount
FROM ({MOVED_MONEY}) AS moved_money JOIN payment_reversals ON payment_reversals.payment_id = moved_money.id
"""  # noqa: S608 - texts of this module

DUE_REFUNDS = """
SELECT 'refund_due', refunds.id, refunds.bill_id, refunds.created_at,
    CASE reason WHEN 'surplus_payment' THEN 'surplus_payable' ELSE 'refunded_charges' END,
    CASE reason WHEN 'surplus_payment' THEN '' ELSE service END, 'refunds_payable', '', refunds.amount
FROM refunds JOIN bills ON bills.id = refunds.bill_id
"""
# A refund was cancelled by the reversal of what it was due for: that of the payment, or of a surplus. Of several
# surplus payments each reversal cancelled the newest refund that was due then, as brackets close. Keys grow with time,
# and differ where moments are equal.
CANCELLED_REFUNDS = """
SELECT 'refund_cancelled', refunds.id, refunds.bill_id, COALESCE(
        CASE reason WHEN 'surplus_payment' THEN (
            SELECT MIN(ending.at) FROM payment_reversals AS ending
            WHERE ending.bill_id = refunds.bill_id AND ending.outcome = 'surplus' AND ending.id > refunds.id
            AND (
                SELECT COUNT(*) FROM payment_reversals AS closing
                WHERE closing.bill_id = refunds.bill_id AND closing.outcome = 'surplus'
                AND closing.id > refunds.id AND closing.id <= ending.id
            ) = (
                SELECT COUNT(*) FROM refunds AS opening
                WHERE opening.bill_id = refunds.bill_id AND opening.reason = 'surplus_payment'
                AND opening.state = 'cancelled' AND opening.id >= refunds.id AND opening.id < ending.id
            )
        ) ELSE (
            SELECT MIN(ending.at) FROM payment_reversals AS ending
            WHERE ending.bill_id = refunds.bill_id AND ending.outcome = 'settled' AND ending.id > refunds.id
        ) END,
        (SELECT MAX(ending.at) FROM payment_reversals AS ending WHERE ending.bill_id = refunds.bill_id),
        refunds.created_at
    ), 'refunds_payable', '',
    CASE reason WHEN 'surplus_payment' THEN 'surplus_payable' ELSE 'refunded_charges' END,
    CASE reason WHEN 'surplus_payment' THEN '' ELSE service END, refunds.amount
FROM refunds JOIN bills ON bills.id = refunds.bill_id WHERE refunds.state = 'cancelled'
"""
POSTING = """
INSERT INTO ledger_entries
(kind, item_id, bill_id, at, debit_account, debit_subaccount, credit_account, credit_subaccount, amount)
"""
MOVEMENTS = (
    ISSUED_BILLS,
    CLOSED_BILLS,
    INCOMING_PAYMENTS,
    RETURNED_PAYMENTS,
    REVERSED_PAYMENTS,
    DUE_REFUNDS,
    CANCELLED_REFUNDS,
)


def upgrade() -> None:
    """Make the tables, and post what moved so far."""
    op.add_column("bills", Column("service", Text(), nullable=False, server_default=""))
    op.add_column("payments", Column("gateway", Text(), nullable=True))
    op.execute(SERVICES)
    op.execute(GATEWAYS)
    _create_entries()
    _create_receipts()
    for movement in MOVEMENTS:
        op.execute(POSTING + movement)


def _create_entries() -> None:
    op.create_table(
        "ledger_entries",
        Column("kind", Text(), nullable=False),
        Column("item_id", BIG, autoincrement=False, nullable=False),
        Column("bill_id", BIG, autoincrement=False, nullable=True),
        Column("at", DateTime(timezone=True), nullable=False),
        *(
            Column(f"{side}_{column}", Text(), nullable=False)
            for side in ("debit", "credit")
            for column in ("account", "subaccount")
        ),
        Column("amount", BIG, nullable=False),
        Column("note", Text(), nullable=True),
        Column("recorded_by", Text(), nullable=True),
        PrimaryKeyConstraint("item_id", "kind", name="pk_ledger_entries"),
        CheckConstraint("amount > 0", name="ck_ledger_entries_moves_money"),
        _bill_reference("ledger_entries"),
    )
    op.create_index("ix_ledger_entries_bill_id", "ledger_entries", ["bill_id"])
    for side in ("debit", "credit"):
        columns = [f"{side}_account", f"{side}_subaccount", "at"]
        op.create_index(f"ix_ledger_entries_{'_'.join(columns)}", "ledger_entries", columns)


def _bill_reference(table_name: str) -> ForeignKeyConstraint:
    reference_name = f"fk_{table_name}_bill_id_bills"
    return ForeignKeyConstraint(["bill_id"], ["bills.id"], name=reference_name, deferrable=True, initially="DEFERRED")


def _create_receipts() -> None:
    texts = {"method": False, "gateway": True, "reference": False, "state": False, "recorded_by": False}
    texts |= dict.fromkeys(("iban", "approved_by", "transfer_reference", "reason", "decided_by"), True)
    moments = {"received_at": False, "approved_at": True, "decided_at": True}
    op.create_table(
        "suspense_receipts",
        Column("id", BIG, autoincrement=False, nullable=False),
        Column("amount", BIG, nullable=False),
        Column("facts", JSON(), nullable=False),
        *(Column(name, Text(), nullable=is_optional) for name, is_optional in texts.items()),
        *(Column(name, DateTime(timezone=True), nullable=is_optional) for name, is_optional in moments.items()),
        Column("bill_id", BIG, autoincrement=False, nullable=True),
        Column("revision", Integer, nullable=False),
        PrimaryKeyConstraint("id", name="pk_suspense_receipts"),
        UniqueConstraint("transfer_reference", name="uq_suspense_receipts_transfer_reference"),
        _bill_reference("suspense_receipts"),
    )
    op.create_index("ix_suspense_receipts_state_received_at", "suspense_receipts", ["state", "received_at"])
    for column, condition in (("gateway", "gateway IS NOT NULL"), ("method", "gateway IS NULL")):
        op.create_index(
            f"uq_suspense_receipts_{column}_reference",
            "suspense_receipts",
            [column, "reference"],
            unique=True,
            sqlite_where=text(condition),
            postgresql_where=text(condition),
        )
