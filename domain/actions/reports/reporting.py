"""Running a report: who may, what it is about, and its figures at one moment.

Reads one snapshot, writes nothing. The months of a report are ranges of moments, reckoned here, so that no database
needs to know the Jalali calendar.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.reports.aggregation import FigureTable, SectionTotals, required_columns
from domain.actions.reports.declarations import Report
from domain.actions.reports.scope import ReportScope
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.fleet.resources import ResourceKind, ResourceStatus
from domain.reports.figures import FACT_TABLES, FLEET_FACTS, Dimension, FactTable
from domain.reports.filter import DaySpan, ReportFilter, moments_of_span, split_into_periods
from domain.reports.ports import SumCell
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor


@dataclass(frozen=True, slots=True)
class ReportResult:
    """A report at the moment `taken_at`; tables in the order of its sections."""

    report: Report
    criteria: ReportFilter
    taken_at: datetime
    tables: tuple[FigureTable, ...]


def require_report_right(report: Report, actor: Actor) -> Actor:
    """Return the actor in whose place the report is seen; `Forbidden("report")` for other roles."""
    return require_right(Right.REPORTS_VIEW, actor, "report", declared_roles=report.roles)


async def run_report(context: ActorContext, report: Report, criteria: ReportFilter) -> ReportResult:
    """Add a report up, in a unit that reads; `Forbidden("report")`."""
    require_report_right(report, context.actor)
    report_run = _ReportRun(
        context.dependencies,
        context.uow,
        ReportScope(context.dependencies.services, report, criteria),
        context.dependencies.clock.now(),
    )
    return ReportResult(report, criteria, report_run.now, await report_run.build_tables(report, criteria))


@dataclass(frozen=True, slots=True)
class _ReportRun:
    """One report under way."""

    dependencies: Dependencies
    uow: UnitOfWork
    scope: ReportScope
    now: datetime

    async def build_tables(self, report: Report, criteria: ReportFilter) -> tuple[FigureTable, ...]:
        """Add everything up, fact by fact and period by period."""
        report_parts, answered_facts = split_into_periods(criteria.day_span), self.scope.answered_facts
        section_totals = [SectionTotals(section, answered_facts) for section in report.sections]
        for fact in FACT_TABLES:
            interested_sections = [totals for totals in section_totals if totals.accepts_fact(fact)]
            for report_part in (report_parts if fact.is_dated else [criteria.day_span]) if interested_sections else ():
                await self._add_part(fact, report_part, interested_sections)
        day_keys = [(first_day.isoformat(),) for first_day, _ in report_parts]
        return tuple(
            totals.build_table(day_keys if totals.section.dimensions == (Dimension.PERIOD,) else ())
            for totals in section_totals
        )

    async def _add_part(self, fact: FactTable, report_part: DaySpan, section_totals: Sequence[SectionTotals]) -> None:
        dimensions = [entry for section in section_totals for entry in section.section.dimensions]
        columns = required_columns(fact, (*dimensions, *self.scope.derived_dimensions(fact)))
        period_dimension = {Dimension.PERIOD: report_part[0].isoformat()}
        for values, fact_sums in await self._load_cells(fact, columns, report_part):
            row_values = self.scope.derive_known(
                fact, period_dimension | dict(zip(columns, values, strict=True)), dimensions
            )
            if self.scope.admits_rows(fact, row_values):
                for entry in section_totals:
                    entry.add_sums(fact, row_values, fact_sums)

    async def _load_cells(self, fact: FactTable, columns: Sequence[Dimension], report_part: DaySpan) -> list[SumCell]:
        if fact is FLEET_FACTS:
            return await self._load_fleet_cells(columns, report_part)
        moment_range = moments_of_span(report_part) if fact.is_dated else (self.now, self.now)
        return await self.uow.reports.sum_facts(fact, columns, self.scope.conditions_for(fact), moment_range)

    async def _load_fleet_cells(self, columns: Sequence[Dimension], report_part: DaySpan) -> list[SumCell]:
        """Return the office minutes of each machine in the part of these days that is over."""
        start, end = moments_of_span(report_part)
        office_minutes = self.dependencies.calendar.working_minutes_between(start, min(end, self.now))
        requested_machine = self.scope.conditions.get(Dimension.MACHINE)
        fleet_cells: list[SumCell] = []
        for machine in await self.uow.fleet.list_resources(ResourceKind.MACHINE):
            if machine.status is not ResourceStatus.RETIRED and requested_machine in {None, machine.code}:
                row_values = {Dimension.MACHINE: machine.code, Dimension.MACHINE_TYPE: machine.type}
                fleet_cells.append((tuple(row_values[dimension] for dimension in columns), (office_minutes,)))
        return fleet_cells
