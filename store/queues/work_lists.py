"""The port `WorkLists`: pages and counts of requests, each merged from a few ranges of indexes.

Every range is read by itself, in its index's order and no further than the page reaches; only what the merged page
holds is read whole.
"""

from collections.abc import Iterable, Sequence

from domain.queues.selection import Selection
from domain.requests.request import ServiceRequest
from domain.values.paging import Cursor, Key
from store.queues import work_statements as statements
from store.queues.work_counts import Counts
from store.queues.work_questions import Shape, shape_of, values_of
from store.work import Repository


class SqlWorkLists(Repository):
    """The port `WorkLists`."""

    async def page(self, wanted: Selection, limit: int, at: Cursor | None) -> list[tuple[Key, int, ServiceRequest]]:
        """Return (key, id, request) in the list's order, from this place on: `limit` and, if there are, one more."""
        if not wanted.ranges:
            return []
        shape = shape_of(wanted, at)
        await self._planned((shape,))
        statement = statements.page(shape, limit + 1, side_by_side=self._work.engine.side_by_side)
        rows = await self._work.rows(statement, values_of(wanted, at))
        found = [(row[0], row[1], statements.REQUEST.read(row, 1)) for row in rows]
        return found[::-1] if at and at.back else found

    async def counts(self, wanted: Sequence[Selection], most: int) -> list[int]:
        """Return how many requests each selection has, counting no further than `most`."""
        counts = Counts(wanted, most)
        if counts.statement is None:
            return [0] * len(wanted)
        await self._planned(counts.shapes)
        return counts.read(await self._work.rows(counts.statement, counts.values))

    async def _planned(self, shapes: Iterable[Shape]) -> None:
        """Have lists planned once, but for those by words: it depends on the word where one best begins."""
        await self._work.plan(once=not any(shape.words for shape in shapes))
