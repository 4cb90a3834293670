"""Emptying a database, for the demonstration that is started over."""

from sqlalchemy import delete

from store.schema import metadata
from store.unit_of_work import SqlUnit
from store.work import Repository


class _Everything(Repository):
    """All tables at once."""

    async def delete(self) -> None:
        for table in reversed(metadata.sorted_tables):
            await self._work.run(delete(table))


async def empty(unit: SqlUnit) -> None:
    """Delete every row of every table; the schema and its version stay."""
    await _Everything(unit._work).delete()
