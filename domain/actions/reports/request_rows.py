"""Requests as rows of a sheet: what every request has, and the form's fields where all are of one service."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from domain.actions.reports.labels import Names
from domain.fields.form import Field
from domain.fields.types import Text
from domain.language.service import Service
from domain.registries.field_types import jalali_cell
from domain.reports.figures import Dimension
from domain.reports.ports import RequestLine
from domain.values.calendar import TEHRAN
from domain.values.identifiers import mobile_shown
from domain.values.text import ascii_digits

Cell = str | int | None


_day = lru_cache(maxsize=4096)(jalali_cell)


def moment_cell(moment: datetime) -> str:
    """Return a moment as it lies in a cell, Jalali in ASCII digits, so that cells sort: 1405/09/03 10:00."""
    local = moment.astimezone(TEHRAN)
    return f"{_day(local.date().isoformat())} {local:%H:%M}"


COLUMNS: Mapping[str, Callable[[RequestLine, Names], Cell]] = {
    "code": lambda line, _: line.code,
    "service": lambda line, names: names.one(Dimension.SERVICE, line.service),
    "kind": lambda line, names: names.one(Dimension.KIND, line.kind, line.service) if line.kind else None,
    "state": lambda line, names: names.one(Dimension.STATE, line.state, line.service),
    "phase": lambda line, names: names.one(Dimension.PHASE, line.phase),
    "channel": lambda line, names: names.one(Dimension.CHANNEL, line.channel),
    "office": lambda line, names: names.one(Dimension.OFFICE, line.office) if line.office else None,
    "officer": lambda line, names: names.one(Dimension.OFFICER, line.officer) if line.officer else None,
    "mobile": lambda line, _: mobile_shown(line.mobile) if line.mobile else None,
    "created_at": lambda line, _: moment_cell(line.created_at),
    "updated_at": lambda line, _: moment_cell(line.updated_at),
    "billed": lambda line, _: line.billed,
    "paid": lambda line, _: line.paid,
    "returned": lambda line, _: line.returned,
    "rating": lambda line, _: line.rating,
}
"""Column → what its cells say. Money is that of the request's bills: those that stand, what settled them, what went
back.
"""


class RequestSheet:
    """The columns of one list. `service` is the one that all requests are of, None where they may be of several."""

    def __init__(self, names: Names, service: Service | None) -> None:
        self._names = names
        self._service = service
        self._fields: Sequence[Field] = service.form if service else ()

    @property
    def with_fields(self) -> bool:
        """Whether the lines need their forms."""
        return bool(self._fields)

    def headings(self) -> list[str]:
        """Return what the columns are called."""
        of_form = [f"services.{self._service.key}.fields.{one.name}.label" for one in self._fields if self._service]
        keys = [*(f"reports.columns.{name}" for name in COLUMNS), *of_form]
        return [self._names.desk.catalogue.text(key) for key in keys]

    def cells(self, line: RequestLine) -> list[Cell]:
        """Return the cells of a request."""
        fixed = [cell(line, self._names) for cell in COLUMNS.values()]
        return fixed + [self._field_cell(one, line.fields.get(one.name)) for one in self._fields]

    def _field_cell(self, field: Field, value: Any) -> Cell:
        if value is None or isinstance(value, int):
            return value
        if isinstance(field.type, Text):
            return str(value)
        if field.type.name == "date":
            return jalali_cell(value)
        return ascii_digits(field.type.show(value, self._names.desk.catalogue.text))
