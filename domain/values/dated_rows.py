"""Rows that hold from a day on: where a new one comes among those of the same thing, and what may be withdrawn.

Prices and commissions lie so. Of one thing at most one row holds on a day. A row is never edited: it is closed where
the next one begins, and one that shall not hold at all is closed on its own first day and kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar

from domain.values.version_token import VersionToken


class Dated(Protocol):
    """A row that holds on days d with valid_from <= d < valid_to (None: open end)."""

    @property
    def id(self) -> int: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


DatedT = TypeVar("DatedT", bound=Dated)


@dataclass(frozen=True, slots=True)
class InsertionPoint(Generic[DatedT]):
    """Where a row that begins on a day comes: it closes `before`, or withdraws `replaced`, which begins on that very
    day, and ends on the day `until` (exclusive), when the next one begins (None: open end).
    """

    before: DatedT | None
    replaced: DatedT | None
    until: date | None


def holds(row: Dated, day: date) -> bool:
    """Tell whether the row holds on that day."""
    return row.valid_from <= day and (row.valid_to is None or day < row.valid_to)


def withdrawn(row: Dated) -> bool:
    """Tell whether the row was closed on its own first day: it holds on no day."""
    return row.valid_to is not None and row.valid_to <= row.valid_from


def standing(rows: Iterable[DatedT]) -> list[DatedT]:
    """Return the rows that were not withdrawn."""
    return [one for one in rows if not withdrawn(one)]


def place(rows: Iterable[DatedT], start: date) -> InsertionPoint[DatedT]:
    """Return where a row that begins on that day comes among those of the same thing."""
    among = standing(rows)
    before = next((one for one in among if one.valid_from < start and holds(one, start)), None)
    replaced = next((one for one in among if one.valid_from == start), None)
    until = min((one.valid_from for one in among if one.valid_from > start), default=None)
    return InsertionPoint(before, replaced, until)


def ends_at(rows: Iterable[DatedT], row: Dated) -> DatedT | None:
    """Return the row of the same thing that ends where this one begins; None when nothing did hold before it."""
    return next((one for one in standing(rows) if one.valid_to == row.valid_from and one.id != row.id), None)


def version_of(rows: Iterable[Dated]) -> VersionToken:
    """Return the version of these rows, which counts how often one was set or withdrawn."""
    among = list(rows)
    return VersionToken.numbered(len(among) + sum(map(withdrawn, among)))
