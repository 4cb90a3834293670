"""The desk of the staff: queues with their counts, filters, saved views and the search box.

Everything that is asked for is in the address, so a view can be kept, sent to a colleague and gone back to.
"""

from collections.abc import Collection, Mapping, Sequence
from urllib.parse import urlsplit

from aiohttp import web
from yarl import URL

from channels.admin.filtered_pages import load_filtered
from channels.admin.frame import HOME_PATH, NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.gate import as_local_address
from channels.admin.queues.next_request import choose_first_queue, read_filter_query
from channels.admin.queues.overview_view import OverviewViews
from channels.admin.queues.queue_filter import STATES_FIELD
from channels.admin.queues.queue_view import PRINT_PATH, QueueLook, QueueViews, build_queue_address
from channels.admin.queues.search_view import SearchViews
from channels.admin.queues.way_back import build_list_suffix
from channels.admin.submissions import FormSubmission
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.queues.filter_reading import read_queue_filter
from domain.actions.queues.views import delete_view, save_view
from domain.actions.queues.work import REQUESTS_PER_PAGE, WorkItem, count_queues, load_queue_page, settle_search
from domain.authorization.rights import Right
from domain.authorization.visibility import visible_services
from domain.language.wording import day_and_hour_text
from domain.queues.filters import QueueFilter
from domain.queues.queue import Queue
from domain.queues.search import parse_query
from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import DomainError
from domain.values.paging import PAGE_FIELD, Page

SEARCH_PATH = "/staff/requests"
VIEWS_PATH = "/staff/views"

MOST_PRINTED = 200
"""Rows of a printed list."""

DONE_PARAMETER, NEXT_FIELD = "done", "next"


