"""The ports of the staff's work: lists of requests, the words that find them, and the views that are kept."""

from collections.abc import Collection, Sequence
from typing import Protocol

from domain.queues.selection import Selection
from domain.queues.views import SavedView
from domain.requests.request import ServiceRequest
from domain.values.paging import Cursor, SortKey


class WorkListRepository(Protocol):
    """Requests as lists of work. A page costs what it holds, however many requests there are."""

    async def list_page(
        self, selection: Selection, limit: int, cursor: Cursor | None
    ) -> list[tuple[SortKey, int, ServiceRequest]]:
        """Return (key, id, request) in the list's order, from this place on: `limit` and, if there are, one more."""
        ...

    async def count_each(self, selections: Sequence[Selection], count_limit: int) -> list[int]:
        """Return how many requests each selection has, counting no further than `count_limit`."""
        ...


class SearchWordRepository(Protocol):
    """Words by which each request is found (`domain/queues/search.py`); lists of work read them
    (`domain/actions/queues/selecting.py`).
    """

    async def add(self, request: ServiceRequest, search_words: Collection[str]) -> None:
        """Keep the words of a new request."""
        ...

    async def replace_all(self, request: ServiceRequest, search_words: Collection[str]) -> None:
        """Forget the request's words and keep these."""
        ...


class SavedViewRepository(Protocol):
    """Filters that members of the staff keep."""

    async def list_of_member(self, username: str) -> list[SavedView]:
        """Return a member's views by name."""
        ...

    async def save(self, saved_view: SavedView) -> None:
        """Store a view; one of that name is replaced."""
        ...

    async def delete(self, username: str, view_name: str) -> bool:
        """Forget a view; False when there was none."""
        ...
