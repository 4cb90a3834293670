"""Files that are sent to a draft, by the sessions that hold it: its uploads, and those of its forms."""

from aiohttp import web

from channels.portal.frame import PortalVisitor
from channels.portal.papers.sent_papers import PaperRecipient
from channels.portal.requests.addresses import UPLOADS_PATH, read_draft_id
from channels.portal.requests.draft_pages import require_session
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.drafts.beginning import get_draft
from domain.actions.drafts.papers import add_draft_file, get_open_draft, lock_paper_draft, require_draft_place
from domain.unit_of_work import UnitOfWork
from domain.uploads.upload import UploadOwner
from domain.values.files import PreparedFile


class DraftUploadOwners:
    """The port `UploadOwners`, of drafts."""

    uploads_path = UPLOADS_PATH

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies

    async def find_owner(self, uow: UnitOfWork, request: web.Request, visitor: PortalVisitor) -> UploadOwner:
        """Return the draft, also one that was sent meanwhile; `NotFound("draft")` for a session that holds it not."""
        session = require_session(visitor)
        draft = await get_draft(ActionContext(self._dependencies, uow), session.id, read_draft_id(request))
        return UploadOwner(draft_id=draft.id)

    async def lock_owner(self, uow: UnitOfWork, request: web.Request, visitor: PortalVisitor) -> UploadOwner:
        """Return the draft, locked; `NotFound("draft")` too for one that was sent, or takes no papers."""
        session = require_session(visitor)
        draft = await lock_paper_draft(ActionContext(self._dependencies, uow), session.id, read_draft_id(request))
        return UploadOwner(draft_id=draft.id)


def build_recipient(dependencies: Dependencies, session_id: int, draft_id: int) -> PaperRecipient:
    """Return a draft that this session holds as whom files are for."""

    async def admit(uow: UnitOfWork, paper_name: str, source_sha256: str, size: int) -> bool:
        context = ActionContext(dependencies, uow)
        draft = await get_open_draft(context, session_id, draft_id)
        return await require_draft_place(context, draft, paper_name, source_sha256, size) is None

    async def keep_file(uow: UnitOfWork, paper_name: str, file: PreparedFile) -> None:
        await add_draft_file(ActionContext(dependencies, uow), session_id, draft_id, paper_name, file)

    return PaperRecipient(UploadOwner(draft_id=draft_id), admit, keep_file)
