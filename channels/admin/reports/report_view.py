"""A report as its page shows it: figures worded for people, charts, and the form by which it is narrowed down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from channels.admin.reports.report_choices import NamedChoices
from channels.web.charts import Chart, draw_bars, draw_columns
from domain.actions.reports.aggregation import FigureRow, FigureTable
from domain.actions.reports.comparison import ComparedPeriod
from domain.actions.reports.declarations import ChartKind, Report, ReportGroup, find_figure_group
from domain.actions.reports.filter_reading import read_report_filter
from domain.actions.reports.labels import CHANNEL_KEYS, ReportLabels
from domain.actions.reports.reporting import ReportResult
from domain.actions.reports.sheet import is_future_row, render_headings, render_period
from domain.fields.form import Field
from domain.fields.moments import Day
from domain.fields.types import Choice
from domain.language.service import Service
from domain.language.wording import day_and_hour_text
from domain.messages.catalogue import Catalogue
from domain.reports.figures import Dimension, Figure, FigureValue, Measure
from domain.reports.filter import DATE_PARAMETERS
from domain.requests.request import Phase
from domain.values.actors import STAFF_ROLES
from domain.values.calendar import jalali_period, jalali_text, to_jalali, to_tehran
from domain.values.errors import InvalidField
from domain.values.languages import join_list
from domain.values.text import group_digits, persian_digits


@dataclass(frozen=True, slots=True)
class ReportTableView:
    """A section of a report, all worded."""

    key: str
    """The section's; names its place on the page."""
    title: str
    """Name."""
    headings: Sequence[str]
    """Of all columns: dimensions, then figures."""
    rows: Sequence[Sequence[str]]
    """A row for each value of the dimensions, cell by cell."""
    total_row: Sequence[str]
    """The figures of all rows together, under the same headings."""
    name_columns: int
    """Number of first columns that are names and no figures."""
    chart: Chart | None
    """The first figures as they are drawn; None where there is nothing to draw."""


@dataclass(frozen=True, slots=True)
class WholeFigure:
    """A figure of the whole, worded."""

    title: str
    """Name."""
    value: str
    """Value."""
    change: str
    """Difference from the period before; empty where nothing can be said."""
    before: str
    """Value then; empty where nothing can be said."""


@dataclass(frozen=True, slots=True)
class ReportPartView:
    """Part of a report about volume, time, or money."""

    key: str
    """The group's; names its place on the page."""
    title: str
    """Name."""
    figures: Sequence[WholeFigure]
    """Those of the whole."""
    tables: Sequence[ReportTableView]
    """The sections that have dimensions."""


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report's page, all worded."""

    key: str
    """The report's, as in its address."""
    title: str
    """Name."""
    description: str
    """Subject, in a sentence or two."""
    period_text: str
    """The period whose facts it counts."""
    computed_at: str
    """Day and hour in Tehran at which it was added up."""
    before_text: str
    """The period before, with which it is compared; empty where there is none."""
    parts: Sequence[ReportPartView]
    """Its three parts; those of which it says nothing are left out."""


def format_figure(figure: Figure, value: FigureValue) -> str:
    """Return a figure for people: Persian digits, thousands apart; a dash for what cannot be said."""
    if value is None:
        return "—"
    if figure.measure is Measure.COUNT or figure.measure is Measure.RIALS:
        return _format_amount(int(value))
    number_text = f"{value:.2f}" if figure.measure is Measure.SCORE else f"{value:,.1f}"
    return persian_digits(number_text.replace(",", "٬").replace(".", "٫"))


def _format_amount(amount: int) -> str:
    return f"\u200e−{group_digits(-amount)}" if amount < 0 else group_digits(amount)


def build_report_view(
    report_labels: ReportLabels, report_result: ReportResult, period_before: ComparedPeriod | None
) -> ReportView:
    """Word a report."""
    catalogue, report_key = report_labels.dependencies.catalogue, report_result.report.key
    today = to_tehran(report_result.taken_at).date()
    parts = [_build_part_view(report_labels, report_result, period_before, group, today) for group in ReportGroup]
    return ReportView(
        report_key,
        catalogue.text(f"reports.titles.{report_key}"),
        catalogue.text(f"reports.about.{report_key}"),
        render_period(report_labels, report_result.criteria.day_span),
        catalogue.render("reports.as_of", {"at": day_and_hour_text(report_result.taken_at)}),
        catalogue.render("reports.beside", {"period": render_period(report_labels, period_before.day_span)})
        if period_before
        else "",
        [part for part in parts if part.figures or part.tables],
    )


