"""The papers of a draft: each file is kept as soon as it comes, and becomes one of the request's when that is sent."""

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.documents.capacity import require_capacity, require_waiting_capacity
from domain.actions.drafts.beginning import get_draft
from domain.actions.drafts.saving import keep_draft
from domain.drafts.draft import Draft
from domain.drafts.files import DraftFile
from domain.language.papers import ServicePapers, list_citizen_papers
from domain.repositories import DraftRepositories
from domain.values.errors import InvalidField, NotFound
from domain.values.files import PreparedFile
from domain.values.reasons import InvalidReason, NotFoundReason

PAPERS_STEP = "papers"
"""Among the saved sections of a draft: its page of papers was left by «go on», with papers or without."""


def find_papers(dependencies: Dependencies, draft: Draft) -> ServicePapers | None:
    """Return the papers that the form of a draft offers to send; None where its service asks citizens for none."""
    service = dependencies.engine.get_service(draft.service)
    return service.papers if list_citizen_papers(service.papers) else None


async def get_open_draft(
    context: ActionContext[DraftRepositories], session_id: int, draft_id: int, *, lock: bool = False
) -> Draft:
    """Return a draft that this session holds; `NotFound("draft")`, also for one that was sent."""
    draft = await get_draft(context, session_id, draft_id, lock=lock)
    if draft.is_submitted:
        raise NotFound("draft", NotFoundReason.DRAFT)
    return draft


async def lock_paper_draft(context: ActionContext[DraftRepositories], session_id: int, draft_id: int) -> Draft:
    """Return a draft that this session holds, locked; `NotFound("draft")`, also for one that was sent or whose service
    asks citizens for no papers.
    """
    draft = await get_open_draft(context, session_id, draft_id, lock=True)
    if find_papers(context.dependencies, draft) is None:
        raise NotFound("draft", NotFoundReason.DRAFT)
    return draft


async def add_draft_file(
    context: ActionContext[DraftRepositories], session_id: int, draft_id: int, paper_name: str, file: PreparedFile
) -> DraftFile:
    """Keep a prepared file as a paper of a draft; the same file as the same paper again changes nothing.

    Errors: `NotFound("draft")`, also for one that was sent; `InvalidField("field")` for no such paper, `TooLarge` for
    too many files or bytes, `TooManyRequests` while all drafts together have too many.
    """
    draft = await get_open_draft(context, session_id, draft_id, lock=True)
    repeated = await require_draft_place(context, draft, paper_name, file.source_sha256, file.size)
    if repeated is not None:
        return repeated
    await require_waiting_capacity(context.uow.uploads, context.uow.draft_files, file.size)
    file_id, now = context.dependencies.ids.new_id(), context.dependencies.clock.now()
    draft_file = DraftFile.build(file, paper_name, file_id, now, draft_id=draft.id)
    await context.uow.draft_files.add(draft_file, file)
    await keep_draft(context, draft)
    return draft_file


async def require_draft_place(
    context: ActionContext[DraftRepositories], draft: Draft, paper_name: str, source_sha256: str, size: int
) -> DraftFile | None:
    """Return the same file as the same paper, if an open draft has it already; raises `InvalidField("field")` for no
    such paper, and `TooLarge` where `size` bytes more would be too many files or bytes.

    Who has to prepare a file first asks before, by what was sent: what nobody keeps is not scanned.
    """
    papers = find_papers(context.dependencies, draft)
    if papers is None or paper_name not in papers.citizen_papers:
        raise InvalidField("field", InvalidReason.UNKNOWN_PAPER)
    existing = await context.uow.draft_files.list_of_draft(draft.id)
    sent = (paper_name, source_sha256)
    repeated = next((other for other in existing if (other.field, other.source_sha256) == sent), None)
    if repeated is None:
        require_capacity([other.size for other in existing], size)
    return repeated


async def remove_draft_file(
    context: ActionContext[DraftRepositories], session_id: int, draft_id: int, file_id: int
) -> None:
    """Take a file out of a draft; one that is gone already is no error. `NotFound("draft")`."""
    draft = await get_open_draft(context, session_id, draft_id, lock=True)
    for draft_file in await context.uow.draft_files.list_of_draft(draft.id):
        if draft_file.id == file_id:
            await context.uow.draft_files.delete(draft_file)


async def leave_papers(context: ActionContext[DraftRepositories], session_id: int, draft_id: int) -> None:
    """Note that the page of papers was left by «go on»: papers may come later. `NotFound("draft")`."""
    draft = await get_open_draft(context, session_id, draft_id, lock=True)
    if PAPERS_STEP not in draft.saved_sections:
        draft.saved_sections = (*draft.saved_sections, PAPERS_STEP)
        await keep_draft(context, draft)


async def get_draft_file(
    context: ActionContext, session_id: int, draft_id: int, file_id: int
) -> tuple[DraftFile, bytes]:
    """Return a file of a draft that this session holds, with its bytes; `NotFound`."""
    draft = await get_draft(context, session_id, draft_id)
    files = await context.uow.draft_files.list_of_draft(draft.id)
    draft_file = next((candidate for candidate in files if candidate.id == file_id), None)
    if draft_file is None:
        raise NotFound("document")
    return draft_file, await context.uow.documents.get_content(draft_file.sha256)
