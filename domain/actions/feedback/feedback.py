"""Opinions of citizens: a rating after a request ended, the last one counts; comments and suggestions at any time."""

from dataclasses import replace

from domain.actions.context import ActionContext, ActorContext
from domain.actions.feedback.suggestions import number_suggestion
from domain.actions.links.request_buttons import awaits_rating, may_be_rated
from domain.actions.messages.notify import list_role_mobiles, notify_staff
from domain.authorization.request_policy import is_citizen_of, refuse_foreign_request
from domain.feedback.opinions import Comment, Rating
from domain.messages.catalogue import RenderedMessage
from domain.repositories import FeedbackRepositories
from domain.requests.request import Phase, RequestFilter, ServiceRequest
from domain.values.actors import Role
from domain.values.errors import AlreadyDone, NotAllowedNow, NotFound
from domain.values.reasons import AlreadyDoneReason, NotAllowedReason
from domain.values.tracking_codes import TrackingCode


async def rate_request(context: ActorContext, code: TrackingCode, score: int, text: str | None) -> ServiceRequest:
    """Store the citizen's rating (1–5) of an own, finished request; a low one alerts the managers. While a request
    may be rated another score takes the place of the one before, whose words stay where none come with it.

    Nobody rates for somebody else (`NotFound("code")`). Other errors: `AlreadyDone` for the same once more, or too
    late, `NotAllowedNow` before the end.
    """
    request = await context.uow.requests.get_by_code(code, lock=True)
    if not is_citizen_of(request, context.actor):
        raise NotFound("code")
    if request.phase is not Phase.DONE:
        raise NotAllowedNow("code", NotAllowedReason.RATE_LATER)
    rating = Rating(request.id, score, text, context.actor.channel, context.dependencies.clock.now())
    if not await context.uow.feedback.add_rating(rating):
        rating = await _correct_rating(context, request, rating)
    await context.dependencies.engine.record_event(
        context.uow, request, "rate", context.actor, {"score": score, "text": text}
    )
    if score <= context.dependencies.policy.low_rating:
        await _alert_managers(context, request, rating)
    return request


async def _correct_rating(
    context: ActionContext[FeedbackRepositories], request: ServiceRequest, rating: Rating
) -> Rating:
    """Put a rating in place of the one that the request has, and return it as it is now; the history keeps both."""
    former = await context.uow.feedback.find_rating(request.id)
    corrected = replace(rating, text=rating.text or (former.text if former else None))
    is_same = former is not None and (former.score, former.text) == (corrected.score, corrected.text)
    if is_same or not may_be_rated(context.dependencies, request):
        raise AlreadyDone("code", AlreadyDoneReason.RATED)
    await context.uow.feedback.replace_rating(corrected)
    return corrected


async def _alert_managers(context: ActionContext, request: ServiceRequest, rating: Rating) -> None:
    def render_message() -> RenderedMessage:
        facts = {"score": rating.score, "text": rating.text or "—"}
        return context.dependencies.wording.render_about(request, "staff.low_rating", facts)

    mobiles = await list_role_mobiles(context, Role.MANAGER)
    await notify_staff(context, mobiles, render_message)


async def find_rateable_request(context: ActionContext[FeedbackRepositories], mobile: str) -> ServiceRequest | None:
    """Return the citizen's newest request that ended lately and was not rated: what a bare 1–5 is meant for."""
    for request in await context.uow.requests.list_requests(RequestFilter(mobile=mobile, phase=Phase.DONE, limit=5)):
        if await awaits_rating(context, request):
            return request
    return None


async def find_corrected_request(context: ActionContext[FeedbackRepositories], mobile: str) -> ServiceRequest | None:
    """Return the citizen's request that was rated last, while that can be corrected: what another bare 1–5 is meant
    for.
    """
    requests = await context.uow.requests.list_requests(RequestFilter(mobile=mobile, phase=Phase.DONE, limit=5))
    rated_at = {
        request.id: rating.at
        for request in requests
        if may_be_rated(context.dependencies, request)
        and (rating := await context.uow.feedback.find_rating(request.id))
    }
    rated_requests = [request for request in requests if request.id in rated_at]
    return max(rated_requests, key=lambda request: rated_at[request.id], default=None)


async def store_comment(
    context: ActorContext[FeedbackRepositories],
    text: str,
    *,
    code: TrackingCode | None = None,
    service: str | None = None,
    mobile: str | None = None,
    is_suggestion: bool = False,
) -> Comment:
    """Store a comment or suggestion about an own request, a service, or the desk at large, to be moderated.

    It is the citizen's, whoever brings it: `mobile` (+989…) is the number that a clerk was given, else the request's.
    `NotFound("code")` for somebody else's request.
    """
    request = None
    if code is not None:
        request = await context.uow.requests.get_by_code(code)
        refuse_foreign_request(request, context.actor)
    writer_mobile = (
        context.actor.identifier if context.actor.kind == "citizen" else mobile or (request.mobile if request else None)
    )
    new_comment = Comment(
        context.dependencies.ids.new_id(),
        request.service if request else service,
        request.id if request else None,
        writer_mobile,
        text,
        context.actor.channel,
        context.dependencies.clock.now(),
    )
    if is_suggestion:
        new_comment = await number_suggestion(context, new_comment)
    await context.uow.feedback.add_comment(new_comment)
    return new_comment
