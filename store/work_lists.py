"""The port `WorkLists`: pages and counts of requests, each merged from a few ranges of indexes.

Every range is read by itself, in its index's order and no further than the page reaches; only what the merged page
holds is read whole.
"""

from collections.abc import Sequence
from typing import Any

from domain.paging import Cursor, Key
from domain.requests import ServiceRequest
from domain.selection import Selection
from store import work_statements as statements
from store.work import Repository
from store.work_questions import parts_of, shape_of, values_of


class SqlWorkLists(Repository):
    """The port `WorkLists`."""

    async def page(self, wanted: Selection, limit: int, at: Cursor | None) -> list[tuple[Key, int, ServiceRequest]]:
        """Return (key, id, request) in the list's order, from this place on: `limit` and, if there are, one more."""
        if not wanted.ranges:
            return []
        values = values_of(wanted, at) | {"most": limit + 1}
        rows = await self._work.rows(statements.page(shape_of(wanted, at)), values)
        found = [(key, row[0], statements.REQUEST.read(tuple(row))) for key, *row in rows]
        return found[::-1] if at and at.back else found

    async def counts(self, wanted: Sequence[Selection], most: int) -> list[int]:
        """Return how many requests each selection has, counting no further than `most`; what several share is counted
        once.
        """
        parts = [parts_of(one) for one in wanted]
        asked = tuple(dict.fromkeys(part for of_one in parts for part in of_one))
        if not asked:
            return [0] * len(wanted)
        values: dict[str, Any] = {"most": most}
        for number, one in enumerate(asked):
            values |= values_of(one, prefix=statements.prefix(number))
        statement = statements.counts(tuple(map(shape_of, asked)))
        counted = {asked[number]: found for number, found in await self._work.rows(statement, values)}
        return [min(most, sum(counted[part] for part in of_one)) for of_one in parts]
