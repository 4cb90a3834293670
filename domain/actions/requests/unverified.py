"""Requests whose citizen could not prove a mobile when they were sent: no code could be sent (`CodeDelivery.LATER`).

Such a request has no mobile: nothing is sent to the number that was typed, which may be anybody's, and nobody follows
it by that number. It keeps the number (`ServiceRequest.unverified_mobile`) until its citizen proves it, by a code sent
to that very number, together with the tracking code or on the list of the own requests; then it is as any other.
"""

from domain.actions.context import ActionContext, ActorContext
from domain.actions.requests.act import lock_request
from domain.actions.requests.request_citizen import build_citizen, send_status
from domain.queues.request_words import list_request_words
from domain.repositories import RequestRepositories
from domain.requests.request import ServiceRequest
from domain.values.errors import AlreadyDone, NotAllowedNow, NotFound
from domain.values.reasons import AlreadyDoneReason, NotAllowedReason
from domain.values.tracking_codes import TrackingCode


async def replace_mobile(
    context: ActionContext[RequestRepositories], request: ServiceRequest, proved_mobile: str
) -> str | None:
    """Give a request a number (+989…) whose citizen showed that it is theirs, by which it is found from now on; return
    the one that it had.
    """
    old_mobile, request.mobile = request.mobile, proved_mobile
    request.unverified_mobile = None
    service = context.dependencies.engine.get_service(request.service)
    await context.uow.search_words.replace_all(request, list_request_words(service.form, request))
    return old_mobile


async def mark_unverified(
    context: ActorContext[RequestRepositories], request: ServiceRequest, typed_mobile: str
) -> None:
    """Keep the number that somebody typed with a new request, and say so in its history."""
    request.unverified_mobile = typed_mobile
    await context.dependencies.engine.record_event(
        context.uow, request, "await_proof", context.actor, {"unverified_mobile": typed_mobile}
    )


async def verify_request_mobile(context: ActorContext, code: TrackingCode, proved_mobile: str) -> ServiceRequest:
    """Give a request the mobile that it was sent with, now that its citizen has proved it, and send it its status.

    Errors: `NotFound("code")` where it waits for another number, or for none (as if it did not exist), `AlreadyDone`
    where it has this one already, `NotAllowedNow` once its personal data was erased.
    """
    request = await lock_request(context.uow.requests, code)
    if request.mobile == proved_mobile:
        raise AlreadyDone("code", AlreadyDoneReason.MOBILE_VERIFIED)
    if request.erased_at:
        raise NotAllowedNow("code", NotAllowedReason.ERASED)
    if request.unverified_mobile != proved_mobile:
        raise NotFound("code")
    await replace_mobile(context, request, proved_mobile)
    await context.dependencies.engine.record_event(
        context.uow, request, "verify_mobile", context.actor, {"mobile": proved_mobile}
    )
    service = context.dependencies.engine.get_service(request.service)
    await context.uow.people.save_person(build_citizen(context.dependencies, service, request, proved_mobile))
    await send_status(context, request, proved_mobile)
    return request
