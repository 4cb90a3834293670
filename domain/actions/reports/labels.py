"""Persian names of the values of a report's rows, and their order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.reports.aggregation import DimensionKey, FigureRow, FigureTable
from domain.fleet.resources import ResourceKind
from domain.reports.figures import Dimension
from domain.reports.filter import SERVICELESS_BILLS, DaySpan, ReportFilter, split_into_periods
from domain.values.calendar import MONTH_NAMES, jalali_text, to_jalali
from domain.values.text import persian_digits

CHANNEL_KEYS = ("sms", "portal", "telegram", "bale", "pishkhan_soap", "walk_in", "cli")
"""Channels that requests come by, whose names the catalogue has."""

_TABLES_BY_DIMENSION = {
    Dimension.CHANNEL: "reports.channels",
    Dimension.PHASE: "reports.phases",
    Dimension.UNIT: "roles",
    Dimension.MACHINE_TYPE: "choices.machine",
    Dimension.METHOD: "reports.methods",
    Dimension.PROVIDER: "reports.providers",
}
"""Text tables with the names of values."""

_DECLARED_ORDER = frozenset({Dimension.STATE, Dimension.PHASE, Dimension.PERIOD, Dimension.KIND})


@dataclass(frozen=True, slots=True)
class ReportLabels:
    """Words for values; those of offices, officers and machines are names that the municipality gave them.

    `brief_periods` are those of periods where there is little space.
    """

    dependencies: Dependencies
    names_by_dimension: Mapping[Dimension, Mapping[str, str]] = field(default_factory=dict)
    brief_periods: Mapping[str, str] = field(default_factory=dict)

    def label_row(self, dimensions: Sequence[Dimension], key: DimensionKey) -> tuple[str, ...]:
        """Return what the values of a row are called."""
        row_values = dict(zip(dimensions, key, strict=True))
        return tuple(self._label_known_value(dimension, row_values) for dimension in dimensions)

    def label_value(self, dimension: Dimension, value: str | None, service: str | None = None) -> str:
        """Return what a value is called; states and kinds are those of a service."""
        return self._label_known_value(dimension, {Dimension.SERVICE: service, dimension: value})

    def _label_known_value(self, dimension: Dimension, row_values: Mapping[Dimension, str | None]) -> str:
        value = row_values[dimension]
        if value is None:
            return self.dependencies.catalogue.text(f"reports.none.{dimension}")
        if dimension is Dimension.SERVICE:
            return self._label_service(value)
        if dimension in {Dimension.STATE, Dimension.KIND}:
            return self._label_service_value(dimension, value, row_values.get(Dimension.SERVICE))
        return self.names_by_dimension.get(dimension, {}).get(value) or self._text_or_fallback(
            f"{_TABLES_BY_DIMENSION.get(dimension, '')}.{value}", value
        )

    def _label_service(self, service_key: str) -> str:
        return self._text_or_fallback(
            f"choices.registry.{service_key}" if service_key in SERVICELESS_BILLS else f"services.{service_key}.title",
            service_key,
        )

    def _label_service_value(self, dimension: Dimension, value: str, service_key: str | None) -> str:
        service = self.dependencies.services.get(service_key or "")
        if dimension is Dimension.STATE:
            plain_label = self._text_or_fallback(f"services.{service_key}.states.{value}", value)
            return self._text_or_fallback(f"reports.states.{value}", plain_label)
        kind_field = service.form_field(service.kind_field) if service and service.kind_field else None
        return kind_field.type.display_name(value, self.dependencies.catalogue.text) if kind_field else value

    def _text_or_fallback(self, text_key: str, fallback: str) -> str:
        return self.dependencies.catalogue.text(text_key) if text_key in self.dependencies.catalogue else fallback

    def order_rows(self, table: FigureTable) -> list[tuple[tuple[str, ...], FigureRow]]:
        """Return the rows with their names: periods and states in their order, others by their first figure."""
        dimensions = table.section.dimensions
        labelled_rows = [(self.label_row(dimensions, row.key), row) for row in table.rows]
        if dimensions and dimensions[-1] in _DECLARED_ORDER:
            return sorted(labelled_rows, key=lambda labelled_row: self._row_position(dimensions, labelled_row[1].key))
        return sorted(labelled_rows, key=lambda labelled_row: (-(labelled_row[1].values[0] or 0), labelled_row[0]))

    def _row_position(self, dimensions: Sequence[Dimension], key: DimensionKey) -> tuple[int, int, str]:
        """Return the place of a row: by its service, then where the declaration has it."""
        row_values = dict(zip(dimensions, key, strict=True))
        service_keys, last_value = list(self.dependencies.services), key[-1] or ""
        service_key = row_values.get(Dimension.SERVICE)
        service = self.dependencies.services.get(service_key or "")
        state_names = [state.name for state in service.states] if service else []
        return (
            service_keys.index(service_key) if service_key in service_keys else len(service_keys),
            state_names.index(last_value) if last_value in state_names else len(state_names),
            last_value,
        )


async def load_labels(context: ActionContext, criteria: ReportFilter) -> ReportLabels:
    """Read the names that the municipality gave, and word the periods of a report."""
    report_parts, office_names = (
        split_into_periods(criteria.day_span),
        {entry.code: entry.name for entry in await context.uow.offices.list_all()},
    )
    return ReportLabels(
        context.dependencies,
        {
            Dimension.PERIOD: label_periods(report_parts),
            Dimension.OFFICE: office_names,
            Dimension.COUNTER: office_names,
            Dimension.OFFICER: {entry.username: entry.full_name for entry in await context.uow.people.list_staff()},
            Dimension.MACHINE: {
                entry.code: entry.title for entry in await context.uow.fleet.list_resources(ResourceKind.MACHINE)
            },
        },
        label_periods_briefly(report_parts),
    )


def label_periods(report_parts: Sequence[DaySpan]) -> dict[str, str]:
    """Return what parts of a report are called, by their first days: a day, a month («آذر ۱۴۰۵»), or a year."""
    render_part = {_DAY_PARTS: jalali_text, _MONTH_PARTS: render_month_and_year, _YEAR_PARTS: _render_year}[
        _part_length(report_parts)
    ]
    return {first_day.isoformat(): render_part(first_day) for first_day, _ in report_parts}


def label_periods_briefly(report_parts: Sequence[DaySpan]) -> dict[str, str]:
    """Return the same where there is little space: the day of a month, the month without its year."""
    render_part = {_DAY_PARTS: _render_day_of_month, _MONTH_PARTS: _render_month, _YEAR_PARTS: _render_year}[
        _part_length(report_parts)
    ]
    return {first_day.isoformat(): render_part(first_day) for first_day, _ in report_parts}


_DAY_PARTS, _MONTH_PARTS, _YEAR_PARTS = "days", "months", "years"


def _part_length(report_parts: Sequence[DaySpan]) -> str:
    """Return what parts are, going by the longest."""
    longest_days = max((last_day - first_day).days for first_day, last_day in report_parts)
    return _DAY_PARTS if longest_days == 1 else _MONTH_PARTS if longest_days <= 31 else _YEAR_PARTS


def _render_day_of_month(day: date) -> str:
    return persian_digits(to_jalali(day)[2])


def _render_month(day: date) -> str:
    return MONTH_NAMES[to_jalali(day)[1] - 1]


def _render_year(day: date) -> str:
    return persian_digits(to_jalali(day)[0])


def render_month_and_year(day: date) -> str:
    """Return the month of a day: «آذر ۱۴۰۵»."""
    return f"{_render_month(day)} {_render_year(day)}"
