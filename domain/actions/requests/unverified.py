"""Requests whose citizen could not prove a mobile when they were sent: no code could be sent (`CodeDelivery.LATER`).

Such a request has no mobile: nothing is sent to the number that was typed, which may be anybody's, and nobody follows
it by that number. It keeps the number (`ServiceRequest.unverified_mobile`) until its citizen proves it, by a code sent
to that very number, together with the tracking code or on the list of the own requests; then it is as any other.
"""

from domain.actions.dependencies import Dependencies
from domain.actions.requests.act import lock_request
from domain.actions.requests.request_citizen import build_citizen, send_status
from domain.queues.request_words import list_request_words
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import AlreadyDone, NotAllowedNow, NotFound
from domain.values.reasons import AlreadyDoneReason, NotAllowedReason
from domain.values.tracking_codes import TrackingCode


async def replace_mobile(
    dependencies: Dependencies, uow: UnitOfWork, request: ServiceRequest, proved_mobile: str
) -> str | None:
    """Give a request a number (+989…) whose citizen showed that it is theirs, by which it is found from now on; return
    the one that it had.
    """
    old_mobile, request.mobile = request.mobile, proved_mobile
    request.unverified_mobile = None
    service = dependencies.engine.get_service(request.service)
    await uow.search_words.replace_all(request, list_request_words(service.form, request))
    return old_mobile


async def mark_unverified(
    dependencies: Dependencies, uow: UnitOfWork, request: ServiceRequest, typed_mobile: str, actor: Actor
) -> None:
    """Keep the number that somebody typed with a new request, and say so in its history."""
    request.unverified_mobile = typed_mobile
    await dependencies.engine.record_event(uow, request, "await_proof", actor, {"unverified_mobile": typed_mobile})


async def verify_request_mobile(
    dependencies: Dependencies, uow: UnitOfWork, code: TrackingCode, proved_mobile: str, actor: Actor
) -> ServiceRequest:
    """Give a request the mobile that it was sent with, now that its citizen has proved it, and send it its status.

    Errors: `NotFound("code")` where it waits for another number, or for none (as if it did not exist), `AlreadyDone`
    where it has this one already, `NotAllowedNow` once its personal data was erased.
    """
    request = await lock_request(uow, code)
    if request.mobile == proved_mobile:
        raise AlreadyDone("code", AlreadyDoneReason.MOBILE_VERIFIED)
    if request.erased_at:
        raise NotAllowedNow("code", NotAllowedReason.ERASED)
    if request.unverified_mobile != proved_mobile:
        raise NotFound("code")
    await replace_mobile(dependencies, uow, request, proved_mobile)
    await dependencies.engine.record_event(uow, request, "verify_mobile", actor, {"mobile": proved_mobile})
    service = dependencies.engine.get_service(request.service)
    await uow.people.save_person(build_citizen(dependencies, service, request, proved_mobile))
    await send_status(dependencies, uow, request, proved_mobile)
    return request
