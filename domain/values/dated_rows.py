"""Rows that hold from a day on: where a new one comes among those of the same thing, and what may be withdrawn.

Prices and commissions lie so. Of one thing at most one row holds on a day. A row is never edited: it is closed where
the next one begins, and one that shall not hold at all is closed on its own first day and kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar

from domain.values.version_token import VersionToken


class DatedRow(Protocol):
    """A row that holds on days d with valid_from <= d < valid_to (None: open end)."""

    @property
    def id(self) -> int:
        """The row's."""
        ...

    @property
    def valid_from(self) -> date:
        """The first day (Tehran) on which it holds."""
        ...

    @property
    def valid_to(self) -> date | None:
        """The day on which it holds no more; None: open end."""
        ...


DatedT = TypeVar("DatedT", bound=DatedRow)


@dataclass(frozen=True, slots=True)
class InsertionPoint(Generic[DatedT]):
    """Place of a row that begins on a day."""

    row_before: DatedT | None
    """The row that it closes; None: there is none."""
    replaced_row: DatedT | None
    """The row that it withdraws, which begins on that very day; None: there is none."""
    valid_until: date | None
    """The day on which it ends (exclusive), when the next one begins; None: open end."""


def is_valid_on(row: DatedRow, day: date) -> bool:
    """Return whether the row holds on that day."""
    return row.valid_from <= day and (row.valid_to is None or day < row.valid_to)


def is_withdrawn(row: DatedRow) -> bool:
    """Return whether the row was closed on its own first day: it holds on no day."""
    return row.valid_to is not None and row.valid_to <= row.valid_from


def effective_rows(rows: Iterable[DatedT]) -> list[DatedT]:
    """Return the rows that were not withdrawn."""
    return [row for row in rows if not is_withdrawn(row)]


def locate_insertion(rows: Iterable[DatedT], start_day: date) -> InsertionPoint[DatedT]:
    """Return where a row that begins on that day comes among those of the same thing."""
    candidates = effective_rows(rows)
    row_before = next(
        (
            candidate
            for candidate in candidates
            if candidate.valid_from < start_day and is_valid_on(candidate, start_day)
        ),
        None,
    )
    replaced_row = next((candidate for candidate in candidates if candidate.valid_from == start_day), None)
    valid_until = min(
        (candidate.valid_from for candidate in candidates if candidate.valid_from > start_day), default=None
    )
    return InsertionPoint(row_before, replaced_row, valid_until)


def preceding_row(rows: Iterable[DatedT], row: DatedRow) -> DatedT | None:
    """Return the row of the same thing that ends where this one begins; None when nothing did hold before it."""
    return next(
        (
            candidate
            for candidate in effective_rows(rows)
            if candidate.valid_to == row.valid_from and candidate.id != row.id
        ),
        None,
    )


def version_of(rows: Iterable[DatedRow]) -> VersionToken:
    """Return the version of these rows, which counts how often one was set or withdrawn."""
    all_rows = list(rows)
    return VersionToken.from_number(len(all_rows) + sum(map(is_withdrawn, all_rows)))
