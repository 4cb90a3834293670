"""The port `RegistryRepository`: one repository over the tables of all registries, in batches."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Executable, bindparam, func, insert, select

from domain.registries.rows import (
    ExpiringRow,
    PastChange,
    RegistryChange,
    RegistryFilter,
    RegistryRow,
    RowKey,
    ValueHolder,
    list_changed_fields,
)
from domain.values.errors import Conflict, NotFound
from domain.values.row_ids import HIGHEST_ID
from store.engines.prepared import Row
from store.schema import registry_changes, registry_reminders
from store.value_tables import REGISTRY_TABLES, RegistryTable
from store.work import Repository

# Nobody refers to a kept change, so the database numbers them.
_INSERT_CHANGE = insert(registry_changes).inline()
_SELECT_CHANGES = (
    select(*(registry_changes.c[name] for name in ("at", "by", "before", "after")))
    .where(registry_changes.c.registry == bindparam("of_registry"), registry_changes.c.row_id == bindparam("of_row"))
    .order_by(registry_changes.c.id)
)
_INSERT_REMINDER = insert(registry_reminders)
_REMINDER_KEY = ("registry", "row_id", "field", "day")
_SELECT_REMINDERS = (
    select(*(registry_reminders.c[name] for name in _REMINDER_KEY), registry_reminders.c.days_before)
    .where(
        registry_reminders.c.registry.in_(bindparam("registries", expanding=True)),
        registry_reminders.c.row_id.in_(bindparam("row_ids", expanding=True)),
    )
    .order_by(registry_reminders.c.days_before.desc())
)


class SqlRegistryRepository(Repository):
    """The port `RegistryRepository`."""

    async def get_row(self, registry: str, row_id: int, *, lock: bool = False) -> RegistryRow:
        registry_table = REGISTRY_TABLES[registry]
        statement = registry_table.select_by_id.with_for_update() if lock else registry_table.select_by_id
        rows = await self._read_rows(registry_table, await self._transaction.fetch_rows(statement, {"row_id": row_id}))
        if not rows:
            raise NotFound(registry)
        return rows[0]

    async def find_row(
        self, registry: str, unique_values: Mapping[str, Any], *, lock: bool = False
    ) -> RegistryRow | None:
        registry_table = REGISTRY_TABLES[registry]
        statement = registry_table.select_rows.where(
            *(registry_table.value_condition(field_name, value) for field_name, value in unique_values.items())
        ).limit(1)
        rows = await self._read_rows(
            registry_table, await self._transaction.fetch_rows(statement.with_for_update() if lock else statement)
        )
        return rows[0] if rows else None

    async def find_by_keys(
        self, registry: str, row_keys: Collection[RowKey], *, lock: bool = False
    ) -> dict[RowKey, RegistryRow]:
        if not row_keys:
            return {}
        registry_table = REGISTRY_TABLES[registry]
        parameters = {"keys": [registry_table.key_value(key) for key in row_keys]}
        statement = registry_table.select_by_keys.with_for_update() if lock else registry_table.select_by_keys
        rows = await self._read_rows(registry_table, await self._transaction.fetch_rows(statement, parameters))
        return {registry_table.registry.natural_key_of(row.values): row for row in rows}

    async def find_holders(
        self, registry: str, field_name: str, unique_values: Collection[Any]
    ) -> dict[Any, ValueHolder]:
        if not unique_values:
            return {}
        registry_table = REGISTRY_TABLES[registry]
        # The whole table is looked at: machines and operators have their codes in common.
        keys = [registry_table.table.c[key_field] for key_field in registry_table.registry.natural_key]
        statement = select(registry_table.table.c[field_name], registry_table.table.c.id, *keys).where(
            registry_table.value_condition(field_name, list(unique_values))
        )
        holder_rows = await self._transaction.fetch_rows(statement)
        return {value: ValueHolder(row_id, " / ".join(map(str, key))) for value, row_id, *key in holder_rows}

    async def list_rows(self, registry_filter: RegistryFilter) -> list[RegistryRow]:
        registry_table = REGISTRY_TABLES[registry_filter.registry]
        conditions = [
            registry_table.value_condition(field_name, value)
            for field_name, value in registry_filter.field_values.items()
        ]
        if registry_filter.search:
            conditions.append(registry_table.search_condition(registry_filter.search))
        row_id = registry_table.table.c.id
        is_beyond = (
            row_id < (registry_filter.after_id or HIGHEST_ID)
            if registry_filter.newest_first
            else row_id > registry_filter.after_id
        )
        ordering = row_id.desc() if registry_filter.newest_first else row_id
        statement = registry_table.select_rows.where(is_beyond, *conditions).order_by(ordering)
        return await self._read_rows(
            registry_table, await self._transaction.fetch_rows(statement.limit(registry_filter.limit))
        )

    async def count_by_value(
        self, registry: str, field_name: str, field_values: Mapping[str, Any] | None = None
    ) -> dict[Any, int]:
        registry_table = REGISTRY_TABLES[registry]
        column = registry_table.table.c[field_name]
        conditions = [
            registry_table.value_condition(filtered_field, value)
            for filtered_field, value in (field_values or {}).items()
        ]
        rows = await self._transaction.fetch_rows(
            select(column, func.count()).where(*registry_table.fixed_conditions, *conditions).group_by(column)
        )
        return {value: row_count for value, row_count in rows}

    async def list_expiring(self, first_day: date, last_day: date) -> list[ExpiringRow]:
        expiring_rows: list[ExpiringRow] = []
        for registry_table in REGISTRY_TABLES.values():
            for field in registry_table.registry.expiries:
                expiring_rows += await self._find_expiring_in(registry_table, field, first_day, last_day)
        return sorted(
            expiring_rows,
            key=lambda expiring_row: (expiring_row.expires_on, expiring_row.registry.key, expiring_row.row.id),
        )

    async def _find_expiring_in(
        self, registry_table: RegistryTable, field: str, first_day: date, last_day: date
    ) -> list[ExpiringRow]:
        registry = registry_table.registry
        still_conditions = [
            registry_table.value_condition(field_name, values) for field_name, values in registry.only_while.items()
        ]
        is_between = registry_table.table.c[field].between(first_day.isoformat(), last_day.isoformat())
        rows = await self._read_rows(
            registry_table,
            await self._transaction.fetch_rows(registry_table.select_rows.where(is_between, *still_conditions)),
        )
        return [ExpiringRow(registry, row, field, date.fromisoformat(row.values[field])) for row in rows]

    async def save_changes(self, registry: str, registry_changes: Sequence[RegistryChange]) -> None:
        registry_table = REGISTRY_TABLES[registry]
        await self._insert_rows(
            registry_table, [change.row for change in registry_changes if change.values_before is None]
        )
        await self._update_rows(
            registry_table, [change for change in registry_changes if change.values_before is not None]
        )

    async def _insert_rows(self, registry_table: RegistryTable, rows: Sequence[RegistryRow]) -> None:
        if not rows:
            return
        head_rows = [{"id": row.id, "created_at": row.created_at, "revision": 0} for row in rows]
        row_values = [
            registry_table.column_values(row) | head_values for row, head_values in zip(rows, head_rows, strict=True)
        ]
        await self._transaction.execute(registry_table.insert_rows, row_values)
        await self._insert_links(registry_table, rows)

    async def _update_rows(self, registry_table: RegistryTable, changes: Sequence[RegistryChange]) -> None:
        if not changes:
            return
        await self._expect_revisions(registry_table, {change.row.id: change.row.revision for change in changes})
        rows = [change.row for change in changes]
        row_values = [
            registry_table.column_values(row) | {"row_id": row.id, "revision": row.revision + 1} for row in rows
        ]
        await self._transaction.execute(registry_table.update_row, row_values)
        for link in registry_table.value_tables.values():
            await self._transaction.execute(link.delete_values, {"owners": [row.id for row in rows]})
        await self._insert_links(registry_table, rows)
        await self._transaction.execute(_INSERT_CHANGE, [_change_values(registry_table, change) for change in changes])

    async def _expect_revisions(self, registry_table: RegistryTable, read_revisions: dict[int, int]) -> None:
        stored_revisions = {
            row_id: revision
            for row_id, revision in await self._transaction.fetch_rows(
                registry_table.select_revisions, {"ids": list(read_revisions)}
            )
        }
        if stored_revisions != read_revisions:
            raise Conflict(registry_table.registry.key)

    async def _insert_links(self, registry_table: RegistryTable, rows: Sequence[RegistryRow]) -> None:
        for field_name, link in registry_table.value_tables.items():
            link_rows = [
                {link.owner_column.name: row.id, link.value_column.name: linked_value}
                for row in rows
                for linked_value in row.values[field_name]
            ]
            if link_rows:
                await self._transaction.execute(link.insert_values, link_rows)

    async def _read_rows(self, registry_table: RegistryTable, rows: Sequence[Row]) -> list[RegistryRow]:
        values_by_field: dict[str, dict[int, list[Any]]] = {
            field_name: defaultdict(list) for field_name in registry_table.value_tables
        }
        for field_name, link in registry_table.value_tables.items() if rows else ():
            for owner, value in await self._transaction.fetch_rows(
                link.select_of_owners, {"owners": [row[0] for row in rows]}
            ):
                values_by_field[field_name][owner].append(value)
        return [
            registry_table.read_row(
                row, {field_name: values_by_owner[row[0]] for field_name, values_by_owner in values_by_field.items()}
            )
            for row in rows
        ]

    async def list_changes(self, registry: str, row_id: int) -> list[PastChange]:
        rows = await self._transaction.fetch_rows(_SELECT_CHANGES, {"of_registry": registry, "of_row": row_id})
        return [PastChange(*row) for row in rows]

    async def list_reminders(self, expiring_rows: Sequence[ExpiringRow]) -> list[list[int]]:
        keys = [tuple(_reminder_key(expiring_row).values()) for expiring_row in expiring_rows]
        if not keys:
            return []
        asked = {"registries": sorted({key[0] for key in keys}), "row_ids": sorted({key[1] for key in keys})}
        days_by_key = defaultdict[tuple[Any, ...], list[int]](list)
        for *reminder_key, days_before in await self._transaction.fetch_rows(_SELECT_REMINDERS, asked):
            days_by_key[tuple(reminder_key)].append(days_before)
        return [days_by_key[key] for key in keys]

    async def add_reminder(self, expiring_row: ExpiringRow, days_before: int, sent_at: datetime) -> None:
        statement: Executable = _INSERT_REMINDER
        await self._transaction.execute(
            statement, _reminder_key(expiring_row) | {"days_before": days_before, "at": sent_at}
        )


def _reminder_key(expiring: ExpiringRow) -> dict[str, Any]:
    key, row_id = expiring.registry.key, expiring.row.id
    return {"registry": key, "row_id": row_id, "field": expiring.date_field, "day": expiring.expires_on.isoformat()}


def _change_values(registry_table: RegistryTable, change: RegistryChange) -> dict[str, Any]:
    before, after = change.values_before or {}, change.row.values
    changed_names = list_changed_fields(before, after)
    return {
        "registry": registry_table.registry.key,
        "row_id": change.row.id,
        "at": change.changed_at,
        "by": change.changed_by,
        "before": {name: before.get(name) for name in changed_names},
        "after": {name: after[name] for name in changed_names},
    }
