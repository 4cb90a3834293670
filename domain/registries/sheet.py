"""A registry as a sheet: which heading is which field, what a row's cells mean, and how values lie in cells.

Headings are a field's name, its Persian label or another usual one (`registries.<key>.fields.<name>`), in any order,
spelling and spacing. Choices are written as their ids or in Persian. What `write_cell` writes, `read_row` reads back.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from domain.fields.form import Field
from domain.fields.types import Choice, Choices, ReadingContext
from domain.messages.catalogue import Catalogue
from domain.registries.declarations import Registry
from domain.registries.field_types import format_jalali_day
from domain.values.errors import DomainError, InvalidField, MissingField
from domain.values.identifiers import display_mobile
from domain.values.reasons import InvalidReason, MissingReason
from domain.values.text import fold_text, tidy_text

_NON_LETTERS = re.compile(r"[\W_]+")
_LIST_SEPARATOR = re.compile(r"[،,;؛\n]+")
_FORMULA_START = re.compile(r"[\t\r\n]|[\s\u200b-\u200f\ufeff]*[=+\-@＝＋－＠﹦﹢﹣﹫]")
"""Spreadsheets read full-width signs as the plain ones, and some pass over what is not seen before them."""

LONGEST_CELL_TEXT = 60
"""Characters of a wrong cell that a report shows."""


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column that is read."""

    position: int
    """Its place in the sheet, counted from 0."""
    field: Field
    """The registry's field that it holds."""
    heading: str
    """As it is written in the file."""
    choice_by_label: Mapping[str, str]
    """Labels of choices → the choice."""


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """Layout of the columns of one file."""

    registry: Registry
    """Registry of the file's rows."""
    columns: tuple[SheetColumn, ...]
    """The columns that are read."""
    ignored_headings: tuple[str, ...]
    """Those that mean nothing here."""
    column_count: int
    """Number of headings in the file."""

    def heading_of(self, field_name: str) -> str:
        """Return what a field is called in this file; its name, where it has no column."""
        return next((column.heading for column in self.columns if column.field.name == field_name), field_name)

    def position_of(self, field_name: str | None) -> int:
        """Return the position of a field's column; faults of what has no column come last."""
        return next((column.position for column in self.columns if column.field.name == field_name), self.column_count)


@dataclass(frozen=True, slots=True)
class CellFault:
    """Fault of a cell, or of a row."""

    field_name: str | None
    """The cell's field; None: the row as a whole."""
    error: DomainError
    """The error that says what is wrong."""
    cell_text: str = ""
    """The cell as it was written."""


def squeeze_text(text: str) -> str:
    """Return letters and digits alone, folded: what headings and names of choices are compared by."""
    return _NON_LETTERS.sub("", fold_text(text))


def field_label(catalogue: Catalogue, registry: Registry, field_name: str) -> str:
    """Return what a field is called in Persian."""
    return catalogue.text(f"registries.{registry.key}.fields.{field_name}.label")


def registry_title(catalogue: Catalogue, registry: Registry) -> str:
    """Return what the registry's rows are called."""
    return catalogue.text(f"choices.registry.{registry.key}")


def recognise_columns(registry: Registry, headings: Sequence[str], catalogue: Catalogue) -> SheetLayout:
    """Return how the columns lie under these headings.

    Errors: `InvalidField("file")` when no heading is known or two mean the same field, `MissingField` (the field) when
    a part of the natural key has no column.
    """
    field_by_heading = _map_headings(registry, catalogue)
    column_by_field: dict[str, SheetColumn] = {}
    ignored_headings = []
    for position, heading in enumerate(headings):
        field = field_by_heading.get(squeeze_text(heading))
        if field is None:
            ignored_headings += [tidy_text(heading)] if tidy_text(heading) else []
        elif field.name in column_by_field:
            raise InvalidField("file", InvalidReason.COLUMN_TWICE, given=tidy_text(heading))
        else:
            column_by_field[field.name] = SheetColumn(
                position, field, tidy_text(heading), _map_choices(field, catalogue)
            )
    if not column_by_field:
        raise InvalidField("file", InvalidReason.NO_HEADINGS)
    for key_field in registry.natural_key:
        if key_field not in column_by_field and key_field not in registry.defaults:
            raise MissingField(key_field, MissingReason.NO_COLUMN, given=field_label(catalogue, registry, key_field))
    return SheetLayout(registry, tuple(column_by_field.values()), tuple(ignored_headings), len(headings))


