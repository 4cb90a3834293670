"""Opinions of citizens: a rating after a request ended, the last one counts; comments and suggestions at any time."""

from dataclasses import replace

from domain.actions.dependencies import Dependencies
from domain.actions.links.request_buttons import awaits_rating, may_be_rated
from domain.actions.messages.notify import list_role_mobiles, notify_staff
from domain.authorization.request_policy import is_citizen_of, refuse_foreign_request
from domain.feedback.opinions import Comment, Rating
from domain.messages.catalogue import RenderedMessage
from domain.requests.request import Phase, RequestFilter, ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor, Role
from domain.values.errors import AlreadyDone, NotAllowedNow, NotFound
from domain.values.reasons import AlreadyDoneReason, NotAllowedReason
from domain.values.tracking_codes import TrackingCode


async def rate_request(
    dependencies: Dependencies, uow: UnitOfWork, code: TrackingCode, score: int, text: str | None, actor: Actor
) -> ServiceRequest:
    """Store the citizen's rating (1–5) of an own, finished request; a low one alerts the managers. While a request
    may be rated another score takes the place of the one before, whose words stay where none come with it.

    Nobody rates for somebody else (`NotFound("code")`). Other errors: `AlreadyDone` for the same once more, or too
    late, `NotAllowedNow` before the end.
    """
    request = await uow.requests.get_by_code(code, lock=True)
    if not is_citizen_of(request, actor):
        raise NotFound("code")
    if request.phase is not Phase.DONE:
        raise NotAllowedNow("code", NotAllowedReason.RATE_LATER)
    rating = Rating(request.id, score, text, actor.channel, dependencies.clock.now())
    if not await uow.feedback.add_rating(rating):
        rating = await _correct_rating(dependencies, uow, request, rating)
    await dependencies.engine.record_event(uow, request, "rate", actor, {"score": score, "text": text})
    if score <= dependencies.policy.low_rating:
        await _alert_managers(dependencies, uow, request, rating)
    return request


async def _correct_rating(
    dependencies: Dependencies, uow: UnitOfWork, request: ServiceRequest, rating: Rating
) -> Rating:
    """Put a rating in place of the one that the request has, and return it as it is now; the history keeps both."""
    former = await uow.feedback.find_rating(request.id)
    corrected = replace(rating, text=rating.text or (former.text if former else None))
    is_same = former is not None and (former.score, former.text) == (corrected.score, corrected.text)
    if is_same or not may_be_rated(dependencies, request):
        raise AlreadyDone("code", AlreadyDoneReason.RATED)
    await uow.feedback.replace_rating(corrected)
    return corrected


async def _alert_managers(dependencies: Dependencies, uow: UnitOfWork, request: ServiceRequest, rating: Rating) -> None:
    def render_message() -> RenderedMessage:
        facts = {"score": rating.score, "text": rating.text or "—"}
        return dependencies.wording.render_about(request, "staff.low_rating", facts)

    mobiles = await list_role_mobiles(uow, dependencies, Role.MANAGER)
    await notify_staff(dependencies, uow, mobiles, render_message)


async def find_rateable_request(dependencies: Dependencies, uow: UnitOfWork, mobile: str) -> ServiceRequest | None:
    """Return the citizen's newest request that ended lately and was not rated: what a bare 1–5 is meant for."""
    for request in await uow.requests.list_requests(RequestFilter(mobile=mobile, phase=Phase.DONE, limit=5)):
        if await awaits_rating(dependencies, uow, request):
            return request
    return None


async def find_corrected_request(dependencies: Dependencies, uow: UnitOfWork, mobile: str) -> ServiceRequest | None:
    """Return the citizen's request that was rated last, while that can be corrected: what another bare 1–5 is meant
    for.
    """
    requests = await uow.requests.list_requests(RequestFilter(mobile=mobile, phase=Phase.DONE, limit=5))
    rated_at = {
        request.id: rating.at
        for request in requests
        if may_be_rated(dependencies, request) and (rating := await uow.feedback.find_rating(request.id))
    }
    rated_requests = [request for request in requests if request.id in rated_at]
    return max(rated_requests, key=lambda request: rated_at[request.id], default=None)


async def store_comment(
    dependencies: Dependencies,
    uow: UnitOfWork,
    text: str,
    actor: Actor,
    *,
    code: TrackingCode | None = None,
    service: str | None = None,
    mobile: str | None = None,
) -> Comment:
    """Store a comment about an own request, a service, or the desk at large, to be moderated.

    It is the citizen's, whoever brings it: `mobile` (+989…) is the number that a clerk was given, else the request's.
    `NotFound("code")` for somebody else's request.
    """
    request = None
    if code is not None:
        request = await uow.requests.get_by_code(code)
        refuse_foreign_request(request, actor)
    writer_mobile = actor.identifier if actor.kind == "citizen" else mobile or (request.mobile if request else None)
    new_comment = Comment(
        dependencies.ids.new_id(),
        request.service if request else service,
        request.id if request else None,
        writer_mobile,
        text,
        actor.channel,
        dependencies.clock.now(),
    )
    await uow.feedback.add_comment(new_comment)
    return new_comment
