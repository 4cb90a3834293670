"""What the staff changed of the settings: changes are added, never edited."""

from typing import Any

from sqlalchemy import Integer, bindparam, func, insert, select

from domain.settings.records import SettingChange
from store.engines.types import ID, MOST_ID
from store.rows import TableMapping
from store.schema import setting_changes
from store.work import Repository

_CHANGE = TableMapping(setting_changes, SettingChange)
_NAME, _NUMBER = setting_changes.c.name, setting_changes.c.id
_VERSION = select(func.coalesce(func.max(_NUMBER), 0))
_VALUES = select(_NAME, setting_changes.c.value).where(_NUMBER.in_(select(func.max(_NUMBER)).group_by(_NAME)))
_LAST = select(*_CHANGE.columns).where(bindparam("of_name") == _NAME).order_by(_NUMBER.desc()).limit(1)
_RECENT = (
    select(*_CHANGE.columns)
    .where(bindparam("before_id", type_=ID) > _NUMBER)
    .order_by(_NUMBER.desc())
    .limit(bindparam("most", type_=Integer))
)
# The database numbers them: units that change settings wait for each other, so a greater number is a later commit.
_ADD = insert(setting_changes).inline()


class SqlSettingChanges(Repository):
    """The port `SettingChanges`."""

    async def version(self) -> int:
        """Return the number of the last change; 0 before the first one."""
        return int(await self._work.value(_VERSION))

    async def values(self) -> dict[str, Any]:
        """Return name → value of every setting that is changed."""
        return {name: value for name, value in await self._work.rows(_VALUES) if value is not None}

    async def last(self, name: str) -> SettingChange | None:
        """Return the last change of a setting."""
        row = await self._work.row(_LAST, {"of_name": name})
        return None if row is None else _CHANGE.read(row)

    async def add(self, change: SettingChange) -> None:
        """Store a change under a number of its own."""
        values = _CHANGE.values(change)
        del values["id"]
        await self._work.run(_ADD, values)

    async def recent(self, before: int | None, limit: int) -> list[SettingChange]:
        """Return changes, newest first."""
        of = {"before_id": MOST_ID if before is None else before, "most": limit}
        return _CHANGE.read_all(await self._work.rows(_RECENT, of))