def _map_headings(registry: Registry, catalogue: Catalogue) -> dict[str, Field]:
    field_by_heading = {}
    for field in registry.fields:
        text_prefix = f"registries.{registry.key}.fields.{field.name}"
        other_labels = catalogue.text_lines(f"{text_prefix}.also") if f"{text_prefix}.also" in catalogue else []
        for heading in (field.name, catalogue.text(f"{text_prefix}.label"), *other_labels):
            field_by_heading[squeeze_text(heading)] = field
    return field_by_heading


def _map_choices(field: Field, catalogue: Catalogue) -> dict[str, str]:
    if not isinstance(field.type, Choice):
        return {}
    label_by_choice = {choice: field.type.display_name(choice, catalogue.text) for choice in field.choices}
    return {
        squeeze_text(written_choice): choice
        for choice, choice_label in label_by_choice.items()
        for written_choice in (choice, choice_label)
    }


def is_empty_cell(cell: object) -> bool:
    """Return whether a cell says nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def read_row(layout: SheetLayout, cells: Sequence[object], now: datetime) -> tuple[dict[str, Any], list[CellFault]]:
    """Return what the cells of a row say (None for an empty cell) and what is wrong with them.

    A field without a column is not among the values: it stays as it is.
    """
    values: dict[str, Any] = {}
    faults = []
    for column in layout.columns:
        cell = cells[column.position] if column.position < len(cells) else None
        if is_empty_cell(cell):
            values[column.field.name] = None
            continue
        try:
            values[column.field.name] = column.field.read_value(
                _interpret_cell(column, cell), ReadingContext(now, column.field.choices)
            )
        except DomainError as error:
            faults.append(
                CellFault(column.field.name, explain_cell_error(column.field, error, cell), render_cell_text(cell))
            )
    if any(not is_empty_cell(cell) for cell in cells[layout.column_count :]):
        faults.append(CellFault(None, InvalidField("file", InvalidReason.MORE_CELLS)))
    return values, faults


def explain_cell_error(field: Field, error: DomainError, cell: object) -> DomainError:
    """Return the error of a cell; one without a reason gets that of the field's type: «کد ملی … درست نیست»."""
    if error.reason is not None or not isinstance(error, InvalidField):
        return error
    return InvalidField(field.name, field.type.unreadable_reason, given=render_cell_text(cell))


def _interpret_cell(column: SheetColumn, cell: object) -> object:
    """Return the cell as its field reads it: without the guard of `neutralise_formula`, choices by their ids."""
    if isinstance(cell, date):
        return cell
    cell_text = _strip_formula_guard(_plain_text(cell))
    if not column.choice_by_label:
        return cell_text
    if isinstance(column.field.type, Choices):
        return [
            choice
            for list_part in _LIST_SEPARATOR.split(cell_text)
            if list_part.strip()
            for choice in _split_choices(column, list_part)
        ]
    return column.choice_by_label.get(squeeze_text(cell_text), cell_text)


def _split_choices(column: SheetColumn, list_part: str) -> list[str]:
    """Return the choices that a part of a list means: one, or several with spaces between."""
    full_choice = column.choice_by_label.get(squeeze_text(list_part))
    return (
        [full_choice]
        if full_choice
        else [column.choice_by_label.get(squeeze_text(word), word) for word in list_part.split()]
    )


def render_cell_text(cell: object) -> str:
    """Return a cell as a report shows it."""
    return tidy_text(_plain_text(cell))[:LONGEST_CELL_TEXT]


def _plain_text(cell: object) -> str:
    """Return a cell as text; a whole number that a spreadsheet keeps as a float has no fraction."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


CELL_WRITERS: Mapping[str, Callable[[Any], Any]] = {
    "date": format_jalali_day,
    "mobile": display_mobile,
    "phone": display_mobile,
}
"""Writers of cells for some types; others stay as they are kept."""


def write_cell(field: Field, value: Any, catalogue: Catalogue) -> str | int | None:
    """Return a value as it lies in a cell: ASCII digits, Jalali days, Persian names of choices."""
    if value is None:
        return None
    if isinstance(value, list):
        return "، ".join(str(_write_single_value(field, list_value, catalogue)) for list_value in value)
    cell_content: str | int = _write_single_value(field, value, catalogue)
    return cell_content


def _write_single_value(field: Field, value: Any, catalogue: Catalogue) -> Any:
    if isinstance(field.type, Choice):
        return field.type.display_name(value, catalogue.text)
    return CELL_WRITERS.get(field.type.name, lambda stored_value: stored_value)(value)


def neutralise_formula(cell: str | float | Decimal | None) -> str | float | Decimal | None:
    """Return a cell that no spreadsheet runs as a formula: text that begins like one is kept behind an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA_START.match(cell) else cell


def _strip_formula_guard(text: str) -> str:
    return text[1:] if text.startswith("'") and _FORMULA_START.match(text[1:]) else text
