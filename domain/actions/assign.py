"""Naming the member of the staff who takes care of a request: by others, by oneself, for several at once; or nobody."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.actions.act import locked
from domain.actions.desk import Desk
from domain.errors import AlreadyDone, Conflict, DomainError, Forbidden, NotAllowedNow, NotFound, TooLarge
from domain.people import Actor, Role
from domain.ports import UnitOfWork
from domain.requests import ServiceRequest
from domain.text import persian_digits

MOST_AT_ONCE = 200
"""Requests that may be assigned in one unit."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """One of several requests: given to the member, or why not."""

    code: str
    error: DomainError | None = None


async def assign(
    desk: Desk, uow: UnitOfWork, code: str, username: str, actor: Actor, revision: int | None = None
) -> ServiceRequest:
    """Give the request with that tracking code to a member of the staff.

    Members of the unit in whose queue it stands may do so, and managers. Errors: `NotFound` (`code`, or `assignee` when
    there is no such active member), `NotAllowedNow` once the request has ended, `Forbidden`, and `Conflict` when it is
    not at the `revision` that was looked at any more.
    """
    return await _give(desk, uow, await locked(uow, code, revision), username, actor)


async def take(desk: Desk, uow: UnitOfWork, code: str, actor: Actor, revision: int | None = None) -> ServiceRequest:
    """Take care of a request oneself, if nobody does; errors as `assign`.

    `AlreadyDone` when it is one's own already, `Conflict` when a colleague was first: who may take it away, assigns it.
    """
    request = await locked(uow, code, revision)
    if request.assignee == actor.ident:
        raise AlreadyDone("assignee", detail="own_already")
    if request.assignee:
        member = await uow.people.staff(request.assignee)
        raise Conflict("assignee", detail="taken_by", officer=member.full_name if member else request.assignee)
    return await _give(desk, uow, request, actor.ident, actor)


async def drop(desk: Desk, uow: UnitOfWork, code: str, actor: Actor, revision: int | None = None) -> ServiceRequest:
    """Let nobody take care of a request any more: its unit finds it among the unassigned ones.

    Who takes care of it may do so (or the substitute), its unit and managers. Errors as `assign`; `AlreadyDone` where
    nobody has it.
    """
    request = await locked(uow, code, revision)
    own = request.assignee in {actor.ident, *actor.stands_for}
    may = frozenset[Role]() if own and not request.phase.final else _may(desk, request, actor)
    if request.assignee is None:
        raise AlreadyDone("assignee", detail="unassigned")
    before, by = request.assignee, actor.acting_by(may, request.assignee)
    request.assignee = None
    await desk.engine.note(uow, request, "unassign", by, {"assignee_before": before})
    return request


async def assign_several(
    desk: Desk, uow: UnitOfWork, codes: Sequence[str], username: str, actor: Actor
) -> list[Assigned]:
    """Give several requests to one member; each that cannot be given is told, the others are. `TooLarge` past 200."""
    wanted = sorted(set(codes))  # one order for all who lock several: nobody waits crosswise
    if len(wanted) > MOST_AT_ONCE:
        raise TooLarge("code", detail="too_many_requests", most=persian_digits(MOST_AT_ONCE))
    done = []
    for code in wanted:
        try:
            await assign(desk, uow, code, username, actor)
            done.append(Assigned(code))
        except DomainError as error:
            done.append(Assigned(code, error))
    return done


async def _give(desk: Desk, uow: UnitOfWork, request: ServiceRequest, username: str, actor: Actor) -> ServiceRequest:
    may = _may(desk, request, actor)
    member = await uow.people.staff(username)
    if member is None or not member.active:
        raise NotFound("assignee")
    by = actor.acting_by(may, request.assignee)
    request.assignee = member.username
    await desk.engine.note(uow, request, "assign", by, {"assignee": member.username})
    return request


def _may(desk: Desk, request: ServiceRequest, actor: Actor) -> frozenset[Role]:
    """Return the roles that may say who takes care of a request now; `NotAllowedNow`, `Forbidden`."""
    if request.phase.final:
        raise NotAllowedNow("code")
    unit = desk.engine.service(request.service).state(request.state).unit
    may = frozenset(one for one in (unit, Role.MANAGER) if one)
    if not actor.role_names & may:
        raise Forbidden("assignee")
    return may