class QueuePages(SitePart):
    """The queues."""

    sections: Sequence[NavigationSection] = (
        NavigationSection(HOME_PATH, "admin.sections.queues", Right.ACCOUNT, bar_name="work"),
    )

    def __init__(self, dependencies: Dependencies, store: Store, gateway_names: Collection[str]) -> None:
        super().__init__(dependencies, store)
        self._queue_views = QueueViews(dependencies)
        self._overview_views = OverviewViews(dependencies, gateway_names)
        self._search_views = SearchViews(dependencies)

    def list_routes(self) -> Sequence[PageRoute]:
        return (
            PageRoute("GET", HOME_PATH, Right.ACCOUNT, self._show_queue),
            PageRoute("GET", SEARCH_PATH, Right.REQUESTS_VIEW, self._show_search),
            PageRoute("GET", PRINT_PATH, Right.REQUESTS_VIEW, self._show_printed_list),
            PageRoute(
                "POST", VIEWS_PATH, Right.REQUESTS_VIEW, FormSubmission("view", self._submit_view, self.render_again)
            ),
            PageRoute(
                "POST",
                f"{VIEWS_PATH}/delete",
                Right.REQUESTS_VIEW,
                FormSubmission("delete", self._submit_view_deletion, self.render_again),
            ),
        )

    async def _show_queue(self, request: web.Request, visitor: Visitor) -> web.Response:
        if not visible_services(self._dependencies.services, visitor.actor):
            return render_staff_page(request, visitor, "admin/queues/no_queue.html", {})
        if not request.query and visitor.may(Right.ALL_REQUESTS_VIEW):
            return await self._show_overview(request, visitor)
        return await self._render_queue(
            request, visitor, read_filter_query(request.query), request.query.get(PAGE_FIELD)
        )

    async def _show_overview(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Show what whoever oversees all units looks at first."""
        async with self._store.open_unit(write=False) as uow:
            context = await self._overview_views.build_overview_view(uow, visitor)
        return render_staff_page(request, visitor, "admin/queues/overview.html", {"path": HOME_PATH, **context})

    async def _show_search(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Look through all requests, and bills by their numbers. What can be one thing alone leads straight to it: a
        tracking code, or a number by which one bill is found and no request.
        """
        search_text = request.query.get("q", "").strip()
        if not search_text:
            raise web.HTTPSeeOther(HOME_PATH)
        async with self._store.open_unit(write=False) as uow:
            found_bills = await self._search_views.list_bills(uow, visitor, search_text)
            ways = await self._search_views.list_request_ways(uow, visitor, search_text) if found_bills else []
        if len(found_bills) == 1 and not ways:
            raise web.HTTPSeeOther(f"{found_bills[0].address}?{DONE_PARAMETER}=found_by_{found_bills[0].number}")
        if found_bills:
            context = {"path": HOME_PATH, "search_text": search_text, "found_bills": found_bills, "ways": ways}
            return render_staff_page(request, visitor, "admin/queues/found_bills.html", context)
        if code := _read_code(search_text):
            raise web.HTTPSeeOther(f"{SEARCH_PATH}/{code}")
        filter_values: dict[str, object] = {"queue": Queue.ALL.value, "search": search_text}
        return await self._render_queue(request, visitor, filter_values, request.query.get(PAGE_FIELD))

    async def _show_printed_list(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Show the queue as a list on the letterhead, from its first row on."""
        filter_values = read_filter_query(request.query)
        async with self._store.open_unit(write=False) as uow:
            queue_look = await self._load_look(uow, visitor, filter_values, None, MOST_PRINTED)
            context = await self._queue_views.build_queue_view(uow, visitor, queue_look, ())
        if queue_look.error:
            raise queue_look.error
        printed = {
            "path": HOME_PATH,
            "page_ticks": "",
            "list_suffix": "",
            "printed_at": day_and_hour_text(visitor.now),
        }
        return render_staff_page(request, visitor, "admin/queues/printed_list.html", context | printed)

    async def _render_queue(
        self,
        request: web.Request,
        visitor: Visitor,
        filter_values: Mapping[str, object],
        start_cursor: str | None,
        refusal_error: DomainError | None = None,
    ) -> web.Response:
        """Show a queue; above it why it cannot be seen, or why one of its forms was `refusal_error`."""
        async with self._store.open_unit(write=False) as uow:
            queue_totals = await count_queues(ActorContext(self._dependencies, uow, visitor.actor))
            queue_look = await self._load_look(
                uow, visitor, filter_values or choose_first_queue(queue_totals, visitor), start_cursor
            )
            context = await self._queue_views.build_queue_view(uow, visitor, queue_look, queue_totals)
        if queue_look.error:
            await visitor.audit_denial(queue_look.error)
        error = refusal_error or queue_look.error
        page_context = {
            "path": HOME_PATH,
            "problem": self._dependencies.wording.render_error(error) if error else None,
            "has_filter_error": queue_look.error is not None,
            "refused_field": refusal_error.field if refusal_error else None,
            "submitted_texts": {field_name: read_text(visitor.form, field_name) for field_name in ("name", "assignee")},
            "search_way": self._search_views.describe_way(queue_look.queue_filter, is_found=bool(queue_look.page.rows)),
            "search_text": filter_values.get("search", ""),
            "list_suffix": build_list_suffix(urlsplit(str(context["queue_address"])).query) if filter_values else "",
        }
        return render_staff_page(request, visitor, "admin/queues/queues.html", context | page_context, error=error)

    async def render_again(self, request: web.Request, visitor: Visitor, refused_form: RefusedForm) -> web.Response:
        """Show the list from which a form came, with why it was refused and what was typed into it."""
        return_query = URL(as_local_address(read_text(refused_form.posted_form, NEXT_FIELD))).query
        return await self._render_queue(
            request, visitor, read_filter_query(return_query), return_query.get(PAGE_FIELD), refused_form.error
        )

    async def _load_look(
        self,
        uow: UnitOfWork,
        visitor: Visitor,
        filter_values: Mapping[str, object],
        start_cursor: str | None,
        limit: int = REQUESTS_PER_PAGE,
    ) -> QueueLook:
        """Look at a queue; what is wrong with what was asked for is shown beside an empty page of it."""
        empty_page: Page[WorkItem] = Page((), None, None)
        context = ActorContext(self._dependencies, uow, visitor.actor)
        try:
            queue_filter = read_queue_filter(self._dependencies.services, filter_values, visitor.now)
            queue_filter = await settle_search(context, queue_filter)
        except DomainError as error:  # the queue itself stays chosen, so the page is not simply empty
            return QueueLook(self._read_queue(visitor, filter_values), empty_page, None, error, filter_values)
        if queue_filter.search and not queue_filter.found_by:
            return QueueLook(queue_filter, empty_page, None)
        queue_page, page_error = await load_filtered(
            load_queue_page(context, queue_filter, start_cursor, limit),
            empty_page,
        )
        return QueueLook(queue_filter, queue_page, None if page_error else start_cursor, page_error)

    def _read_queue(self, visitor: Visitor, filter_values: Mapping[str, object]) -> QueueFilter:
        """Return the queue that was asked for, whatever else of the filter cannot be read."""
        try:
            queue_values = {
                field_name: filter_values[field_name] for field_name in ("queue", "unit") if field_name in filter_values
            }
            return read_queue_filter(self._dependencies.services, queue_values, visitor.now)
        except DomainError:
            return QueueFilter()

    async def _submit_view(self, request: web.Request, visitor: Visitor) -> str:
        posted_values = {
            field_name: _keep_texts(visitor.form.getall(field_name))
            for field_name in visitor.form
            if field_name.startswith("f-")
        }
        raw_filter = {
            field_name[2:]: raw_values if field_name[2:] == STATES_FIELD else raw_values[0]
            for field_name, raw_values in posted_values.items()
            if raw_values
        }
        async with self._store.open_unit() as uow:
            queue_filter = read_queue_filter(self._dependencies.services, raw_filter, visitor.now)
            saved_view = await save_view(
                ActorContext(self._dependencies, uow, visitor.actor), read_text(visitor.form, "name"), queue_filter
            )
        return build_queue_address(saved_view.filter.as_json() if saved_view.filter else {}, done="view_saved")

    async def _submit_view_deletion(self, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            await delete_view(uow.saved_views, read_text(visitor.form, "name"), visitor.actor)
        return f"{HOME_PATH}?{DONE_PARAMETER}=view_deleted"


def _keep_texts(raw_values: Sequence[object]) -> list[str]:
    return [raw_value for raw_value in raw_values if isinstance(raw_value, str)]


def _read_code(search_text: str) -> str | None:
    """Return the tracking code that was typed; None where it is none. Reading the filter reports what is wrong."""
    try:
        return parse_query(search_text).code
    except DomainError:
        return None
