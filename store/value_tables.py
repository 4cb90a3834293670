"""Where each registry's rows lie: the table, what is the same in all of them, the tables of fields with many values."""

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

_HEAD = ("id", "created_at", "updated_at", "revision")


class ValueTable:
    """The table of a field with many values: a row for each, that names its owner and the value."""

    def __init__(self, owner: Column[Any], value: Column[Any]) -> None:
        self.owner = owner
        self.value = value
        owned = owner.in_(bindparam("owners", expanding=True))
        self.of_owners = select(owner, value).where(owned).order_by(owner, value)
        self.add = insert(owner.table)
        self.drop = owner.table.delete().where(owned)


class Shelf:
    """One registry's place: all rows of `table`, or those whose column `only` says which (machines among resources).

    `blank` fills columns that belong to other registries of the table.
    """

    def __init__(
        self,
        registry: Registry,
        table: Table,
        *,
        only: Mapping[str, Any] | None = None,
        blank: Mapping[str, Any] | None = None,
        links: Mapping[str, ValueTable] | None = None,
    ) -> None:
        self.registry = registry
        self.table = table
        self.own = [table.c[name] == value for name, value in (only or {}).items()]
        self._fixed = {**(only or {}), **(blank or {})}
        self.links = dict(links or {})
        self.names = [one.name for one in registry.fields if one.name not in self.links]
        self.has_data = "data" in table.c
        self._head = [table.c[name] for name in _HEAD] + ([table.c.data] if self.has_data else [])
        self._statements()

    def _statements(self) -> None:
        c = self.table.c
        self.all: Select[Any] = select(*self._head, *(c[name] for name in self.names)).where(*self.own)
        self.by_id = self.all.where(c.id == bindparam("row_id"))
        self.by_keys = self.all.where(self.key.in_(bindparam("keys", expanding=True)))
        self.revisions = select(c.id, c.revision).where(c.id.in_(bindparam("ids", expanding=True))).with_for_update()
        self.add = insert(self.table)
        self.change = update(self.table).where(c.id == bindparam("row_id"))

    @property
    def key(self) -> ColumnElement[Any]:
        """The natural key: a column, or a tuple of columns."""
        columns = [self.table.c[name] for name in self.registry.natural_key]
        return columns[0] if len(columns) == 1 else tuple_(*columns)

    def key_value(self, key: tuple[Any, ...]) -> Any:
        """Return a natural key as the statement `by_keys` takes it."""
        return key[0] if len(key) == 1 else key

    def condition(self, name: str, wanted: Any) -> ColumnElement[bool]:
        """Return the condition that a field has a value, or one of a collection's."""
        many = isinstance(wanted, (tuple, list, set, frozenset))
        link = self.links.get(name)
        if link is not None:
            matches = link.value.in_(wanted) if many else link.value == wanted
            return self.table.c.id.in_(select(link.owner).where(matches))
        column = self.table.c[name]
        return column.in_(wanted) if many else column == wanted

    def matching(self, search: RowSearch) -> ColumnElement[bool]:
        """Return the condition that a row is among those that somebody looks for."""
        exact = [self.condition(name, value) for name, value in search.exact.items()]
        within = [self.table.c[name].icontains(search.words, autoescape=True) for name in search.within]
        return or_(false(), *exact, *within)

    def columns(self, row: RegistryRow) -> dict[str, Any]:
        """Return column → value of a row, but for its id, revision and first time."""
        data = {"data": row.data} if self.has_data else {}
        return {**self._fixed, **{name: row.values[name] for name in self.names}, **data, "updated_at": row.updated_at}

    def read(self, row: Row, links: Mapping[str, Sequence[Any]]) -> RegistryRow:
        """Build a row of the registry from a result of `all`; `links` has the values of the linked fields."""
        row_id, created_at, updated_at, revision, *rest = row
        data = rest.pop(0) if self.has_data else {}
        values = {name: _plain(value) for name, value in zip(self.names, rest, strict=True)}
        values.update({name: list(found) for name, found in links.items()})
        ordered = {one.name: values[one.name] for one in self.registry.fields}
        return RegistryRow(row_id, self.registry.key, ordered, created_at, updated_at, revision, data)


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: the fleet's own columns give tuples and members of enumerations."""
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, str) else value


SHELVES: Mapping[str, Shelf] = {
    shelf.registry.key: shelf
    for shelf in (
        Shelf(AGENCY, agencies),
        Shelf(OWNER, owners),
        Shelf(VEHICLE, vehicles),
        Shelf(DRIVER, drivers, links={"vehicles": ValueTable(driver_vehicles.c.driver_id, driver_vehicles.c.vehicle)}),
        Shelf(DUTY, duties),
        Shelf(REWARD, rewards),
        Shelf(VIOLATION, violations),
        Shelf(MACHINES, resources, only={"kind": ResourceKind.MACHINE}, blank={"mobile": None, "skills": ()}),
        Shelf(OPERATORS, resources, only={"kind": ResourceKind.OPERATOR}, blank={"type": "", "capacity": ""}),
        Shelf(MAINTENANCE, maintenance),
    )
}
"""The place of every registry."""
