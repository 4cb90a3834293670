"""The facts that reports add up, as SQL: where their rows lie, what distinguishes them, and their sums.

Rows are found by their dates: what else is asked for is looked at row by row, since a planner without
statistics would rather take an index of one value, and then read the whole of every row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, bindparam, case, func, select

from domain.bills.bill import BillState, PaymentMethod, PaymentOutcome, RefundState
from domain.blocks.charging import REQUEST_SUBJECT
from domain.reports.figures import (
    BILLING_FACTS,
    MACHINE_WORK_FACTS,
    MESSAGE_FACTS,
    PAYMENT_FACTS,
    QUEUE_FACTS,
    RATING_FACTS,
    REFUND_FACTS,
    REQUEST_FACTS,
    STEP_FACTS,
    Dimension,
)
from domain.reports.ports import DimensionFilter
from domain.requests.request import Phase
from store.engines.types import Utc
from store.schema import bills, machine_work, outbox, payments, ratings, refunds, requests, steps

Condition = ColumnElement[bool]
AskedDimensions = tuple[tuple[Dimension, bool], ...]
"""Values that rows must have: by which dimension, and whether it may be one of several values."""

START_PARAMETER, END_PARAMETER = bindparam("start", type_=Utc), bindparam("end", type_=Utc)
MACHINE_PARAMETER = "machine"


@dataclass(frozen=True, slots=True)
class FactRows:
    """Place of the rows of a fact."""

    source: FromClause
    """The table, with those that are joined to it."""
    dated_by: ColumnElement[Any] | None
    """The moment that puts a row into a period; None for what is of the present moment."""
    columns: Mapping[Dimension, ColumnElement[Any]]
    """Columns that distinguish rows, by dimension."""
    sum_columns: Sequence[ColumnElement[Any]]
    """The fact's sums, in its own order."""
    request_column: ColumnElement[Any]
    """The id of the request that a row is about."""
    fixed_conditions: tuple[Condition, ...] = ()
    """Conditions for every row, whatever is asked for."""


def _sum_where(condition: Condition, value: ColumnElement[Any] | int = 1) -> ColumnElement[Any]:
    return func.sum(case((condition, value), else_=0))


_ROW_COUNT = func.count()
_IS_OF_REQUEST = and_(bills.c.subject_kind == REQUEST_SUBJECT, bills.c.subject_id == requests.c.id)
_REQUEST_COLUMNS = {
    Dimension.SERVICE: requests.c.service,
    Dimension.KIND: requests.c.kind,
    Dimension.STATE: requests.c.state,
    Dimension.PHASE: requests.c.phase,
    Dimension.CHANNEL: requests.c.channel,
    Dimension.OFFICE: requests.c.office,
    Dimension.OFFICER: requests.c.assignee,
}
_BILL_COLUMNS = {**_REQUEST_COLUMNS, Dimension.SERVICE: func.coalesce(requests.c.service, bills.c.subject_kind)}
_STEP_COLUMNS = {member: steps.c[member.value] for member in STEP_FACTS.stored_dimensions}


def _billed_amount_in(*states: BillState) -> ColumnElement[Any]:
    return _sum_where(bills.c.state.in_(states), bills.c.amount)


def _sum_paid(outcome: PaymentOutcome, value: ColumnElement[Any] | int) -> ColumnElement[Any]:
    return _sum_where(and_(payments.c.outcome == outcome, _IS_RECORDED), value)


_IS_RECORDED = payments.c.reversed_at.is_(None)
_IS_OWN_TERMINAL = and_(payments.c.method == PaymentMethod.POS, payments.c.office.is_(None))
_IS_SETTLED_ELSEWHERE = and_(payments.c.outcome == PaymentOutcome.SETTLED, _IS_RECORDED, ~_IS_OWN_TERMINAL)

