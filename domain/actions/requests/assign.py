"""The member of the staff who takes care of a request."""

from collections.abc import Sequence

from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.requests.act import lock_request
from domain.actions.staffing import RequestStaffRepositories, load_staff_actor, today_in_tehran
from domain.authorization.policy import may_use
from domain.authorization.request_policy import may_use_on_request, require_request_right
from domain.authorization.rights import Right
from domain.authorization.visibility import list_members_of_units, works_on_units
from domain.people.person import StaffMember, Substitution
from domain.repositories import StaffRepositories
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor, Role
from domain.values.errors import InvalidField, NotAllowedNow, NotFound
from domain.values.reasons import InvalidReason
from domain.values.tracking_codes import TrackingCode
from domain.values.version_token import VersionToken


def may_assign(dependencies: Dependencies, request: ServiceRequest, actor: Actor) -> bool:
    """Return whether this one may say who takes care of a request now: `assign_request` lets these and nobody else."""
    service = dependencies.engine.get_service(request.service)
    return not request.phase.is_final and may_use_on_request(Right.REQUESTS_ASSIGN, service, request, actor)


def assignable_units(dependencies: Dependencies, request: ServiceRequest) -> frozenset[Role]:
    """Return the units to whose members a request may be given: the one whose turn it is, else all of its service."""
    service = dependencies.engine.get_service(request.service)
    unit = service.state_named(request.state).unit
    return frozenset({unit}) if unit else service.unit_roles


def list_colleagues(
    dependencies: Dependencies,
    staff: Sequence[StaffMember],
    substitutions: Sequence[Substitution],
    requests: Sequence[ServiceRequest],
    actor: Actor,
) -> list[StaffMember]:
    """Return to whom of the `staff` this actor may give one or another of these requests: members of their units.

    With the absent ones come their `substitutions` of today. Any manager may be given a request; here a manager finds
    only himself.
    """
    own_units = frozenset[Role]().union(
        *(assignable_units(dependencies, entry) for entry in requests if may_assign(dependencies, entry, actor))
    )
    if not own_units:
        return []
    active_members = {entry.username: entry for entry in staff if entry.active}
    offered_names = {entry.username for entry in list_members_of_units(active_members.values(), own_units)}
    offered_names |= {entry.deputy for entry in substitutions if entry.absent in offered_names}
    if may_use(Right.ALL_REQUESTS_MANAGE, actor):
        offered_names.add(actor.identifier)
    return [entry for username, entry in active_members.items() if username in offered_names]


async def assign_request(
    context: ActorContext[RequestStaffRepositories],
    code: TrackingCode,
    username: str,
    version: VersionToken | None = None,
) -> ServiceRequest:
    """Give the request with that tracking code to a member of the staff.

    Members of the unit in whose queue it is may do so, and managers. It is given to a member of that unit (while it
    is in no queue: of any unit of its service) or to a manager, substitutes included. Errors: `NotFound`
    (`code`, or `assignee` when there is no such active member), `InvalidField("assignee")` for a member of another
    unit, `NotAllowedNow` once the request has ended, `Forbidden`, and `Conflict` when it is not at the `version` that
    was looked at any more.
    """
    request = await lock_request(context.uow.requests, code, version)
    if request.phase.is_final:
        raise NotAllowedNow("code")
    service = context.dependencies.engine.get_service(request.service)
    acting_actor = require_request_right(Right.REQUESTS_ASSIGN, service, request, context.actor, "assignee")
    member = await context.uow.people.find_staff(username)
    if member is None or not member.active:
        raise NotFound("assignee")
    if member.username != context.actor.identifier:  # whoever may give it away may have it
        await _refuse_stranger(context, request, member)
    request.assignee = member.username
    await context.dependencies.engine.record_event(
        context.uow, request, "assign", acting_actor, {"assignee": member.username}
    )
    return request


async def _refuse_stranger(
    context: ActorContext[StaffRepositories], request: ServiceRequest, member: StaffMember
) -> None:
    """Refuse to give a request to somebody who could not work on it, nor find it in any queue of their own."""
    request_units = assignable_units(context.dependencies, request)
    acting_member = await load_staff_actor(
        context.uow.people, member.username, context.actor.channel, today_in_tehran(context.dependencies)
    )
    if not works_on_units(acting_member, request_units):
        unit_names = [context.dependencies.catalogue.text(f"roles.{role}") for role in Role if role in request_units]
        raise InvalidField("assignee", InvalidReason.NOT_OF_UNIT, member=member.full_name, units=unit_names)
