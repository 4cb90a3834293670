"""Erasing personal data: after the retention time by itself, or of one finished request on request.

Each erasure is an event of the request's history, whose chain and seals still verify: they cover digests.
That event keeps who of the staff took the erased steps.
"""

from dataclasses import dataclass
from datetime import date, datetime

from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.engine.personal_data import erase_personal_data
from domain.repositories import RequestRepositories
from domain.requests.history import ERASED_ACTORS_KEY, collect_staff_actors
from domain.requests.request import ServiceRequest
from domain.unit_of_work import Store
from domain.values.actors import SYSTEM, Actor
from domain.values.calendar import TEHRAN_ZONE
from domain.values.errors import AlreadyDone, InvalidField, MissingField, NotAllowedNow
from domain.values.reasons import AlreadyDoneReason, InvalidReason, NotAllowedReason
from domain.values.text import tidy_text
from domain.values.tracking_codes import TrackingCode

BATCH_SIZE = 100


@dataclass(frozen=True, slots=True)
class ErasureCounts:
    """Number of requests erased, and of older texts that belong to none."""

    requests: int
    texts: int


async def erase_expired_requests(
    dependencies: Dependencies, store: Store, before_day: date | None = None, actor: Actor = SYSTEM
) -> ErasureCounts:
    """Erase the personal data of requests that ended before the retention time (and before that day), a unit each.

    What still awaits a refund waits. Errors: `Forbidden`, `InvalidField("before")` for a day that is too young.
    """
    actor = require_right(Right.PERSONAL_DATA_ERASE, actor, "before")
    retention_limit = _retention_limit(dependencies, before_day)
    erased_count = 0
    while True:
        async with store.open_unit(write=False) as uow:
            request_ids = await uow.personal_data.list_ended_before(retention_limit, BATCH_SIZE)
        for request_id in request_ids:
            async with store.open_unit() as uow:
                request = await uow.requests.get(request_id, lock=True)
                if request.erased_at is None:  # nor was another process faster
                    await _erase_personal_data(ActorContext(dependencies, uow, actor), request, "retention")
        erased_count += len(request_ids)
        if len(request_ids) < BATCH_SIZE:
            break
    async with store.open_unit() as uow:
        return ErasureCounts(
            erased_count, await uow.personal_data.erase_older(retention_limit, dependencies.clock.now())
        )


async def erase_request(context: ActorContext[RequestRepositories], code: TrackingCode, reason: str) -> ServiceRequest:
    """Erase the personal data of one finished request now.

    Errors: `Forbidden`, `NotFound`, `MissingField("reason")`, `AlreadyDone`, `NotAllowedNow` while it runs or a refund
    is due.
    """
    eraser = require_right(Right.PERSONAL_DATA_ERASE, context.actor, "code")
    request = await context.uow.requests.get_by_code(code, lock=True)
    if not tidy_text(reason):
        raise MissingField("reason")
    if request.erased_at:
        raise AlreadyDone("code", AlreadyDoneReason.ERASED)
    if not request.phase.is_final:
        raise NotAllowedNow("code", NotAllowedReason.NOT_FINISHED)
    if await context.uow.personal_data.has_refund_due(request.id):
        raise NotAllowedNow("code", NotAllowedReason.REFUND_DUE)
    mobile = request.mobile
    await _erase_personal_data(context.acting_as(eraser), request, tidy_text(reason))
    if mobile:
        await context.uow.personal_data.erase_line(mobile, context.dependencies.clock.now())
    return request


async def _erase_personal_data(
    context: ActorContext[RequestRepositories], request: ServiceRequest, reason: str
) -> None:
    now = context.dependencies.clock.now()
    erase_personal_data(context.dependencies.services.get(request.service), request)
    request.erased_at = now
    await context.uow.timers.replace_all(request.id, [])
    erased_actors = collect_staff_actors(await context.uow.history.list_of_request(request.id))
    event_count = await context.uow.personal_data.erase_request(request.id, now)
    facts = {"reason": reason, "events": event_count, ERASED_ACTORS_KEY: erased_actors}
    await context.dependencies.engine.record_event(context.uow, request, "erase", context.actor, facts)


def _retention_limit(dependencies: Dependencies, before_day: date | None) -> datetime:
    latest_moment = dependencies.clock.now() - dependencies.policy.retention
    if before_day is None:
        return latest_moment
    requested_moment = datetime(before_day.year, before_day.month, before_day.day, tzinfo=TEHRAN_ZONE)
    if requested_moment > latest_moment:
        raise InvalidField("before", InvalidReason.RETENTION)
    return requested_moment
