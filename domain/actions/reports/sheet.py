"""A report's figures as the rows of one sheet: its title, then table after table, each with its headings and whole."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from domain.actions.reports.aggregation import FigureRow, FigureTable
from domain.actions.reports.declarations import ReportSection
from domain.actions.reports.labels import Names
from domain.actions.reports.reporting import Ran
from domain.actions.reports.request_rows import moment_cell
from domain.reports.figures import Dimension
from domain.reports.filter import Span
from domain.values.calendar import in_tehran, jalali_text
from domain.values.text import ascii_digits

Cells = Sequence[str | int | float | None]


def period_text(names: Names, span: Span) -> str:
    """Return what days a report is about, for people: both are included."""
    first, last = span
    facts = {"first": jalali_text(first), "last": jalali_text(last - timedelta(days=1))}
    return names.desk.catalogue.render("reports.period", facts)


def headings(names: Names, table: FigureTable) -> list[str]:
    """Return what the columns of a table are called: what rows are told apart by, then the figures."""
    text = names.desk.catalogue.text
    return [text(f"reports.by.{one}") for one in table.section.by] + [
        text(f"reports.figures.{one.key}") for one in table.section.figures
    ]


def is_ahead(section: ReportSection, row: FigureRow, today: date) -> bool:
    """Tell whether a row is of days to come, of which there is nothing to say yet; a chart has room for them."""
    if section.by != (Dimension.PERIOD,) or any(row.values):
        return False
    return date.fromisoformat(row.key[0] or "") > today


def figure_rows(names: Names, ran: Ran) -> Iterator[Cells]:
    """Yield the rows of a report's sheet; a figure that cannot be said is an empty cell."""
    text, today = names.desk.catalogue.text, in_tehran(ran.at).date()
    yield [text(f"reports.titles.{ran.report.key}")]
    yield [ascii_digits(period_text(names, ran.filter.span)), moment_cell(ran.at)]
    yield from ([text(f"reports.by.{one}"), names.one(one, value)] for one, value in ran.filter.wanted.items())
    for table in ran.tables:
        yield []
        yield [text(f"reports.sections.{table.section.key}")]
        yield headings(names, table)
        for words, row in names.ordered(table):
            if table.section.by and not is_ahead(table.section, row, today):
                yield [*map(ascii_digits, words), *row.values]
        yield [*_whole(text("reports.whole"), len(table.section.by)), *table.whole]


def _whole(word: str, width: int) -> list[str | None]:
    return [word, *[None] * (width - 1)] if width else []