def _build_part_view(
    report_labels: ReportLabels,
    report_result: ReportResult,
    period_before: ComparedPeriod | None,
    group: ReportGroup,
    today: date,
) -> ReportPartView:
    catalogue = report_labels.dependencies.catalogue
    whole = next(table for table in report_result.tables if not table.section.dimensions)
    values_before = period_before.values if period_before else [None] * len(whole.totals)
    return ReportPartView(
        group.value,
        catalogue.text(f"reports.groups.{group}"),
        [
            WholeFigure(
                catalogue.text(f"reports.figures.{figure.key}"),
                format_figure(figure, value),
                describe_change(catalogue, figure, value, before),
                "" if before is None else format_figure(figure, before),
            )
            for figure, value, before in zip(whole.section.figures, whole.totals, values_before, strict=True)
            if find_figure_group(figure) is group
        ],
        [
            _build_table_view(report_labels, table, today)
            for table in report_result.tables
            if table.section.dimensions and table.section.group is group
        ],
    )


def describe_change(catalogue: Catalogue, figure: Figure, value: FigureValue, before: FigureValue) -> str:
    """Return how a figure differs from what it was, as it is read: «۱۲٪ بیشتر»; shares and scores by how much."""
    if value is None or before is None or (not before and value != before):
        return ""
    if value == before:
        return catalogue.text("reports.changes.same")
    direction = "more" if value > before else "less"
    if figure.measure is Measure.PERCENT or figure.measure is Measure.SCORE:
        amount = format_figure(figure, round(abs(value - before), 2))
        return catalogue.render(f"reports.changes.{direction}_points", {"amount": amount})
    percent = abs(value - before) * 100 / abs(before)
    text = _format_brief(percent if percent < 10 else round(percent))
    return catalogue.render(f"reports.changes.{direction}", {"percent": text})


def _build_table_view(report_labels: ReportLabels, table: FigureTable, today: date) -> ReportTableView:
    get_text, section = report_labels.dependencies.catalogue.text, table.section
    ordered_rows = report_labels.order_rows(table)
    rows = [
        (*row_labels, *_format_values(section.figures, row))
        for row_labels, row in ordered_rows
        if not is_future_row(section, row, today)
    ]
    total_row = [get_text("reports.whole"), *[""] * (len(section.dimensions) - 1)]
    total_row += [format_figure(figure, value) for figure, value in zip(section.figures, table.totals, strict=True)]
    section_title = get_text(f"reports.sections.{section.key}")
    return ReportTableView(
        section.key,
        section_title,
        render_headings(report_labels, table),
        rows,
        total_row,
        len(section.dimensions),
        _build_chart(report_labels, table, ordered_rows),
    )


def _format_values(figures: Sequence[Figure], row: FigureRow) -> list[str]:
    return [format_figure(figure, value) for figure, value in zip(figures, row.values, strict=True)]


def _build_chart(
    report_labels: ReportLabels, table: FigureTable, ordered_rows: Sequence[tuple[tuple[str, ...], FigureRow]]
) -> Chart | None:
    section = table.section
    drawn_values = [value or 0 for _, row in ordered_rows for value in row.values[: section.drawn_figures]]
    if section.chart_kind is None or not any(drawn_values):
        return None
    catalogue = report_labels.dependencies.catalogue
    description, chart_id = catalogue.text(f"reports.drawn.{section.chart_kind}"), f"chart-{section.key}"
    divisor, unit_key = _choose_unit(section.figures[0], max(drawn_values))
    drawn_figures = section.figures[: section.drawn_figures]
    series_titles = [_title_figure(catalogue, one, unit_key) for one in drawn_figures]
    chart_title = join_list(series_titles)
    if section.chart_kind is ChartKind.COLUMNS:
        column_groups = [
            (
                report_labels.brief_periods[row.key[0] or ""],
                [(value or 0) / divisor for value in row.values[: section.drawn_figures]],
            )
            for _, row in ordered_rows
        ]
        return draw_columns(chart_id, chart_title, description, column_groups, _format_brief, series_titles)
    bar_points = sorted(
        ((row.values[0] or 0) / divisor, "، ".join(row_labels)) for row_labels, row in ordered_rows if row.values[0]
    )
    return draw_bars(
        chart_id, chart_title, description, [(name, value) for value, name in reversed(bar_points)], _format_brief
    )


