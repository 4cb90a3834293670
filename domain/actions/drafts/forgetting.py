"""Forgetting drafts: one by whoever holds it, and all whose time is over."""

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.drafts.beginning import get_draft
from domain.actions.sweeping import sweep_in_units
from domain.drafts.draft import Draft
from domain.repositories import DraftRepositories
from domain.unit_of_work import Store

SWEPT_AT_ONCE = 500
"""Drafts that one unit forgets."""


async def delete_draft(context: ActionContext[DraftRepositories], session_id: int, draft_id: int) -> Draft:
    """Forget a draft that this session holds, on every device, and return what it was; `NotFound("draft")`.

    The request that it became, if any, stays.
    """
    draft = await get_draft(context, session_id, draft_id, lock=True)
    await context.uow.drafts.delete(draft.id)
    return draft


async def forget_expired_drafts(dependencies: Dependencies, store: Store) -> int:
    """Forget the drafts that nobody saved for `Policy.draft_days`, a unit for some of them; return how many."""
    return await sweep_in_units(store, lambda uow: uow.drafts.delete_expired(dependencies.clock.now(), SWEPT_AT_ONCE))
