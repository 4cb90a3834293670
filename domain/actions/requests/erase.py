"""Erasing personal data: after the retention time by itself, or of one finished request at somebody's wish.

Each erasure is an event of the request's history, whose chain and seals still verify: they cover digests.
That event keeps who of the staff took the erased steps.
"""

from dataclasses import dataclass
from datetime import date, datetime

from domain.actions.desk import Desk
from domain.engine.personal_data import bare
from domain.requests.history import ERASED_ACTORS, staff_actors
from domain.requests.request import ServiceRequest
from domain.unit_of_work import Store, UnitOfWork
from domain.values import tracking_codes
from domain.values.actors import SYSTEM, Actor, Role
from domain.values.calendar import TEHRAN
from domain.values.errors import AlreadyDone, Forbidden, InvalidField, MissingField, NotAllowedNow
from domain.values.text import shown

BATCH = 100
ERASE = frozenset({Role.ADMIN})
"""Roles that may erase."""


@dataclass(frozen=True, slots=True)
class Erased:
    """How many requests were made bare, and how many older texts that belong to none."""

    requests: int
    texts: int


async def erase_kept_long_enough(desk: Desk, store: Store, before: date | None = None, actor: Actor = SYSTEM) -> Erased:
    """Erase the personal data of requests that ended before the retention time (and before that day), a unit each.

    What still awaits a refund waits. Errors: `Forbidden`, `InvalidField("before")` for a day that is too young.
    """
    actor = _eraser(actor, "before")
    limit = _limit(desk, before)
    count = 0
    while True:
        async with store.unit(write=False) as uow:
            ids = await uow.personal_data.ended_before(limit, BATCH)
        for request_id in ids:
            async with store.unit() as uow:
                request = await uow.requests.get(request_id, lock=True)
                if request.erased_at is None:  # nor was another process faster
                    await _erase(desk, uow, request, actor, "retention")
        count += len(ids)
        if len(ids) < BATCH:
            break
    async with store.unit() as uow:
        return Erased(count, await uow.personal_data.erase_older(limit, desk.clock.now()))


async def erase_one(desk: Desk, uow: UnitOfWork, code: str, reason: str, actor: Actor) -> ServiceRequest:
    """Erase the personal data of one finished request now.

    Errors: `Forbidden`, `NotFound`, `MissingField("reason")`, `AlreadyDone`, `NotAllowedNow` while it runs or a refund
    is due.
    """
    actor = _eraser(actor, "code")
    request = await uow.requests.by_code(tracking_codes.parse(code), lock=True)
    if not shown(reason):
        raise MissingField("reason")
    if request.erased_at:
        raise AlreadyDone("code", detail="erased")
    if not request.phase.final:
        raise NotAllowedNow("code", detail="not_finished")
    if await uow.personal_data.refund_due(request.id):
        raise NotAllowedNow("code", detail="refund_due")
    line = request.mobile
    await _erase(desk, uow, request, actor, shown(reason))
    if line:
        await uow.personal_data.erase_line(line, desk.clock.now())
    return request


async def _erase(desk: Desk, uow: UnitOfWork, request: ServiceRequest, actor: Actor, reason: str) -> None:
    now = desk.clock.now()
    bare(desk.services.get(request.service), request)
    request.erased_at = now
    await uow.timers.replace(request.id, [])
    actors = staff_actors(await uow.history.of_request(request.id))
    events = await uow.personal_data.erase_of_request(request.id, now)
    facts = {"reason": reason, "events": events, ERASED_ACTORS: actors}
    await desk.engine.note(uow, request, "erase", actor, facts)


def _eraser(actor: Actor, field: str) -> Actor:
    if actor.kind == "staff" and not ERASE & actor.role_names:
        raise Forbidden(field)
    return actor.acting_by(ERASE)


def _limit(desk: Desk, before: date | None) -> datetime:
    latest = desk.clock.now() - desk.policy.retention
    if before is None:
        return latest
    wanted = datetime(before.year, before.month, before.day, tzinfo=TEHRAN)
    if wanted > latest:
        raise InvalidField("before", detail="retention")
    return wanted
