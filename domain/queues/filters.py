"""What somebody looks for in a queue."""

from dataclasses import dataclass, fields
from datetime import date

from domain.queues.queue import Queue, Sla
from domain.queues.search import parse_query
from domain.requests.request import JsonObject, Phase
from domain.values.actors import Role
from domain.values.paging import ListOrder


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which requests of a queue, and in which order; None means any.

    `unit` is whose turn it is, `assignee` a user name, `office` a counter office's code, `created_to` a day that is
    included; `papers` tells whether documents are pending, `search` is what was typed into the box. Without an `order`
    open requests come most urgent first, others newest first, and names by the alphabet.
    """

    queue: Queue = Queue.OPEN
    unit: Role | None = None
    service: str | None = None
    states: tuple[str, ...] = ()
    phase: Phase | None = None
    kind: str | None = None
    assignee: str | None = None
    channel: str | None = None
    office: str | None = None
    created_from: date | None = None
    created_to: date | None = None
    sla: Sla | None = None
    papers: bool | None = None
    search: str | None = None
    order: ListOrder | None = None

    @property
    def effective_order(self) -> ListOrder:
        """How the list is ordered: urgency is only for what goes on, the alphabet only for names that were typed."""
        if self.search and parse_query(self.search).words:
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
