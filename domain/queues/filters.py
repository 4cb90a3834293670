"""What somebody looks for in a queue."""

from dataclasses import dataclass, fields
from datetime import date

from domain.queues.queue import Queue, Sla
from domain.queues.search import parse
from domain.requests.request import JsonObject, Phase
from domain.values.actors import Role
from domain.values.paging import Order


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
    order: Order | None = None

    @property
    def listed(self) -> Order:
        """How the list is ordered: urgency is only for what goes on, the alphabet only for names that were typed."""
        if self.search and parse(self.search).words:
            return Order.NAME
        urgent = self.queue.live is True
        if self.order in {None, Order.NAME} or (self.order is Order.URGENT and not urgent):
            return Order.URGENT if urgent else Order.NEWEST
        assert self.order is not None, "None was replaced above"  # noqa: S101
        return self.order

    def as_json(self) -> JsonObject:
        """Return what `read` takes back: only what was said, days as ISO."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: _plain(value) for name, value in said.items() if value is not None and value != ()}


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
