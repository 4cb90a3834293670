"""Pages that their address narrows down: what cannot be understood of it is explained there, over an empty page."""

from collections.abc import Awaitable
from typing import TypeVar

from domain.values.errors import DomainError

LoadedT = TypeVar("LoadedT")


async def load_filtered(loading: Awaitable[LoadedT], empty_page: LoadedT) -> tuple[LoadedT, DomainError | None]:
    """Return what the filters of an address leave, and no error. If they cannot be read, return the empty page, and the
    error: its page has that one's status (`render_staff_page`), with what was typed in the boxes of its filters.
    """
    try:
        return await loading, None
    except DomainError as filter_error:
        return empty_page, filter_error
