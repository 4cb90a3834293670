"""Sheets of reports that people take along, and who makes them: a port, filled beside the service."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

from domain.reports.filter import ReportFilter
from domain.values.actors import Actor


@dataclass(frozen=True, slots=True)
class SheetSelection:
    """Parts of a report taken along."""

    report_key: str
    """The key of the report."""
    report_filter: ReportFilter
    """The days and rows that it is about."""
    file_format: str
    """The kind of sheet: csv, xlsx."""
    figures_only: bool = False
    """Whether the sheet has its figures; else the requests that it is about, a row each."""


class ReportSheets(Protocol):
    """Makes sheets of reports, however long they are, without keeping others waiting."""

    def stream_sheet(self, selection: SheetSelection, actor: Actor) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of a sheet as they come; `Unavailable("report")` when it cannot be made to its end."""
        ...
