"""What citizens think: one rating after a request ended, comments and suggestions at any time."""

from domain.actions.conversations.request_buttons import waits_for_rating
from domain.actions.desk import Desk
from domain.actions.messages.notify import queue, role_mobiles
from domain.actions.requests.act import own_or_not_found
from domain.feedback.opinions import Comment, Rating
from domain.requests.request import Phase, RequestFilter, ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values import tracking_codes
from domain.values.actors import Actor, Role
from domain.values.errors import AlreadyDone, NotAllowedNow, NotFound


async def rate(desk: Desk, uow: UnitOfWork, code: str, score: int, text: str | None, actor: Actor) -> ServiceRequest:
    """Store the citizen's rating (1–5) of an own, finished request; a low one alerts the managers.

    Nobody rates for somebody else (`NotFound("code")`). Other errors: `AlreadyDone` the second time, `NotAllowedNow`
    before the end.
    """
    request = await uow.requests.by_code(tracking_codes.parse(code), lock=True)
    if actor.kind != "citizen" or request.mobile != actor.ident:
        raise NotFound("code")
    if request.phase is not Phase.DONE:
        raise NotAllowedNow("code", detail="rate_later")
    rating = Rating(request.id, score, text, actor.channel, desk.clock.now())
    if not await uow.feedback.rate(rating):
        raise AlreadyDone("code", detail="rated")
    await desk.engine.note(uow, request, "rate", actor, {"score": score, "text": text})
    if score <= desk.policy.low_rating:
        await _alert(desk, uow, request, rating)
    return request


async def _alert(desk: Desk, uow: UnitOfWork, request: ServiceRequest, rating: Rating) -> None:
    facts = desk.wording.facts(request, {"score": rating.score, "text": rating.text or "—"})
    message = desk.catalogue.message("staff.low_rating", facts)
    for mobile in await role_mobiles(uow, desk, Role.MANAGER):
        await queue(desk, uow, mobile, message, request.id)


async def awaiting_rating(desk: Desk, uow: UnitOfWork, mobile: str) -> ServiceRequest | None:
    """Return the citizen's newest request that ended lately and was not rated: what a bare 1–5 is meant for."""
    for request in await uow.requests.find(RequestFilter(mobile=mobile, phase=Phase.DONE, limit=5)):
        if await waits_for_rating(desk, uow, request):
            return request
    return None


async def comment(
    desk: Desk,
    uow: UnitOfWork,
    text: str,
    actor: Actor,
    *,
    code: str | None = None,
    service: str | None = None,
    mobile: str | None = None,
) -> Comment:
    """Store a comment about an own request, a service, or the desk at large, to be moderated.

    It is the citizen's, whoever brings it: `mobile` (+989…) is the number that a clerk was told, else the request's.
    `NotFound("code")` for somebody else's request.
    """
    request = None
    if code is not None:
        request = await uow.requests.by_code(tracking_codes.parse(code))
        own_or_not_found(request, actor)
    writer = actor.ident if actor.kind == "citizen" else mobile or (request.mobile if request else None)
    kept = Comment(
        desk.ids.new_id(),
        request.service if request else service,
        request.id if request else None,
        writer,
        text,
        actor.channel,
        desk.clock.now(),
    )
    await uow.feedback.add_comment(kept)
    return kept
