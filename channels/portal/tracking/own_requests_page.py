"""`/my-requests`: all that concerns the proved mobile; what waits for the citizen comes first."""

from collections.abc import Sequence

from aiohttp import web

from channels.portal.frame import PortalRoute, PortalVisitor, render_portal_page
from channels.portal.tracking.addresses import DONE_PARAMETER, OWN_REQUESTS_PATH, OWN_REQUESTS_PURPOSE
from channels.portal.tracking.request_view import OwnRequestViews, RequestProgress
from channels.web.site_part import SitePart
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.requests.own_requests import list_own_requests
from domain.requests.request import ServiceRequest
from domain.unit_of_work import Store

BEFORE_PARAMETER = "before"
"""Row before which a further page begins."""

_DONE_HERE = frozenset({"consent", "refuse", "withdraw", "repeated", "notices"})
"""Acts that may have been done before the page was opened."""

_MOST_DIGITS = 18


class OwnRequestsPage(SitePart):
    """The list."""

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        super().__init__(dependencies, store)
        self._views = OwnRequestViews(dependencies)

    def list_routes(self) -> Sequence[PortalRoute]:
        """Return the route."""
        return (PortalRoute("GET", OWN_REQUESTS_PATH, self._show_list),)

    async def _show_list(self, request: web.Request, visitor: PortalVisitor) -> web.Response:
        mobile, before_id = visitor.require_proved_mobile(OWN_REQUESTS_PURPOSE), _read_before(request)
        async with self._store.open_unit(write=False) as uow:
            own_requests = await list_own_requests(ActionContext(self._dependencies, uow), mobile, before_id)
        done = request.query.get(DONE_PARAMETER, "")
        context = {
            "waiting_rows": self._build_rows(own_requests.waiting, mobile),
            "unverified_rows": self._build_rows(own_requests.unverified, mobile),
            "other_rows": self._build_rows(own_requests.others, mobile),
            "older_address": (
                f"{OWN_REQUESTS_PATH}?{BEFORE_PARAMETER}={own_requests.next_before}" if own_requests.next_before else ""
            ),
            "is_first_page": before_id is None,
            "done": done if done in _DONE_HERE else "",
        }
        return render_portal_page(request, visitor, "portal/tracking/own_requests.html", context)

    def _build_rows(self, requests: Sequence[ServiceRequest], mobile: str) -> list[RequestProgress]:
        return [self._views.build_progress(request, mobile) for request in requests]


def _read_before(request: web.Request) -> int | None:
    """Return the row before which the page begins; None for the first page, and for what is no row's number."""
    before_text = request.query.get(BEFORE_PARAMETER, "")
    return (
        int(before_text)
        if before_text.isascii() and before_text.isdecimal() and len(before_text) <= _MOST_DIGITS + 1
        else None
    )