def _title_figure(catalogue: Catalogue, figure: Figure, unit_key: str | None) -> str:
    """Return what a drawn figure is called, with the unit that it is divided by."""
    title = catalogue.text(f"reports.figures.{figure.key}")
    facts = {"figure": title, "unit": catalogue.text(unit_key)} if unit_key else {}
    return catalogue.render("reports.in_units", facts) if unit_key else title


def _choose_unit(figure: Figure, highest_amount: float) -> tuple[int, str | None]:
    """Return by how much a chart's amounts are divided, and the key of what that is called."""
    for divisor, unit_key in ((10**9, "billion"), (10**6, "million")):
        if figure.measure is Measure.RIALS and highest_amount >= 10 * divisor:
            return divisor, f"reports.short.{unit_key}"
    return 1, None


def _format_brief(value: float) -> str:
    """Return a value as a chart has room for it, a fraction only where it is small."""
    digits_text = f"{value:,.0f}" if value >= 100 else f"{value:,.1f}".removesuffix(".0")
    return persian_digits(digits_text.replace(",", "٬").replace(".", "٫"))


def build_fields(
    report: Report, services: Mapping[str, Service], service_key: str | None, offered_choices: NamedChoices
) -> list[Field]:
    """Return what a report can be narrowed down by; states and kinds where one service is meant."""
    covered_services = report.covered_services(services)
    service_keys = tuple(
        candidate_key for candidate_key in services if covered_services is None or candidate_key in covered_services
    )
    single_service = services.get(service_key or (service_keys[0] if len(service_keys) == 1 else ""))
    state_names = tuple(state.name for state in single_service.states) if single_service else ()
    choices_by_dimension = {
        Dimension.SERVICE: service_keys if len(service_keys) > 1 else (),
        Dimension.STATE: state_names,
        Dimension.KIND: single_service.kinds if single_service else (),
        Dimension.PHASE: tuple(Phase),
        Dimension.CHANNEL: CHANNEL_KEYS,
        Dimension.UNIT: tuple(
            sorted(
                {unit for candidate_key in service_keys for unit in services[candidate_key].unit_roles} & STAFF_ROLES
            )
        ),
        **{dimension: tuple(values) for dimension, values in offered_choices.items()},
    }
    choice_fields = [
        Field(dimension_name.value, Choice(), required=False, choices=values)
        for dimension_name, values in choices_by_dimension.items()
        if values
    ]
    day_fields = [Field(dimension_name, Day(allows_past=True), required=False) for dimension_name in ("from", "to")]
    return [*day_fields, *choice_fields]


def build_choice_titles(
    report_labels: ReportLabels, form_fields: Sequence[Field], service_key: str | None, offered_choices: NamedChoices
) -> dict[str, Mapping[str, str]]:
    """Return what the choices of a report's form are called."""
    choices_by_dimension = {
        Dimension(form_field.name): form_field.choices for form_field in form_fields if form_field.choices
    }
    return {
        dimension_name.value: offered_choices.get(dimension_name)
        or {choice: report_labels.label_value(dimension_name, choice, service_key) for choice in choice_values}
        for dimension_name, choice_values in choices_by_dimension.items()
    }


def period_days(query_values: Mapping[str, str], now: datetime) -> dict[str, str]:
    """Return the first and the last day of the period that an address names in any way, as the form writes them.

    The form has no year and no month: without its days, whoever narrows a month down would get a whole year. Nothing
    for an address that names no period, or none that can be read.
    """
    period_values = {date_name: query_values[date_name] for date_name in DATE_PARAMETERS if date_name in query_values}
    try:
        first_day, last_day = read_report_filter({}, period_values, now).day_span
    except InvalidField:
        return {}
    return {"from": jalali_text(first_day), "to": jalali_text(last_day - timedelta(days=1))} if period_values else {}


def list_near_periods(report_labels: ReportLabels, now: datetime) -> list[tuple[str, dict[str, str]]]:
    """Return the periods that are asked for most, by their names, and how each is asked for."""
    get_text, today = report_labels.dependencies.catalogue.text, to_tehran(now).date()
    year, month, _ = to_jalali(today)
    previous_month = to_jalali(jalali_period(year, month)[0] - timedelta(days=1))
    period_numbers = {
        "this_month": (year, month),
        "last_month": previous_month[:2],
        "this_year": (year,),
        "last_year": (year - 1,),
    }
    return [
        (get_text(f"reports.near.{period_name}"), dict(zip(("year", "month"), map(str, numbers), strict=False)))
        for period_name, numbers in period_numbers.items()
    ]
