"""What reports need of the store: steps and work to be kept, sums, requests as rows, and reports that were kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from domain.fleet.resources import MachineWork
from domain.reports.figures import Dimension, FactTable
from domain.reports.rows import StepRecord
from domain.requests.request import Phase, ServiceRequest

Moments = tuple[datetime, datetime]
"""From a moment on, and before a moment."""

Where = Mapping[Dimension, str | frozenset[str]]
"""The values that rows must have: one, or one of several."""

Cell = tuple[tuple[str | None, ...], tuple[int, ...]]
"""The values of the dimensions that were asked for, and the fact's sums over all rows that have them."""

Place = tuple[datetime, int]
"""Where a list of requests goes on: after the one of that moment and id."""


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request as a list shows it, with whole rials and the citizen's rating. `fields` is its form, when asked for."""

    id: int
    created_at: datetime
    code: str
    service: str
    kind: str | None
    state: str
    phase: Phase
    channel: str
    office: str | None
    officer: str | None
    mobile: str | None
    updated_at: datetime
    billed: int
    paid: int
    returned: int
    rating: int | None
    fields: dict[str, Any]

    @property
    def place(self) -> Place:
        """Where the list goes on after it."""
        return self.created_at, self.id


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report that the scheduler made and kept: about the days from `first` on and before `last`."""

    id: int
    report: str
    first: date
    last: date
    name: str
    size: int
    made_at: datetime


class Reports(Protocol):
    """Steps and work as they happen, and what is added up of everything."""

    async def add_step(self, step: StepRecord) -> None:
        """Keep a step."""
        ...

    async def add_work(self, work: MachineWork) -> None:
        """Keep what a machine did for a request; the same again changes nothing."""
        ...

    async def uncounted(self, limit: int) -> list[ServiceRequest]:
        """Return requests whose steps are not kept, the oldest first."""
        ...

    async def sums(self, fact: FactTable, by: Sequence[Dimension], where: Where, moments: Moments) -> list[Cell]:
        """Add a fact up by these columns; without any, its whole. What is not dated is as it stands at the first
        moment.
        """
        ...

    async def lines(
        self, where: Where, moments: Moments, after: Place | None, limit: int, *, fields: bool
    ) -> list[RequestLine]:
        """Return requests that were made then, in the order of their making; `fields`: with their forms."""
        ...

    async def keep(self, report: StoredReport, content: bytes) -> bool:
        """Keep a report; False when there is one of these days already."""
        ...

    async def kept(self, report: str) -> list[StoredReport]:
        """Return the kept ones of a report, the newest days first."""
        ...

    async def content(self, kept_id: int) -> tuple[StoredReport, bytes]:
        """Return a kept one whole; `NotFound("report")`."""
        ...
