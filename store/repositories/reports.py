"""Statements for reports: sums over facts (`facts.py`) and requests as rows. Steps and work are written as they happen.

How long requests took is read from the steps too, in the order of their ends.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Executable, Integer, Select, and_, bindparam, case, delete, func, insert, select, tuple_

from domain.bills.bill import BillState, PaymentOutcome
from domain.blocks.charging import REQUEST_SUBJECT
from domain.fleet.resources import MachineWork
from domain.reports.durations import FinishedRequest, UsualDuration
from domain.reports.figures import REQUEST_FACTS, Dimension, FactTable
from domain.reports.ports import DimensionFilter, ListPlace, MomentSpan, RequestLine, StepPlace, StoredReport, SumCell
from domain.reports.rows import StepRecord
from domain.requests.request import Phase, ServiceRequest
from domain.values.errors import NotFound
from store.engines.base import DatabaseEngine
from store.engines.types import ID, Utc
from store.repositories.facts import (
    END_PARAMETER,
    FACT_ROWS_BY_KEY,
    START_PARAMETER,
    AskedDimensions,
    asked_dimensions,
    build_conditions,
    condition_values,
    select_fact_sums,
)
from store.rows import TableMapping
from store.schema import bills, machine_work, payments, ratings, report_files, requests, service_durations, steps
from store.work import Repository

_ROW_LIMIT = bindparam("most", type_=Integer)

_REQUEST_MAPPING = TableMapping(requests, ServiceRequest)
_STEP_MAPPING = TableMapping(steps, StepRecord)
_INSERT_STEP = insert(steps)
_WORK_MAPPING = TableMapping(machine_work, MachineWork)
_SELECT_UNCOUNTED = (
    select(*_REQUEST_MAPPING.columns).where(requests.c.entered_at.is_(None)).order_by(requests.c.id).limit(_ROW_LIMIT)
)

_IS_BILL_OF_REQUEST = and_(bills.c.subject_kind == REQUEST_SUBJECT, bills.c.subject_id == requests.c.id)
_IS_VALID_BILL = bills.c.state.not_in([BillState.VOID, BillState.EXPIRED])
_BILLED_AMOUNT = select(func.sum(bills.c.amount)).where(_IS_BILL_OF_REQUEST, _IS_VALID_BILL).scalar_subquery()


def _sum_paid(outcome: PaymentOutcome) -> Any:
    is_recorded = and_(payments.c.outcome == outcome, payments.c.reversed_at.is_(None))
    amount_sum = func.sum(case((is_recorded, payments.c.amount), else_=0))
    billed_payments = payments.join(bills, payments.c.bill_id == bills.c.id)
    return (
        select(amount_sum).select_from(billed_payments).where(_IS_BILL_OF_REQUEST).correlate(requests).scalar_subquery()
    )


_RATING_SCORE = (
    select(ratings.c.score).where(ratings.c.request_id == requests.c.id).correlate(requests).scalar_subquery()
)
_LINE_COLUMNS = (
    *(
        requests.c[name]
        for name in (
            "id",
            "created_at",
            "code",
            "service",
            "kind",
            "state",
            "phase",
            "channel",
            "office",
            "assignee",
            "mobile",
            "updated_at",
        )
    ),
    func.coalesce(_BILLED_AMOUNT.correlate(requests), 0),
    func.coalesce(_sum_paid(PaymentOutcome.SETTLED), 0),
    func.coalesce(_sum_paid(PaymentOutcome.RETURNED), 0),
    _RATING_SCORE,
    requests.c.fields,
    requests.c.data,
)

_FILE = TableMapping(report_files, StoredReport)
_SELECT_FILES = (
    select(*_FILE.columns).where(report_files.c.report == bindparam("of_report")).order_by(report_files.c.first.desc())
)
_SELECT_CONTENT = select(*_FILE.columns, report_files.c.content).where(report_files.c.id == bindparam("file_id"))

_SELECT_FINISHED = (
    select(requests.c.id, steps.c.service, requests.c.created_at, steps.c.at)
    .join_from(steps, requests, steps.c.request_id == requests.c.id)
    .where(
        tuple_(steps.c.at, steps.c.request_id)
        > tuple_(bindparam("after_at", type_=Utc), bindparam("after_id", type_=ID)),
        steps.c.outcome == Phase.DONE,
    )
    .order_by(steps.c.at, steps.c.request_id)
    .limit(bindparam("most", type_=Integer))
)
_SELECT_STEPS = (
    select(*_STEP_MAPPING.columns)
    .where(
        tuple_(steps.c.at, steps.c.request_id, steps.c.seq)
        > tuple_(
            bindparam("after_at", type_=Utc), bindparam("after_id", type_=ID), bindparam("after_seq", type_=Integer)
        )
    )
    .order_by(steps.c.at, steps.c.request_id, steps.c.seq)
    .limit(bindparam("most", type_=Integer))
)
_DURATION_MAPPING = TableMapping(service_durations, UsualDuration)
_INSERT_DURATION = insert(service_durations)
_DELETE_DURATIONS = delete(service_durations)
_SELECT_DURATIONS = select(*_DURATION_MAPPING.columns)


def _insert_work_once(engine: DatabaseEngine) -> Executable:
    return engine.insert_into(machine_work).on_conflict_do_nothing()


def _insert_report_once(engine: DatabaseEngine) -> Executable:
    return engine.insert_into(report_files).on_conflict_do_nothing(index_elements=["report", "first", "last"])


@lru_cache(maxsize=100)
def _select_lines(required: AskedDimensions, *, further: bool) -> Select[Any]:
    position = tuple_(requests.c.created_at, requests.c.id)
    last_position = tuple_(bindparam("after_at", type_=Utc), bindparam("after_id", type_=ID))
    begins_after = position > last_position if further else requests.c.created_at >= START_PARAMETER
    return (
        select(*_LINE_COLUMNS)
        .where(
            begins_after,
            requests.c.created_at < END_PARAMETER,
            *build_conditions(FACT_ROWS_BY_KEY[REQUEST_FACTS.key], required),
        )
        .order_by(requests.c.created_at, requests.c.id)
        .limit(_ROW_LIMIT)
    )


class SqlReportRepository(Repository):
    """The port `ReportRepository`."""

    async def add_step(self, step_record: StepRecord) -> None:
        await self._transaction.defer(_INSERT_STEP, _STEP_MAPPING.column_values(step_record))

    async def add_work(self, machine_work: MachineWork) -> None:
        await self._transaction.defer(_insert_work_once, _WORK_MAPPING.column_values(machine_work))

    async def list_uncounted(self, limit: int) -> list[ServiceRequest]:
        return _REQUEST_MAPPING.read_rows(await self._transaction.fetch_rows(_SELECT_UNCOUNTED, {"most": limit}))

    async def sum_facts(
        self,
        fact_table: FactTable,
        grouped_by: Sequence[Dimension],
        dimension_filter: DimensionFilter,
        moment_span: MomentSpan,
    ) -> list[SumCell]:
        statement = select_fact_sums(fact_table.key, tuple(grouped_by), asked_dimensions(dimension_filter))
        values = condition_values(dimension_filter) | dict(zip(("start", "end"), moment_span, strict=True))
        key_width = len(grouped_by)
        rows = await self._transaction.fetch_rows(statement, values)
        return [(row[:key_width], tuple(int(amount or 0) for amount in row[key_width:])) for row in rows]

    async def list_request_lines(
        self,
        dimension_filter: DimensionFilter,
        moment_span: MomentSpan,
        after_place: ListPlace | None,
        limit: int,
    ) -> list[RequestLine]:
        statement = _select_lines(asked_dimensions(dimension_filter), further=after_place is not None)
        values = condition_values(dimension_filter) | {"end": moment_span[1], "most": limit}
        values |= (
            {"start": moment_span[0]}
            if after_place is None
            else {"after_at": after_place[0], "after_id": after_place[1]}
        )
        rows = await self._transaction.fetch_rows(statement, values)
        return [RequestLine(*row) for row in rows]

    async def save_report(self, report: StoredReport, content: bytes) -> bool:
        return (
            await self._transaction.count_written(
                _insert_report_once, _FILE.column_values(report) | {"content": content}
            )
            == 1
        )

    async def list_reports(self, report_key: str) -> list[StoredReport]:
        return _FILE.read_rows(await self._transaction.fetch_rows(_SELECT_FILES, {"of_report": report_key}))

    async def get_report(self, report_id: int) -> tuple[StoredReport, bytes]:
        row = await self._transaction.fetch_row(_SELECT_CONTENT, {"file_id": report_id})
        if row is None:
            raise NotFound("report")
        return _FILE.read_row(row), row[-1]


class SqlDurationRepository(Repository):
    """The port `DurationRepository`."""

    async def list_finished(self, after_place: ListPlace, limit: int) -> list[FinishedRequest]:
        parameters = {"after_at": after_place[0], "after_id": after_place[1], "most": limit}
        rows = await self._transaction.fetch_rows(_SELECT_FINISHED, parameters)
        return [FinishedRequest(*row) for row in rows]

    async def list_steps(self, after_place: StepPlace, limit: int) -> list[StepRecord]:
        parameters = dict(zip(("after_at", "after_id", "after_seq"), after_place, strict=True)) | {"most": limit}
        return _STEP_MAPPING.read_rows(await self._transaction.fetch_rows(_SELECT_STEPS, parameters))

    async def replace_usual(self, durations: Sequence[UsualDuration]) -> None:
        await self._transaction.execute(_DELETE_DURATIONS)
        rows = [_DURATION_MAPPING.column_values(duration) for duration in durations]
        await self._transaction.execute(_INSERT_DURATION, rows)

    async def list_usual(self) -> list[UsualDuration]:
        return _DURATION_MAPPING.read_rows(await self._transaction.fetch_rows(_SELECT_DURATIONS))
