"""Ports of reports: steps and work to be kept, sums, requests as rows, and reports that were kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from domain.fleet.resources import MachineWork
from domain.reports.durations import FinishedRequest, UsualDuration
from domain.reports.figures import Dimension, FactTable
from domain.reports.rows import StepRecord
from domain.requests.request import Phase, ServiceRequest

MomentSpan = tuple[datetime, datetime]
"""From a moment on, and before a moment."""

DimensionFilter = Mapping[Dimension, str | frozenset[str]]
"""The values that rows must have: one, or one of several."""

SumCell = tuple[tuple[str | None, ...], tuple[int, ...]]
"""The values of the dimensions that were asked for, and the fact's sums over all rows that have them."""

ListPlace = tuple[datetime, int]
"""Place from which a list of requests goes on: after the one of that moment and id."""


StepPlace = tuple[datetime, int, int]
"""Place from which steps go on: after the one of that moment, request and number."""


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request as a list shows it."""

    id: int
    """The key of the request."""
    created_at: datetime
    """Time of making, in UTC."""
    code: str
    """The tracking code."""
    service: str
    """The service's key."""
    kind: str | None
    """Kind within its service; None: there is one kind."""
    state: str
    """Its present state, in its service's word."""
    phase: Phase
    """The phase of that state."""
    channel: str
    """The key of the channel that it came by."""
    office: str | None
    """The code of the counter office that brought it; None: none did."""
    officer: str | None
    """The user name of who takes care of it."""
    mobile: str | None
    """The citizen's (+989…); None once it was erased."""
    updated_at: datetime
    """Time of its last change, in UTC."""
    billed_rials: int
    """Sum of its bills, in rials."""
    paid_rials: int
    """Sum that came in for them, in rials."""
    returned_rials: int
    """Sum that went back to the citizen, in rials."""
    rating_score: int | None
    """The citizen's rating, 1–5; None without one."""
    form_values: dict[str, Any]
    """Its form."""
    stored_values: dict[str, Any]
    """Stored values beside its form."""

    @property
    def list_place(self) -> ListPlace:
        """Place from which the list goes on after it."""
        return self.created_at, self.id


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report that the scheduler made and kept."""

    id: int
    """The row's key in the store."""
    report: str
    """The key of the report."""
    first: date
    """The first day that it is about (Tehran)."""
    last: date
    """The day before which it ends, not included."""
    name: str
    """The file's name."""
    size: int
    """The file's size in bytes."""
    made_at: datetime
    """Time of making, in UTC."""


class ReportRepository(Protocol):
    """Steps and work as they happen, and what is added up of everything."""

    async def add_step(self, step_record: StepRecord) -> None:
        """Keep a step."""
        ...

    async def add_work(self, machine_work: MachineWork) -> None:
        """Keep what a machine did for a request; the same again changes nothing."""
        ...

    async def list_uncounted(self, limit: int) -> list[ServiceRequest]:
        """Return requests whose steps are not kept, the oldest first."""
        ...

    async def sum_facts(
        self,
        fact_table: FactTable,
        grouped_by: Sequence[Dimension],
        dimension_filter: DimensionFilter,
        moment_span: MomentSpan,
    ) -> list[SumCell]:
        """Add a fact up by these columns; without any, its whole. What is not dated is counted at the first
        moment.
        """
        ...

    async def list_request_lines(
        self,
        dimension_filter: DimensionFilter,
        moment_span: MomentSpan,
        after_place: ListPlace | None,
        limit: int,
    ) -> list[RequestLine]:
        """Return requests that were made then, in the order of their making."""
        ...

    async def save_report(self, report: StoredReport, content: bytes) -> bool:
        """Keep a report; False when there is one of these days already."""
        ...

    async def list_reports(self, report_key: str) -> list[StoredReport]:
        """Return the kept ones of a report, the newest days first."""
        ...

    async def get_report(self, report_id: int) -> tuple[StoredReport, bytes]:
        """Return a kept one whole; `NotFound("report")`."""
        ...


class DurationRepository(Protocol):
    """Durations of requests, and the usual one of each service."""

    async def list_finished(self, after_place: ListPlace, limit: int) -> list[FinishedRequest]:
        """Return requests that were done after the one of that moment and id, in the order of their ends."""
        ...

    async def list_steps(self, after_place: StepPlace, limit: int) -> list[StepRecord]:
        """Return steps after the one of that moment, request and number, in their order."""
        ...

    async def replace_usual(self, durations: Sequence[UsualDuration]) -> None:
        """Keep these, in place of all former ones."""
        ...

    async def list_usual(self) -> list[UsualDuration]:
        """Return the usual length of every service, and of the steps of their pages, that has one."""
        ...
