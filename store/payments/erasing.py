"""Personal data of attempts to pay, erased: their mobile and card, what their browsers brought, what staff wrote."""

from sqlalchemy import Executable, Select, bindparam, delete, select, update

from domain.blocks.charging import REQUEST_SUBJECT
from store.engines.types import ID, SafeText, Utc
from store.schema import (
    bills,
    card_refund_events,
    card_refunds,
    payment_attempt_events,
    payment_attempt_shares,
    payment_attempts,
    payment_callbacks,
    requests,
)

_PAID_BILLS = select(payment_attempt_shares.c.attempt_id).join_from(
    payment_attempt_shares, bills, payment_attempt_shares.c.bill_row_id == bills.c.id
)
_OF_REQUEST = _PAID_BILLS.where(
    bills.c.subject_kind == REQUEST_SUBJECT, bills.c.subject_id == bindparam("of_request", type_=ID)
)
_OF_KEPT_REQUESTS = _PAID_BILLS.join(requests, requests.c.id == bills.c.subject_id).where(
    bills.c.subject_kind == REQUEST_SUBJECT, requests.c.erased_at.is_(None)
)
_OLDER = select(payment_attempts.c.id).where(
    payment_attempts.c.created_at < bindparam("moment", type_=Utc), payment_attempts.c.id.not_in(_OF_KEPT_REQUESTS)
)


def _erase_attempts(attempt_ids: Select[int]) -> tuple[Executable, ...]:
    """Return what erases all that is personal of attempts; the money, its states and its numbers stay."""
    events, callbacks = payment_attempt_events, payment_callbacks
    refund_ids = select(card_refunds.c.id).where(card_refunds.c.attempt_id.in_(attempt_ids))
    return (
        update(payment_attempts).where(payment_attempts.c.id.in_(attempt_ids)).values(payer_mobile=None, card=None),
        update(events).where(events.c.attempt_id.in_(attempt_ids)).values(details={}),
        update(card_refund_events).where(card_refund_events.c.card_refund_id.in_(refund_ids)).values(details={}),
        update(callbacks).where(callbacks.c.attempt_id.in_(attempt_ids)).values(payload="", source_address=""),
    )


ERASE_ATTEMPTS_OF_REQUEST = _erase_attempts(_OF_REQUEST)
"""Run with `of_request`."""

ERASE_OLDER_ATTEMPTS = (
    *_erase_attempts(_OLDER),
    delete(payment_callbacks).where(
        payment_callbacks.c.attempt_id.is_(None), payment_callbacks.c.at < bindparam("moment", type_=Utc)
    ),
)
"""Run with `moment`: attempts from before it that pay for no request which is still kept, and what named none."""

FORGET_PAYER = (
    update(payment_attempts)
    .where(payment_attempts.c.payer_mobile == bindparam("of_line", type_=SafeText))
    .values(payer_mobile=None)
)
"""Run with `of_line`."""
