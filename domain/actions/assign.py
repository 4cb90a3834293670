"""Naming the member of the staff who takes care of a request."""

from domain import tracking
from domain.actions.desk import Desk
from domain.errors import Forbidden, NotAllowedNow, NotFound
from domain.people import Actor, Role
from domain.ports import UnitOfWork
from domain.requests import ServiceRequest


async def assign(desk: Desk, uow: UnitOfWork, code: str, username: str, actor: Actor) -> ServiceRequest:
    """Give the request with that tracking code to a member of the staff.

    Members of the unit in whose queue it stands may do so, and managers. Errors: `NotFound` (`code`, or `assignee` when
    there is no such active member), `NotAllowedNow` once the request has ended, `Forbidden`.
    """
    request = await uow.requests.by_code(tracking.parse(code), lock=True)
    if request.phase.final:
        raise NotAllowedNow("code")
    unit = desk.engine.service(request.service).state(request.state).unit
    may = frozenset(one for one in (unit, Role.MANAGER) if one)
    if not actor.role_names & may:
        raise Forbidden("assignee")
    member = await uow.people.staff(username)
    if member is None or not member.active:
        raise NotFound("assignee")
    by = actor.acting_by(may, request.assignee)
    request.assignee = member.username
    await desk.engine.note(uow, request, "assign", by, {"assignee": member.username})
    return request
