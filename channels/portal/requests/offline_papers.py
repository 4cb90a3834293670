"""A file that a browser kept while its line was gone, as it sends it: one a call, answered as JSON.

It is in the call, or came before as an upload (`upload_calls.py`) that the call names. It may be sent any number of
times: a draft knows a file again that it has, and so does the request that it became meanwhile. The answers of its form
come first (`offline_posts.py`), and begin a draft where this browser holds none.
"""

from collections.abc import Sequence

from aiohttp import web

from channels.portal.frame import PortalRoute, PortalSubmission, PortalVisitor
from channels.portal.papers.sent_papers import (
    MAX_FILE_FORM_BYTES,
    PASSING_ERRORS,
    SentPapers,
    find_answering_error,
    list_sent,
)
from channels.portal.requests.addresses import OFFLINE_PAPERS_PATH, read_draft_id
from channels.portal.requests.draft_pages import require_session
from channels.portal.requests.draft_uploads import build_recipient
from channels.portal.requests.offline_posts import answer_as_json, answer_refused
from channels.web.error_pages import WORDING, status_of
from channels.web.posted import PostedForm
from channels.web.site_part import SitePart
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.documents.capacity import MOST_FORM_FILES
from domain.actions.drafts.beginning import get_draft
from domain.drafts.draft import Draft
from domain.unit_of_work import Store, UnitOfWork
from domain.uploads.upload import UploadOwner
from domain.values.errors import NotFound
from domain.values.files import digest_content
from domain.values.tracking_codes import NO_CODE


class OfflinePaperPosts(SitePart):
    """Takes the files that browsers kept."""

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        super().__init__(dependencies, store)
        self._sent_papers = SentPapers(dependencies, store)

    def list_routes(self) -> Sequence[PortalRoute]:
        """Return the route."""
        submission = PortalSubmission("offline_papers", self._take_over, answer_refused)
        return (PortalRoute("POST", OFFLINE_PAPERS_PATH, submission, MAX_FILE_FORM_BYTES),)

    async def _take_over(self, request: web.Request, visitor: PortalVisitor) -> web.Response:
        """Answer what became of the file: kept, to be tried later, or, where its draft is gone or was sent without it,
        that. What is wrong with it refuses it.
        """
        try:
            return answer_as_json({"state": await self._keep_file(request, visitor)})
        except NotFound:
            return answer_as_json({"state": "gone"})
        except PASSING_ERRORS as error:
            message = request.app[WORDING].render_error(error)
            return answer_as_json({"state": "later", "message": message}, status_of(error))

    async def _keep_file(self, request: web.Request, visitor: PortalVisitor) -> str:
        session = require_session(visitor)
        async with self._store.open_unit(write=False) as uow:
            draft = await get_draft(ActionContext(self._dependencies, uow), session.id, read_draft_id(request))
            if draft.is_submitted:
                return "kept" if await self._went_along(uow, draft, visitor.form) else "sent"
        refused = await self._sent_papers.keep_files(visitor, build_recipient(self._dependencies, session.id, draft.id))
        if refused:
            raise find_answering_error(refused)
        return "kept"

    async def _went_along(self, uow: UnitOfWork, draft: Draft, form: PostedForm) -> bool:
        """Return whether the request that a draft became has the files of a form as these papers."""
        service_request = await uow.requests.get_by_code(draft.request_code or NO_CODE)
        documents = await uow.documents.list_of_request(service_request.id)
        known_papers = {(document.field, document.source_sha256) for document in documents}
        try:
            sent_papers = [
                (paper_name, (await self._sent_papers.read_sent(uow, UploadOwner(draft_id=draft.id), value))[0].content)
                for paper_name, value in list_sent(form)[:MOST_FORM_FILES]
            ]
        except NotFound:
            return False
        return all(
            not content or (paper_name, digest_content(content)) in known_papers
            for paper_name, content in sent_papers  # an upload without bytes became a file of the draft before
        )
