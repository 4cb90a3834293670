"""Check values of the keys that this database is used with: they reveal a wrong key, and nothing of the right one."""

from datetime import datetime

from sqlalchemy import Executable, bindparam, select

from store.engines.base import DatabaseEngine
from store.schema import key_checks
from store.work import Repository

_SELECT_VALUE = select(key_checks.c.value).where(key_checks.c.name == bindparam("of_name"))


def _upsert_value(engine: DatabaseEngine) -> Executable:
    insertion = engine.insert_into(key_checks)
    return insertion.on_conflict_do_update(
        index_elements=["name"], set_={column_name: insertion.excluded[column_name] for column_name in ("value", "at")}
    )


class SqlKeyChecks(Repository):
    """A check value for each key, by its name."""

    async def find_check_value(self, key_name: str) -> str | None:
        """Return the check value of a key, None before it was first used."""
        row = await self._transaction.fetch_row(_SELECT_VALUE, {"of_name": key_name})
        return None if row is None else str(row[0])

    async def put_check_value(self, key_name: str, check_value: str, recorded_at: datetime) -> None:
        """Keep one, in place of any other."""
        await self._transaction.execute(_upsert_value, {"name": key_name, "value": check_value, "at": recorded_at})
