"""The queues as their page shows them: which there are, the rows of one, and to whom these may be given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from channels.admin.frame import HOME_PATH, Visitor
from channels.admin.queues.bulk_offers import BulkOffers, find_bulk_offers
from channels.admin.queues.queue_filter import FilterForm, format_value, list_values
from channels.admin.queues.queue_rows import QueueRow, RowViews, list_columns
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.queues.amounts import load_amounts
from domain.actions.queues.views import list_views
from domain.actions.queues.work import QueueCount, WorkItem
from domain.actions.requests.assign import assignable_units, list_colleagues
from domain.people.person import StaffMember
from domain.queues.filters import QueueFilter
from domain.queues.queue import Queue
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Role
from domain.values.errors import DomainError
from domain.values.paging import PAGE_FIELD, Cursor, ListOrder, Page
from domain.values.text import persian_digits

_AGE_DIRECTIONS = {ListOrder.NEWEST: "descending", ListOrder.OLDEST: "ascending"}


PRINT_PATH = "/staff/list"
"""A queue as a list on the letterhead."""


@dataclass(frozen=True, slots=True)
class QueueLink:
    """A queue in the list of queues."""

    address: str
    """Its page."""
    title: str
    """Name."""
    count: str
    """Number of its requests, in Persian digits, with a plus where there are more."""
    late_count: str
    """Number of late ones; empty where none is."""
    is_current: bool
    """It is the one that is shown."""


@dataclass(frozen=True, slots=True)
class ViewLink:
    """A saved view; `address` is None where what was kept means nothing any more."""

    name: str
    address: str | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class SortLink:
    """A heading that sorts the list by its column."""

    address: str
    """The list sorted so; one that is sorted by it already, the other way round where there is one."""
    direction: str | None
    """Present direction of its sorting, as `aria-sort` says it; None: it is not."""


@dataclass(frozen=True, slots=True)
class QueueLook:
    """A look at a queue."""

    queue_filter: QueueFilter
    """Work asked for; of values that could not be read, only the queue is known."""
    page: Page[WorkItem]
    """Results, from a place on."""
    start_cursor: str | None
    """Place from which the results go on, as the address has it; None: the beginning."""
    error: DomainError | None = None
    """Error; None where nothing was."""
    unread_values: Mapping[str, object] | None = None
    """Values typed, where they could not be read; else None."""


class QueueViews:
    """Builds the page of a queue."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies
        self._get_text = dependencies.catalogue.text
        self._filter = FilterForm(dependencies)

    async def build_queue_view(
        self, uow: UnitOfWork, visitor: Visitor, look: QueueLook, counts: Sequence[QueueCount]
    ) -> dict[str, object]:
        """Return what the page shows of a look."""
        queue_filter, staff_members = look.queue_filter, await uow.people.list_staff()
        member_names = {entry.username: entry.full_name for entry in staff_members}
        offers = find_bulk_offers(self._dependencies, [item.request for item in look.page.rows], visitor.actor)
        queue_rows = await self._build_rows(uow, visitor, look.page.rows, member_names, offers)
        return {
            "queue_links": [self._build_queue_link(entry, queue_filter) for entry in counts],
            "view_links": [
                _build_view_link(entry.name, entry.filter, queue_filter)
                for entry in await list_views(ActorContext(self._dependencies, uow, visitor.actor))
            ],
            "queue_rows": queue_rows,
            "columns": list_columns(queue_rows),
            "page_ticks": " ".join(row.tick_value for row in queue_rows if row.tick_value),
            "sort_links": _build_sort_links(queue_filter),
            **_build_page_addresses(look),
            "title": self._describe_title(queue_filter),
            **await self._describe_filter(uow, visitor, look, member_names),
            "bulk_offers": offers,
            "assignable_members": self._list_assignees(visitor, staff_members, offers.assignable_requests),
        }

    async def _build_rows(
        self,
        uow: UnitOfWork,
        visitor: Visitor,
        items: Sequence[WorkItem],
        member_names: Mapping[str, str],
        offers: BulkOffers,
    ) -> list[QueueRow]:
        amounts = await load_amounts(
            ActorContext(self._dependencies, uow, visitor.actor), [item.request for item in items]
        )
        rows = RowViews(self._dependencies, member_names, visitor.now)
        return [
            rows.build_row(item, amounts.get(item.request.id), has_tick=item.request.id in offers.tickable_ids)
            for item in items
        ]

    async def _describe_filter(
        self, uow: UnitOfWork, visitor: Visitor, look: QueueLook, member_names: Mapping[str, str]
    ) -> dict[str, object]:
        queue_filter = look.queue_filter
        offices = {entry.code: entry.name for entry in await uow.offices.list_all()}
        choices = {"assignee": member_names, "office": offices}
        return {
            "is_unfiltered": queue_filter == QueueFilter(queue_filter.queue, queue_filter.unit),
            "filter_parameters": _list_parameters(queue_filter.as_json()),
            "filter_view": self._filter.build_view(visitor, queue_filter, choices, look.unread_values, look.error),
        }

    def _build_queue_link(self, queue_count: QueueCount, queue_filter: QueueFilter) -> QueueLink:
        queue_values = {"queue": queue_count.queue.value} | (
            {"unit": queue_count.unit.value} if queue_count.unit else {}
        )
        late_count = persian_digits(str(queue_count.late)) if queue_count.late else ""
        is_current = (queue_filter.queue, queue_filter.unit) == (
            queue_count.queue,
            queue_count.unit,
        ) and not queue_filter.search
        return QueueLink(
            build_queue_address(queue_values),
            self._queue_title(queue_count.queue, queue_count.unit),
            describe_count(queue_count),
            late_count,
            is_current,
        )

    def _queue_title(self, queue: Queue, unit: str | None) -> str:
        return (
            self._get_text(f"roles.{unit}")
            if queue is Queue.UNIT and unit
            else self._get_text(f"admin.queues.of.{queue}")
        )

    def _describe_title(self, queue_filter: QueueFilter) -> str:
        if queue_filter.search:
            return self._dependencies.catalogue.render("admin.queues.found", {"search": queue_filter.search})
        return self._queue_title(queue_filter.queue, queue_filter.unit)

    def _list_assignees(
        self, visitor: Visitor, staff_members: Sequence[StaffMember], assignable_requests: Sequence[ServiceRequest]
    ) -> list[tuple[str, str]]:
        """Return user names and names of those to whom rows may be given, with their units where there are several."""
        if not assignable_requests:
            return []
        unit_roles = frozenset[Role]().union(
            *(assignable_units(self._dependencies, member) for member in assignable_requests)
        )
        assignees = list_colleagues(
            self._dependencies, staff_members, visitor.substitutions, assignable_requests, visitor.actor
        )
        return [
            (member.username, self._name_with_units(member.full_name, member.roles & unit_roles, unit_roles))
            for member in assignees
        ]

    def _name_with_units(self, full_name: str, own_roles: frozenset[Role], unit_roles: frozenset[Role]) -> str:
        if len(unit_roles) == 1 or not own_roles:
            return full_name
        return f"{full_name} ({'، '.join(self._get_text(f'roles.{role}') for role in Role if role in own_roles)})"


