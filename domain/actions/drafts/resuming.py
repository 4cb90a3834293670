"""Taking a draft up on another device: its short code together with a proof of its mobile."""

from domain.actions.context import ActionContext
from domain.actions.requests.track import count_guess
from domain.drafts.draft import Draft, DraftHolder, read_resume_code
from domain.repositories import DraftRepositories
from domain.values.errors import NotFound
from domain.values.reasons import NotFoundReason


async def resume_draft(
    context: ActionContext[DraftRepositories], session_id: int, proved_mobile: str, typed_code: str
) -> Draft | NotFound:
    """Let this session, which has proved that mobile (+989…), hold the draft with this short code, and return it.

    Other devices that hold it keep it. Where that mobile has no such draft, the reason is returned and not raised: the
    miss is counted, so nothing may be rolled back. `TooManyRequests` once the mobile guessed too often.
    """
    draft = await context.uow.drafts.find_resumable(proved_mobile, read_resume_code(typed_code))
    if (
        draft is None
        or draft.expires_at <= context.dependencies.clock.now()
        or draft.service not in context.dependencies.services
    ):
        await count_guess(context, proved_mobile)
        return NotFound("resume_code", NotFoundReason.DRAFT_CODE)
    await context.uow.drafts.add_holder(DraftHolder(draft.id, session_id))
    return draft
