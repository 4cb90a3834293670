"""What reports read: sums over facts (`facts.py`) and requests as rows. Steps and work are written as they happen."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Executable, Integer, Select, and_, bindparam, case, func, insert, null, select, tuple_

from domain.bills.bill import BillState, PaymentOutcome
from domain.blocks.charging import SUBJECT
from domain.fleet.resources import MachineWork
from domain.reports.figures import REQUESTS, Dimension, FactTable
from domain.reports.ports import Cell, Moments, Place, RequestLine, StoredReport, Where
from domain.reports.rows import StepRecord
from domain.requests.request import ServiceRequest
from domain.values.errors import NotFound
from store.engines.base import DatabaseEngine
from store.engines.prepared import Row
from store.engines.types import ID, Utc
from store.repositories.facts import END, FACTS, START, Asked, adding_up, asked, conditions, values_of
from store.rows import TableMapping
from store.schema import bills, machine_work, payments, ratings, report_files, requests, steps
from store.work import Repository

_MOST = bindparam("most", type_=Integer)

_REQUEST = TableMapping(requests, ServiceRequest)
_STEP = TableMapping(steps, StepRecord)
_ADD_STEP = insert(steps)
_WORK = TableMapping(machine_work, MachineWork)
_UNCOUNTED = (
    select(*_REQUEST.columns).where(requests.c.entered_at.is_(None)).order_by(requests.c.id).limit(_MOST)
)  # fmt: skip

_OF_REQUEST = and_(bills.c.subject_kind == SUBJECT, bills.c.subject_id == requests.c.id)
_STANDS = bills.c.state.not_in([BillState.VOID, BillState.EXPIRED])
_BILLED = select(func.sum(bills.c.amount)).where(_OF_REQUEST, _STANDS).scalar_subquery()


def _came(outcome: PaymentOutcome) -> Any:
    stands = and_(payments.c.outcome == outcome, payments.c.reversed_at.is_(None))
    amounts = func.sum(case((stands, payments.c.amount), else_=0))
    of_bills = payments.join(bills, payments.c.bill_id == bills.c.id)
    return select(amounts).select_from(of_bills).where(_OF_REQUEST).correlate(requests).scalar_subquery()


_RATING = (
    select(ratings.c.score).where(ratings.c.request_id == requests.c.id).correlate(requests).scalar_subquery()
)  # fmt: skip
_LINE = (
    *(requests.c[name] for name in (
        "id", "created_at", "code", "service", "kind", "state", "phase", "channel", "office", "assignee", "mobile",
        "updated_at",
    )),
    func.coalesce(_BILLED.correlate(requests), 0), func.coalesce(_came(PaymentOutcome.SETTLED), 0),
    func.coalesce(_came(PaymentOutcome.RETURNED), 0), _RATING,
)  # fmt: skip

_FILE = TableMapping(report_files, StoredReport)
_FILES = (
    select(*_FILE.columns).where(report_files.c.report == bindparam("of_report")).order_by(report_files.c.first.desc())
)  # fmt: skip
_CONTENT = select(*_FILE.columns, report_files.c.content).where(report_files.c.id == bindparam("file_id"))


def _work_once(engine: DatabaseEngine) -> Executable:
    return engine.insert(machine_work).on_conflict_do_nothing()


def _keep_once(engine: DatabaseEngine) -> Executable:
    return engine.insert(report_files).on_conflict_do_nothing(index_elements=["report", "first", "last"])


@lru_cache(maxsize=100)
def _lines(wanted: Asked, *, further: bool, fields: bool) -> Select[Any]:
    place = tuple_(requests.c.created_at, requests.c.id)
    last = tuple_(bindparam("after_at", type_=Utc), bindparam("after_id", type_=ID))
    begins = place > last if further else requests.c.created_at >= START
    form = requests.c.fields if fields else null()
    return (
        select(*_LINE, form)
        .where(begins, requests.c.created_at < END, *conditions(FACTS[REQUESTS.key], wanted))
        .order_by(requests.c.created_at, requests.c.id)
        .limit(_MOST)
    )


class SqlReports(Repository):
    """The port `Reports`."""

    async def add_step(self, step: StepRecord) -> None:
        """Keep a step."""
        await self._work.later(_ADD_STEP, _STEP.values(step))

    async def add_work(self, work: MachineWork) -> None:
        """Keep what a machine did for a request; the same again changes nothing."""
        await self._work.later(_work_once, _WORK.values(work))

    async def uncounted(self, limit: int) -> list[ServiceRequest]:
        """Return requests whose steps are not kept, the oldest first."""
        return _REQUEST.read_all(await self._work.rows(_UNCOUNTED, {"most": limit}))

    async def sums(self, fact: FactTable, by: Sequence[Dimension], where: Where, moments: Moments) -> list[Cell]:
        """Add a fact up by these columns; without any, its whole."""
        statement = adding_up(fact.key, tuple(by), asked(where))
        values = values_of(where) | dict(zip(("start", "end"), moments, strict=True))
        width = len(by)
        rows = await self._work.rows(statement, values)
        return [(row[:width], tuple(int(one or 0) for one in row[width:])) for row in rows]

    async def lines(
        self, where: Where, moments: Moments, after: Place | None, limit: int, *, fields: bool
    ) -> list[RequestLine]:
        """Return requests that were made then, in the order of their making; `fields`: with their forms."""
        statement = _lines(asked(where), further=after is not None, fields=fields)
        values = values_of(where) | {"end": moments[1], "most": limit}
        values |= {"start": moments[0]} if after is None else {"after_at": after[0], "after_id": after[1]}
        rows = await self._work.rows(statement, values)
        return [_line(row) for row in rows]

    async def keep(self, report: StoredReport, content: bytes) -> bool:
        """Keep a report; False when there is one of these days already."""
        return await self._work.count(_keep_once, _FILE.values(report) | {"content": content}) == 1

    async def kept(self, report: str) -> list[StoredReport]:
        """Return the kept ones of a report, the newest days first."""
        return _FILE.read_all(await self._work.rows(_FILES, {"of_report": report}))

    async def content(self, kept_id: int) -> tuple[StoredReport, bytes]:
        """Return a kept one whole; `NotFound("report")`."""
        row = await self._work.row(_CONTENT, {"file_id": kept_id})
        if row is None:
            raise NotFound("report")
        return _FILE.read(row), row[-1]


def _line(row: Row) -> RequestLine:
    *told, form = row
    return RequestLine(*(*told, form or {}))
