"""Reading a sheet of the site before this one: its good rows, and every fault of the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.actions.dependencies import Dependencies
from domain.registries.declarations import Registry
from domain.registries.imports import RowFault, SheetRows, UnreadRow
from domain.registries.sheet import CellFault, SheetLayout, is_empty_cell, read_row, recognise_columns, render_cell_text
from domain.values.calendar import to_tehran
from domain.values.errors import Conflict, InvalidField, MissingField
from domain.values.reasons import ConflictReason, InvalidReason, MissingReason


@dataclass(slots=True)
class SheetReading:
    """Rows of a file, and what is wrong with it."""

    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    """The values of the good rows, by row number."""
    faults: list[RowFault] = field(default_factory=list)
    """All faults, in order."""
    row_count: int = 0
    """Rows that hold anything."""
    ignored_headings: tuple[str, ...] = ()
    """Headings that mean nothing here."""


def read_sheet(
    dependencies: Dependencies, description: Registry, headings: Sequence[str], rows: SheetRows
) -> SheetReading:
    """Return a file's rows with every fault. Errors: those of `recognise_columns`, for what is no such table."""
    layout = recognise_columns(description, headings, dependencies.catalogue)
    reading, claimed_values = SheetReading(ignored_headings=layout.ignored_headings), dict[tuple[str, object], int]()
    for number, cells in rows:
        if all(map(is_empty_cell, cells)):
            continue
        reading.row_count += 1
        values, cell_faults = _read_cells(layout, number, cells, dependencies.clock.now())
        cell_faults += _find_repetitions(description, values, number, claimed_values)
        if cell_faults:
            cell_faults.sort(key=lambda fault: layout.position_of(fault.field_name))
            reading.faults += [_describe_fault(dependencies, layout, number, fault) for fault in cell_faults]
        else:
            reading.rows[number] = values
    return reading


def _read_cells(
    layout: SheetLayout, number: int, cells: Sequence[object], now: datetime
) -> tuple[dict[str, Any], list[CellFault]]:
    if isinstance(cells, UnreadRow):
        error = InvalidField("file", InvalidReason.BROKEN_ROW, row=number)
        return {}, [CellFault(None, error, render_cell_text(cells[0]))]
    values, faults = read_row(layout, cells, now)
    return values, [*faults, *_find_gaps(layout, values, now)]


def _find_repetitions(
    description: Registry, values: dict[str, Any], number: int, claimed_values: dict[tuple[str, object], int]
) -> Iterator[CellFault]:
    """Yield the cells whose value an earlier row of the file has, where each is one row's; claim the others."""
    for name in description.unique_fields:
        if values.get(name) is not None:
            earlier_row = claimed_values.setdefault((name, values[name]), number)
            if earlier_row != number:
                error = Conflict(name, ConflictReason.TWICE_IN_FILE, row=earlier_row)
                yield CellFault(name, error, str(values[name]))


def _find_gaps(layout: SheetLayout, values: dict[str, Any], now: datetime) -> Iterator[CellFault]:
    """Yield the cells that must say something, and days that are not yet there."""
    for name in layout.registry.natural_key:
        if name in values and values[name] is None:
            yield CellFault(name, MissingField(name, MissingReason.EMPTY_CELL))
    day = values.get("day")
    if day and day > to_tehran(now).date().isoformat():
        yield CellFault("day", InvalidField("day", InvalidReason.FUTURE), day)


def _describe_fault(dependencies: Dependencies, layout: SheetLayout, number: int, fault: CellFault) -> RowFault:
    column = layout.heading_of(fault.field_name) if fault.field_name else None
    message = dependencies.wording.render_error(fault.error)
    return RowFault(number, column, fault.field_name, fault.error.code, message, fault.cell_text)
