"""The facts that reports add up, as SQL: where their rows lie, what tells them apart, and their sums.

Rows are found by their dates: what else is asked for is looked at row by row (`_plain`), since a planner without
statistics would rather take an index of one value, and then read the whole of every row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, bindparam, case, func, select

from domain.bills.bill import BillState, PaymentMethod, PaymentOutcome, RefundState
from domain.blocks.charging import SUBJECT
from domain.reports.figures import BILLS, MESSAGES, PAYMENTS, QUEUE, RATINGS, REFUNDS, REQUESTS, STEPS, WORK, Dimension
from domain.reports.ports import Where
from domain.requests.request import Phase
from store.engines.types import Utc
from store.schema import bills, machine_work, outbox, payments, ratings, refunds, requests, steps

Condition = ColumnElement[bool]
Asked = tuple[tuple[Dimension, bool], ...]
"""What rows must have: by which dimension, and whether it may be one of several values."""

START, END = bindparam("start", type_=Utc), bindparam("end", type_=Utc)
MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Rows:
    """Where the rows of a fact lie. `at` dates them, None for what is as it stands now. `request` names the request."""

    source: FromClause
    at: ColumnElement[Any] | None
    columns: Mapping[Dimension, ColumnElement[Any]]
    sums: Sequence[ColumnElement[Any]]
    request: ColumnElement[Any]
    only: tuple[Condition, ...] = ()


def _if(condition: Condition, value: ColumnElement[Any] | int = 1) -> ColumnElement[Any]:
    return func.sum(case((condition, value), else_=0))


_NUMBER = func.count()
_IS_REQUEST = and_(bills.c.subject_kind == SUBJECT, bills.c.subject_id == requests.c.id)
_OF_REQUEST = {
    Dimension.SERVICE: requests.c.service,
    Dimension.KIND: requests.c.kind,
    Dimension.STATE: requests.c.state,
    Dimension.PHASE: requests.c.phase,
    Dimension.CHANNEL: requests.c.channel,
    Dimension.OFFICE: requests.c.office,
    Dimension.OFFICER: requests.c.assignee,
}
_OF_BILL = {**_OF_REQUEST, Dimension.SERVICE: func.coalesce(requests.c.service, bills.c.subject_kind)}
_OF_STEP = {one: steps.c[one.value] for one in STEPS.columns}


def _bills_in(*states: BillState) -> ColumnElement[Any]:
    return _if(bills.c.state.in_(states), bills.c.amount)


def _came(outcome: PaymentOutcome, value: ColumnElement[Any] | int) -> ColumnElement[Any]:
    return _if(and_(payments.c.outcome == outcome, _STANDS), value)


_STANDS = payments.c.reversed_at.is_(None)
_OWN_TERMINAL = and_(payments.c.method == PaymentMethod.POS, payments.c.office.is_(None))
_SETTLED_ELSEWHERE = and_(payments.c.outcome == PaymentOutcome.SETTLED, _STANDS, ~_OWN_TERMINAL)

FACTS: Mapping[str, Rows] = {
    REQUESTS.key: Rows(requests, requests.c.created_at, _OF_REQUEST, (_NUMBER,), requests.c.id),
    STEPS.key: Rows(
        steps, steps.c.at, _OF_STEP,
        (
            func.count(steps.c.state), func.sum(steps.c.seconds), func.sum(steps.c.worked),
            _if(steps.c.late.is_(False)), _if(steps.c.late.is_(True)), func.count(steps.c.outcome),
            *(_if(steps.c.outcome == phase) for phase in (Phase.DONE, Phase.DECLINED, Phase.CANCELLED)),
            _if(steps.c.remote.is_(True)),
        ),
        steps.c.request_id,
    ),
    QUEUE.key: Rows(
        requests, None, _OF_REQUEST, (_NUMBER, _if(requests.c.due_at < START)), requests.c.id,
        (requests.c.turn.is_not(None), requests.c.phase.in_([one for one in Phase if not one.final])),
    ),
    BILLS.key: Rows(
        bills.outerjoin(requests, _IS_REQUEST), bills.c.created_at, _OF_BILL,
        (
            _NUMBER, func.sum(bills.c.amount), _bills_in(BillState.OPEN, BillState.PAYING),
            _bills_in(BillState.WAIVED), _bills_in(BillState.EXPIRED, BillState.VOID),
        ),
        requests.c.id,
    ),
    PAYMENTS.key: Rows(
        payments.join(bills, payments.c.bill_id == bills.c.id).outerjoin(requests, _IS_REQUEST), payments.c.at,
        {**_OF_BILL, Dimension.METHOD: payments.c.method, Dimension.COUNTER: payments.c.office},
        (
            _came(PaymentOutcome.SETTLED, 1), _came(PaymentOutcome.SETTLED, payments.c.amount),
            _came(PaymentOutcome.SURPLUS, payments.c.amount), _came(PaymentOutcome.RETURNED, payments.c.amount),
            _if(_SETTLED_ELSEWHERE), _if(~_STANDS, payments.c.amount),
        ),
        requests.c.id,
    ),
    REFUNDS.key: Rows(
        refunds.join(bills, refunds.c.bill_id == bills.c.id).outerjoin(requests, _IS_REQUEST), refunds.c.created_at,
        _OF_BILL,
        (_NUMBER, func.sum(refunds.c.amount), _if(refunds.c.state == RefundState.DUE, refunds.c.amount)),
        requests.c.id,
        (refunds.c.state != RefundState.CANCELLED,),
    ),
    RATINGS.key: Rows(
        ratings.join(requests, ratings.c.request_id == requests.c.id), ratings.c.at, _OF_REQUEST,
        (_NUMBER, func.sum(ratings.c.score)), requests.c.id,
    ),
    WORK.key: Rows(
        machine_work, machine_work.c.start, {one: machine_work.c[one.value] for one in WORK.columns},
        (_NUMBER, func.sum(machine_work.c.quoted), func.sum(machine_work.c.worked)), machine_work.c.request_id,
    ),
    MESSAGES.key: Rows(
        outbox, outbox.c.sent_at, {Dimension.PROVIDER: outbox.c.provider, Dimension.TEXT: outbox.c.key},
        (_NUMBER, func.sum(func.coalesce(outbox.c.parts, 0)), func.sum(func.coalesce(outbox.c.cost, 0))),
        outbox.c.request_id,
    ),
}  # fmt: skip
"""Key of a fact → its rows; the sums are in the order of the fact's own."""


