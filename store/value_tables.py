"""Tables of the registries' rows: the table, what is the same in all of them, the tables of fields with many values."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, bindparam, false, insert, or_, select, tuple_, update

from domain.fleet.resources import ResourceKind
from domain.registries.declarations import (
    AGENCY,
    DRIVER,
    DUTY,
    MACHINES,
    MAINTENANCE,
    OPERATORS,
    OWNER,
    REWARD,
    VEHICLE,
    VIOLATION,
    Registry,
)
from domain.registries.rows import RegistryRow, RowSearch
from store.engines.prepared import Row
from store.schema import (
    agencies,
    driver_vehicles,
    drivers,
    duties,
    maintenance,
    owners,
    resources,
    rewards,
    vehicles,
    violations,
)

_HEAD_COLUMNS = ("id", "created_at", "updated_at", "revision")


class ValueTable:
    """The table of a field with many values: a row for each, that names its owner and the value."""

    def __init__(self, owner_column: Column[Any], value_column: Column[Any]) -> None:
        self.owner_column = owner_column
        self.value_column = value_column
        is_owned = owner_column.in_(bindparam("owners", expanding=True))
        self.select_of_owners = select(owner_column, value_column).where(is_owned).order_by(owner_column, value_column)
        self.insert_values = insert(owner_column.table)
        self.delete_values = owner_column.table.delete().where(is_owned)


class RegistryTable:
    """One registry's place: all rows of `table`, or those with `only_values` in it (machines among resources).

    `blank_values` fill columns that belong to other registries of the table.
    """

    def __init__(
        self,
        registry: Registry,
        table: Table,
        *,
        only_values: Mapping[str, Any] | None = None,
        blank_values: Mapping[str, Any] | None = None,
        value_tables: Mapping[str, ValueTable] | None = None,
    ) -> None:
        self.registry = registry
        self.table = table
        self.fixed_conditions = [table.c[column_name] == value for column_name, value in (only_values or {}).items()]
        self._fixed_values = {**(only_values or {}), **(blank_values or {})}
        self.value_tables = dict(value_tables or {})
        self.column_names = [field.name for field in registry.fields if field.name not in self.value_tables]
        self.has_data = "data" in table.c
        self._head_columns = [table.c[column_name] for column_name in _HEAD_COLUMNS] + (
            [table.c.data] if self.has_data else []
        )
        self._build_statements()

    def _build_statements(self) -> None:
        c = self.table.c
        self.select_rows: Select[Any] = select(*self._head_columns, *(c[name] for name in self.column_names)).where(
            *self.fixed_conditions
        )
        self.select_by_id = self.select_rows.where(c.id == bindparam("row_id"))
        self.select_by_keys = self.select_rows.where(self.natural_key.in_(bindparam("keys", expanding=True)))
        self.select_revisions = (
            select(c.id, c.revision).where(c.id.in_(bindparam("ids", expanding=True))).with_for_update()
        )
        self.insert_rows = insert(self.table)
        self.update_row = update(self.table).where(c.id == bindparam("row_id"))

    @property
    def natural_key(self) -> ColumnElement[Any]:
        """The natural key: a column, or a tuple of columns."""
        columns = [self.table.c[column_name] for column_name in self.registry.natural_key]
        return columns[0] if len(columns) == 1 else tuple_(*columns)

    def key_value(self, key: tuple[Any, ...]) -> Any:
        """Return a natural key as the statement `select_by_keys` takes it."""
        return key[0] if len(key) == 1 else key

    def value_condition(self, field_name: str, wanted_value: Any) -> ColumnElement[bool]:
        """Return the condition that a field has a value, or one of a collection's."""
        has_many = isinstance(wanted_value, (tuple, list, set, frozenset))
        link = self.value_tables.get(field_name)
        if link is not None:
            is_linked = link.value_column.in_(wanted_value) if has_many else link.value_column == wanted_value
            return self.table.c.id.in_(select(link.owner_column).where(is_linked))
        column = self.table.c[field_name]
        return column.in_(wanted_value) if has_many else column == wanted_value

    def search_condition(self, search: RowSearch) -> ColumnElement[bool]:
        """Return the condition that a row is among those that somebody looks for."""
        exact_conditions = [
            self.value_condition(field_name, value) for field_name, value in search.exact_values.items()
        ]
        text_conditions = [
            self.table.c[field_name].icontains(search.search_text, autoescape=True)
            for field_name in search.searched_fields
        ]
        return or_(false(), *exact_conditions, *text_conditions)

    def column_values(self, row: RegistryRow) -> dict[str, Any]:
        """Return column → value of a row, but for its id, revision and first time."""
        data = {"data": row.data} if self.has_data else {}
        return {
            **self._fixed_values,
            **{column_name: row.values[column_name] for column_name in self.column_names},
            **data,
            "updated_at": row.updated_at,
        }

    def read_row(self, row: Row, linked_values: Mapping[str, Sequence[Any]]) -> RegistryRow:
        """Build a row of the registry from a result of `select_rows`; `linked_values` has the values of the linked
        fields.
        """
        row_id, created_at, updated_at, revision, *other_values = row
        data = other_values.pop(0) if self.has_data else {}
        values = {
            field_name: _to_json_value(value) for field_name, value in zip(self.column_names, other_values, strict=True)
        }
        values.update({field_name: list(link_values) for field_name, link_values in linked_values.items()})
        ordered_values = {field.name: values[field.name] for field in self.registry.fields}
        return RegistryRow(row_id, self.registry.key, ordered_values, created_at, updated_at, revision, data)


def _to_json_value(value: Any) -> Any:
    """Return a value as JSON has it: the fleet's own columns give tuples and members of enumerations."""
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, str) else value


REGISTRY_TABLES: Mapping[str, RegistryTable] = {
    registry_table.registry.key: registry_table
    for registry_table in (
        RegistryTable(AGENCY, agencies),
        RegistryTable(OWNER, owners),
        RegistryTable(VEHICLE, vehicles),
        RegistryTable(
            DRIVER,
            drivers,
            value_tables={"vehicles": ValueTable(driver_vehicles.c.driver_id, driver_vehicles.c.vehicle)},
        ),
        RegistryTable(DUTY, duties),
        RegistryTable(REWARD, rewards),
        RegistryTable(VIOLATION, violations),
        RegistryTable(
            MACHINES, resources, only_values={"kind": ResourceKind.MACHINE}, blank_values={"mobile": None, "skills": ()}
        ),
        RegistryTable(
            OPERATORS, resources, only_values={"kind": ResourceKind.OPERATOR}, blank_values={"type": "", "capacity": ""}
        ),
        RegistryTable(MAINTENANCE, maintenance),
    )
}
"""The place of every registry."""
