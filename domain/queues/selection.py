"""A filter resolved into ranges of requests that the store can read."""

from dataclasses import dataclass
from datetime import datetime

from domain.queues.search import SearchQuery
from domain.values.paging import ListOrder


@dataclass(frozen=True, slots=True)
class RequestRange:
    """Requests of one service: all, those whose turn it is (`turn`), or those that have `has_ended`.

    With `states` only those in one of these states.
    """

    service: str
    turn: str | None = None
    has_ended: bool = False
    states: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """The requests of some ranges that also meet every condition that is not None.

    Of `assignees` any one has it, `unassigned`: nobody has. They were made from `created_from` on and before
    `created_before`, and are due after `due_after` and until `due_until`. No range means no request. A search for words
    finds names that begin with them as typed; `loosely`, those that have each of them somewhere, or a number beside it.
    """

    ranges: tuple[RequestRange, ...]
    order: ListOrder
    assignees: tuple[str, ...] = ()
    unassigned: bool = False
    kind: str | None = None
    channel: str | None = None
    office: str | None = None
    lacks_papers: bool | None = None
    created_from: datetime | None = None
    created_before: datetime | None = None
    due_after: datetime | None = None
    due_until: datetime | None = None
    search: SearchQuery | None = None
    loosely: bool = False