def describe_count(queue_count: QueueCount) -> str:
    """Return how many requests a queue holds, in Persian digits, with a plus where there are more."""
    return f"{persian_digits(queue_count.count)}{'+' if queue_count.more else ''}"


def build_queue_address(
    criteria: Mapping[str, object], start_cursor: Cursor | str | None = None, **more_parameters: str
) -> str:
    """Return the address of a queue with its filter (`QueueFilter.as_json`), from that place on."""
    query_pairs = _list_parameters(criteria)
    if start_cursor:
        query_pairs.append((PAGE_FIELD, str(start_cursor)))
    return f"{HOME_PATH}?{urlencode([*query_pairs, *more_parameters.items()])}"


def _list_parameters(criteria: Mapping[str, object]) -> list[tuple[str, str]]:
    return [(name, format_value(entry)) for name, value in criteria.items() for entry in list_values(value)]


def _build_view_link(view_name: str, saved_filter: QueueFilter | None, queue_filter: QueueFilter) -> ViewLink:
    """Return a view; one that names no way of searching is shown by whichever finds something."""
    if saved_filter is None:
        return ViewLink(view_name, None, is_current=False)
    shown_filter = queue_filter if saved_filter.found_by else replace(queue_filter, found_by=None)
    return ViewLink(view_name, build_queue_address(saved_filter.as_json()), saved_filter == shown_filter)


def _build_page_addresses(look: QueueLook) -> dict[str, str | None]:
    """Return where the pages before and after this one are, this one itself, and the queue without its filter."""
    criteria, page = look.queue_filter.as_json(), look.page
    return {
        "previous_address": build_queue_address(criteria, page.previous_cursor) if page.previous_cursor else None,
        "next_address": build_queue_address(criteria, page.next_cursor) if page.next_cursor else None,
        "queue_address": build_queue_address(criteria, look.start_cursor),
        "clear_address": _build_clear_address(look.queue_filter),
        "print_address": build_queue_address(criteria).replace(HOME_PATH, PRINT_PATH, 1),
    }


def _build_sort_links(queue_filter: QueueFilter) -> dict[str, SortLink]:
    """Return by column how its heading sorts the list; names that were searched for stay in the alphabet's order."""
    order = queue_filter.effective_order
    if order is ListOrder.NAME:
        return {}
    by_age = ListOrder.OLDEST if order is ListOrder.NEWEST else ListOrder.NEWEST
    links = {"created": SortLink(_build_order_address(queue_filter, by_age), _AGE_DIRECTIONS.get(order))}
    if queue_filter.queue.is_live:
        is_urgent = order is ListOrder.URGENT
        urgent_address = _build_order_address(queue_filter, ListOrder.URGENT)
        links["left"] = SortLink(urgent_address, "ascending" if is_urgent else None)
    return links


def _build_order_address(queue_filter: QueueFilter, order: ListOrder) -> str:
    return build_queue_address(replace(queue_filter, order=order).as_json())


def _build_clear_address(queue_filter: QueueFilter) -> str:
    """Return where the same queue is seen whole. What was found among all requests is no queue that one works on."""
    return (
        HOME_PATH
        if queue_filter.queue is Queue.ALL
        else build_queue_address(QueueFilter(queue_filter.queue, queue_filter.unit).as_json())
    )
