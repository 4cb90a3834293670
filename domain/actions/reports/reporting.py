"""Running a report: who may, what it is about, and its figures as they stand at one moment.

Reads one snapshot, writes nothing. The months of a report are ranges of moments, reckoned here, so that no database
needs to know the Jalali calendar.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.actions.desk import Desk
from domain.actions.reports.aggregation import Adding, FigureTable, columns_of
from domain.actions.reports.declarations import Report
from domain.actions.reports.scope import Scope
from domain.fleet.resources import ResourceKind, ResourceStatus
from domain.reports.figures import FACTS, FLEET, Dimension, FactTable
from domain.reports.filter import ReportFilter, Span, moments, periods
from domain.reports.ports import Cell
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Ran:
    """A report as it stood at the moment `at`; tables in the order of its sections."""

    report: Report
    filter: ReportFilter
    at: datetime
    tables: tuple[FigureTable, ...]


def may_see(report: Report, actor: Actor) -> Actor:
    """Return the actor in whose place the report is seen; `Forbidden("report")` for other roles."""
    if not report.is_for(actor):
        raise Forbidden("report")
    return actor.acting_by(report.roles)


async def run(desk: Desk, uow: UnitOfWork, report: Report, wanted: ReportFilter, actor: Actor) -> Ran:
    """Add a report up, in a unit that reads; `Forbidden("report")`."""
    may_see(report, actor)
    running = _Running(desk, uow, Scope(desk.services, report, wanted), desk.clock.now())
    return Ran(report, wanted, running.now, await running.tables(report, wanted))


@dataclass(frozen=True, slots=True)
class _Running:
    """One report under way."""

    desk: Desk
    uow: UnitOfWork
    scope: Scope
    now: datetime

    async def tables(self, report: Report, wanted: ReportFilter) -> tuple[FigureTable, ...]:
        """Add everything up, fact by fact and period by period."""
        parts, answered = periods(wanted.span), self.scope.answered
        under_way = [Adding(section, answered) for section in report.sections]
        for fact in FACTS:
            sections = [one for one in under_way if one.wants(fact)]
            for part in (parts if fact.dated else [wanted.span]) if sections else ():
                await self._add(fact, part, sections)
        days = [(first.isoformat(),) for first, _ in parts]
        return tuple(one.table(days if one.section.by == (Dimension.PERIOD,) else ()) for one in under_way)

    async def _add(self, fact: FactTable, part: Span, sections: Sequence[Adding]) -> None:
        told = [one for each in sections for one in each.section.by]
        by = columns_of(fact, (*told, *self.scope.derived(fact)))
        period = {Dimension.PERIOD: part[0].isoformat()}
        for values, sums in await self._cells(fact, by, part):
            known = self.scope.known(fact, period | dict(zip(by, values, strict=True)), told)
            if self.scope.admits(fact, known):
                for one in sections:
                    one.add(fact, known, sums)

    async def _cells(self, fact: FactTable, by: Sequence[Dimension], part: Span) -> list[Cell]:
        if fact is FLEET:
            return await self._fleet(by, part)
        when = moments(part) if fact.dated else (self.now, self.now)
        return await self.uow.reports.sums(fact, by, self.scope.of(fact), when)

    async def _fleet(self, by: Sequence[Dimension], part: Span) -> list[Cell]:
        """Return the office minutes of each machine in the part of these days that is over."""
        start, end = moments(part)
        minutes = self.desk.calendar.working_minutes_between(start, min(end, self.now))
        only = self.scope.where.get(Dimension.MACHINE)
        found: list[Cell] = []
        for one in await self.uow.fleet.resources(ResourceKind.MACHINE):
            if one.status is not ResourceStatus.RETIRED and only in {None, one.code}:
                known = {Dimension.MACHINE: one.code, Dimension.MACHINE_TYPE: one.type}
                found.append((tuple(known[each] for each in by), (minutes,)))
        return found
