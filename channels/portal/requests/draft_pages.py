"""Parts shared by the pages of a draft: the session that holds it, and what is done where a browser does not hold
it."""

from contextlib import AbstractAsyncContextManager

from aiohttp import web

from channels.portal.frame import PortalHandler, PortalVisitor, keep_session_token, render_portal_page
from channels.portal.requests.addresses import begin_address, draft_address, section_address
from domain.actions.citizens.sessions import open_session
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.drafts.beginning import get_form_service
from domain.actions.drafts.papers import PAPERS_STEP
from domain.actions.drafts.reading import DraftReading
from domain.language.papers import list_citizen_papers
from domain.language.service import Service
from domain.people.citizen_session import CitizenSession
from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import NotFound, UnknownService
from domain.values.reasons import NotFoundReason


def find_form_service(dependencies: Dependencies, request: web.Request) -> Service:
    """Return the service of an address; one that makes no requests has no such page (404)."""
    try:
        return get_form_service(dependencies, request.match_info["key"])
    except UnknownService:
        raise web.HTTPNotFound from None


async def ensure_session(context: ActionContext, request: web.Request, visitor: PortalVisitor) -> CitizenSession:
    """Return the visitor's session; who has none gets one, and the answer gives its token to the browser."""
    if visitor.session is not None:
        return visitor.session
    token, session = await open_session(context, visitor.begin_key)
    keep_session_token(request, token)
    return session


def require_session(visitor: PortalVisitor) -> CitizenSession:
    """Return the visitor's session; a browser without one holds no draft (`NotFound("draft")`)."""
    if visitor.session is None:
        raise NotFound("draft", NotFoundReason.DRAFT)
    return visitor.session


def leading_on(handler: PortalHandler) -> PortalHandler:
    """Return the handler of a page of a draft; where this browser does not hold the draft, it says how one goes on."""

    async def handle(request: web.Request, visitor: PortalVisitor) -> web.StreamResponse:
        try:
            return await handler(request, visitor)
        except NotFound as error:
            context = {"begin_address": begin_address(request.match_info["key"])}
            return render_portal_page(request, visitor, "portal/requests/missing.html", context, error=error)

    return handle


def open_reading_unit(store: Store, visitor: PortalVisitor) -> AbstractAsyncContextManager[UnitOfWork]:
    """Open a unit in which a draft is read. The guards of a form may lock what they look at (a taxi, against two leaves
    at once); they are asked once a mobile is proved: before, nobody who reads waits for a writer.
    """
    return store.open_unit(write=visitor.proved_mobile is not None)


def continue_address(reading: DraftReading) -> str:
    """Return where a draft is gone on with: its first open question, else its end; what it became, once sent."""
    if reading.draft.is_submitted:
        return draft_address(reading.draft, "done")
    open_section = reading.find_open_section()
    return section_address(reading.draft, open_section.name) if open_section else closing_address(reading)


def closing_address(reading: DraftReading) -> str:
    """Return what follows the last question: the page of papers where the service has some and it was not left yet,
    else the summary.
    """
    is_left = PAPERS_STEP in reading.draft.saved_sections
    return draft_address(
        reading.draft, "papers" if list_citizen_papers(reading.service.papers) and not is_left else "summary"
    )
