"""The staff's work as lists: what waits in which queue, a page of one, and a request that may be looked at."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.queues.selecting import build_selection, build_selections
from domain.actions.queues.visibility import visible_queues
from domain.authorization.request_policy import may_see_request
from domain.authorization.visibility import visible_services, visible_units
from domain.queues.filters import QueueFilter
from domain.queues.ports import WorkListRepository
from domain.queues.queue import Queue, Sla, SlaMoments, assess_sla
from domain.queues.search_ways import SearchWay, list_search_ways
from domain.queues.selection import Selection
from domain.repositories import OverviewRepositories, RequestRepositories
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor, Role
from domain.values.errors import Forbidden
from domain.values.paging import Cursor, Page, SortKey, cut_page
from domain.values.tracking_codes import TrackingCode

REQUESTS_PER_PAGE = 20
"""Requests of one page: as many as one goes through before turning over, on a phone too."""

MOST_COUNTED = 100
"""Requests of a queue that are counted: more are «۱۰۰+». Every page of the desk counts a dozen queues."""


@dataclass(frozen=True, slots=True)
class QueueCount:
    """A queue with how many requests it holds, counted no further than `MOST_COUNTED`."""

    queue: Queue
    """Its code or title."""
    unit: Role | None
    """Unit of the queue; None where it is no unit's."""
    count: int
    """Number of requests in it."""
    more: bool
    """There are more than were counted."""
    late: int = 0
    """Number of late requests; of a unit's queue alone."""


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A request in a list, and its state by its SLA (None: it has none now)."""

    request: ServiceRequest
    sla: Sla | None


async def count_queues(context: ActorContext[OverviewRepositories]) -> list[QueueCount]:
    """Return every queue that this member of the staff is shown, in order; none for who sees no request."""
    listed_queues = visible_queues(context.dependencies.services, context.actor)
    listed_units = [unit for _, unit in listed_queues if unit]
    filters = [
        QueueFilter(queue, unit) for queue, unit in (*listed_queues, *((Queue.LATE, one) for one in listed_units))
    ]
    moments = _current_moments(context.dependencies)
    selections = build_selections(context.dependencies.services, context.actor, filters, moments)
    found_counts = await context.uow.work_lists.count_each(selections, MOST_COUNTED + 1)
    late_by_unit = dict(zip(listed_units, found_counts[len(listed_queues) :], strict=True))
    return [
        QueueCount(
            queue,
            unit,
            min(count, MOST_COUNTED),
            count > MOST_COUNTED,
            min(late_by_unit[unit], MOST_COUNTED) if unit else 0,
        )
        for (queue, unit), count in zip(listed_queues, found_counts, strict=False)
    ]


async def load_queue_page(
    context: ActorContext[OverviewRepositories],
    criteria: QueueFilter,
    position: str | None = None,
    limit: int = REQUESTS_PER_PAGE,
) -> Page[WorkItem]:
    """Return the page of a queue that begins at a place (`Page.next_cursor`, `Page.previous_cursor` as text), or the
    first one.

    What was typed is looked for in the way of the filter, else in the first that finds anything (`settle_search`).
    Words are looked for as they were typed; where nothing has them so, each by itself. Errors: `Forbidden` (`queue`,
    `unit`, `service`) for what is not this member's to see, `InvalidField("page")`.
    """
    criteria = await settle_search(context, criteria)
    if criteria.search and not criteria.found_by:
        return Page((), None, None)
    cursor = Cursor.parse_cursor(position, criteria.effective_order) if position else None
    selection = _select_requests(context.dependencies, context.actor, criteria)
    if _began_loosely(selection, cursor):
        selection = replace(selection, loosely=True)
    found_requests = await _list_found(context.uow.work_lists, selection, limit, cursor)
    moments = _current_moments(context.dependencies)
    page = cut_page(found_requests, limit, cursor)
    work_items = tuple(WorkItem(request, assess_sla(request, moments)) for request in page.rows)
    return Page(work_items, page.previous_cursor, page.next_cursor)


async def settle_search(context: ActorContext[OverviewRepositories], criteria: QueueFilter) -> QueueFilter:
    """Return the filter with the first way in which what was typed finds anything; as it is, where nothing was typed, a
    way is named, or none finds anything. `Forbidden` as for the page.
    """
    _refuse_foreign_queue(context.dependencies, context.actor, criteria)
    if not criteria.search or criteria.found_by:
        return criteria
    async for settled in _try_ways(context, criteria):
        return settled
    return criteria


async def list_finding_ways(context: ActorContext[OverviewRepositories], search_text: str) -> list[SearchWay]:
    """Return every way in which what was typed finds a request that this member may see, the surest first; the errors
    of `list_search_ways`.
    """
    criteria = QueueFilter(Queue.ALL, search=search_text)
    return [one.found_by async for one in _try_ways(context, criteria) if one.found_by]


async def _try_ways(context: ActorContext[OverviewRepositories], criteria: QueueFilter) -> AsyncIterator[QueueFilter]:
    """Yield the filter with each way in which what was typed finds anything, the surest first."""
    for way in list_search_ways(criteria.search or ""):
        settled = replace(criteria, found_by=way)
        if await _list_found(
            context.uow.work_lists, _select_requests(context.dependencies, context.actor, settled), 1, None
        ):
            yield settled


async def _list_found(
    work_lists: WorkListRepository, selection: Selection, limit: int, cursor: Cursor | None
) -> list[tuple[SortKey, int, ServiceRequest]]:
    """Return what a list has from a place on. Words that nothing has as typed are looked for each by itself."""
    found_requests = await work_lists.list_page(selection, limit, cursor)
    if found_requests or cursor or not selection.search or len(selection.search.word_beginnings) < 2:
        return found_requests
    return await work_lists.list_page(replace(selection, loosely=True), limit, None)


async def find_readable_request(
    context: ActorContext[RequestRepositories], code: TrackingCode, *, lock: bool = False
) -> ServiceRequest:
    """Return the request with that tracking code for a page, or for a step (`lock`); `NotFound`,
    `Forbidden("code")`.
    """
    request = await context.uow.requests.get_by_code(code, lock=lock)
    if not may_see_request(context.dependencies.services, context.actor, request):
        raise Forbidden("code")
    return request


def _select_requests(dependencies: Dependencies, actor: Actor, criteria: QueueFilter) -> Selection:
    return build_selection(dependencies.services, actor, criteria, _current_moments(dependencies))


def _current_moments(dependencies: Dependencies) -> SlaMoments:
    return SlaMoments.from_calendar(dependencies.clock.now(), dependencies.calendar)


def _refuse_foreign_queue(dependencies: Dependencies, actor: Actor, criteria: QueueFilter) -> None:
    service_keys, own_units = (
        visible_services(dependencies.services, actor),
        visible_units(dependencies.services, actor),
    )
    if not service_keys:
        raise Forbidden("queue")
    if criteria.service and criteria.service not in service_keys:
        raise Forbidden("service")
    if criteria.unit and criteria.queue.is_of_units and criteria.unit not in own_units:
        raise Forbidden("unit")


def _began_loosely(selection: Selection, cursor: Cursor | None) -> bool:
    """Return whether the list before this place was one of single words: its last name began otherwise than typed."""
    if cursor is None or selection.search is None or not selection.search.word_beginnings:
        return False
    return not str(cursor.sort_key).startswith(selection.search.joined_beginnings)
