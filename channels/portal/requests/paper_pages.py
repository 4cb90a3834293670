"""The papers of a form: the page before the summary, on which several files of each are sent, looked at and taken out.

Every file that was chosen is kept, whichever button was pressed; what is wrong with one is said, and the others are
kept all the same. Papers may come later too. Where scripts run a file came before, as an upload that goes on where the
line broke (`channels/portal/papers/upload_calls.py`), and the form names it.
"""

from collections.abc import Sequence
from functools import partial

from aiohttp import web

from channels.portal.frame import PortalRoute, PortalSubmission, PortalVisitor, render_portal_page
from channels.portal.papers.paper_view import PaperRow, PaperViews
from channels.portal.papers.sent_papers import MAX_FILE_FORM_BYTES, RefusedPaper, SentPaper, SentPapers
from channels.portal.papers.upload_owners import read_file_id
from channels.portal.requests.addresses import (
    DRAFT_FILE_PATH,
    PAPERS_PATH,
    draft_address,
    draft_file_address,
    read_draft_id,
    section_address,
)
from channels.portal.requests.draft_pages import ensure_session, leading_on, require_session
from channels.portal.requests.draft_uploads import DraftUploadOwners
from channels.portal.requests.offline_view import build_offline_view
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.stored_files import render_stored_file
from domain.actions.dependencies import Dependencies
from domain.actions.drafts.beginning import begin_draft, get_draft
from domain.actions.drafts.papers import (
    add_draft_file,
    find_papers,
    get_draft_file,
    leave_papers,
    remove_draft_file,
)
from domain.actions.drafts.reading import read_draft
from domain.drafts.draft import Draft
from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import DomainError, NotFound

_REMOVE_BUTTON, _ADD_BUTTON = "remove", "add"


class PaperPages:
    """Sending papers with a form."""

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        self._dependencies = dependencies
        self._store = store
        self._views = PaperViews(dependencies)
        self._sent_papers = SentPapers(dependencies, store, DraftUploadOwners(dependencies))

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
        return await self._render_papers(request, visitor, [], form_error(refused_form))

    async def _save_papers(self, request: web.Request, visitor: PortalVisitor) -> str | web.Response:
        prepared, refused = await self._sent_papers.prepare_files(request, visitor)
        async with self._store.open_unit() as uow:
            session = await ensure_session(self._dependencies, uow, request, visitor)
            try:
                draft = await get_draft(self._dependencies, uow, session.id, read_draft_id(request), lock=True)
            except NotFound:
                return await self._begin_draft(uow, request, visitor, session.id, prepared)
            if draft.is_submitted:
                return draft_address(draft, "done")
            refused = await self._keep_files(uow, visitor, draft, session.id, prepared, refused)
            if file_id := read_text(visitor.form, _REMOVE_BUTTON):
                await remove_draft_file(self._dependencies, uow, session.id, draft.id, read_file_id(file_id))
            elif not refused and _ADD_BUTTON not in visitor.form:
                await leave_papers(self._dependencies, uow, session.id, draft.id)
        if refused:
            return await self._render_papers(request, visitor, refused, refused[0].error)
        stays = _REMOVE_BUTTON in visitor.form or _ADD_BUTTON in visitor.form
        return draft_address(draft, "papers" if stays else "summary")

    async def _begin_draft(
        self,
        uow: UnitOfWork,
        request: web.Request,
        visitor: PortalVisitor,
        session_id: int,
        prepared: Sequence[SentPaper],
    ) -> str:
        """Keep the files in a draft begun anew: this browser holds the one of the address no more."""
        service = self._dependencies.engine.get_service(request.match_info["key"])
        draft = await begin_draft(self._dependencies, uow, session_id, service.key, visitor.source_address)
        await self._keep_files(uow, visitor, draft, session_id, prepared)
        return f"{section_address(draft, service.sections[0].name)}?lost=1"

    async def _keep_files(
        self,
        uow: UnitOfWork,
        visitor: PortalVisitor,
        draft: Draft,
        session_id: int,
        prepared: Sequence[SentPaper],
        refused: Sequence[RefusedPaper] = (),
    ) -> list[RefusedPaper]:
        """Keep the files with a draft; return those that were refused, before or now."""
        keep_file = partial(
            add_draft_file, self._dependencies, uow, session_id, draft.id, source_address=visitor.source_address
        )
        return await self._sent_papers.keep_files(uow, prepared, refused, keep_file)

    async def _render_papers(
        self,
        request: web.Request,
        visitor: PortalVisitor,
        refused: Sequence[RefusedPaper],
        error: DomainError | None,
    ) -> web.Response:
        session = require_session(visitor)
        async with self._store.open_unit(write=False) as uow:
            draft = await get_draft(self._dependencies, uow, session.id, read_draft_id(request))
            if draft.is_submitted or find_papers(self._dependencies, draft) is None:
                raise web.HTTPSeeOther(draft_address(draft, "done" if draft.is_submitted else "summary"))
            rows = await self._build_rows(uow, draft, refused)
        service = self._dependencies.engine.get_service(draft.service)
        context = {
            "offline": build_offline_view(visitor, service, draft),
            "service_title": self._dependencies.wording.service_title(draft.service),
            "papers": rows,
            "problems": self._views.list_problems(rows, error),
            "uploads_address": draft_address(draft, "uploads"),
            "previous_address": section_address(draft, service.sections[-1].name),
        }
        return render_portal_page(request, visitor, "portal/requests/papers.html", context, error=error)

    async def _build_rows(self, uow: UnitOfWork, draft: Draft, refused: Sequence[RefusedPaper]) -> list[PaperRow]:
        papers = find_papers(self._dependencies, draft)
        reading = await read_draft(self._dependencies, uow, draft, None)
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
                self._dependencies, uow, session.id, read_draft_id(request), read_file_id(request.match_info["file"])
            )
        return render_stored_file(draft_file.media_type, content, draft_file.id)
