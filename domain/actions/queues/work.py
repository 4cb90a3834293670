"""The staff's work as lists: what waits in which queue, a page of one, and a request that may be looked at."""

from dataclasses import dataclass, replace

from domain.actions.desk import Desk
from domain.actions.queues.selecting import select
from domain.actions.queues.visibility import queues_seen, sees, services_seen, units_seen
from domain.queues.filters import QueueFilter
from domain.queues.queue import Moments, Queue, Sla, sla_of
from domain.queues.selection import Selection
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values import tracking_codes
from domain.values.actors import Actor, Role
from domain.values.errors import Forbidden
from domain.values.paging import Cursor, Page, page_of

PAGE = 20
"""Requests of one page: as many as one goes through before turning over, on a phone too."""

MOST_COUNTED = 100
"""Requests of a queue that are counted: more are «۱۰۰+». Every page of the desk counts a dozen queues."""


@dataclass(frozen=True, slots=True)
class QueueCount:
    """A queue (of a unit, where it is one's) with how many requests it holds, and how many of a unit's are late.

    Neither counts further than `MOST_COUNTED`; `more` tells that there are.
    """

    queue: Queue
    unit: Role | None
    count: int
    more: bool
    late: int = 0


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A request in a list, and how it stands to its SLA (None: it has none now)."""

    request: ServiceRequest
    sla: Sla | None


async def queue_counts(desk: Desk, uow: UnitOfWork, actor: Actor) -> list[QueueCount]:
    """Return every queue that this member of the staff is shown, in order; none for who sees no request."""
    shown = queues_seen(desk.services, actor.role_names)
    units = [unit for _, unit in shown if unit]
    wanted = [_selected(desk, actor, QueueFilter(queue, unit)) for queue, unit in shown]
    wanted += [_selected(desk, actor, QueueFilter(Queue.LATE, unit)) for unit in units]
    found = await uow.work_lists.counts(wanted, MOST_COUNTED + 1)
    late = dict(zip(units, found[len(shown) :], strict=True))
    return [
        QueueCount(
            queue, unit, min(count, MOST_COUNTED), count > MOST_COUNTED, min(late[unit], MOST_COUNTED) if unit else 0
        )
        for (queue, unit), count in zip(shown, found, strict=False)
    ]


async def queue_page(
    desk: Desk, uow: UnitOfWork, actor: Actor, wanted: QueueFilter, at: str | None = None, limit: int = PAGE
) -> Page[WorkItem]:
    """Return the page of a queue that begins at a place (`Page.next`, `Page.previous` as text), or the first one.

    A name of several words is looked for as it was typed; where nobody has it so, by each word alone. Errors:
    `Forbidden` (`queue`, `unit`, `service`) for what is not this member's to see, `InvalidField("page")`.
    """
    _refuse_foreign(desk, actor, wanted)
    place = Cursor.read(at, wanted.listed) if at else None
    chosen = _selected(desk, actor, wanted)
    if _began_loosely(chosen, place):
        chosen = replace(chosen, loosely=True)
    found = await uow.work_lists.page(chosen, limit, place)
    if not found and place is None and chosen.search and len(chosen.search.words) > 1:
        found = await uow.work_lists.page(replace(chosen, loosely=True), limit, None)
    moments = _moments(desk)
    page = page_of(found, limit, place)
    items = tuple(WorkItem(request, sla_of(request, moments)) for request in page.rows)
    return Page(items, page.previous, page.next)


async def readable(desk: Desk, uow: UnitOfWork, code: str, actor: Actor) -> ServiceRequest:
    """Return the request with that tracking code for a page; `CodeMistyped`, `NotFound`, `Forbidden("code")`."""
    request = await uow.requests.by_code(tracking_codes.parse(code))
    if not sees(desk.services, actor, request):
        raise Forbidden("code")
    return request


def _selected(desk: Desk, actor: Actor, wanted: QueueFilter) -> Selection:
    return select(desk.services, actor, wanted, _moments(desk))


def _moments(desk: Desk) -> Moments:
    return Moments.at(desk.clock.now(), desk.calendar)


def _refuse_foreign(desk: Desk, actor: Actor, wanted: QueueFilter) -> None:
    seen, units = services_seen(desk.services, actor.role_names), units_seen(desk.services, actor.role_names)
    if actor.kind != "staff" or not seen:
        raise Forbidden("queue")
    if wanted.service and wanted.service not in seen:
        raise Forbidden("service")
    if wanted.unit and wanted.queue.of_units and wanted.unit not in units:
        raise Forbidden("unit")


def _began_loosely(chosen: Selection, place: Cursor | None) -> bool:
    """Tell whether the list before this place was one of single words: its last name began otherwise than typed."""
    if place is None or chosen.search is None or not chosen.search.words:
        return False
    return not str(place.key).startswith(chosen.search.joined)
