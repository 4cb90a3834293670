"""A report's figures as the rows of one sheet: its title, then table after table, each with its headings and whole."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from domain.actions.reports.aggregation import FigureRow, FigureTable
from domain.actions.reports.declarations import ReportSection
from domain.actions.reports.labels import ReportLabels
from domain.actions.reports.reporting import ReportResult
from domain.actions.reports.request_rows import render_moment_cell
from domain.reports.figures import Dimension
from domain.reports.filter import DaySpan
from domain.values.calendar import jalali_text, to_tehran
from domain.values.text import ascii_digits

SheetCells = Sequence[str | int | float | None]


def render_period(labels: ReportLabels, day_span: DaySpan) -> str:
    """Return what days a report is about, for people: both are included."""
    first_day, last_day = day_span
    facts = {"first": jalali_text(first_day), "last": jalali_text(last_day - timedelta(days=1))}
    return labels.dependencies.catalogue.render("reports.period", facts)


def render_headings(labels: ReportLabels, table: FigureTable) -> list[str]:
    """Return what the columns of a table are called: what distinguishes rows, then the figures."""
    read_text = labels.dependencies.catalogue.text
    return [read_text(f"reports.by.{entry}") for entry in table.section.dimensions] + [
        read_text(f"reports.figures.{entry.key}") for entry in table.section.figures
    ]


def is_future_row(section: ReportSection, row: FigureRow, today: date) -> bool:
    """Return whether a row is of days to come, of which there is nothing to say yet; a chart has room for them."""
    if section.dimensions != (Dimension.PERIOD,) or any(row.values):
        return False
    return date.fromisoformat(row.key[0] or "") > today


def render_figure_rows(labels: ReportLabels, report_result: ReportResult) -> Iterator[SheetCells]:
    """Yield the rows of a report's sheet; a figure that cannot be said is an empty cell."""
    read_text, today = labels.dependencies.catalogue.text, to_tehran(report_result.taken_at).date()
    yield [read_text(f"reports.titles.{report_result.report.key}")]
    yield [
        ascii_digits(render_period(labels, report_result.criteria.day_span)),
        render_moment_cell(report_result.taken_at),
    ]
    yield from (
        [read_text(f"reports.by.{dimension}"), labels.label_value(dimension, value)]
        for dimension, value in report_result.criteria.value_by_dimension.items()
    )
    for table in report_result.tables:
        yield []
        yield [read_text(f"reports.sections.{table.section.key}")]
        yield render_headings(labels, table)
        for row_labels, row in labels.order_rows(table):
            if table.section.dimensions and not is_future_row(table.section, row, today):
                yield [*map(ascii_digits, row_labels), *row.values]
        yield [*_pad_total_label(read_text("reports.whole"), len(table.section.dimensions)), *table.totals]


def _pad_total_label(total_label: str, label_width: int) -> list[str | None]:
    return [total_label, *[None] * (label_width - 1)] if label_width else []
