"""Lists page by page: a page begins after an id (`?before=`), so that the last one costs as little as the first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from aiohttp import web

from domain.values.row_ids import HIGHEST_ID

START_PARAMETER = "before"
"""The parameter that names the id after which a page begins."""

_MAX_ID_DIGITS = len(str(HIGHEST_ID))

RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class ListPage(Generic[RowT]):
    """A page of a list, and the address of the next one; None at the end."""

    rows: Sequence[RowT]
    older_address: str | None


def read_page_start(request: web.Request, parameter_name: str = START_PARAMETER) -> int | None:
    """Return the id after which the page begins, None for the first one; `HTTPNotFound` for what is no id. A page of
    two lists has a parameter for each.
    """
    start_text = request.query.get(parameter_name)
    if start_text is None:
        return None
    if not (start_text.isascii() and start_text.isdecimal() and len(start_text) <= _MAX_ID_DIGITS):
        raise web.HTTPNotFound
    return min(int(start_text), HIGHEST_ID)


def build_page_query(request: web.Request, **changed_parameters: str) -> str:
    """Return the parameters of this page's address (its filters, and where it begins) with some of them changed."""
    parameters = {name: value for name, value in request.query.items() if name != "done" and value}
    return urlencode(parameters | changed_parameters)


def build_list_page(
    request: web.Request, list_address: str, fetched_rows: Sequence[RowT], page_size: int, id_attribute: str = "id"
) -> ListPage[RowT]:
    """Return a page out of one row more than it has; `list_address` is the list's own, `id_attribute` names the id of a
    row.
    """
    page_rows = fetched_rows[:page_size]
    if len(fetched_rows) <= page_size:
        return ListPage(page_rows, None)
    next_start = {START_PARAMETER: str(getattr(page_rows[-1], id_attribute))}
    return ListPage(page_rows, f"{list_address}?{build_page_query(request, **next_start)}")
