"""Lists page by page: a page begins after an id (`?before=`), so that the last one costs as little as the first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from aiohttp import web

START = "before"
"""The parameter that names the id after which a page begins."""

_LONGEST_ID = 19
_MOST_ID = 2**63 - 1

RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class ListPage(Generic[RowT]):
    """A page of a list, and the address of the next one; None at the end."""

    rows: Sequence[RowT]
    older: str | None


def page_start(request: web.Request) -> int | None:
    """Return the id after which the page begins, None for the first one; `HTTPNotFound` for what is no id."""
    given = request.query.get(START)
    if given is None:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) <= _LONGEST_ID):
        raise web.HTTPNotFound
    return min(int(given), _MOST_ID)


def same_page(request: web.Request, **changed: str) -> str:
    """Return the parameters of this page's address (its filters, and where it begins) with some of them changed."""
    kept = {name: value for name, value in request.query.items() if name != "done" and value}
    return urlencode(kept | changed)


def listed(request: web.Request, address: str, found: Sequence[RowT], size: int, key: str = "id") -> ListPage[RowT]:
    """Return a page out of one row more than it has; `address` is the list's own, `key` names the id of a row."""
    rows = found[:size]
    if len(found) <= size:
        return ListPage(rows, None)
    last = {START: str(getattr(rows[-1], key))}
    return ListPage(rows, f"{address}?{same_page(request, **last)}")
