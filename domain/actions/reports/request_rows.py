"""Requests as rows of a sheet: what every request has, and the fields of the forms of the services listed.

Fields of several services share a column where they are called the same by name and label (an address, a day); any
other column says in its heading whose it is, where there are several services.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from domain.actions.reports.labels import ReportLabels
from domain.fields.decimals import DecimalNumber, to_decimal
from domain.fields.form import Field
from domain.fields.types import Text
from domain.language.service import Service
from domain.registries.field_types import format_jalali_day
from domain.reports.figures import Dimension
from domain.reports.ports import RequestLine
from domain.values.calendar import TEHRAN_ZONE
from domain.values.identifiers import display_mobile
from domain.values.languages import join_list
from domain.values.text import ascii_digits

SheetCell = str | int | Decimal | None


_cached_day_cell = lru_cache(maxsize=4096)(format_jalali_day)


def render_moment_cell(moment: datetime) -> str:
    """Return a moment as it lies in a cell, Jalali in ASCII digits, so that cells sort: 1405/09/03 10:00."""
    local_moment = moment.astimezone(TEHRAN_ZONE)
    return f"{_cached_day_cell(local_moment.date().isoformat())} {local_moment:%H:%M}"


def _render_work(line: RequestLine, labels: ReportLabels) -> SheetCell:
    values = {**line.stored_values, **line.form_values}
    return ascii_digits(labels.dependencies.wording.work_text(line.service, values)) or None


COLUMN_READERS: Mapping[str, Callable[[RequestLine, ReportLabels], SheetCell]] = {
    "code": lambda line, _: line.code,
    "service": lambda line, labels: labels.label_value(Dimension.SERVICE, line.service),
    "kind": lambda line, labels: labels.label_value(Dimension.KIND, line.kind, line.service) if line.kind else None,
    "state": lambda line, labels: labels.label_value(Dimension.STATE, line.state, line.service),
    "phase": lambda line, labels: labels.label_value(Dimension.PHASE, line.phase),
    "channel": lambda line, labels: labels.label_value(Dimension.CHANNEL, line.channel),
    "office": lambda line, labels: labels.label_value(Dimension.OFFICE, line.office) if line.office else None,
    "officer": lambda line, labels: labels.label_value(Dimension.OFFICER, line.officer) if line.officer else None,
    "work": _render_work,
    "mobile": lambda line, _: display_mobile(line.mobile) if line.mobile else None,
    "created_at": lambda line, _: render_moment_cell(line.created_at),
    "updated_at": lambda line, _: render_moment_cell(line.updated_at),
    "billed": lambda line, _: line.billed_rials,
    "paid": lambda line, _: line.paid_rials,
    "returned": lambda line, _: line.returned_rials,
    "rating": lambda line, _: line.rating_score,
}
"""Column → what its cells say. Money is that of the request's bills: those in force, what settled them, what went
back.
"""


@dataclass(frozen=True, slots=True)
class FormColumn:
    """A column of a form's field."""

    name: str
    """The field's name."""
    label: str
    """Name."""
    field_by_service: dict[str, Field]
    """Service → its field; several where they call it the same."""


class RequestSheet:
    """The columns of one list: what every request has, and the forms of `services`; none: of no form."""

    def __init__(self, labels: ReportLabels, services: Sequence[Service]) -> None:
        self._labels = labels
        self._service_count = len(services)
        self._form_columns = self._list_form_columns(services)

    def render_headings(self) -> list[str]:
        """Return what the columns are called."""
        catalogue = self._labels.dependencies.catalogue
        fixed_headings = [catalogue.text(f"reports.columns.{column_name}") for column_name in COLUMN_READERS]
        return fixed_headings + [self._render_form_heading(column) for column in self._form_columns]

    def render_cells(self, request_line: RequestLine) -> list[SheetCell]:
        """Return the cells of a request."""
        fixed_cells = [render_cell(request_line, self._labels) for render_cell in COLUMN_READERS.values()]
        return fixed_cells + [self._render_form_cell(column, request_line) for column in self._form_columns]

    def _list_form_columns(self, services: Sequence[Service]) -> list[FormColumn]:
        columns: dict[tuple[str, str], FormColumn] = {}
        for service in services:
            for field in service.form:
                label = self._labels.dependencies.catalogue.text(f"services.{service.key}.fields.{field.name}.label")
                column = columns.setdefault((field.name, label), FormColumn(field.name, label, {}))
                column.field_by_service[service.key] = field
        return list(columns.values())

    def _render_form_heading(self, column: FormColumn) -> str:
        if len(column.field_by_service) == self._service_count:
            return column.label
        titles = [self._labels.label_value(Dimension.SERVICE, service_key) for service_key in column.field_by_service]
        return f"{column.label} ({join_list(titles)})"

    def _render_form_cell(self, column: FormColumn, request_line: RequestLine) -> SheetCell:
        field = column.field_by_service.get(request_line.service)
        return self._render_field_cell(field, request_line.form_values.get(column.name)) if field else None

    def _render_field_cell(self, field: Field, value: Any) -> SheetCell:
        if value is None or isinstance(value, int):
            return value
        if isinstance(field.type, Text):
            return str(value)
        if isinstance(field.type, DecimalNumber):
            return to_decimal(value)
        if field.type.name == "date":
            return format_jalali_day(value)
        return ascii_digits(field.type.render_value(value, self._labels.dependencies.catalogue.text))
