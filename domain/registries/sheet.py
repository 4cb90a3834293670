"""A registry as a sheet: which heading is which field, what a row's cells mean, and how values lie in cells.

Headings are a field's name, its Persian label or another usual one (`registries.<key>.fields.<name>`), in any order,
spelling and spacing. Choices are written as their ids or in Persian. What `cell` writes, `read_row` reads back.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from domain.fields.form import Field
from domain.fields.types import Choice, Choices, ReadingContext
from domain.messages.catalogue import Catalogue
from domain.registries.declarations import Registry
from domain.registries.field_types import jalali_cell
from domain.values.errors import DomainError, InvalidField, MissingField
from domain.values.identifiers import mobile_shown
from domain.values.text import fold, shown

_NO_LETTER = re.compile(r"[\W_]+")
_BETWEEN = re.compile(r"[،,;؛\n]+")
_FORMULA = re.compile(r"[=+\-@\t\r\n]")

LONGEST_GIVEN = 60
"""Characters of a wrong cell that a report shows."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is read: its place from 0, the field, the heading as written, and what choices are called."""

    place: int
    field: Field
    heading: str
    ids: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """How the columns of one file lie; `width` is the number of headings, `ignored` those that mean nothing here."""

    registry: Registry
    columns: tuple[Column, ...]
    ignored: tuple[str, ...]
    width: int

    def heading(self, field: str) -> str:
        """Return what a field is called in this file; its name, where it has no column."""
        return next((one.heading for one in self.columns if one.field.name == field), field)

    def place(self, field: str | None) -> int:
        """Return where a field's column stands; faults of what has no column come last."""
        return next((one.place for one in self.columns if one.field.name == field), self.width)


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong with a cell, or with the row where `field` is None; `given` is the cell as written."""

    field: str | None
    error: DomainError
    given: str = ""


def squeezed(text: str) -> str:
    """Return letters and digits alone, folded: what headings and names of choices are compared by."""
    return _NO_LETTER.sub("", fold(text))


def label(catalogue: Catalogue, registry: Registry, field: str) -> str:
    """Return what a field is called in Persian."""
    return catalogue.text(f"registries.{registry.key}.fields.{field}.label")


def title(catalogue: Catalogue, registry: Registry) -> str:
    """Return what the registry's rows are called."""
    return catalogue.text(f"choices.registry.{registry.key}")


def recognise(registry: Registry, headings: Sequence[str], catalogue: Catalogue) -> SheetLayout:
    """Return how the columns lie under these headings.

    Errors: `InvalidField("file")` when no heading is known or two mean the same field, `MissingField` (the field) when
    a part of the natural key has no column.
    """
    meanings = _meanings(registry, catalogue)
    columns: dict[str, Column] = {}
    ignored = []
    for place, heading in enumerate(headings):
        field = meanings.get(squeezed(heading))
        if field is None:
            ignored += [shown(heading)] if shown(heading) else []
        elif field.name in columns:
            raise InvalidField("file", detail="column_twice", given=shown(heading))
        else:
            columns[field.name] = Column(place, field, shown(heading), _ids(field, catalogue))
    if not columns:
        raise InvalidField("file", detail="no_headings")
    for name in registry.natural_key:
        if name not in columns and name not in registry.defaults:
            raise MissingField(name, detail="no_column", given=label(catalogue, registry, name))
    return SheetLayout(registry, tuple(columns.values()), tuple(ignored), len(headings))


def _meanings(registry: Registry, catalogue: Catalogue) -> dict[str, Field]:
    found = {}
    for field in registry.fields:
        base = f"registries.{registry.key}.fields.{field.name}"
        also = catalogue.lines(f"{base}.also") if f"{base}.also" in catalogue else []
        for name in (field.name, catalogue.text(f"{base}.label"), *also):
            found[squeezed(name)] = field
    return found


def _ids(field: Field, catalogue: Catalogue) -> dict[str, str]:
    if not isinstance(field.type, Choice):
        return {}
    names = {choice: field.type.name_of(choice, catalogue.text) for choice in field.choices}
    return {squeezed(word): choice for choice, name in names.items() for word in (choice, name)}


def is_empty(cell: object) -> bool:
    """Tell whether a cell says nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def read_row(sheet: SheetLayout, cells: Sequence[object], now: datetime) -> tuple[dict[str, Any], list[CellFault]]:
    """Return what the cells of a row say (None for an empty cell) and what is wrong with them.

    A field without a column is not among the values: it stays as it is.
    """
    values: dict[str, Any] = {}
    faults = []
    for column in sheet.columns:
        cell = cells[column.place] if column.place < len(cells) else None
        if is_empty(cell):
            values[column.field.name] = None
            continue
        try:
            values[column.field.name] = column.field.read(
                _meant(column, cell), ReadingContext(now, column.field.choices)
            )
        except DomainError as error:
            faults.append(CellFault(column.field.name, explained(column.field, error, cell), text_of(cell)))
    if any(not is_empty(cell) for cell in cells[sheet.width :]):
        faults.append(CellFault(None, InvalidField("file", detail="more_cells")))
    return values, faults


def explained(field: Field, error: DomainError, cell: object) -> DomainError:
    """Return the error of a cell; one without a detail gets that of the field's type: «کد ملی … درست نیست»."""
    if error.detail is not None:
        return error
    return type(error)(field.name, detail=f"bad_{field.type.name}", given=text_of(cell))


def _meant(column: Column, cell: object) -> object:
    """Return the cell as its field reads it: without the guard of `neutral`, choices by their ids."""
    if isinstance(cell, date):
        return cell
    text = _unguarded(_plain(cell))
    if not column.ids:
        return text
    if isinstance(column.field.type, Choices):
        return [one for part in _BETWEEN.split(text) if part.strip() for one in _choices(column, part)]
    return column.ids.get(squeezed(text), text)


def _choices(column: Column, part: str) -> list[str]:
    """Return the choices that a part of a list means: one, or several with spaces between."""
    whole = column.ids.get(squeezed(part))
    return [whole] if whole else [column.ids.get(squeezed(word), word) for word in part.split()]


def text_of(cell: object) -> str:
    """Return a cell as a report shows it."""
    return shown(_plain(cell))[:LONGEST_GIVEN]


def _plain(cell: object) -> str:
    """Return a cell as text; a whole number that a spreadsheet keeps as a float has no fraction."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


CELLS: Mapping[str, Callable[[Any], Any]] = {"date": jalali_cell, "mobile": mobile_shown, "phone": mobile_shown}
"""How values of some types are written into cells; others stay as they are kept."""


def cell(field: Field, value: Any, catalogue: Catalogue) -> str | int | None:
    """Return a value as it lies in a cell: ASCII digits, Jalali days, Persian names of choices."""
    if value is None:
        return None
    if isinstance(value, list):
        return "، ".join(str(_one_cell(field, one, catalogue)) for one in value)
    found: str | int = _one_cell(field, value, catalogue)
    return found


def _one_cell(field: Field, value: Any, catalogue: Catalogue) -> Any:
    if isinstance(field.type, Choice):
        return field.type.name_of(value, catalogue.text)
    return CELLS.get(field.type.name, lambda same: same)(value)


def neutral(cell: str | float | None) -> str | float | None:
    """Return a cell that no spreadsheet runs as a formula: text that begins like one is kept behind an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text
