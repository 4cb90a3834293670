"""The papers of a form: the page before the summary, on which several files of each are sent, looked at and taken out.

Every file that was chosen is kept, whichever button was pressed; what is wrong with one is said, and the others are
kept all the same. Papers may come later too. Where scripts run a file came before, as an upload that goes on where the
line broke (`channels/portal/papers/upload_calls.py`), and the form names it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from channels.portal.frame import PortalRoute, PortalSubmission, PortalVisitor, render_portal_page
from channels.portal.papers.paper_view import PaperRow, PaperViews
from channels.portal.papers.sent_papers import (
    MAX_FILE_FORM_BYTES,
    RefusedPaper,
    SentPapers,
    find_answering_error,
    list_sent,
)
from channels.portal.papers.upload_owners import read_file_id
from channels.portal.requests.addresses import (
    DRAFT_FILE_PATH,
    LATE_PAPERS,
    PAPERS_PATH,
    draft_address,
    draft_file_address,
    read_draft_id,
    section_address,
)
from channels.portal.requests.draft_pages import ensure_session, leading_on, require_session
from channels.portal.requests.draft_uploads import build_recipient
from channels.portal.requests.offline_view import build_offline_view
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.site_part import SitePart
from channels.web.stored_files import render_stored_file
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.drafts.beginning import begin_draft, get_draft
from domain.actions.drafts.papers import (
    find_papers,
    get_draft_file,
    leave_papers,
    remove_draft_file,
)
from domain.actions.drafts.reading import read_draft
from domain.drafts.draft import Draft
from domain.people.citizen_session import CitizenSession
from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import DomainError, NotFound

_REMOVE_BUTTON, _ADD_BUTTON = "remove", "add"


@dataclass(frozen=True, slots=True)
class HeldDraft:
    """A draft, and the session that holds it."""

    session: CitizenSession
    draft_id: int
    is_new: bool = False
    """It was begun in place of one that the browser holds no more."""


class PaperPages(SitePart):
    """Sending papers with a form."""

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        super().__init__(dependencies, store)
        self._views = PaperViews(dependencies)
        self._sent_papers = SentPapers(dependencies, store)

    def list_routes(self) -> Sequence[PortalRoute]:
        """Return the routes."""
        return (
            PortalRoute("GET", PAPERS_PATH, leading_on(self._show_papers)),
            PortalRoute(
                "POST",
                PAPERS_PATH,
                PortalSubmission("papers", self._save_papers, self._show_papers),
                MAX_FILE_FORM_BYTES,
            ),
            PortalRoute("GET", DRAFT_FILE_PATH, leading_on(self._send_file)),
        )

    async def _show_papers(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        session, error = require_session(visitor), form_error(refused_form)
        return await self._render_papers(request, visitor, HeldDraft(session, read_draft_id(request)), [], error)

    async def _save_papers(self, request: web.Request, visitor: PortalVisitor) -> str | web.Response:
        async with self._store.open_unit() as uow:
            session = await ensure_session(ActionContext(self._dependencies, uow), request, visitor)
            draft, is_new = await self._open_draft(uow, request, visitor, session.id)
        if detour := self._find_detour(draft, visitor):
            return detour
        refused = await self._sent_papers.keep_files(visitor, build_recipient(self._dependencies, session.id, draft.id))
        if not is_new and (detour := await self._press_button(visitor, session.id, draft.id, bool(refused))):
            return detour
        if refused:
            held_draft = HeldDraft(session, draft.id, is_new=is_new)
            return await self._render_papers(request, visitor, held_draft, refused, find_answering_error(refused))
        if is_new:
            service = self._dependencies.engine.get_service(draft.service)
            return f"{section_address(draft, service.sections[0].name)}?lost=1"
        stays = _REMOVE_BUTTON in visitor.form or _ADD_BUTTON in visitor.form
        return draft_address(draft, "papers" if stays else "summary")

    async def _open_draft(
        self, uow: UnitOfWork, request: web.Request, visitor: PortalVisitor, session_id: int
    ) -> tuple[Draft, bool]:
        """Return the draft of the address; where this browser holds it no more one that is begun anew, and whether it
        is one.
        """
        context = ActionContext(self._dependencies, uow)
        try:
            return await get_draft(context, session_id, read_draft_id(request)), False
        except NotFound:
            service_key = request.match_info["key"]
            draft = await begin_draft(context, session_id, service_key, visitor.source_address)
            return draft, True

    def _find_detour(self, draft: Draft, visitor: PortalVisitor) -> str:
        """Return where a draft is gone on with that takes no papers; empty for one that does."""
        if draft.is_submitted:
            return draft_address(draft, "done") + (f"?{LATE_PAPERS}=1" if list_sent(visitor.form) else "")
        return "" if find_papers(self._dependencies, draft) else draft_address(draft, "summary")

    async def _press_button(self, visitor: PortalVisitor, session_id: int, draft_id: int, has_refused: bool) -> str:
        """Do what the button of the page says besides sending files: take one out, or go on without further ones.
        Return where a draft leads that was sent while its files were opened; empty for one that was not.
        """
        async with self._store.open_unit() as uow:
            context = ActionContext(self._dependencies, uow)
            draft = await get_draft(context, session_id, draft_id, lock=True)
            if draft.is_submitted:
                return self._find_detour(draft, visitor)
            if file_id := read_text(visitor.form, _REMOVE_BUTTON):
                await remove_draft_file(context, session_id, draft_id, read_file_id(file_id))
            elif not has_refused and _ADD_BUTTON not in visitor.form:
                await leave_papers(context, session_id, draft_id)
        return ""

    async def _render_papers(
        self,
        request: web.Request,
        visitor: PortalVisitor,
        held_draft: HeldDraft,
        refused: Sequence[RefusedPaper],
        error: DomainError | None,
    ) -> web.Response:
        async with self._store.open_unit(write=False) as uow:
            draft = await get_draft(ActionContext(self._dependencies, uow), held_draft.session.id, held_draft.draft_id)
            if detour := self._find_detour(draft, visitor):
                raise web.HTTPSeeOther(detour)
            rows = await self._build_rows(uow, draft, refused)
        holder, service = replace(visitor, session=held_draft.session), self._dependencies.services[draft.service]
        context = {
            "offline": build_offline_view(holder, service, draft),
            "service_title": self._dependencies.wording.service_title(draft.service),
            "papers": rows,
            "problems": self._views.list_problems(rows, error),
            "is_lost": held_draft.is_new,
            "address": draft_address(draft, "papers"),
            "uploads_address": draft_address(draft, "uploads"),
            "previous_address": section_address(draft, service.sections[-1].name),
        }
        return render_portal_page(request, holder, "portal/requests/papers.html", context, error=error)

    async def _build_rows(self, uow: UnitOfWork, draft: Draft, refused: Sequence[RefusedPaper]) -> list[PaperRow]:
        papers = find_papers(self._dependencies, draft)
        reading = await read_draft(ActionContext(self._dependencies, uow), draft, None)
        return self._views.build_rows(
            papers.citizen_papers if papers else (),
            papers.list_required(reading.values) if papers and not reading.faults else (),
            await uow.draft_files.list_of_draft(draft.id),
            lambda file_id: draft_file_address(draft, file_id),
            refused,
        )

    async def _send_file(self, request: web.Request, visitor: PortalVisitor) -> web.Response:
        session = require_session(visitor)
        async with self._store.open_unit(write=False) as uow:
            draft_file, content = await get_draft_file(
                ActionContext(self._dependencies, uow),
                session.id,
                read_draft_id(request),
                read_file_id(request.match_info["file"]),
            )
        return render_stored_file(draft_file.media_type, content, draft_file.id)