def asked(where: Where) -> Asked:
    """Return what of a condition a statement depends on."""
    return tuple((one, isinstance(value, frozenset)) for one, value in sorted(where.items()))


def values_of(where: Where) -> dict[str, Any]:
    """Return the values of a condition, by the names of `conditions`."""
    return {one.value: sorted(value) if isinstance(value, frozenset) else value for one, value in where.items()}


@lru_cache(maxsize=500)
def adding_up(fact: str, by: tuple[Dimension, ...], wanted: Asked) -> Select[Any]:
    """Return the statement that adds a fact up by these dimensions, over rows that have what is asked for."""
    rows = FACTS[fact]
    told = [rows.columns[one].label(one.value) for one in by]
    statement = select(*told, *rows.sums).select_from(rows.source).where(*rows.only, *conditions(rows, wanted))
    if rows.at is not None:
        statement = statement.where(rows.at >= START, rows.at < END)
    return statement.group_by(*(rows.columns[one] for one in by))


def conditions(rows: Rows, wanted: Asked) -> list[Condition]:
    """Return what is asked of the rows of a fact."""
    return [_condition(rows, one, several) for one, several in wanted]


def _condition(rows: Rows, dimension: Dimension, several: bool) -> Condition:
    if dimension not in rows.columns:  # a machine: it worked for the request
        jobs = select(machine_work.c.request_id).where(machine_work.c.machine == bindparam(MACHINE))
        return rows.request.in_(jobs)
    column = func.coalesce(rows.columns[dimension], "", type_=outbox.c.text.type)
    if several:
        return column.in_(bindparam(dimension.value, expanding=True))
    return column == bindparam(dimension.value)