FACT_ROWS_BY_KEY: Mapping[str, FactRows] = {
    REQUEST_FACTS.key: FactRows(requests, requests.c.created_at, _REQUEST_COLUMNS, (_ROW_COUNT,), requests.c.id),
    STEP_FACTS.key: FactRows(
        steps,
        steps.c.at,
        _STEP_COLUMNS,
        (
            func.count(steps.c.state),
            func.sum(steps.c.seconds),
            func.sum(steps.c.worked),
            _sum_where(steps.c.late.is_(False)),
            _sum_where(steps.c.late.is_(True)),
            func.count(steps.c.outcome),
            *(_sum_where(steps.c.outcome == phase) for phase in (Phase.DONE, Phase.DECLINED, Phase.CANCELLED)),
            _sum_where(steps.c.remote.is_(True)),
        ),
        steps.c.request_id,
    ),
    QUEUE_FACTS.key: FactRows(
        requests,
        None,
        _REQUEST_COLUMNS,
        (_ROW_COUNT, _sum_where(requests.c.due_at < START_PARAMETER)),
        requests.c.id,
        (requests.c.turn.is_not(None), requests.c.phase.in_([member for member in Phase if not member.is_final])),
    ),
    BILLING_FACTS.key: FactRows(
        bills.outerjoin(requests, _IS_OF_REQUEST),
        bills.c.created_at,
        _BILL_COLUMNS,
        (
            _ROW_COUNT,
            func.sum(bills.c.amount),
            _billed_amount_in(BillState.OPEN, BillState.PAYING),
            _billed_amount_in(BillState.WAIVED),
            _billed_amount_in(BillState.EXPIRED, BillState.VOID),
        ),
        requests.c.id,
    ),
    PAYMENT_FACTS.key: FactRows(
        payments.join(bills, payments.c.bill_id == bills.c.id).outerjoin(requests, _IS_OF_REQUEST),
        payments.c.at,
        {**_BILL_COLUMNS, Dimension.METHOD: payments.c.method, Dimension.COUNTER: payments.c.office},
        (
            _sum_paid(PaymentOutcome.SETTLED, 1),
            _sum_paid(PaymentOutcome.SETTLED, payments.c.amount),
            _sum_paid(PaymentOutcome.SURPLUS, payments.c.amount),
            _sum_paid(PaymentOutcome.RETURNED, payments.c.amount),
            _sum_where(_IS_SETTLED_ELSEWHERE),
            _sum_where(~_IS_RECORDED, payments.c.amount),
        ),
        requests.c.id,
    ),
    REFUND_FACTS.key: FactRows(
        refunds.join(bills, refunds.c.bill_id == bills.c.id).outerjoin(requests, _IS_OF_REQUEST),
        refunds.c.created_at,
        _BILL_COLUMNS,
        (_ROW_COUNT, func.sum(refunds.c.amount), _sum_where(refunds.c.state == RefundState.DUE, refunds.c.amount)),
        requests.c.id,
        (refunds.c.state != RefundState.CANCELLED,),
    ),
    RATING_FACTS.key: FactRows(
        ratings.join(requests, ratings.c.request_id == requests.c.id),
        ratings.c.at,
        _REQUEST_COLUMNS,
        (_ROW_COUNT, func.sum(ratings.c.score)),
        requests.c.id,
    ),
    MACHINE_WORK_FACTS.key: FactRows(
        machine_work,
        machine_work.c.start,
        {member: machine_work.c[member.value] for member in MACHINE_WORK_FACTS.stored_dimensions},
        (_ROW_COUNT, func.sum(machine_work.c.quoted), func.sum(machine_work.c.worked)),
        machine_work.c.request_id,
    ),
    MESSAGE_FACTS.key: FactRows(
        outbox,
        outbox.c.sent_at,
        {Dimension.PROVIDER: outbox.c.provider, Dimension.TEXT: outbox.c.key},
        (_ROW_COUNT, func.sum(func.coalesce(outbox.c.parts, 0)), func.sum(func.coalesce(outbox.c.cost, 0))),
        outbox.c.request_id,
    ),
}
"""Key of a fact → its rows; the sums are in the order of the fact's own."""


def asked_dimensions(where: DimensionFilter) -> AskedDimensions:
    """Return what of a condition a statement depends on."""
    return tuple((dimension, isinstance(value, frozenset)) for dimension, value in sorted(where.items()))


def condition_values(where: DimensionFilter) -> dict[str, Any]:
    """Return the values of a condition, by the names of `build_conditions`."""
    return {
        dimension.value: sorted(value) if isinstance(value, frozenset) else value for dimension, value in where.items()
    }


@lru_cache(maxsize=500)
def select_fact_sums(fact_key: str, group_dimensions: tuple[Dimension, ...], required: AskedDimensions) -> Select[Any]:
    """Return the statement that adds a fact up by these dimensions, over rows that have what is asked for."""
    rows = FACT_ROWS_BY_KEY[fact_key]
    labelled_columns = [rows.columns[dimension].label(dimension.value) for dimension in group_dimensions]
    statement = (
        select(*labelled_columns, *rows.sum_columns)
        .select_from(rows.source)
        .where(*rows.fixed_conditions, *build_conditions(rows, required))
    )
    if rows.dated_by is not None:
        statement = statement.where(rows.dated_by >= START_PARAMETER, rows.dated_by < END_PARAMETER)
    return statement.group_by(*(rows.columns[dimension] for dimension in group_dimensions))


def build_conditions(rows: FactRows, required: AskedDimensions) -> list[Condition]:
    """Return what is asked of the rows of a fact."""
    return [_build_condition(rows, dimension, has_several) for dimension, has_several in required]


def _build_condition(rows: FactRows, dimension: Dimension, has_several: bool) -> Condition:
    if dimension not in rows.columns:  # a machine: it worked for the request
        machine_requests = select(machine_work.c.request_id).where(
            machine_work.c.machine == bindparam(MACHINE_PARAMETER)
        )
        return rows.request_column.in_(machine_requests)
    column = func.coalesce(rows.columns[dimension], "", type_=outbox.c.text.type)
    if has_several:
        return column.in_(bindparam(dimension.value, expanding=True))
    return column == bindparam(dimension.value)
