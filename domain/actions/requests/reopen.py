"""A finished request stays finished: taking it up again makes a new one, linked to it, of the same citizen and form.

The papers of the old one are those of the new one too.
"""

from dataclasses import dataclass, replace

from domain.actions.context import ActionContext, ActorContext
from domain.actions.messages.notify import announce_outcome, notify_line
from domain.authorization.request_policy import may_use_on_request, require_request_right
from domain.authorization.rights import Right
from domain.blocks.papers_pending import find_missing_papers
from domain.engine.engine import DueNotice, StepOutcome
from domain.engine.step_admission import hold_reopening
from domain.fields.stored import stored_text
from domain.language.service import Notice, Service
from domain.messages.catalogue import RenderedMessage
from domain.messages.records import MessageClass
from domain.repositories import FeedbackRepositories, PaperRepositories
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor
from domain.values.errors import AlreadyDone, DomainError, MissingField, NotAllowedNow
from domain.values.languages import PERSIAN, in_language
from domain.values.reasons import AlreadyDoneReason, NotAllowedReason
from domain.values.text import tidy_text
from domain.values.tracking_codes import TrackingCode

REOPENED_AS = stored_text("reopened_as")
"""Stored field of a finished request for the code of the one that takes it up again."""


@dataclass(frozen=True, slots=True)
class ReopenedRequest:
    """The new request, and what its citizen is sent: queued already when staff reopened, else the direct reply."""

    outcome: StepOutcome
    message: RenderedMessage


async def reopen_request(context: ActorContext, code: TrackingCode, reason: str) -> ReopenedRequest:
    """Take up a finished request again, once. The caller announces the outcome.

    Managers and the units of its service may do so, and its citizen after a low rating. Errors: `NotFound`,
    `Forbidden`, `MissingField("reason")`, `NotAllowedNow` (not finished, not rated low, personal data erased, or what
    the service says: `Service.reopen_guard`), `AlreadyDone`, and what forbids such a request to be made today.
    """
    engine = context.dependencies.engine
    former = await context.uow.requests.get_by_code(code, lock=True)
    service = engine.get_service(former.service)
    context = context.acting_as(await _require_reopening_right(context, former, service))
    if not tidy_text(reason):
        raise MissingField("reason")
    if not former.phase.is_final or former.erased_at:
        raise NotAllowedNow("code", NotAllowedReason.ERASED if former.erased_at else NotAllowedReason.NOT_FINISHED)
    if REOPENED_AS.is_kept_by(former):
        raise AlreadyDone("code", AlreadyDoneReason.REOPENED)
    await hold_reopening(service, engine.build_context(context.uow, former, {}, context.actor))
    if refusal := await _find_refusal(context, former):
        raise refusal
    values = {name: value for name, value in former.fields.items() if service.form_field(name)}
    outcome = await engine.submit_request(
        context.uow, service, values, context.actor, former.mobile, (former, tidy_text(reason))
    )
    await _carry_papers(context, former, outcome.request)
    REOPENED_AS.write(former, outcome.request.code)
    await engine.record_event(
        context.uow,
        former,
        "reopen",
        context.actor,
        {"reason": tidy_text(reason), REOPENED_AS.name: outcome.request.code},
    )
    outcome.due_notices = [due_notice for due_notice in outcome.due_notices if not _is_submission_receipt(due_notice)]
    return ReopenedRequest(outcome, await _notify_reopened(context, former, outcome.request))


async def reopen_rated_request(context: ActorContext, code: TrackingCode) -> ReopenedRequest:
    """Take up again what its citizen rated low, and announce it. Errors: those of `reopen_request`."""
    with in_language(PERSIAN):  # it is kept, for the staff to read
        reason = context.dependencies.catalogue.text("staff.reopened_by_rating")
    reopened = await reopen_request(context, code, reason)
    await announce_outcome(context, reopened.outcome)
    return reopened


async def can_reopen(context: ActorContext, former: ServiceRequest) -> bool:
    """Return whether a finished request could be taken up again now: what is offered must be kept."""
    return not REOPENED_AS.is_kept_by(former) and await _find_refusal(context, former) is None


async def may_citizen_reopen(context: ActorContext, former: ServiceRequest) -> bool:
    """Return whether its citizen could take up a request again now: who rated it low may, once."""
    if not former.phase.is_final or former.erased_at or not await _is_rated_low(context, former):
        return False
    return await can_reopen(context, former)


async def may_staff_reopen(context: ActorContext, former: ServiceRequest) -> bool:
    """Return whether this member of the staff could take up a request again now."""
    service = context.dependencies.engine.get_service(former.service)
    if not former.phase.is_final or former.erased_at:
        return False
    if not may_use_on_request(Right.REQUESTS_REOPEN, service, former, context.actor):
        return False
    return await can_reopen(context, former)


async def _find_refusal(context: ActorContext, former: ServiceRequest) -> DomainError | None:
    engine = context.dependencies.engine
    guard = engine.get_service(former.service).reopen_guard
    guard_context = engine.build_context(context.uow, former, {}, context.actor)
    return None if guard is None or await guard.is_satisfied(guard_context) else guard.build_refusal(guard_context)


async def _carry_papers(
    context: ActorContext[PaperRepositories], former: ServiceRequest, new_request: ServiceRequest
) -> None:
    """Give the new request the files of the old one, so that nobody is asked for them again."""
    carried_documents = await context.uow.documents.list_of_request(former.id)
    for document in carried_documents:
        content = await context.uow.documents.get_content(document.sha256)
        await context.uow.documents.add(
            replace(document, id=context.dependencies.ids.new_id(), request_id=new_request.id), content
        )
    if carried_documents:
        new_request.lacks_papers = bool(
            await find_missing_papers(
                context.uow.documents, context.dependencies.engine.get_service(new_request.service).papers, new_request
            )
        )
        document_facts = [
            {"field": document.field, "name": document.name, "sha256": document.sha256}
            for document in carried_documents
        ]
        await context.dependencies.engine.record_event(
            context.uow, new_request, "carry_papers", context.actor, {"of": former.code, "documents": document_facts}
        )


async def _require_reopening_right(
    context: ActorContext[FeedbackRepositories], former: ServiceRequest, service: Service
) -> Actor:
    reopener = require_request_right(Right.REQUESTS_REOPEN, service, former, context.actor)
    if context.actor.kind == "citizen" and not await _is_rated_low(context, former):
        raise NotAllowedNow("code", NotAllowedReason.RATED_LOW_ONLY)
    return reopener


async def _is_rated_low(context: ActionContext[FeedbackRepositories], former: ServiceRequest) -> bool:
    rating = await context.uow.feedback.find_rating(former.id)
    return rating is not None and rating.score <= context.dependencies.policy.low_rating


def _is_submission_receipt(due_notice: DueNotice) -> bool:
    return due_notice.notice == Notice("submit")


async def _notify_reopened(
    context: ActorContext, former: ServiceRequest, new_request: ServiceRequest
) -> RenderedMessage:
    async def render_message() -> RenderedMessage:
        return context.dependencies.wording.render_about(
            new_request, "sms.reopened", {"old": former.code}, MessageClass.NOTICE
        )

    if new_request.mobile and context.actor.kind != "citizen":
        await notify_line(context, new_request.mobile, render_message)
    return await render_message()
