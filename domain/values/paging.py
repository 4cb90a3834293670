"""Pages of a long list by the place where one ended, never by a number: rows that come or go move nothing.

The next page of one that ended with a row begins behind that row's place in the order, whatever happened before it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Generic, TypeVar

from domain.values.errors import InvalidField
from domain.values.reasons import InvalidReason

PAGE_FIELD = "page"

_ID_PATTERN = re.compile("[0-9]{1,19}")
_ID_LIMIT = 2**63
RowT = TypeVar("RowT")

SortKey = datetime | str | None
"""Key by which a list is ordered: a moment (None: later than all others), or a word."""


class ListOrder(StrEnum):
    """Order of a list of requests; rows with the same key by their id."""

    URGENT = "urgent"
    OLDEST = "oldest"
    NEWEST = "newest"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list."""

    sort_key: SortKey
    """The sort key of the row at which a page ended."""
    id: int
    """The id of that row."""
    backwards: bool = False
    """Whether what is before the row is wanted, else what is behind it."""

    def __str__(self) -> str:
        """Write it for an address: `parse_cursor` takes it back."""
        key_text = self.sort_key.isoformat() if isinstance(self.sort_key, datetime) else self.sort_key or ""
        return f"{'before' if self.backwards else 'after'}~{self.id}~{key_text}"

    @classmethod
    def parse_cursor(cls, text: str, list_order: ListOrder) -> "Cursor":
        """Read a place in a list of that order; `InvalidField("page")` for what `str` did not write."""
        direction, _, remainder = text.partition("~")
        id_text, separator, key_text = remainder.partition("~")
        is_well_formed = direction in {"before", "after"} and separator and _ID_PATTERN.fullmatch(id_text)
        if not is_well_formed or int(id_text) >= _ID_LIMIT:
            raise InvalidField(PAGE_FIELD, InvalidReason.BAD_PAGE)
        return cls(_parse_sort_key(key_text, list_order), int(id_text), direction == "before")


def _parse_sort_key(key_text: str, list_order: ListOrder) -> SortKey:
    if list_order is ListOrder.NAME:
        return key_text
    if not key_text:
        return None
    try:
        moment = datetime.fromisoformat(key_text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise InvalidField(PAGE_FIELD, InvalidReason.BAD_PAGE)


@dataclass(frozen=True, slots=True)
class Page(Generic[RowT]):
    """Some rows in the list's order, and the places where the pages before and behind them begin, if there are any."""

    rows: tuple[RowT, ...]
    previous_cursor: Cursor | None
    next_cursor: Cursor | None


def cut_page(keyed_rows: Sequence[tuple[SortKey, int, RowT]], row_limit: int, cursor: Cursor | None) -> Page[RowT]:
    """Cut a page of `row_limit` rows from (key, id, row) in the list's order, of which one more was asked for.

    `cursor` is the place from which they were read; the one more is the last, read backwards the first.
    """
    backwards = cursor is not None and cursor.backwards
    has_more = len(keyed_rows) > row_limit
    page_rows = keyed_rows[-row_limit:] if backwards else keyed_rows[:row_limit]
    has_previous, has_next = (has_more, True) if backwards else (cursor is not None, has_more)
    if not page_rows:
        return Page((), None, None)
    (first_key, first_id, _), (last_key, last_id, _) = page_rows[0], page_rows[-1]
    return Page(
        tuple(row for _, _, row in page_rows),
        Cursor(first_key, first_id, backwards=True) if has_previous else None,
        Cursor(last_key, last_id) if has_next else None,
    )
