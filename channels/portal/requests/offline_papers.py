"""A file that a browser kept while its line was gone, as it sends it: one a call, answered as JSON.

It is in the call, or came before as an upload (`upload_calls.py`) that the call names. It may be sent any number of
times: a draft knows a file again that it has, and so does the request that it became meanwhile. The answers of its form
come first (`offline_posts.py`), and begin a draft where this browser holds none.
"""

from collections.abc import Sequence
from functools import partial

from aiohttp import web

from channels.portal.frame import PortalRoute, PortalSubmission, PortalVisitor
from channels.portal.papers.sent_papers import MAX_FILE_FORM_BYTES, SentPaper, SentPapers
from channels.portal.requests.addresses import OFFLINE_PAPERS_PATH, read_draft_id
from channels.portal.requests.draft_pages import require_session
from channels.portal.requests.draft_uploads import DraftUploadOwners
from channels.portal.requests.offline_posts import answer_as_json, answer_refused
from channels.web.error_pages import WORDING, status_of
from domain.actions.dependencies import Dependencies
from domain.actions.drafts.beginning import get_draft
from domain.actions.drafts.papers import add_draft_file
from domain.drafts.draft import Draft
from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import NotFound, TooManyRequests, Unavailable
from domain.values.tracking_codes import NO_CODE


class OfflinePaperPosts:
    """Takes the files that browsers kept."""

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        self._dependencies = dependencies
        self._store = store
        self._sent_papers = SentPapers(dependencies, store, DraftUploadOwners(dependencies))

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
        except (TooManyRequests, Unavailable) as error:
            message = request.app[WORDING].render_error(error)
            return answer_as_json({"state": "later", "message": message}, status_of(error))

    async def _keep_file(self, request: web.Request, visitor: PortalVisitor) -> str:
        session = require_session(visitor)
        prepared, refused = await self._sent_papers.prepare_files(request, visitor)
        async with self._store.open_unit() as uow:
            draft = await get_draft(self._dependencies, uow, session.id, read_draft_id(request), lock=True)
            if draft.is_submitted:
                return "kept" if not refused and await _went_along(uow, draft, prepared) else "sent"
            keep_file = partial(
                add_draft_file,
                self._dependencies,
                uow,
                session.id,
                draft.id,
                source_address=visitor.source_address,
            )
            refused = await self._sent_papers.keep_files(uow, prepared, refused, keep_file)
        if refused:
            raise refused[0].error
        return "kept"


async def _went_along(uow: UnitOfWork, draft: Draft, prepared: Sequence[SentPaper]) -> bool:
    """Return whether the request that a draft became has these files as these papers."""
    service_request = await uow.requests.get_by_code(draft.request_code or NO_CODE)
    documents = await uow.documents.list_of_request(service_request.id)
    known_papers = {(document.field, document.source_sha256) for document in documents}
    return all((sent.paper_name, sent.file.source_sha256) in known_papers for sent in prepared)
