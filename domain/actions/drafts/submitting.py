"""Submitting a draft: one request, however often, from wherever and at whatever time it is sent."""

from datetime import timedelta

from domain.actions.citizens.flooding import WORK_NEEDED
from domain.actions.citizens.sessions import citizen_actor
from domain.actions.context import ActionContext, ActorContext
from domain.actions.documents.attach import attach_draft_files
from domain.actions.drafts.beginning import get_draft
from domain.actions.drafts.reading import select_typed_values
from domain.actions.messages.notify import announce_outcome
from domain.actions.requests.submit import submit_request
from domain.actions.requests.unverified import mark_unverified
from domain.drafts.draft import Draft, Relation
from domain.fields.stored import StoredField, StoredForm
from domain.fields.types import Text
from domain.repositories import LineRepositories
from domain.requests.request import ServiceRequest
from domain.values.addresses import network_for_address
from domain.values.errors import TooManyRequests
from domain.values.reasons import TooManyRequestsReason

REQUESTS_PER_MOBILE = 20
"""Requests that a proved mobile submits in an hour. What others send under a number without a proof counts for them."""

UNVERIFIED_PER_ADDRESS = 20
"""Requests without a proof that an address submits in an hour as they come; further ones need work, for a whole town
may share an address. Of all addresses together there is an end (`Policy.unverified_an_hour`): the staff have to look at
each, and nobody can be called back by SMS.
"""

UNVERIFIED_FORM = "unverified"
"""The name under which that work is done (`domain/actions/citizens/flooding.py`)."""

COUNTING_WINDOW = timedelta(hours=1)

REPRESENTED: StoredField[dict[str, str]] = StoredField("represented", Text(), stored_form=StoredForm(dict, dict))
"""Stored field for the person for whom the citizen asks: {relation, name}."""


async def submit_draft(context: ActionContext, session_id: int, draft_id: int, proved_mobile: str) -> ServiceRequest:
    """Make a request of a draft, for the mobile (+989…) that the session has proved; return the one that it became.

    A draft that became a request already makes nothing and gives that one. The citizen gets the same text as by SMS.
    Errors: `NotFound("draft")`, `TooManyRequests`, and those of `submit_request`.
    """
    draft = await get_draft(context, session_id, draft_id, lock=True)
    if draft.request_code is not None:
        return await context.uow.requests.get_by_code(draft.request_code)
    await _count_request(context, proved_mobile)
    return await _store_request(context.acting_as(citizen_actor(proved_mobile)), draft, proved_mobile)


async def submit_unverified(
    context: ActionContext,
    session_id: int,
    draft_id: int,
    typed_mobile: str,
    source_address: str,
    *,
    has_worked: bool = False,
) -> ServiceRequest:
    """Make a request of a draft while no code can be sent to prove its mobile; return the one that it became.

    The typed number (+989…) is kept with it, and nothing goes there until it is proved. The caller has found that no
    code can be sent. Errors: as `submit_draft`; `TooManyRequests` (`WORK_NEEDED`) where many came from the address, and
    whose sender has not worked for it.
    """
    draft = await get_draft(context, session_id, draft_id, lock=True)
    if draft.request_code is not None:
        return await context.uow.requests.get_by_code(draft.request_code)
    await _count_unverified(context, source_address, has_worked=has_worked)
    actor = citizen_actor(None)
    draft.mobile = typed_mobile
    actor_context = context.acting_as(actor)
    request = await _store_request(actor_context, draft, None)
    await mark_unverified(actor_context, request, typed_mobile)
    return request


async def _count_request(context: ActionContext[LineRepositories], mobile: str) -> None:
    counted = await context.uow.lines.add_hit(f"requests:{mobile}", context.dependencies.clock.now(), COUNTING_WINDOW)
    if counted > REQUESTS_PER_MOBILE:
        raise TooManyRequests("draft", TooManyRequestsReason.REQUESTS)


async def _count_unverified(context: ActionContext[LineRepositories], source_address: str, *, has_worked: bool) -> None:
    now, address_key = context.dependencies.clock.now(), f"unverified:{network_for_address(source_address)}"
    address_count = await context.uow.lines.add_hit(address_key, now, COUNTING_WINDOW)
    if (
        await context.uow.lines.add_hit("unverified:total", now, COUNTING_WINDOW)
        > context.dependencies.policy.unverified_an_hour
    ):
        raise TooManyRequests("draft", TooManyRequestsReason.UNVERIFIED)
    if address_count > UNVERIFIED_PER_ADDRESS and not has_worked:
        raise TooManyRequests(WORK_NEEDED, TooManyRequestsReason.UNVERIFIED)


async def _store_request(context: ActorContext, draft: Draft, mobile: str | None) -> ServiceRequest:
    service = context.dependencies.engine.get_service(draft.service)
    files = await context.uow.draft_files.list_of_draft(draft.id)
    typed_values, provided_papers = select_typed_values(service, draft), frozenset(file.field for file in files)
    outcome = await submit_request(context, draft.service, typed_values, mobile, provided_papers)
    request = outcome.request
    await attach_draft_files(context, request, files)
    await announce_outcome(context, outcome, texts_actor=True)
    if draft.relation is not Relation.SELF:
        represented = {"relation": draft.relation.value, "name": draft.represented_name}
        REPRESENTED.write(request, represented)
        await context.dependencies.engine.record_event(
            context.uow, request, "act_for", context.actor, {REPRESENTED.name: represented}
        )
    draft.request_code, draft.updated_at = request.code, context.dependencies.clock.now()
    draft.mobile = mobile or draft.mobile
    await context.uow.drafts.save(draft)
    return request
