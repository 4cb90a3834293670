"""Changes of the settings by the staff: changes are added, never edited."""

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, func, insert, select

from domain.settings.records import SettingChange
from domain.values.row_ids import HIGHEST_ID
from store.engines.types import ID
from store.rows import TableMapping
from store.schema import setting_changes
from store.work import Repository

_CHANGE_MAPPING = TableMapping(setting_changes, SettingChange)
_NAME_COLUMN, _NUMBER_COLUMN = setting_changes.c.name, setting_changes.c.id
_SELECT_VERSION = select(func.coalesce(func.max(_NUMBER_COLUMN), 0))
_SELECT_VALUES = select(_NAME_COLUMN, setting_changes.c.value).where(
    _NUMBER_COLUMN.in_(select(func.max(_NUMBER_COLUMN)).group_by(_NAME_COLUMN))
)
_SELECT_CHANGE_TIMES = select(_NAME_COLUMN, func.max(setting_changes.c.at)).group_by(_NAME_COLUMN)
_SELECT_LAST = (
    select(*_CHANGE_MAPPING.columns)
    .where(bindparam("of_name") == _NAME_COLUMN)
    .order_by(_NUMBER_COLUMN.desc())
    .limit(1)
)
_SELECT_RECENT = (
    select(*_CHANGE_MAPPING.columns)
    .where(bindparam("before_id", type_=ID) > _NUMBER_COLUMN)
    .order_by(_NUMBER_COLUMN.desc())
    .limit(bindparam("most", type_=Integer))
)
# The database numbers them: units that change settings wait for each other, so a greater number is a later commit.
_INSERT_CHANGE = insert(setting_changes).inline()


class SqlSettingChangeRepository(Repository):
    """The port `SettingChangeRepository`."""

    async def get_version(self) -> int:
        return int(await self._transaction.fetch_value(_SELECT_VERSION))

    async def get_values(self) -> dict[str, Any]:
        return {
            setting_name: value
            for setting_name, value in await self._transaction.fetch_rows(_SELECT_VALUES)
            if value is not None
        }

    async def get_change_times(self) -> dict[str, datetime]:
        return {setting_name: at for setting_name, at in await self._transaction.fetch_rows(_SELECT_CHANGE_TIMES)}

    async def find_last(self, setting_name: str) -> SettingChange | None:
        row = await self._transaction.fetch_row(_SELECT_LAST, {"of_name": setting_name})
        return None if row is None else _CHANGE_MAPPING.read_row(row)

    async def add(self, change: SettingChange) -> None:
        column_values = _CHANGE_MAPPING.column_values(change)
        del column_values["id"]
        await self._transaction.execute(_INSERT_CHANGE, column_values)

    async def list_recent(self, before: int | None, limit: int) -> list[SettingChange]:
        parameters = {"before_id": HIGHEST_ID if before is None else before, "most": limit}
        return _CHANGE_MAPPING.read_rows(await self._transaction.fetch_rows(_SELECT_RECENT, parameters))
