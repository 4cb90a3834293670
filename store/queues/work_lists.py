"""The port `WorkListRepository`: pages and counts of requests, each merged from a few ranges of indexes.

Every range is read by itself, in its index's order and no further than the page reaches; only what the merged page
holds is read whole.
"""

from collections.abc import Iterable, Sequence

from domain.queues.selection import Selection
from domain.requests.request import ServiceRequest
from domain.values.paging import Cursor, SortKey
from store.queues import work_statements as statements
from store.queues.work_counts import WorkCounts
from store.queues.work_questions import QueryShape, bind_values, build_shape
from store.work import Repository


class SqlWorkListRepository(Repository):
    """The port `WorkListRepository`."""

    async def list_page(
        self, selection: Selection, limit: int, cursor: Cursor | None
    ) -> list[tuple[SortKey, int, ServiceRequest]]:
        if not selection.ranges:
            return []
        query_shape = build_shape(selection, cursor)
        await self._plan_shapes((query_shape,))
        statement = statements.page_statement(
            query_shape, limit + 1, side_by_side=self._transaction.engine.reads_side_by_side
        )
        rows = await self._transaction.fetch_rows(statement, bind_values(selection, cursor))
        page_rows = [(row[0], row[1], statements.REQUEST_MAPPING.read_row(row, 1)) for row in rows]
        return page_rows[::-1] if cursor and cursor.backwards else page_rows

    async def count_each(self, selections: Sequence[Selection], count_limit: int) -> list[int]:
        work_counts = WorkCounts(selections, count_limit)
        if work_counts.count_statement is None:
            return [0] * len(selections)
        await self._plan_shapes(work_counts.query_shapes)
        return work_counts.read_counts(
            await self._transaction.fetch_rows(work_counts.count_statement, work_counts.statement_values)
        )

    async def _plan_shapes(self, query_shapes: Iterable[QueryShape]) -> None:
        """Have lists run by one plan for all values, but for those whose best plan depends on the values."""
        await self._transaction.plan_statements(
            use_generic_plan=not any(query_shape.needs_plan_of_values for query_shape in query_shapes)
        )
