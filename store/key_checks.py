"""Check values of the keys that this database is used with: they tell a wrong key, and nothing of the right one."""

from datetime import datetime

from sqlalchemy import Executable, bindparam, select

from store.engines.base import DatabaseEngine
from store.schema import key_checks
from store.work import Repository

_VALUE = select(key_checks.c.value).where(key_checks.c.name == bindparam("of_name"))


def _put(engine: DatabaseEngine) -> Executable:
    new = engine.insert(key_checks)
    return new.on_conflict_do_update(
        index_elements=["name"], set_={name: new.excluded[name] for name in ("value", "at")}
    )


class SqlKeyChecks(Repository):
    """A check value for each key, by its name."""

    async def find(self, name: str) -> str | None:
        """Return the check value of a key, None before it was first used."""
        row = await self._work.row(_VALUE, {"of_name": name})
        return None if row is None else str(row[0])

    async def put(self, name: str, value: str, at: datetime) -> None:
        """Keep one, in place of any other."""
        await self._work.run(_put, {"name": name, "value": value, "at": at})
