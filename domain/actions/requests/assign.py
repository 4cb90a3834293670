"""Naming the member of the staff who takes care of a request: by others, by oneself, for several at once; or nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.actions.desk import Desk
from domain.actions.requests.act import locked
from domain.actions.staff.staffing import staff_actor, today
from domain.people.person import StaffMember, Substitution
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor, Role
from domain.values.errors import (
    AlreadyDone,
    Conflict,
    DomainError,
    Forbidden,
    InvalidField,
    NotAllowedNow,
    NotFound,
    TooLarge,
)
from domain.values.text import persian_digits
from domain.values.version_token import VersionToken

MOST_AT_ONCE = 200
"""Requests that may be assigned in one unit."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """One of several requests: given to the member, or why not."""

    code: str
    error: DomainError | None = None


def may_assign(desk: Desk, request: ServiceRequest, actor: Actor) -> bool:
    """Tell whether this one may say who takes care of a request now: `assign` lets these and nobody else."""
    return not request.phase.final and bool(actor.role_names & _deciders(desk, request))


def units_of(desk: Desk, request: ServiceRequest) -> frozenset[Role]:
    """Return the units to whose members a request may be given: the one whose turn it is, else all of its service."""
    service = desk.engine.service(request.service)
    unit = service.state(request.state).unit
    return frozenset({unit}) if unit else service.units


def colleagues(
    desk: Desk,
    staff: Sequence[StaffMember],
    substitutes: Sequence[Substitution],
    requests: Sequence[ServiceRequest],
    actor: Actor,
) -> list[StaffMember]:
    """Return to whom of the `staff` this actor may give one or another of these requests: members of their units.

    With the absent ones come their `substitutes` of today. Any manager may be given a request; here a manager finds
    only himself.
    """
    units = frozenset[Role]().union(*(units_of(desk, one) for one in requests if may_assign(desk, one, actor)))
    if not units:
        return []
    members = {one.username: one for one in staff if one.active}
    found = {name for name, one in members.items() if one.roles & units}
    found |= {one.deputy for one in substitutes if one.absent in found}
    if Role.MANAGER in actor.role_names:
        found.add(actor.ident)
    return [one for name, one in members.items() if name in found]


async def assign(
    desk: Desk, uow: UnitOfWork, code: str, username: str, actor: Actor, version: VersionToken | None = None
) -> ServiceRequest:
    """Give the request with that tracking code to a member of the staff.

    Members of the unit in whose queue it stands may do so, and managers. It is given to a member of that unit (while it
    stands in none's queue: of any unit of its service) or to a manager, substitutes included. Errors: `NotFound`
    (`code`, or `assignee` when there is no such active member), `InvalidField("assignee")` for a member of another
    unit, `NotAllowedNow` once the request has ended, `Forbidden`, and `Conflict` when it is not at the `version` that
    was looked at any more.
    """
    return await _give(desk, uow, await locked(uow, code, version), username, actor)


async def take(
    desk: Desk, uow: UnitOfWork, code: str, actor: Actor, version: VersionToken | None = None
) -> ServiceRequest:
    """Take care of a request oneself, if nobody does; errors as `assign`.

    `AlreadyDone` when it is one's own already, `Conflict` when a colleague was first: who may take it away, assigns it.
    """
    request = await locked(uow, code, version)
    if request.assignee == actor.ident:
        raise AlreadyDone("assignee", detail="own_already")
    if request.assignee:
        member = await uow.people.staff(request.assignee)
        raise Conflict("assignee", detail="taken_by", officer=member.full_name if member else request.assignee)
    return await _give(desk, uow, request, actor.ident, actor)


async def drop(
    desk: Desk, uow: UnitOfWork, code: str, actor: Actor, version: VersionToken | None = None
) -> ServiceRequest:
    """Let nobody take care of a request any more: its unit finds it among the unassigned ones.

    Who takes care of it may do so (or the substitute), its unit and managers. Errors as `assign`; `AlreadyDone` where
    nobody has it.
    """
    request = await locked(uow, code, version)
    own = request.assignee in {actor.ident, *actor.stands_for}
    may = frozenset[Role]() if own and not request.phase.final else _may(desk, request, actor)
    if request.assignee is None:
        raise AlreadyDone("assignee", detail="unassigned")
    before, by = request.assignee, actor.acting_by(may, request.assignee)
    request.assignee = None
    await desk.engine.note(uow, request, "unassign", by, {"assignee_before": before})
    return request


async def assign_several(
    desk: Desk, uow: UnitOfWork, versions: Mapping[str, VersionToken | None], username: str, actor: Actor
) -> list[Assigned]:
    """Give several requests to one member; each that cannot be given is told, the others are. `TooLarge` past 200.

    `versions` is tracking code → the version that was looked at, as `assign` takes it.
    """
    if len(versions) > MOST_AT_ONCE:
        raise TooLarge("code", detail="too_many_requests", most=persian_digits(MOST_AT_ONCE))
    done = []
    for code in sorted(versions):  # one order for all who lock several: nobody waits crosswise
        try:
            await assign(desk, uow, code, username, actor, versions[code])
            done.append(Assigned(code))
        except DomainError as error:
            done.append(Assigned(code, error))
    return done


async def _give(desk: Desk, uow: UnitOfWork, request: ServiceRequest, username: str, actor: Actor) -> ServiceRequest:
    may = _may(desk, request, actor)
    member = await uow.people.staff(username)
    if member is None or not member.active:
        raise NotFound("assignee")
    if member.username != actor.ident:  # whoever may give it away may have it
        await _refuse_stranger(desk, uow, request, member, actor)
    by = actor.acting_by(may, request.assignee)
    request.assignee = member.username
    await desk.engine.note(uow, request, "assign", by, {"assignee": member.username})
    return request


async def _refuse_stranger(
    desk: Desk, uow: UnitOfWork, request: ServiceRequest, member: StaffMember, by: Actor
) -> None:
    """Refuse to give a request to somebody who could not work on it, nor find it in any queue of their own."""
    units = units_of(desk, request)
    acting = await staff_actor(uow, member.username, by.channel, today(desk))
    if not acting.role_names & {*units, Role.MANAGER}:
        names = [desk.catalogue.text(f"roles.{one}") for one in Role if one in units]
        raise InvalidField("assignee", detail="not_of_unit", member=member.full_name, units=names)


def _may(desk: Desk, request: ServiceRequest, actor: Actor) -> frozenset[Role]:
    """Return the roles that may say who takes care of a request now; `NotAllowedNow`, `Forbidden`."""
    if request.phase.final:
        raise NotAllowedNow("code")
    if not may_assign(desk, request, actor):
        raise Forbidden("assignee")
    return _deciders(desk, request)


def _deciders(desk: Desk, request: ServiceRequest) -> frozenset[Role]:
    unit = desk.engine.service(request.service).state(request.state).unit
    return frozenset(one for one in (unit, Role.MANAGER) if one)
