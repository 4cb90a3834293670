"""The port `Registries`: one repository over the tables of all registries, in batches."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Executable, bindparam, func, insert, select

from domain.registries.rows import (
    Change,
    Expiring,
    Holder,
    Key,
    PastChange,
    RegistryFilter,
    RegistryRow,
    changed_fields,
)
from domain.values.errors import Conflict, NotFound
from store.engines.prepared import Row
from store.schema import registry_changes, registry_reminders
from store.value_tables import SHELVES, Shelf
from store.work import Repository

# Nobody refers to a kept change, so the database numbers them.
_KEEP_CHANGE = insert(registry_changes).inline()
_CHANGES_OF = (
    select(*(registry_changes.c[name] for name in ("at", "by", "before", "after")))
    .where(registry_changes.c.registry == bindparam("of_registry"), registry_changes.c.row_id == bindparam("of_row"))
    .order_by(registry_changes.c.id)
)
_BEYOND_ALL = 2**63 - 1
_REMEMBER = insert(registry_reminders)
_REMINDERS = (
    select(registry_reminders.c.days_before)
    .where(*(registry_reminders.c[name] == bindparam(f"of_{name}") for name in ("registry", "row_id", "field", "day")))
    .order_by(registry_reminders.c.days_before.desc())
)


class SqlRegistries(Repository):
    """The port `Registries`."""

    async def get(self, registry: str, row_id: int, *, lock: bool = False) -> RegistryRow:
        """Return by id; `NotFound(registry)`."""
        shelf = SHELVES[registry]
        statement = shelf.by_id.with_for_update() if lock else shelf.by_id
        found = await self._read(shelf, await self._work.rows(statement, {"row_id": row_id}))
        if not found:
            raise NotFound(registry)
        return found[0]

    async def one(self, registry: str, unique: Mapping[str, Any], *, lock: bool = False) -> RegistryRow | None:
        """Return the row with these values of a unique field or of the whole natural key."""
        shelf = SHELVES[registry]
        statement = shelf.all.where(*(shelf.condition(name, value) for name, value in unique.items())).limit(1)
        found = await self._read(shelf, await self._work.rows(statement.with_for_update() if lock else statement))
        return found[0] if found else None

    async def by_keys(self, registry: str, keys: Collection[Key], *, lock: bool = False) -> dict[Key, RegistryRow]:
        """Return the rows that exist of these natural keys (some hundreds at a time)."""
        if not keys:
            return {}
        shelf = SHELVES[registry]
        wanted = {"keys": [shelf.key_value(key) for key in keys]}
        statement = shelf.by_keys.with_for_update() if lock else shelf.by_keys
        rows = await self._read(shelf, await self._work.rows(statement, wanted))
        return {shelf.registry.key_of(row.values): row for row in rows}

    async def holders(self, registry: str, field: str, values: Collection[Any]) -> dict[Any, Holder]:
        """Return which of these values a row has in that unique field, and which row."""
        if not values:
            return {}
        shelf = SHELVES[registry]
        # The whole table is looked at: machines and operators have their codes in common.
        keys = [shelf.table.c[name] for name in shelf.registry.natural_key]
        statement = select(shelf.table.c[field], shelf.table.c.id, *keys).where(shelf.condition(field, list(values)))
        found = await self._work.rows(statement)
        return {value: Holder(row_id, " / ".join(map(str, key))) for value, row_id, *key in found}

    async def find(self, wanted: RegistryFilter) -> list[RegistryRow]:
        """Return rows, oldest first unless the filter says otherwise."""
        shelf = SHELVES[wanted.registry]
        conditions = [shelf.condition(name, value) for name, value in wanted.where.items()]
        if wanted.search:
            conditions.append(shelf.matching(wanted.search))
        row_id = shelf.table.c.id
        beyond = row_id < (wanted.after or _BEYOND_ALL) if wanted.newest_first else row_id > wanted.after
        order = row_id.desc() if wanted.newest_first else row_id
        statement = shelf.all.where(beyond, *conditions).order_by(order)
        return await self._read(shelf, await self._work.rows(statement.limit(wanted.limit)))

    async def counts(self, registry: str, field: str, where: Mapping[str, Any] | None = None) -> dict[Any, int]:
        """Return how many rows have each value of a field; with `where`, those alone whose fields have these values."""
        shelf = SHELVES[registry]
        column = shelf.table.c[field]
        conditions = [shelf.condition(name, value) for name, value in (where or {}).items()]
        rows = await self._work.rows(select(column, func.count()).where(*shelf.own, *conditions).group_by(column))
        return {value: number for value, number in rows}

    async def expiring(self, first: date, last: date) -> list[Expiring]:
        """Return what runs out from `first` to `last`, both included, by day; rows that matter no more are left out."""
        found: list[Expiring] = []
        for shelf in SHELVES.values():
            for field in shelf.registry.expiries:
                found += await self._expiring(shelf, field, first, last)
        return sorted(found, key=lambda one: (one.day, one.registry.key, one.row.id))

    async def _expiring(self, shelf: Shelf, field: str, first: date, last: date) -> list[Expiring]:
        registry = shelf.registry
        still = [shelf.condition(name, values) for name, values in registry.only_while.items()]
        between = shelf.table.c[field].between(first.isoformat(), last.isoformat())
        rows = await self._read(shelf, await self._work.rows(shelf.all.where(between, *still)))
        return [Expiring(registry, row, field, date.fromisoformat(row.values[field])) for row in rows]

    async def put(self, registry: str, changes: Sequence[Change]) -> None:
        """Store new and changed rows, and keep each change of an existing one.

        `Conflict` when a revision is no longer the stored one, or a unique value is taken.
        """
        shelf = SHELVES[registry]
        await self._add(shelf, [change.row for change in changes if change.before is None])
        await self._change(shelf, [change for change in changes if change.before is not None])

    async def _add(self, shelf: Shelf, rows: Sequence[RegistryRow]) -> None:
        if not rows:
            return
        heads = [{"id": row.id, "created_at": row.created_at, "revision": 0} for row in rows]
        values = [shelf.columns(row) | head for row, head in zip(rows, heads, strict=True)]
        await self._work.run(shelf.add, values)
        await self._add_links(shelf, rows)

    async def _change(self, shelf: Shelf, changes: Sequence[Change]) -> None:
        if not changes:
            return
        await self._expect_revisions(shelf, {change.row.id: change.row.revision for change in changes})
        rows = [change.row for change in changes]
        values = [shelf.columns(row) | {"row_id": row.id, "revision": row.revision + 1} for row in rows]
        await self._work.run(shelf.change, values)
        for link in shelf.links.values():
            await self._work.run(link.drop, {"owners": [row.id for row in rows]})
        await self._add_links(shelf, rows)
        await self._work.run(_KEEP_CHANGE, [_kept(shelf, change) for change in changes])

    async def _expect_revisions(self, shelf: Shelf, read: dict[int, int]) -> None:
        stored = {row_id: revision for row_id, revision in await self._work.rows(shelf.revisions, {"ids": list(read)})}
        if stored != read:
            raise Conflict(shelf.registry.key)

    async def _add_links(self, shelf: Shelf, rows: Sequence[RegistryRow]) -> None:
        for name, link in shelf.links.items():
            pairs = [{link.owner.name: row.id, link.value.name: one} for row in rows for one in row.values[name]]
            if pairs:
                await self._work.run(link.add, pairs)

    async def _read(self, shelf: Shelf, rows: Sequence[Row]) -> list[RegistryRow]:
        linked: dict[str, dict[int, list[Any]]] = {name: defaultdict(list) for name in shelf.links}
        for name, link in shelf.links.items() if rows else ():
            for owner, value in await self._work.rows(link.of_owners, {"owners": [row[0] for row in rows]}):
                linked[name][owner].append(value)
        return [shelf.read(row, {name: found[row[0]] for name, found in linked.items()}) for row in rows]

    async def changes_of(self, registry: str, row_id: int) -> list[PastChange]:
        """Return the changes of a row, oldest first."""
        rows = await self._work.rows(_CHANGES_OF, {"of_registry": registry, "of_row": row_id})
        return [PastChange(*row) for row in rows]

    async def reminders_of(self, expiring: Expiring) -> list[int]:
        """Return how many days before it the reminders of this date were sent, most first."""
        wanted = {f"of_{name}": value for name, value in _reminder(expiring).items()}
        return [days for (days,) in await self._work.rows(_REMINDERS, wanted)]

    async def remember_reminder(self, expiring: Expiring, days_before: int, at: datetime) -> None:
        """Note that a reminder was sent; `Conflict` when it was before."""
        statement: Executable = _REMEMBER
        await self._work.run(statement, _reminder(expiring) | {"days_before": days_before, "at": at})


def _reminder(expiring: Expiring) -> dict[str, Any]:
    key, row_id = expiring.registry.key, expiring.row.id
    return {"registry": key, "row_id": row_id, "field": expiring.field, "day": expiring.day.isoformat()}


def _kept(shelf: Shelf, change: Change) -> dict[str, Any]:
    before, after = change.before or {}, change.row.values
    names = changed_fields(before, after)
    return {
        "registry": shelf.registry.key,
        "row_id": change.row.id,
        "at": change.at,
        "by": change.by,
        "before": {name: before.get(name) for name in names},
        "after": {name: after[name] for name in names},
    }
