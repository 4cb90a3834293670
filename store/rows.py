"""The bridge between a table's rows and a dataclass whose fields carry the columns' names."""

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import Column, Table

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

ThingT = TypeVar("ThingT", bound="DataclassInstance")


class TableMapping(Generic[ThingT]):
    """Mapping of one dataclass to one table: `columns` and their `column_names`, in the order of the dataclass's
    fields."""

    def __init__(self, table: Table, row_class: type[ThingT]) -> None:
        self._row_class = row_class
        self.column_names = tuple(field.name for field in fields(row_class))
        self.columns: Sequence[Column[Any]] = [table.c[name] for name in self.column_names]

    def column_values(self, row_object: ThingT) -> dict[str, Any]:
        """Return column → value, to be inserted or updated."""
        return {column_name: getattr(row_object, column_name) for column_name in self.column_names}

    def read_row(self, row: tuple[Any, ...], first_column: int = 0) -> ThingT:
        """Build the object from a row in which `columns` begin at `first_column`."""
        return self._row_class(*row[first_column : first_column + len(self.column_names)])

    def read_rows(self, rows: Sequence[tuple[Any, ...]]) -> list[ThingT]:
        """Build all objects of a result."""
        return [self.read_row(row) for row in rows]
