"""Uploads to a draft: for the sessions that hold it."""

from aiohttp import web

from channels.portal.frame import PortalVisitor
from channels.portal.requests.addresses import UPLOADS_PATH, read_draft_id
from channels.portal.requests.draft_pages import require_session
from domain.actions.dependencies import Dependencies
from domain.actions.drafts.beginning import get_draft
from domain.actions.drafts.papers import lock_paper_draft
from domain.unit_of_work import UnitOfWork
from domain.uploads.upload import UploadOwner


class DraftUploadOwners:
    """The port `UploadOwners`, of drafts."""

    uploads_path = UPLOADS_PATH

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies

    async def find_owner(self, uow: UnitOfWork, request: web.Request, visitor: PortalVisitor) -> UploadOwner:
        """Return the draft, also one that was sent meanwhile; `NotFound("draft")` for a session that holds it not."""
        session = require_session(visitor)
        draft = await get_draft(self._dependencies, uow, session.id, read_draft_id(request))
        return UploadOwner(draft_id=draft.id)

    async def lock_owner(self, uow: UnitOfWork, request: web.Request, visitor: PortalVisitor) -> UploadOwner:
        """Return the draft, locked; `NotFound("draft")` too for one that was sent, or takes no papers."""
        session = require_session(visitor)
        draft = await lock_paper_draft(self._dependencies, uow, session.id, read_draft_id(request))
        return UploadOwner(draft_id=draft.id)
