"""Attempts to pay at bank gateways: their bills, their history, the callbacks that came, and links to pay under;
attempts to send money back to paying cards.
"""

from enum import StrEnum

from sqlalchemy import Column, Index, Integer, Table, UniqueConstraint, literal, or_

from domain.gateways.attempt import AttemptAlert, AttemptState
from domain.gateways.refund_attempt import RefundAttemptState
from store.engines.types import ID, JSON_VALUE, EnumText, SafeText, Utc, partial_index
from store.schema.base import id_column, metadata, reference_column


def _history_table(name: str, owner_column: Column[int], states: type[StrEnum]) -> Table:
    """Return the table of what happened to something: a numbered entry for each change, with the state after it."""
    return Table(
        name,
        metadata,
        owner_column,
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("at", Utc, nullable=False),
        Column("event", SafeText, nullable=False),
        Column("state", EnumText(states), nullable=False),
        Column("code", SafeText),
        Column("details", JSON_VALUE, nullable=False),
    )


payment_attempts = Table(
    "payment_attempts",
    metadata,
    id_column(),
    Column("gateway", SafeText, nullable=False),
    Column("order_number", ID, nullable=False),
    Column("state", EnumText(AttemptState), nullable=False),
    Column("channel", SafeText, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("session_ends_at", Utc, nullable=False),
    Column("payer_mobile", SafeText),
    Column("reference", SafeText),
    Column("sale_number", SafeText),
    Column("card", SafeText),
    Column("paid_amount", ID),
    Column("bank_amount", ID),
    Column("code", SafeText),
    Column("alert", EnumText(AttemptAlert)),
    Column("returned_at", Utc),
    Column("verified_at", Utc),
    Column("finished_at", Utc),
    Column("next_step_at", Utc),
    Column("unanswered_calls", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("claim_token", SafeText),
    Column("claimed_until", Utc),
    Column("callback_digest", SafeText),
    Column("unresolved_at", Utc),
    UniqueConstraint("gateway", "order_number"),
    Index(None, "created_at"),
)
# A session of the bank and a sale of the bank are one attempt's.
partial_index(
    "uq_payment_attempts_reference",
    payment_attempts.c.gateway,
    payment_attempts.c.reference,
    where=payment_attempts.c.reference.is_not(None),
    unique=True,
)
partial_index(
    "uq_payment_attempts_sale",
    payment_attempts.c.gateway,
    payment_attempts.c.sale_number,
    where=payment_attempts.c.sale_number.is_not(None),
    unique=True,
)
partial_index(
    "ix_payment_attempts_due",
    payment_attempts.c.next_step_at,
    where=payment_attempts.c.next_step_at.is_not(None),
)
# What somebody has to look at: few of many.
NEEDS_ATTENTION = or_(
    payment_attempts.c.alert.is_not(None),
    payment_attempts.c.state == literal(AttemptState.UNKNOWN, EnumText(AttemptState), literal_execute=True),
)
partial_index("ix_payment_attempts_alerted", payment_attempts.c.id, where=NEEDS_ATTENTION)
partial_index(
    "ix_payment_attempts_unresolved",
    payment_attempts.c.unresolved_at,
    where=payment_attempts.c.unresolved_at.is_not(None),
)

payment_attempt_shares = Table(
    "payment_attempt_shares",
    metadata,
    reference_column("attempt_id", "payment_attempts.id", primary_key=True),
    reference_column("bill_row_id", "bills.id", primary_key=True),
    Column("position", Integer, nullable=False),
    Column("amount", ID, nullable=False),
    Index(None, "bill_row_id"),
)

payment_attempt_events = _history_table(
    "payment_attempt_events", reference_column("attempt_id", "payment_attempts.id", primary_key=True), AttemptState
)

payment_callbacks = Table(
    "payment_callbacks",
    metadata,
    id_column(),
    Column("gateway", SafeText, nullable=False),
    reference_column("attempt_id", "payment_attempts.id", nullable=True),
    Column("method", SafeText, nullable=False),
    Column("payload", SafeText, nullable=False),
    Column("source_address", SafeText, nullable=False),
    Column("at", Utc, nullable=False),
    Column("event", SafeText, nullable=False),
    Index(None, "attempt_id"),
    Index(None, "at"),
)

payment_links = Table(
    "payment_links",
    metadata,
    Column("token", SafeText, primary_key=True),
    Column("bill_digest", SafeText, nullable=False, unique=True),
    Column("created_at", Utc, nullable=False),
)

payment_link_bills = Table(
    "payment_link_bills",
    metadata,
    reference_column("token", "payment_links.token", primary_key=True),
    reference_column("bill_row_id", "bills.id", primary_key=True),
    Index(None, "bill_row_id"),
)

card_refunds = Table(
    "card_refunds",
    metadata,
    id_column(),
    Column("gateway", SafeText, nullable=False),
    Column("refund_number", ID, nullable=False),
    reference_column("attempt_id", "payment_attempts.id"),
    reference_column("bill_row_id", "bills.id"),
    Column("amount", ID, nullable=False),
    Column("requested_by", SafeText, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("state", EnumText(RefundAttemptState), nullable=False),
    Column("reference", SafeText),
    Column("code", SafeText),
    Column("sent_at", Utc),
    Column("finished_at", Utc),
    Column("next_step_at", Utc),
    Column("unanswered_calls", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("claim_token", SafeText),
    Column("claimed_until", Utc),
    UniqueConstraint("gateway", "refund_number"),
    Index(None, "attempt_id"),
    Index(None, "bill_row_id"),
)
# An open attempt always has a next step: the few of these are what waits, and what is due.
partial_index("ix_card_refunds_open", card_refunds.c.next_step_at, where=card_refunds.c.next_step_at.is_not(None))

card_refund_events = _history_table(
    "card_refund_events", reference_column("card_refund_id", "card_refunds.id", primary_key=True), RefundAttemptState
)
