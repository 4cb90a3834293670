"""SELECTs of lists that people filter: which conditions apply depends on what they chose."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select


class FilteredSelect:
    """A SELECT with conditions that apply where they are given a value.

    Each combination of them is built once: a statement that were built anew for each call would be compiled anew too,
    which costs several times what the database needs for it. A condition is known by the name of its parameter.
    """

    def __init__(self, statement: Select[Any], **conditions: ColumnElement[bool]) -> None:
        self._statement = statement
        self._conditions = conditions
        self._built: dict[tuple[str, ...], Select[Any]] = {}

    def with_values(self, values: Mapping[str, Any]) -> tuple[Select[Any], dict[str, Any]]:
        """Return the statement for these values and the values that it is run with: conditions whose value is None are
        left out; a value that no condition has is the statement's own.
        """
        applied_values = {name: value for name, value in values.items() if value is not None}
        applied_names = tuple(name for name in self._conditions if name in applied_values)
        statement = self._built.get(applied_names)
        if statement is None:
            statement = self._statement.where(*(self._conditions[name] for name in applied_names))
            self._built[applied_names] = statement
        return statement, applied_values
