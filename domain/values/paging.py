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

FIELD = "page"

_ID = re.compile("[0-9]{1,19}")
_IDS_END = 2**63
RowT = TypeVar("RowT")

Key = datetime | str | None
"""By what a list is ordered: a moment (None: later than all others), or a word."""


class Order(StrEnum):
    """How a list of requests is ordered; rows with the same key by their id."""

    URGENT = "urgent"
    OLDEST = "oldest"
    NEWEST = "newest"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list: behind the row with that key and id, or before it (`back`)."""

    key: Key
    id: int
    back: bool = False

    def __str__(self) -> str:
        """Write it for an address: `read` takes it back."""
        key = self.key.isoformat() if isinstance(self.key, datetime) else self.key or ""
        return f"{'before' if self.back else 'after'}~{self.id}~{key}"

    @classmethod
    def read(cls, text: str, order: Order) -> "Cursor":
        """Read a place in a list of that order; `InvalidField("page")` for what `str` did not write."""
        side, _, rest = text.partition("~")
        number, separator, key = rest.partition("~")
        known = side in {"before", "after"} and separator and _ID.fullmatch(number)
        if not known or int(number) >= _IDS_END:
            raise InvalidField(FIELD, detail="bad_page")
        return cls(_key(key, order), int(number), side == "before")


def _key(text: str, order: Order) -> Key:
    if order is Order.NAME:
        return text
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise InvalidField(FIELD, detail="bad_page")


@dataclass(frozen=True, slots=True)
class Page(Generic[RowT]):
    """Some rows in the list's order, and the places where the pages before and behind them begin, if there are any."""

    rows: tuple[RowT, ...]
    previous: Cursor | None
    next: Cursor | None


def page_of(found: Sequence[tuple[Key, int, RowT]], limit: int, at: Cursor | None) -> Page[RowT]:
    """Cut a page of `limit` rows from (key, id, row) in the list's order, of which one more was asked for.

    `at` is the place from which they were read; the one more is the last, read backwards the first.
    """
    back = at is not None and at.back
    more = len(found) > limit
    kept = found[-limit:] if back else found[:limit]
    before, behind = (more, True) if back else (at is not None, more)
    if not kept:
        return Page((), None, None)
    (first, first_id, _), (last, last_id, _) = kept[0], kept[-1]
    return Page(
        tuple(row for _, _, row in kept),
        Cursor(first, first_id, back=True) if before else None,
        Cursor(last, last_id) if behind else None,
    )
