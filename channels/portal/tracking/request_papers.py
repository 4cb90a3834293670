"""Papers that are added to a request after it was sent: the page, and the owner of their uploads.

Several files of each paper come at once, as uploads where scripts run, and every good one is kept though another is
refused. The same file as the same paper is kept once, however often its form is sent.
"""

from collections.abc import Sequence

from aiohttp import web

from channels.portal.frame import PortalRoute, PortalSubmission, PortalVisitor, render_portal_page
from channels.portal.papers.paper_view import PaperRow, PaperViews
from channels.portal.papers.sent_papers import (
    MAX_FILE_FORM_BYTES,
    PaperRecipient,
    RefusedPaper,
    SentPapers,
    find_answering_error,
    list_sent,
)
from channels.portal.tracking.addresses import (
    PAPERS_PATH,
    UPLOADS_PATH,
    document_address,
    identify_call,
    request_address,
    uploads_address,
)
from channels.portal.tracking.request_page import RequestPage
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.documents.attach import attach_document, require_place
from domain.actions.documents.own_papers import find_own_request, list_open_papers, lock_open_request
from domain.requests.request import ServiceRequest
from domain.unit_of_work import Store, UnitOfWork
from domain.uploads.upload import UploadOwner
from domain.values.actors import Actor
from domain.values.errors import DomainError, MissingField, NotFound
from domain.values.files import PreparedFile
from domain.values.reasons import MissingReason


class RequestUploadOwners:
    """The port `UploadOwners`, of requests: for the citizen whose they are, with the mobile proved."""

    uploads_path = UPLOADS_PATH

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies

    async def find_owner(self, uow: UnitOfWork, request: web.Request, visitor: PortalVisitor) -> UploadOwner:
        """Return the request, also one that has ended; errors: as `find_own_request`."""
        code, actor = identify_call(request, visitor)
        return UploadOwner(request_id=(await find_own_request(uow.requests, code, actor)).id)

    async def lock_owner(self, uow: UnitOfWork, request: web.Request, visitor: PortalVisitor) -> UploadOwner:
        """Return the request, locked; errors: as `lock_open_request`."""
        code, actor = identify_call(request, visitor)
        return UploadOwner(request_id=(await lock_open_request(ActorContext(self._dependencies, uow, actor), code)).id)


class RequestPaperPage(SitePart):
    """The page."""

    def __init__(self, dependencies: Dependencies, store: Store, request_page: RequestPage) -> None:
        super().__init__(dependencies, store)
        self._page = request_page
        self._views = PaperViews(dependencies)
        self._sent_papers = SentPapers(dependencies, store)

    def list_routes(self) -> Sequence[PortalRoute]:
        """Return the routes."""
        submission = PortalSubmission("papers", self._add_papers, self._show_papers)
        return (
            PortalRoute("GET", PAPERS_PATH, self._show_papers),
            PortalRoute("POST", PAPERS_PATH, submission, MAX_FILE_FORM_BYTES),
        )

    async def _show_papers(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        code, actor = identify_call(request, visitor)
        try:
            async with self._store.open_unit(write=False) as uow:
                service_request = await find_own_request(uow.requests, code, actor)
                rows = await self._build_rows(uow, service_request, [])
        except NotFound:  # that page says whose it is, or that it is not there
            return await self._page.show_request(request, visitor, refused_form)
        if rows:
            return self._render_papers(request, visitor, service_request, rows, form_error(refused_form))
        if refused_form is None:
            raise web.HTTPSeeOther(request_address(code))
        return await self._page.show_request(request, visitor, refused_form)

    async def _add_papers(self, request: web.Request, visitor: PortalVisitor) -> str | web.Response:
        """Add the files to the request; return where it leads, or the page again where one was refused."""
        code, actor = identify_call(request, visitor)
        if not list_sent(visitor.form):
            raise MissingField("document", MissingReason.NO_FILE)
        async with self._store.open_unit() as uow:
            opened = await lock_open_request(ActorContext(self._dependencies, uow, actor), code)
        refused = await self._sent_papers.keep_files(visitor, self._build_recipient(opened, actor))
        async with self._store.open_unit(write=False) as uow:
            service_request = await find_own_request(uow.requests, code, actor)
            rows = await self._build_rows(uow, service_request, refused)
        if refused:
            return self._render_papers(request, visitor, service_request, rows, find_answering_error(refused))
        has_changed = service_request.version_token != opened.version_token
        return request_address(code, "document" if has_changed else "same_document")

    def _build_recipient(self, service_request: ServiceRequest, actor: Actor) -> PaperRecipient:
        async def admit(uow: UnitOfWork, paper_name: str, source_sha256: str, size: int) -> bool:
            code = service_request.code
            place = await require_place(ActorContext(self._dependencies, uow, actor), code, paper_name, source_sha256)
            return place.repeated is None

        async def keep_file(uow: UnitOfWork, paper_name: str, file: PreparedFile) -> None:
            await attach_document(ActorContext(self._dependencies, uow, actor), service_request.code, paper_name, file)

        return PaperRecipient(UploadOwner(request_id=service_request.id), admit, keep_file, service_request.code)

    async def _build_rows(
        self, uow: UnitOfWork, service_request: ServiceRequest, refused: Sequence[RefusedPaper]
    ) -> list[PaperRow]:
        """Return the papers that may be added now; none once the request has ended, or where there are none."""
        papers = self._dependencies.engine.get_service(service_request.service).papers
        return self._views.build_rows(
            list_open_papers(self._dependencies, service_request),
            papers.list_required(service_request.fields) if papers else (),
            await uow.documents.list_of_request(service_request.id),
            lambda document_id: document_address(service_request.code, document_id),
            refused,
        )

    def _render_papers(
        self,
        request: web.Request,
        visitor: PortalVisitor,
        service_request: ServiceRequest,
        rows: Sequence[PaperRow],
        error: DomainError | None,
    ) -> web.Response:
        context = {
            "code": service_request.code,
            "service_title": self._dependencies.wording.service_title(service_request.service),
            "papers": rows,
            "problems": self._views.list_problems(rows, error),
            "uploads_address": uploads_address(service_request.code),
            "request_address": request_address(service_request.code),
        }
        return render_portal_page(request, visitor, "portal/tracking/papers.html", context, error=error)
