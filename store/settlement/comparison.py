"""Attempts and payments beside the lines of settlement files: what is in one and not in the other."""

from collections.abc import Sequence

from sqlalchemy import BindParameter, ColumnElement, Integer, and_, bindparam, func, select

from domain.bills.bill import Payment, PaymentMethod
from domain.gateways.attempt import AttemptState
from domain.settlement.differences import SourceTotals
from domain.settlement.pasted_lists import PASTED_LAYOUT
from domain.settlement.settlement_file import FileState, LineOutcome
from store.engines.prepared import Row
from store.engines.types import Utc
from store.rows import TableMapping
from store.schema import payment_attempt_shares, payment_attempts, payments, settlement_files, settlement_lines

_ATTEMPTS, _LINES = payment_attempts.c, settlement_lines.c
_MOST = bindparam("most", type_=Integer)
_START, _BEFORE = bindparam("start", type_=Utc), bindparam("before", type_=Utc)
_IS_BOOKED = settlement_files.c.state.in_([FileState.CONFIRMED, FileState.BOOKED])

ATTEMPT_AMOUNT = (
    select(func.sum(payment_attempt_shares.c.amount))
    .where(payment_attempt_shares.c.attempt_id == payment_attempts.c.id)
    .correlate(payment_attempts)
    .scalar_subquery()
)
"""Rials that an attempt is over."""


