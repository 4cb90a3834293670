"""Reports run for a municipality, and their tables looked into."""

from collections.abc import Mapping
from typing import Any

from domain.actions.context import ActorContext
from domain.actions.reports.aggregation import FigureTable
from domain.actions.reports.declarations import find_report
from domain.actions.reports.filter_reading import read_report_filter
from domain.actions.reports.reporting import ReportResult, run_report
from domain.reports.figures import Dimension
from domain.values.actors import SYSTEM, Actor
from tests.support.municipality import Municipality

MONTH = {"year": "1405", "month": "9"}
"""The month in which a municipality's clock stands at first."""


async def run_town_report(town: Municipality, name: str, actor: Actor = SYSTEM, /, **said: str) -> ReportResult:
    """Run a report, of that month unless days are said."""
    days = {} if {"from", "to", "year", "month"} & said.keys() else MONTH
    wanted = read_report_filter(town.desk.services, {**days, **said}, town.desk.clock.now())
    async with town.store.open_unit(write=False) as uow:
        return await run_report(ActorContext(town.desk, uow, actor), find_report(name), wanted)


def find_table(report: ReportResult, key: str) -> FigureTable:
    """Return a section of a report."""
    return next(one for one in report.tables if one.section.key == key)


def section_totals(report: ReportResult, key: str = "whole") -> dict[str, Any]:
    """Return the whole of a section: figure → value."""
    found = find_table(report, key)
    return dict(zip([one.key for one in found.section.figures], found.totals, strict=True))


def section_rows(report: ReportResult, key: str) -> dict[Any, dict[str, Any]]:
    """Return a section's rows: value (or values) that they are told apart by → figure → value."""
    found = find_table(report, key)
    figures = [one.key for one in found.section.figures]
    single = len(found.section.dimensions) == 1
    return {row.key[0] if single else row.key: dict(zip(figures, row.values, strict=True)) for row in found.rows}


def pick_figures(figures: Mapping[str, Any], **wanted: Any) -> dict[str, Any]:
    """Return of these figures those that are asked for."""
    return {name: figures[name] for name in wanted}


def adds_up(found: FigureTable) -> bool:
    """Tell whether the rows of a table add up to its whole, where figures add up at all."""
    if not found.section.dimensions:
        return True
    columns = zip(*(row.values for row in found.rows), strict=True) if found.rows else [()] * len(found.totals)
    return all(
        sum(value or 0 for value in values) == (of_whole or 0)
        for figure, values, of_whole in zip(found.section.figures, columns, found.totals, strict=True)
        if figure.is_additive and Dimension.TEXT not in found.section.dimensions
    )
