"""The bridge between a table's rows and a dataclass whose fields carry the columns' names."""

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import Column, Table

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

ThingT = TypeVar("ThingT", bound="DataclassInstance")


class TableMapping(Generic[ThingT]):
    """How one dataclass lies in one table: `columns` and their `names`, in the order of the dataclass's fields."""

    def __init__(self, table: Table, made: type[ThingT]) -> None:
        self._made = made
        self.names = tuple(field.name for field in fields(made))
        self.columns: Sequence[Column[Any]] = [table.c[name] for name in self.names]

    def values(self, thing: ThingT) -> dict[str, Any]:
        """Return column → value, to be inserted or updated."""
        return {name: getattr(thing, name) for name in self.names}

    def read(self, row: tuple[Any, ...], start: int = 0) -> ThingT:
        """Build the object from a row in which `columns` begin at `start`."""
        return self._made(*row[start : start + len(self.names)])

    def read_all(self, rows: Sequence[tuple[Any, ...]]) -> list[ThingT]:
        """Build all objects of a result."""
        return [self.read(row) for row in rows]
