"""`pishkhan report`: which reports there are, and the figures of one."""

from typing import Annotated, Any

import typer

from app.cli.options import ActingUserOrSystem, AsJson, ConfigPath
from app.cli.output import print_json, print_line, print_table, reporting_errors
from app.cli.reports.report_options import (
    FilterValues,
    FirstDay,
    LastDay,
    MonthOption,
    YearOption,
    collect_filter_values,
)
from app.cli.session import CommandSession, resolve_actor_or_system, run_in_session
from domain.actions.context import ActionContext, ActorContext
from domain.actions.reports.aggregation import FigureTable
from domain.actions.reports.declarations import REPORTS, find_report
from domain.actions.reports.filter_reading import read_report_filter
from domain.actions.reports.labels import ReportLabels, load_labels
from domain.actions.reports.reporting import ReportResult, run_report
from domain.actions.reports.sheet import render_headings

ReportName = Annotated[str, typer.Argument(help=f"One of: {', '.join(REPORTS)}.")]


def list_reports(username: ActingUserOrSystem = None, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """List the reports, or those that a member of the staff may see."""

    async def run_command(session: CommandSession) -> list[dict[str, Any]]:
        actor = await resolve_actor_or_system(session, username)
        catalogue_text = session.dependencies.catalogue.text
        return [
            {
                "name": report.key,
                "title": catalogue_text(f"reports.titles.{report.key}"),
                "roles": sorted(report.roles),
                "about": catalogue_text(f"reports.about.{report.key}"),
            }
            for report in REPORTS.values()
            if report.is_visible_to(actor)
        ]

    with reporting_errors(as_json):
        rows = run_in_session(config, run_command)
    if as_json:
        print_json(rows)
    else:
        print_table(rows, ("name", "title", "roles", "about"))


def show(
    name: ReportName,
    year: YearOption = None,
    month: MonthOption = None,
    first: FirstDay = None,
    last: LastDay = None,
    where: FilterValues = None,
    username: ActingUserOrSystem = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Show a report's figures, of this Jalali year unless other days are named."""
    filter_values = collect_filter_values(year, month, first, last, where)

    async def run_command(session: CommandSession) -> tuple[ReportResult, ReportLabels]:
        actor = await resolve_actor_or_system(session, username)
        criteria = read_report_filter(session.dependencies.services, filter_values, session.dependencies.clock.now())
        async with session.store.open_unit(write=False) as uow:
            report_result = await run_report(
                ActorContext(session.dependencies, uow, actor), find_report(name), criteria
            )
            return report_result, await load_labels(ActionContext(session.dependencies, uow), criteria)

    with reporting_errors(as_json):
        report_result, labels = run_in_session(config, run_command)
    if as_json:
        print_json(_build_report_view(report_result))
    else:
        _print_report(report_result, labels)


def _build_report_view(report_result: ReportResult) -> dict[str, Any]:
    return {
        "report": report_result.report.key,
        "from": report_result.criteria.first_day.isoformat(),
        "before": report_result.criteria.end_day.isoformat(),
        "filter": {dimension.value: value for dimension, value in report_result.criteria.value_by_dimension.items()},
        "at": report_result.taken_at.isoformat(),
        "sections": {
            figure_table.section.key: _build_section_view(figure_table) for figure_table in report_result.tables
        },
    }


def _build_section_view(figure_table: FigureTable) -> dict[str, Any]:
    dimensions, figures = (
        [column.value for column in figure_table.section.dimensions],
        [column.key for column in figure_table.section.figures],
    )
    rows = [dict(zip((*dimensions, *figures), (*row.key, *row.values), strict=True)) for row in figure_table.rows]
    return {"rows": rows if dimensions else [], "whole": dict(zip(figures, figure_table.totals, strict=True))}


def _print_report(ran: ReportResult, labels: ReportLabels) -> None:
    text = labels.dependencies.catalogue.text
    title, criteria = text(f"reports.titles.{ran.report.key}"), ran.criteria
    print_line(f"{title}: from {criteria.first_day} on and before {criteria.end_day}")
    for figure_table in ran.tables:
        print_line(f"\n{text(f'reports.sections.{figure_table.section.key}')} ({figure_table.section.key})")
        columns, dimension_count = render_headings(labels, figure_table), len(figure_table.section.dimensions)
        if not dimension_count:
            for column, value in zip(columns, figure_table.totals, strict=True):
                print_line(f"  {column}: {_format_value(value)}")
            continue
        lines = [(*row_labels, *row.values) for row_labels, row in labels.order_rows(figure_table)]
        totals_line = (text("reports.whole"), *[""] * (dimension_count - 1), *figure_table.totals)
        print_table(
            [dict(zip(columns, map(_format_value, line), strict=True)) for line in (*lines, totals_line)], columns
        )


def _format_value(value: str | float | None) -> str:
    if value is None:
        return "—"
    return value if isinstance(value, str) else f"{value:,}"
