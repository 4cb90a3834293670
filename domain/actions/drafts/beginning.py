"""Beginning a draft, and finding the one that a session holds."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from domain.actions.citizens.flooding import WORK_NEEDED
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.drafts.draft import RESUME_CODE_DIGITS, Draft
from domain.language.service import Service
from domain.repositories import DraftRepositories
from domain.values.addresses import network_for_address
from domain.values.errors import NotFound, TooManyRequests, UnknownService
from domain.values.reasons import NotFoundReason, TooManyRequestsReason

DRAFTS_PER_SESSION = 20
"""Drafts that a session holds at once, those that were submitted left out."""

DRAFTS_PER_ADDRESS, COUNTING_WINDOW = 200, timedelta(hours=1)
"""Drafts that an address may begin in this time as they come; further ones need work, or a proved mobile: a whole town
may share one (a mobile network's).
"""

DRAFT_FORM = "draft"
"""The name under which that work is done (`domain/actions/citizens/flooding.py`)."""


def get_form_service(dependencies: Dependencies, service_key: str) -> Service:
    """Return a service that makes requests; `UnknownService` for any other: a look-up has no form."""
    service = dependencies.engine.get_service(service_key)
    if not service.form:
        raise UnknownService("service")
    return service


async def begin_draft(
    context: ActionContext[DraftRepositories],
    session_id: int,
    service_key: str,
    source_address: str,
    *,
    has_worked: bool = False,
) -> Draft:
    """Return a new draft of a service, held by this session; the one it has already, where nothing was saved in it yet.

    Errors: `UnknownService`, `TooManyRequests` for a session that holds too many, or an address that began too many
    (`WORK_NEEDED`) whose citizen has not worked for it.
    """
    service = get_form_service(context.dependencies, service_key)
    open_drafts = [draft for draft in await list_drafts(context, session_id) if not draft.is_submitted]
    untouched = (draft for draft in open_drafts if draft.service == service_key and not draft.saved_sections)
    if untouched_draft := next(untouched, None):
        return untouched_draft
    draft = build_draft(context.dependencies, service)
    await _add_draft(context, session_id, draft, source_address, has_worked=has_worked)
    return draft


async def begin_keyed_draft(
    context: ActionContext[DraftRepositories], session_id: int, service_key: str, key: str, source_address: str
) -> Draft:
    """Return the draft that this session began under an idempotency key, locked: a new one at first, and the same
    whenever the browser asks again, because the answer was lost. Its id is made of session and key, so the store takes
    no second one.

    Errors: as `begin_draft`.
    """
    service, draft_id = get_form_service(context.dependencies, service_key), derive_draft_id(session_id, key)
    await context.uow.serialise(f"draft:{draft_id}")
    known_draft = await context.uow.drafts.find_held(draft_id, session_id, lock=True)
    if known_draft and known_draft.expires_at > context.dependencies.clock.now():
        return known_draft
    await context.uow.drafts.delete(draft_id)  # one whose time is over makes room
    draft = build_draft(context.dependencies, service)
    draft.id = draft_id
    await _add_draft(context, session_id, draft, source_address)
    return draft


def derive_draft_id(session_id: int, key: str) -> int:
    """Return the id of the draft that a session begins under an idempotency key: 63 bits of a digest."""
    digest = hashlib.sha256(f"draft:{session_id}:{key}".encode()).digest()
    return int.from_bytes(digest[:8]) >> 1


async def _add_draft(
    context: ActionContext[DraftRepositories],
    session_id: int,
    draft: Draft,
    source_address: str,
    *,
    has_worked: bool = False,
) -> None:
    """Store a new draft, unless the session holds too many, or the address began too many."""
    await _require_few_drafts(context, session_id)
    address_key = f"drafts:{network_for_address(source_address)}"
    count = await context.uow.lines.add_hit(address_key, context.dependencies.clock.now(), COUNTING_WINDOW)
    if count > DRAFTS_PER_ADDRESS and not has_worked:
        raise TooManyRequests(WORK_NEEDED, TooManyRequestsReason.DRAFTS)
    await context.uow.drafts.add(draft, session_id)


async def _require_few_drafts(context: ActionContext[DraftRepositories], session_id: int) -> None:
    open_drafts = [held for held in await list_drafts(context, session_id) if not held.is_submitted]
    if len(open_drafts) >= DRAFTS_PER_SESSION:
        raise TooManyRequests("draft", TooManyRequestsReason.DRAFTS)


async def copy_draft(context: ActionContext[DraftRepositories], session_id: int, former_draft: Draft) -> Draft:
    """Return a new draft with all that was typed in a submitted one: another request alike begins with it.

    `TooManyRequests` for a session that holds too many.
    """
    await _require_few_drafts(context, session_id)
    draft = build_draft(context.dependencies, context.dependencies.engine.get_service(former_draft.service))
    draft.typed_values = dict(former_draft.typed_values)
    draft.saved_sections = former_draft.saved_sections
    draft.mobile = former_draft.mobile
    draft.relation, draft.represented_name = former_draft.relation, former_draft.represented_name
    await context.uow.drafts.add(draft, session_id)
    for draft_file in await context.uow.draft_files.list_of_draft(former_draft.id):
        await context.uow.draft_files.add_copy(
            replace(draft_file, id=context.dependencies.ids.new_id(), draft_id=draft.id)
        )
    return draft


async def list_drafts(context: ActionContext[DraftRepositories], session_id: int) -> list[Draft]:
    """Return the drafts that a session holds and whose time is not over, the one that was saved last first."""
    now = context.dependencies.clock.now()
    return [
        draft
        for draft in await context.uow.drafts.list_held(session_id)
        if draft.expires_at > now and draft.service in context.dependencies.services
    ]


async def get_draft(
    context: ActionContext[DraftRepositories], session_id: int, draft_id: int, *, lock: bool = False
) -> Draft:
    """Return a draft that this session holds; `NotFound("draft")` for any other, as if it did not exist."""
    draft = await context.uow.drafts.find_held(draft_id, session_id, lock=lock)
    if (
        draft is None
        or draft.expires_at <= context.dependencies.clock.now()
        or draft.service not in context.dependencies.services
    ):
        raise NotFound("draft", NotFoundReason.DRAFT)
    return draft


def reckon_expiry(dependencies: Dependencies) -> datetime:
    """Return until when a draft is kept that is saved now."""
    return dependencies.clock.now() + timedelta(days=dependencies.policy.draft_days)


def build_draft(dependencies: Dependencies, service: Service) -> Draft:
    """Return an empty draft of a service, which is stored nowhere yet."""
    now, chance = dependencies.clock.now(), int(dependencies.ids.new_token(), 16)
    return Draft(
        id=dependencies.ids.new_id(),
        service=service.key,
        version=service.version,
        typed_values={},
        saved_sections=(),
        resume_code=f"{chance % 10**RESUME_CODE_DIGITS:0{RESUME_CODE_DIGITS}}",
        created_at=now,
        updated_at=now,
        expires_at=reckon_expiry(dependencies),
    )