def _line_exists(attempt_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Tell whether a line that was booked is of an attempt."""
    return select(_LINES.file_id).where(_LINES.attempt_id == attempt_id, ~_LINES.is_pending).exists()


_ATTEMPT_NUMBERS = (_ATTEMPTS.id, _ATTEMPTS.gateway, _ATTEMPTS.order_number, _ATTEMPTS.sale_number, ATTEMPT_AMOUNT)

SELECT_SOURCES = (
    select(
        settlement_files.c.source,
        func.min(settlement_files.c.first_paid_at),
        func.max(settlement_files.c.last_paid_at),
    )
    .where(settlement_files.c.state == FileState.BOOKED, settlement_files.c.first_paid_at.is_not(None))
    .where(settlement_files.c.layout != PASTED_LAYOUT)
    .group_by(settlement_files.c.source)
)
SELECT_UNFILED = (
    select(*_ATTEMPT_NUMBERS, _ATTEMPTS.verified_at)
    .where(_ATTEMPTS.gateway == bindparam("of_gateway"), _ATTEMPTS.state == AttemptState.SETTLED)
    .where(_ATTEMPTS.created_at >= _START, _ATTEMPTS.created_at < _BEFORE, _ATTEMPTS.finished_at < _BEFORE)
    .where(~_line_exists(_ATTEMPTS.id))
    .order_by(_ATTEMPTS.created_at, _ATTEMPTS.id)
    .limit(_MOST)
)
"""By the moment when they began, which is the one that is indexed; payers need minutes."""
SELECT_UNKNOWN = (
    select(*_ATTEMPT_NUMBERS, _ATTEMPTS.created_at)
    .where(_ATTEMPTS.state == AttemptState.UNKNOWN, _ATTEMPTS.created_at < _BEFORE)
    .order_by(_ATTEMPTS.created_at, _ATTEMPTS.id)
    .limit(_MOST)
)
SELECT_UNRESOLVED = (
    select(*_ATTEMPT_NUMBERS, _ATTEMPTS.created_at)
    .where(_ATTEMPTS.unresolved_at.is_not(None), _ATTEMPTS.finished_at.is_(None))
    .order_by(_ATTEMPTS.created_at, _ATTEMPTS.id)
    .limit(_MOST)
)
_SIMILAR_LINE = (
    select(_LINES.file_id)
    .where(_LINES.source == _ATTEMPTS.gateway, _LINES.amount == ATTEMPT_AMOUNT, _LINES.paid_at >= _ATTEMPTS.created_at)
    .where(_LINES.outcome.in_([LineOutcome.NO_ATTEMPT, LineOutcome.OTHER_NUMBER]))
    .exists()
)
SELECT_UNNAMED = (
    select(_ATTEMPTS.id, _ATTEMPTS.created_at, _ATTEMPTS.session_ends_at, _ATTEMPTS.returned_at)
    .where(_ATTEMPTS.state == AttemptState.UNKNOWN, _ATTEMPTS.gateway == bindparam("of_gateway"))
    .where(~_line_exists(_ATTEMPTS.id), ~_SIMILAR_LINE)
    .order_by(_ATTEMPTS.created_at, _ATTEMPTS.id)
    .limit(_MOST)
)
"""Unknown attempts that no line is of; nor may one that waits in suspense, over the same amount and paid since, be so
under another number.
"""
_ATTEMPT_KEYS: BindParameter[int] = bindparam("attempts", expanding=True)
_MOVED_SOMETHING = _LINES.outcome != LineOutcome.WRONG_AMOUNT
"""A line over another amount than its attempt is no booked line of it: the bank may bring the right one yet."""
SELECT_FILED = select(_LINES.attempt_id).where(
    _LINES.attempt_id.in_(_ATTEMPT_KEYS), _LINES.attempt_id.is_not(None), ~_LINES.is_pending, _MOVED_SOMETHING
)
PAYMENT_MAPPING = TableMapping(payments, Payment)
_PAID_BILLS = select(payment_attempt_shares.c.bill_row_id).where(payment_attempt_shares.c.attempt_id.in_(_ATTEMPT_KEYS))
SELECT_PAYMENTS = select(*PAYMENT_MAPPING.columns).where(
    payments.c.bill_id.in_(_PAID_BILLS), payments.c.attempt_id.in_(_ATTEMPT_KEYS)
)
"""Found by their bills, for which there is an index."""
SELECT_WHETHER_FILED = select(_LINES.line_number).where(
    _LINES.attempt_id == bindparam("of_attempt"), _LINES.attempt_id.is_not(None), ~_LINES.is_pending, _MOVED_SOMETHING
)

_COUNTS_ONCE = and_(
    _LINES.paid_at >= _START,
    _LINES.paid_at < _BEFORE,
    _LINES.outcome.not_in([outcome for outcome in LineOutcome if outcome.is_quiet]),
    ~_LINES.is_refund,
    _IS_BOOKED,
)
_LINES_OF_FILES = settlement_lines.join(settlement_files, settlement_files.c.id == _LINES.file_id)
SUM_FILED = (
    select(_LINES.source, func.count(), func.sum(_LINES.amount))
    .select_from(_LINES_OF_FILES)
    .where(_COUNTS_ONCE)
    .group_by(_LINES.source)
)
_IS_PAYMENT_OF_LINE = and_(
    payments.c.method == PaymentMethod.BANK_FILE, payments.c.reference == _LINES.source + "/" + _LINES.reference
)
SUM_COUNTED_BILLS = (
    select(_LINES.source, func.count(payments.c.reference.distinct()), func.sum(payments.c.amount))
    .select_from(_LINES_OF_FILES.join(payments, _IS_PAYMENT_OF_LINE))
    .where(_COUNTS_ONCE, payments.c.reversed_at.is_(None))
    .group_by(_LINES.source)
)
SUM_COUNTED_SALES = (
    select(_ATTEMPTS.gateway, func.count(_ATTEMPTS.id.distinct()), func.sum(payment_attempt_shares.c.amount))
    .join_from(payment_attempts, payment_attempt_shares, payment_attempt_shares.c.attempt_id == _ATTEMPTS.id)
    .where(_ATTEMPTS.state == AttemptState.SETTLED)
    .where(_ATTEMPTS.verified_at >= _START, _ATTEMPTS.verified_at < _BEFORE)
    .group_by(_ATTEMPTS.gateway)
)


def add_totals(counted_rows: Sequence[Row], filed_rows: Sequence[Row]) -> list[SourceTotals]:
    """Return what each source did, by our books (several rows of it are added) and by its files."""
    counted: dict[str, tuple[int, int]] = {}
    for source, count, amount in counted_rows:
        earlier_count, earlier_amount = counted.get(source, (0, 0))
        counted[source] = (earlier_count + count, earlier_amount + int(amount))
    filed = {source: (count, int(amount)) for source, count, amount in filed_rows}
    return [
        SourceTotals(source, *counted.get(source, (0, 0)), *filed.get(source, (0, 0)))
        for source in sorted(counted.keys() | filed.keys())
    ]
