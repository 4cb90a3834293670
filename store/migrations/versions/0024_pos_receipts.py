"""Trace numbers of terminals repeat: payments bear what else their receipts say, and what tells them apart.

Revision ID: 0024
"""

from alembic import op
from sqlalchemy import Column, DateTime, Text, bindparam, column, select, table, text, update

revision = "0024"
down_revision = "0021"

TOLD = text("rrn IS NOT NULL")
DIGITS_OF_AN_RRN = 12
PAYMENTS = table("payments", *(column(name) for name in ("id", "method", "reference", "office", "rrn", "distinction")))


def upgrade() -> None:
    """Nothing else is known of old payments than RRNs that stand in the place of a reference."""
    with op.batch_alter_table("payments") as payments:
        for name in ("rrn", "terminal_id"):
            payments.add_column(Column(name, Text(), nullable=True))
        payments.add_column(Column("paid_at", DateTime(timezone=True), nullable=True))
        payments.add_column(Column("distinction", Text(), nullable=False, server_default=""))
        payments.drop_constraint("uq_payments_method_reference", type_="unique")
        payments.create_unique_constraint(
            "uq_payments_method_reference_distinction", ["method", "reference", "distinction"]
        )
    op.create_index(
        "uq_payments_rrn", "payments", ["rrn", "office"], unique=True, sqlite_where=TOLD, postgresql_where=TOLD
    )
    _find_rrns()


def _find_rrns() -> None:
    found = op.get_bind().execute(
        select(PAYMENTS.c.id, PAYMENTS.c.reference, PAYMENTS.c.office).where(PAYMENTS.c.method == "pos")
    )
    numbers = [(row.id, row.reference.removeprefix(f"{row.office}/")) for row in found]
    known = [
        {"row": row, "number": number}
        for row, number in numbers
        if len(number) == DIGITS_OF_AN_RRN and number.isascii() and number.isdecimal()
    ]
    if known:
        one = update(PAYMENTS).where(PAYMENTS.c.id == bindparam("row"))
        op.get_bind().execute(one.values(rrn=bindparam("number"), distinction=bindparam("number")), known)
