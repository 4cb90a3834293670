"""What the pages of a draft share: the session that holds it, and what is done where a browser does not hold it."""

from aiohttp import web

from channels.portal.frame import PortalVisitor, keep_session_token
from channels.portal.requests.addresses import draft_address, section_address
from domain.actions.citizens.sessions import open_session
from domain.actions.dependencies import Dependencies
from domain.actions.drafts.beginning import get_form_service
from domain.actions.drafts.reading import DraftReading
from domain.language.service import Service
from domain.people.citizen_session import CitizenSession
from domain.unit_of_work import UnitOfWork
from domain.values.errors import NotFound, UnknownService


def find_form_service(dependencies: Dependencies, request: web.Request) -> Service:
    """Return the service of an address; one that makes no requests has no such page (404)."""
    try:
        return get_form_service(dependencies, request.match_info["key"])
    except UnknownService:
        raise web.HTTPNotFound from None


async def ensure_session(
    dependencies: Dependencies, uow: UnitOfWork, request: web.Request, visitor: PortalVisitor
) -> CitizenSession:
    """Return the visitor's session; who has none gets one, and the answer gives its token to the browser."""
    if visitor.session is not None:
        return visitor.session
    token, session = await open_session(dependencies, uow)
    keep_session_token(request, token)
    return session


def require_session(visitor: PortalVisitor) -> CitizenSession:
    """Return the visitor's session; a browser without one holds no draft (`NotFound("draft")`)."""
    if visitor.session is None:
        raise NotFound("draft", detail="draft")
    return visitor.session


def continue_address(reading: DraftReading) -> str:
    """Return where a draft is gone on with: its first open question, else the summary; what it became, once sent."""
    if reading.draft.is_submitted:
        return draft_address(reading.draft, "done")
    open_section = reading.find_open_section()
    return (
        section_address(reading.draft, open_section.name) if open_section else draft_address(reading.draft, "summary")
    )
