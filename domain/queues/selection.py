"""A filter resolved into ranges of requests that the store can read."""

from dataclasses import dataclass
from datetime import datetime

from domain.queues.search import SearchQuery
from domain.values.paging import ListOrder


@dataclass(frozen=True, slots=True)
class RequestRange:
    """Requests of one service."""

    service: str
    """Its key."""
    turn: str | None = None
    """Those whose turn it is (`State.turn`); None: whatever their turn."""
    has_ended: bool = False
    """Whether it is those that have ended."""
    states: tuple[str, ...] = ()
    """Those in one of these; none: in any."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The requests of some ranges that also meet every condition that is not None."""

    ranges: tuple[RequestRange, ...]
    """One of these; no range means no request."""
    order: ListOrder
    """The order of the list."""
    assignees: tuple[str, ...] = ()
    """User names: any one of them has it; none: whoever does."""
    unassigned: bool = False
    """Whether only those are meant that nobody takes care of."""
    kind: str | None = None
    """One of the kinds that its service has."""
    channel: str | None = None
    """The key of the channel that it came by."""
    office: str | None = None
    """The code of the counter office that brought it."""
    lacks_papers: bool | None = None
    """Whether required papers are missing."""
    created_from: datetime | None = None
    """Made from this moment on."""
    created_before: datetime | None = None
    """Made before this moment."""
    due_after: datetime | None = None
    """Due after this moment."""
    due_until: datetime | None = None
    """Due until this moment."""
    search: SearchQuery | None = None
    """Text typed; words find names that begin with them as typed."""
    loosely: bool = False
    """Whether words are found anywhere in a name instead, or in a number beside it."""
