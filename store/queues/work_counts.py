"""Several lists of work counted by one question to the database: what they share is counted once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from sqlalchemy import Executable

from domain.queues.selection import Selection
from store.queues import work_statements
from store.queues.work_questions import Shape, shape_of, values_of


class Counts:
    """How many requests some selections have, none counted further than `most`: what to ask, and what is told.

    Questions of one shape are a group of the statement (`work_statements.counts`).
    """

    def __init__(self, wanted: Sequence[Selection], most: int) -> None:
        self._most = most
        self._parts = [_parts_of(one) for one in wanted]
        places: dict[Shape, dict[Selection, int]] = defaultdict(dict)
        for part in chain.from_iterable(self._parts):
            group = places[shape_of(part)]
            group.setdefault(part, len(group))
        self._groups = [(shape, list(group)) for shape, group in places.items()]

    @property
    def shapes(self) -> Iterable[Shape]:
        """The shapes of the questions."""
        return (shape for shape, _ in self._groups)

    @property
    def statement(self) -> Executable | None:
        """What to ask; None where nothing is wanted of any request."""
        groups = tuple((shape, len(asked)) for shape, asked in self._groups)
        return work_statements.counts(groups) if groups else None

    @property
    def values(self) -> dict[str, Any]:
        """The statement's values."""
        values: dict[str, Any] = {"most": self._most}
        for group, (_, asked) in enumerate(self._groups):
            for place, one in enumerate(asked):
                values |= values_of(one, prefix=work_statements.prefix(group, place))
        return values

    def read(self, rows: Iterable[Sequence[int]]) -> list[int]:
        """Return the counts, in the order of the selections, from the statement's rows."""
        found = {self._groups[group][1][place]: count for group, place, count in rows}
        return [min(self._most, sum(found[part] for part in parts)) for parts in self._parts]


def _parts_of(wanted: Selection) -> Sequence[Selection]:
    """Return selections that have no request in common, and between them all that are wanted: one for each range, but
    where who has a request or what was searched for finds it, whatever its range.
    """
    if wanted.assignees or wanted.search:
        return (wanted,) if wanted.ranges else ()
    return tuple(replace(wanted, ranges=(one,)) for one in wanted.ranges)
