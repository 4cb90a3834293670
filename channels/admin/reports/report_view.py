"""A report as its page shows it: figures worded for people, charts, and the form by which it is narrowed down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from channels.admin.reports.report_choices import Choices
from channels.web.charts import Chart, bars, columns
from domain.actions.reports.aggregation import FigureRow, FigureTable
from domain.actions.reports.declarations import Drawn, Report
from domain.actions.reports.filter_reading import read_filter
from domain.actions.reports.labels import CHANNELS, Names
from domain.actions.reports.reporting import Ran
from domain.actions.reports.sheet import headings, is_ahead, period_text
from domain.fields.form import Field
from domain.fields.types import Choice, Day
from domain.language.service import Service
from domain.language.wording import day_and_hour
from domain.reports.figures import Dimension, Figure, Measure, Value
from domain.reports.filter import DATES
from domain.requests.request import Phase
from domain.values.actors import STAFF_ROLES
from domain.values.calendar import in_tehran, jalali_text, period, to_jalali
from domain.values.errors import InvalidField
from domain.values.text import grouped, persian_digits


@dataclass(frozen=True, slots=True)
class ReportTableView:
    """A section: its headings, its rows and the whole, all worded; `words` is how many first columns are names."""

    key: str
    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    whole: Sequence[str]
    words: int
    chart: Chart | None


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report's page: `tiles` are the figures of its whole."""

    key: str
    title: str
    about: str
    period: str
    at: str
    tiles: Sequence[tuple[str, str]]
    tables: Sequence[ReportTableView]


def value_text(figure: Figure, value: Value) -> str:
    """Return a figure for people: Persian digits, thousands apart; a dash for what cannot be said."""
    if value is None:
        return "—"
    if figure.measure is Measure.COUNT or figure.measure is Measure.RIALS:
        return _signed(int(value))
    whole = f"{value:.2f}" if figure.measure is Measure.SCORE else f"{value:,.1f}"
    return persian_digits(whole.replace(",", "٬").replace(".", "٫"))


def _signed(amount: int) -> str:
    return f"\u200e−{grouped(-amount)}" if amount < 0 else grouped(amount)


def shown(names: Names, ran: Ran) -> ReportView:
    """Word a report."""
    text = names.desk.catalogue.text
    whole = next(one for one in ran.tables if not one.section.by)
    tiles = [
        (text(f"reports.figures.{figure.key}"), value_text(figure, value))
        for figure, value in zip(whole.section.figures, whole.whole, strict=True)
    ]
    today = in_tehran(ran.at).date()
    tables = [_table(names, one, today) for one in ran.tables if one.section.by]
    key = ran.report.key
    return ReportView(
        key, text(f"reports.titles.{key}"), text(f"reports.about.{key}"), period_text(names, ran.filter.span),
        names.desk.catalogue.render("reports.as_of", {"at": day_and_hour(ran.at)}), tiles, tables,
    )  # fmt: skip


def _table(names: Names, table: FigureTable, today: date) -> ReportTableView:
    text, section = names.desk.catalogue.text, table.section
    ordered = names.ordered(table)
    rows = [(*words, *_values(section.figures, row)) for words, row in ordered if not is_ahead(section, row, today)]
    whole = [text("reports.whole"), *[""] * (len(section.by) - 1)]
    whole += [value_text(figure, value) for figure, value in zip(section.figures, table.whole, strict=True)]
    title = text(f"reports.sections.{section.key}")
    return ReportTableView(
        section.key, title, headings(names, table), rows, whole, len(section.by), _chart(names, table, ordered)
    )  # fmt: skip


def _values(figures: Sequence[Figure], row: FigureRow) -> list[str]:
    return [value_text(figure, value) for figure, value in zip(figures, row.values, strict=True)]


