"""Filters of a queue."""

from dataclasses import dataclass, fields
from datetime import date

from domain.queues.queue import Queue, Sla
from domain.queues.search import SearchQuery
from domain.queues.search_ways import SearchWay, list_search_ways
from domain.requests.request import JsonObject, Phase
from domain.values.actors import Role
from domain.values.paging import ListOrder


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Filter and order of the requests of a queue; None means any."""

    queue: Queue = Queue.OPEN
    """Queue: what goes on, one's own, what has ended …"""
    unit: Role | None = None
    """The unit whose turn it is."""
    service: str | None = None
    """The service's key."""
    states: tuple[str, ...] = ()
    """One of these; none: any."""
    phase: Phase | None = None
    """One of the seven phases."""
    kind: str | None = None
    """One of the kinds that its service has."""
    assignee: str | None = None
    """The user name of who takes care of it."""
    channel: str | None = None
    """The key of the channel that it came by."""
    office: str | None = None
    """The code of the counter office that brought it."""
    created_from: date | None = None
    """The first day (Tehran) on which it was made."""
    created_to: date | None = None
    """The last day (Tehran) on which it was made, included."""
    sla: Sla | None = None
    """Its state by its working time."""
    papers: bool | None = None
    """Whether documents are pending."""
    search: str | None = None
    """Text typed into the box."""
    found_by: SearchWay | None = None
    """The one way in which that is meant; None: the surest."""
    order: ListOrder | None = None
    """None: open requests most urgent first, others newest first, names by the alphabet."""

    @property
    def search_query(self) -> SearchQuery | None:
        """Search; None: nothing. A way in which the text cannot be meant means nothing."""
        if not self.search:
            return None
        ways = list_search_ways(self.search)
        return (ways.get(self.found_by) if self.found_by else None) or next(iter(ways.values()))

    @property
    def effective_order(self) -> ListOrder:
        """Order of the list: urgency is only for what goes on, the alphabet only for names that were typed."""
        if (query := self.search_query) and query.word_beginnings:
            return ListOrder.NAME
        is_live_queue = self.queue.is_live is True
        if self.order in {None, ListOrder.NAME} or (self.order is ListOrder.URGENT and not is_live_queue):
            return ListOrder.URGENT if is_live_queue else ListOrder.NEWEST
        assert self.order is not None, "None was replaced above"  # noqa: S101
        return self.order

    def as_json(self) -> JsonObject:
        """Return what `read_queue_filter` takes back: only what was said, days as ISO."""
        filter_values = {filter_field.name: getattr(self, filter_field.name) for filter_field in fields(self)}
        return {
            field_name: _to_json_value(value)
            for field_name, value in filter_values.items()
            if value is not None and value != ()
        }


def _to_json_value(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
