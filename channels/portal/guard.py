"""Guard of every personal page of the portal: the session of the browser, and the token of its forms.

A session is found by its cookie and never adopted: a token that nobody was given makes none. A form is taken from our
own pages alone. One of a page of an earlier session is not lost: its page is shown again as it was typed. Where a
mobile must be proved and is not, that is asked for, and afterwards goes on what was asked for.
"""

from collections.abc import Sequence
from dataclasses import replace

from aiohttp import web
from aiohttp.typedefs import Handler

from channels.portal.flood_page import find_flood_page
from channels.portal.frame import (
    MAX_FORM_BYTES,
    NEW_TOKEN,
    SESSION_COOKIE,
    PortalPageGroup,
    PortalRoute,
    PortalSubmission,
    PortalVisitor,
    keep_session_token,
    render_portal_error,
)
from channels.portal.mobile_steps import MobileStep, MobileSteps
from channels.web.bodies import read_body
from channels.web.headers import require_same_origin
from channels.web.posted import read_posted_form
from channels.web.session import bears_csrf_header, bears_csrf_token
from channels.web.site_part import SitePart
from domain.actions.citizens.sessions import find_session, is_use_due, note_session_use
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.people.citizen_session import CitizenSession
from domain.unit_of_work import Store
from domain.values.errors import Conflict, DomainError, MobileNotVerified, TooLarge
from domain.values.reasons import ConflictReason, MobileReason, TooLargeReason

PORTAL_ROUTES: web.AppKey[list[PortalRoute]] = web.AppKey("portal_routes", list[PortalRoute])
"""Every route behind the guard."""

UNSAFE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class PortalGuard(SitePart):
    """Guards the routes of the portal's pages."""

    def __init__(self, dependencies: Dependencies, store: Store, mobile_steps: MobileSteps) -> None:
        super().__init__(dependencies, store)
        self._mobile_steps = mobile_steps

    def mount_pages(self, app: web.Application, page_groups: Sequence[PortalPageGroup]) -> None:
        """Add the routes of these pages, each behind the guard."""
        routes = [route for page_group in page_groups for route in page_group.list_routes()]
        app[PORTAL_ROUTES] = routes
        for route in routes:
            app.router.add_route(route.method, route.path, self.guard_route(route))

    def guard_route(self, route: PortalRoute) -> Handler:
        """Return the route's handler behind the guard."""

        async def handle_request(request: web.Request) -> web.StreamResponse:
            visitor = await self._identify_visitor(request)
            try:
                response = await self._answer_visitor(request, visitor, route)
            except DomainError as error:
                response = render_portal_error(request, visitor, error)
            except web.HTTPRedirection as redirection:
                _give_token(request, redirection)
                raise
            _give_token(request, response)
            return response

        return handle_request

    async def _identify_visitor(self, request: web.Request) -> PortalVisitor:
        """Return who calls, and note the use of their session."""
        session, now = await self._find_session(request), self._dependencies.clock.now()
        return PortalVisitor(session, now, request.remote or "")

    async def _find_session(self, request: web.Request) -> CitizenSession | None:
        token = SESSION_COOKIE.read_token(request)
        if not token:
            return None
        async with self._store.open_unit(write=False) as uow:
            session = await find_session(ActionContext(self._dependencies, uow), token)
        if session and is_use_due(self._dependencies, session, token):
            async with self._store.open_unit() as uow:
                await note_session_use(ActionContext(self._dependencies, uow), session, token)
            keep_session_token(request, token)  # the browser keeps it from now on as long as the store does
        return session

    async def _answer_visitor(
        self, request: web.Request, visitor: PortalVisitor, route: PortalRoute
    ) -> web.StreamResponse:
        if request.method in UNSAFE_METHODS:
            require_same_origin(request)
            try:
                visitor = await _read_sent(request, visitor, route)
            except TooLarge:
                return await _show_too_large(request, visitor, route)
        try:
            hindering_page = await self._find_hindrance(request, visitor, route)
            return await route.handler(request, visitor) if hindering_page is None else hindering_page
        except MobileNotVerified as error:
            if error.reason is not MobileReason.ASK_PROOF:
                raise
            step = MobileStep.of_call(request, visitor, str(error.params["purpose"]))
            return await self._mobile_steps.ask_proof(request, visitor, step, str(error.params["mobile"]))

    async def _find_hindrance(
        self, request: web.Request, visitor: PortalVisitor, route: PortalRoute
    ) -> web.Response | None:
        """Return what is shown in place of what a form asks for: it is of an earlier page, or one of a flood. The page
        of the form may want a proof itself: then that is asked for, and the form goes on afterwards.
        """
        if request.method not in UNSAFE_METHODS:
            return None
        if route.bears_token and visitor.session and not _bears_token(request, visitor, route):
            return await _show_again(request, visitor, route)
        if not route.flood_name:
            return None
        return await find_flood_page(request, visitor, route.flood_name, self._dependencies, self._store)


async def _read_sent(request: web.Request, visitor: PortalVisitor, route: PortalRoute) -> PortalVisitor:
    """Return the visitor with what was sent."""
    if route.takes_bytes:
        return replace(visitor, body=await read_body(request, route.max_form_bytes))
    return replace(visitor, form=await read_posted_form(request, route.max_form_bytes))


def _bears_token(request: web.Request, visitor: PortalVisitor, route: PortalRoute) -> bool:
    if route.takes_bytes:
        return bears_csrf_header(request, visitor.csrf_token)
    return bears_csrf_token(visitor.form, visitor.csrf_token)


async def _show_too_large(request: web.Request, visitor: PortalVisitor, route: PortalRoute) -> web.Response:
    """Show the page of a form whose files are too large; of one without files there is nothing to be shown again."""
    if isinstance(route.handler, PortalSubmission) and route.max_form_bytes > MAX_FORM_BYTES:
        return await route.handler.show_refused(request, visitor, TooLarge("document", TooLargeReason.FORM_FILES))
    raise TooLarge("body")


async def _show_again(request: web.Request, visitor: PortalVisitor, route: PortalRoute) -> web.Response:
    """Return the page of a form that bears another session's token, or none, as it was typed; nothing is done."""
    error = Conflict("form", ConflictReason.EARLIER_PAGE)
    if isinstance(route.handler, PortalSubmission):
        return await route.handler.show_refused(request, visitor, error)
    raise error


def _give_token(request: web.Request, response: web.StreamResponse) -> None:
    """Let the browser keep the token that was made, or used, in this call."""
    token = request.get(NEW_TOKEN)
    if token and isinstance(response, web.Response):
        SESSION_COOKIE.set_token(request, response, token)
