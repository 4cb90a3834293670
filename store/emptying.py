"""Emptying a database, for the demonstration that is started over."""

from sqlalchemy import delete

from store.schema import metadata
from store.work import Repository


class SqlEverything(Repository):
    """All tables at once."""

    async def delete(self) -> None:
        """Delete every row of every table; the schema and its version stay."""
        for table in reversed(metadata.sorted_tables):
            await self._transaction.execute(delete(table))
