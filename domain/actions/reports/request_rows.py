"""Requests as rows of a sheet: what every request has, and the form's fields where all are of one service."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from domain.actions.reports.labels import ReportLabels
from domain.fields.form import Field
from domain.fields.types import Text
from domain.language.service import Service
from domain.registries.field_types import format_jalali_day
from domain.reports.figures import Dimension
from domain.reports.ports import RequestLine
from domain.values.calendar import TEHRAN_ZONE
from domain.values.identifiers import display_mobile
from domain.values.text import ascii_digits

SheetCell = str | int | None


_cached_day_cell = lru_cache(maxsize=4096)(format_jalali_day)


def render_moment_cell(moment: datetime) -> str:
    """Return a moment as it lies in a cell, Jalali in ASCII digits, so that cells sort: 1405/09/03 10:00."""
    local_moment = moment.astimezone(TEHRAN_ZONE)
    return f"{_cached_day_cell(local_moment.date().isoformat())} {local_moment:%H:%M}"


COLUMN_READERS: Mapping[str, Callable[[RequestLine, ReportLabels], SheetCell]] = {
    "code": lambda line, _: line.code,
    "service": lambda line, labels: labels.label_value(Dimension.SERVICE, line.service),
    "kind": lambda line, labels: labels.label_value(Dimension.KIND, line.kind, line.service) if line.kind else None,
    "state": lambda line, labels: labels.label_value(Dimension.STATE, line.state, line.service),
    "phase": lambda line, labels: labels.label_value(Dimension.PHASE, line.phase),
    "channel": lambda line, labels: labels.label_value(Dimension.CHANNEL, line.channel),
    "office": lambda line, labels: labels.label_value(Dimension.OFFICE, line.office) if line.office else None,
    "officer": lambda line, labels: labels.label_value(Dimension.OFFICER, line.officer) if line.officer else None,
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


class RequestSheet:
    """The columns of one list. `service` is the one that all requests are of, None where they may be of several."""

    def __init__(self, labels: ReportLabels, service: Service | None) -> None:
        self._labels = labels
        self._service = service
        self._fields: Sequence[Field] = service.form if service else ()

    @property
    def needs_fields(self) -> bool:
        """Whether the lines need their forms."""
        return bool(self._fields)

    def render_headings(self) -> list[str]:
        """Return what the columns are called."""
        form_keys = [
            f"services.{self._service.key}.fields.{field.name}.label" for field in self._fields if self._service
        ]
        text_keys = [*(f"reports.columns.{column_name}" for column_name in COLUMN_READERS), *form_keys]
        return [self._labels.dependencies.catalogue.text(text_key) for text_key in text_keys]

    def render_cells(self, request_line: RequestLine) -> list[SheetCell]:
        """Return the cells of a request."""
        fixed_cells = [render_cell(request_line, self._labels) for render_cell in COLUMN_READERS.values()]
        return fixed_cells + [
            self._render_field_cell(field, request_line.form_values.get(field.name)) for field in self._fields
        ]

    def _render_field_cell(self, field: Field, value: Any) -> SheetCell:
        if value is None or isinstance(value, int):
            return value
        if isinstance(field.type, Text):
            return str(value)
        if field.type.name == "date":
            return format_jalali_day(value)
        return ascii_digits(field.type.render_value(value, self._labels.dependencies.catalogue.text))
