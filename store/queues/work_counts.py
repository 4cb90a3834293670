"""Several lists of work counted by one question to the database: what they share is counted once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from sqlalchemy import Executable

from domain.queues.selection import Selection
from store.queues import work_statements
from store.queues.work_questions import QueryShape, bind_values, build_shape


class WorkCounts:
    """Number of requests of some selections, none counted further than `count_limit`: what to ask, and what is
    returned.

    Questions of one shape are a group of the statement (`work_statements.count_statement`).
    """

    def __init__(self, selections: Sequence[Selection], count_limit: int) -> None:
        self._count_limit = count_limit
        self._selection_parts = [_split_selection(selection) for selection in selections]
        places_by_shape: dict[QueryShape, dict[Selection, int]] = defaultdict(dict)
        for selection_part in chain.from_iterable(self._selection_parts):
            shape_group = places_by_shape[build_shape(selection_part)]
            shape_group.setdefault(selection_part, len(shape_group))
        self._shape_groups = [(query_shape, list(shape_group)) for query_shape, shape_group in places_by_shape.items()]

    @property
    def query_shapes(self) -> Iterable[QueryShape]:
        """The shapes of the questions."""
        return (query_shape for query_shape, _ in self._shape_groups)

    @property
    def count_statement(self) -> Executable | None:
        """Statement of the count; None where nothing is wanted of any request."""
        group_sizes = tuple(
            (query_shape, len(group_selections)) for query_shape, group_selections in self._shape_groups
        )
        return work_statements.count_statement(group_sizes) if group_sizes else None

    @property
    def statement_values(self) -> dict[str, Any]:
        """The statement's values."""
        values_by_name: dict[str, Any] = {"most": self._count_limit}
        for group_number, (_, group_selections) in enumerate(self._shape_groups):
            for selection_place, selection in enumerate(group_selections):
                values_by_name |= bind_values(
                    selection, name_prefix=work_statements.value_prefix(group_number, selection_place)
                )
        return values_by_name

    def read_counts(self, rows: Iterable[Sequence[int]]) -> list[int]:
        """Return the counts, in the order of the selections, from the statement's rows."""
        counts_by_selection = {
            self._shape_groups[group_number][1][selection_place]: request_count
            for group_number, selection_place, request_count in rows
        }
        return [
            min(self._count_limit, sum(counts_by_selection[selection_part] for selection_part in selection_parts))
            for selection_parts in self._selection_parts
        ]


def _split_selection(selection: Selection) -> Sequence[Selection]:
    """Return selections that have no request in common, and between them all that are wanted: one for each range, but
    where who has a request or what was searched for finds it, whatever its range.
    """
    if selection.assignees or selection.search:
        return (selection,) if selection.ranges else ()
    return tuple(replace(selection, ranges=(selection_range,)) for selection_range in selection.ranges)