def _chart(names: Names, table: FigureTable, ordered: Sequence[tuple[tuple[str, ...], FigureRow]]) -> Chart | None:
    section = table.section
    if section.drawn is None or not any(row.values[0] for _, row in ordered):
        return None
    catalogue, figure = names.desk.catalogue, section.figures[0]
    about, ident = catalogue.text(f"reports.drawn.{section.drawn}"), f"chart-{section.key}"
    size, word = _size(figure, max(row.values[0] or 0 for _, row in ordered))
    title = catalogue.text(f"reports.figures.{figure.key}")
    title = catalogue.render("reports.in_units", {"figure": title, "unit": catalogue.text(word)}) if word else title
    if section.drawn is Drawn.COLUMNS:
        over_time = [(names.brief[row.key[0] or ""], (row.values[0] or 0) / size) for _, row in ordered]
        return columns(ident, title, about, over_time, _brief)
    sizes = sorted(((row.values[0] or 0) / size, "، ".join(words)) for words, row in ordered if row.values[0])
    return bars(ident, title, about, [(name, value) for value, name in reversed(sizes)], _brief)


def _size(figure: Figure, most: float) -> tuple[int, str | None]:
    """Return by how much a chart's amounts are divided, and the key of what that is called."""
    for size, word in ((10**9, "billion"), (10**6, "million")):
        if figure.measure is Measure.RIALS and most >= 10 * size:
            return size, f"reports.short.{word}"
    return 1, None


def _brief(value: float) -> str:
    """Return a value as a chart has room for it, a fraction only where it is small."""
    written = f"{value:,.0f}" if value >= 100 else f"{value:,.1f}".removesuffix(".0")
    return persian_digits(written.replace(",", "٬").replace(".", "٫"))


def fields(report: Report, services: Mapping[str, Service], service: str | None, named: Choices) -> list[Field]:
    """Return what a report can be narrowed down by; states and kinds where one service is meant."""
    about = report.services(services)
    keys = tuple(key for key in services if about is None or key in about)
    one = services.get(service or (keys[0] if len(keys) == 1 else ""))
    states = tuple(state.name for state in one.states) if one else ()
    listed = {
        Dimension.SERVICE: keys if len(keys) > 1 else (),
        Dimension.STATE: states,
        Dimension.KIND: one.kinds if one else (),
        Dimension.PHASE: tuple(Phase),
        Dimension.CHANNEL: CHANNELS,
        Dimension.UNIT: tuple(sorted({unit for key in keys for unit in services[key].units} & STAFF_ROLES)),
        **{dimension: tuple(values) for dimension, values in named.items()},
    }
    choices = [Field(name.value, Choice(), required=False, choices=values) for name, values in listed.items() if values]
    days = [Field(name, Day(past=True), required=False) for name in ("from", "to")]
    return [*days, *choices]


def titles(names: Names, asked: Sequence[Field], service: str | None, named: Choices) -> dict[str, Mapping[str, str]]:
    """Return what the choices of a report's form are called."""
    listed = {Dimension(one.name): one.choices for one in asked if one.choices}
    return {
        name.value: named.get(name) or {choice: names.one(name, choice, service) for choice in choices}
        for name, choices in listed.items()
    }


def days_shown(said: Mapping[str, str], now: datetime) -> dict[str, str]:
    """Return the first and the last day of the period that an address names in any way, as the form writes them.

    The form has no year and no month: without its days, whoever narrows a month down would get a whole year. Nothing
    for an address that names no period, or none that can be read.
    """
    named = {name: said[name] for name in DATES if name in said}
    try:
        first, last = read_filter({}, named, now).span
    except InvalidField:
        return {}
    return {"from": jalali_text(first), "to": jalali_text(last - timedelta(days=1))} if named else {}


def near(names: Names, now: datetime) -> list[tuple[str, dict[str, str]]]:
    """Return the periods that are asked for most, by their names, and how each is asked for."""
    text, today = names.desk.catalogue.text, in_tehran(now).date()
    year, month, _ = to_jalali(today)
    before = to_jalali(period(year, month)[0] - timedelta(days=1))
    found = {"this_month": (year, month), "last_month": before[:2], "this_year": (year,), "last_year": (year - 1,)}
    return [
        (text(f"reports.near.{name}"), dict(zip(("year", "month"), map(str, numbers), strict=False)))
        for name, numbers in found.items()
    ]
