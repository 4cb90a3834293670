"""Rights in one request: whose it is, whose unit's, whose step, by the declaration of its service.

The staff act by role: the right's, narrowed to those whom the service's declaration gives a part in it. A citizen acts
with what is theirs, a clerk with what the own office brought; to both another's request is not there (`NotFound`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from domain.authorization.policy import find_refusal, is_missing_proof, with_every_proof
from domain.authorization.rights import RIGHTS, Right
from domain.authorization.visibility import list_seeing_roles, oversees_requests, sees_service
from domain.language.actor_guards import ActorGuard
from domain.language.service import Service, Transition
from domain.requests.request import ServiceRequest
from domain.values.actors import STAFF_ROLES, Actor, ActorKind, Role
from domain.values.errors import DomainError, Forbidden, NotFound

_NO_INPUTS: Mapping[str, object] = {}


def _list_unit_roles(service: Service, _: ServiceRequest) -> frozenset[Role]:
    """Return the units of the service, and who manages every request."""
    return service.unit_roles | RIGHTS[Right.ALL_REQUESTS_MANAGE].roles


def _list_roles_in_turn(service: Service, request: ServiceRequest) -> frozenset[Role]:
    """Return the unit in whose queue the request is, and who manages every request."""
    unit = service.state_named(request.state).unit
    return frozenset({unit} if unit else ()) | RIGHTS[Right.ALL_REQUESTS_MANAGE].roles


_CONCERNED_ROLES: Mapping[Right, Callable[[Service, ServiceRequest], frozenset[Role]]] = {
    Right.REQUESTS_VIEW: lambda service, _: list_seeing_roles(service),
    Right.REQUESTS_ASSIGN: _list_roles_in_turn,
    Right.REQUESTS_ATTACH: lambda service, _: service.step_roles,
    Right.REQUESTS_MOBILE: _list_unit_roles,
    Right.REQUESTS_MOBILE_OWED: lambda *_: RIGHTS[Right.REQUESTS_MOBILE_OWED].roles,
    Right.REQUESTS_REOPEN: _list_unit_roles,
    Right.REQUESTS_NOTE: lambda service, _: list_seeing_roles(service),
    Right.BILLS_RESEND: _list_unit_roles,
}
"""Rights about a request → which of the right's roles have it with that request."""

_OWNER_RIGHTS: Mapping[Right, frozenset[ActorKind]] = {
    Right.REQUESTS_VIEW: frozenset({"citizen", "clerk"}),
    Right.REQUESTS_ATTACH: frozenset({"citizen", "clerk"}),
    Right.REQUESTS_REOPEN: frozenset({"citizen"}),
}
"""Rights of citizens in their own requests, and of clerks in those of their office."""


def is_citizen_of(request: ServiceRequest, actor: Actor) -> bool:
    """Return whether it is this citizen's own request."""
    return actor.kind == "citizen" and request.mobile == actor.identifier


def is_foreign_request(request: ServiceRequest, actor: Actor) -> bool:
    """Return whether a request is another citizen's, or another office's. What the staff may is a matter of roles."""
    if actor.kind == "citizen":
        return not is_citizen_of(request, actor)
    return actor.kind == "clerk" and (actor.office_code is None or request.office != actor.office_code)


def refuse_foreign_request(request: ServiceRequest, actor: Actor) -> None:
    """Refuse a citizen somebody else's request, and a clerk another office's, without telling that it exists."""
    if is_foreign_request(request, actor):
        raise NotFound("code")


def find_owner_refusal(request: ServiceRequest, actor: Actor) -> DomainError | None:
    """Return why this one may not do with a request what is its citizen's, or its office's clerk's for them; None when
    it may.
    """
    if actor.kind not in {"citizen", "clerk"}:
        return Forbidden("code")
    return NotFound("code") if is_foreign_request(request, actor) else None


def find_request_refusal(
    right: Right,
    service: Service,
    request: ServiceRequest,
    actor: Actor,
    field: str | None = "code",
    *,
    declared_roles: frozenset[Role] | None = None,
) -> DomainError | None:
    """Return why this one may not use a right about this request now; None when it may.

    `declared_roles` are those of the declaration of what it is used on (a paper); without them the service says who is
    concerned. A `Forbidden` names `field`.
    """
    if actor.kind in {"citizen", "clerk"}:
        has_right = actor.kind in _OWNER_RIGHTS.get(right, ())
        is_open = has_right and (declared_roles is None or bool(declared_roles & actor.role_names))
        return find_owner_refusal(request, actor) or (None if is_open else Forbidden(field))
    if declared_roles is None:
        declared_roles = _CONCERNED_ROLES[right](service, request)
    return find_refusal(right, actor, field, declared_roles=declared_roles)


def may_use_on_request(right: Right, service: Service, request: ServiceRequest, actor: Actor) -> bool:
    """Return whether to offer what needs this right about this request."""
    return find_request_refusal(right, service, request, with_every_proof(actor)) is None


def require_request_right(
    right: Right, service: Service, request: ServiceRequest, actor: Actor, field: str | None = "code"
) -> Actor:
    """Return the actor in the place in which it uses a right about this request; raises `find_request_refusal`."""
    refusal = find_request_refusal(right, service, request, actor, field)
    if refusal is not None:
        raise refusal
    return actor.acting_in_role(_CONCERNED_ROLES[right](service, request), request.assignee)


def may_see_request(services: Mapping[str, Service], actor: Actor, request: ServiceRequest) -> bool:
    """Return whether this member of the staff may read the request; of a service that is no more, who oversees all."""
    if actor.kind != "staff":
        return False
    service = services.get(request.service)
    return oversees_requests(actor) if service is None else sees_service(service, actor)


def find_step_right(step: Transition, inputs: Mapping[str, object]) -> Right:
    """Return the right that the staff need for a step of a request with these inputs: to let the citizen off a bill, or
    to set another price than the tariff's, needs another than the rest, whatever the step is called.
    """
    is_free = any(effect.settles_bills for effect in step.effects) or any(
        inputs.get(input_name) not in {None, ""} for input_name in find_override_inputs(step)
    )
    return Right.REQUESTS_WAIVE if is_free else Right.REQUESTS_ACT


def find_override_inputs(step: Transition) -> frozenset[str]:
    """Return the inputs of a step by which somebody sets another price than the tariff's."""
    return frozenset(effect.override_input for effect in step.effects if effect.override_input)


def find_step_refusal(
    step: Transition, request: ServiceRequest, actor: Actor, inputs: Mapping[str, object] = _NO_INPUTS
) -> DomainError | None:
    """Return why this one may not take this step of this request; None when it may. Its state is not looked at, but by
    guards about who acts, which know what they look at in its own states alone.
    """
    if not is_step_of(step, request, actor):
        return Forbidden("action")
    if actor.kind == "staff" and (refusal := find_refusal(find_step_right(step, inputs), actor, "action")):
        return refusal
    return _find_guard_refusal(step, request, actor) if request.state in step.source_states else None


def offers_step(step: Transition, request: ServiceRequest, actor: Actor) -> bool:
    """Return whether to offer this one a step: once everything is proved, nothing about who acts would refuse it."""
    return find_step_refusal(step, request, with_every_proof(actor)) is None


StepRefusals = Sequence[DomainError | None]
"""Reasons why somebody may not take the steps of one name, None for those that they may, in the order of the steps."""


def list_step_refusals(
    steps: Iterable[Transition], request: ServiceRequest, actor: Actor, inputs: Mapping[str, object]
) -> StepRefusals:
    """Return the refusals of the steps of one name; what is still to be proved for any is raised, and asked for before
    anything of the request is looked at.
    """
    refusals = [find_step_refusal(step, request, actor, inputs) for step in steps]
    _raise_missing_proof(refusals)
    return refusals


def require_steps(steps: Sequence[Transition], request: ServiceRequest, refusals: StepRefusals) -> list[Transition]:
    """Return those of the steps of one name that are not refused; the refusal is raised where all are."""
    present_refusals = [
        refusal for step, refusal in zip(steps, refusals, strict=True) if request.state in step.source_states
    ]
    for group in (present_refusals, refusals):
        if group and all(group):
            raise group[0] or Forbidden("action")
    return [step for step, refusal in zip(steps, refusals, strict=True) if refusal is None]


def is_step_of(step: Transition, request: ServiceRequest, actor: Actor) -> bool:
    """Return whether a step of this request is this one's, whatever its state and who was named for it.

    A citizen's is one of an own request, one whose answer it awaits, or one for which it keeps their mobile; a clerk's
    one of a request of the own office; everybody else's one of their roles.
    """
    if step.roles & actor.role_names and not is_foreign_request(request, actor):
        return True
    return keeps_mobile_for(step, request, actor) or (step.awaited_may_take and awaits_answer_of(request, actor))


def is_step_of_staff(step: Transition) -> bool:
    """Return whether any of the staff takes this step."""
    return bool(step.roles & STAFF_ROLES)


def is_step_of_citizens(step: Transition) -> bool:
    """Return whether citizens take this step with their own requests."""
    return Role.CITIZEN in step.roles


def keeps_mobile_for(step: Transition, request: ServiceRequest, actor: Actor) -> bool:
    """Return whether the request keeps this citizen's mobile for a step: somebody asked for them."""
    mobile_field = step.mobile_field
    return mobile_field is not None and actor.kind == "citizen" and mobile_field.find(request) == actor.identifier


def awaits_answer_of(request: ServiceRequest, actor: Actor) -> bool:
    """Return whether a request awaits this citizen's answer."""
    return actor.kind == "citizen" and request.awaits == actor.identifier


def refuse_unconcerned(request: ServiceRequest, actor: Actor) -> None:
    """Refuse as `refuse_foreign_request` does, but for whose answer the request awaits."""
    if not awaits_answer_of(request, actor):
        refuse_foreign_request(request, actor)


def take_place_in_step(step: Transition, request: ServiceRequest, actor: Actor) -> Actor:
    """Return the actor in the place in which it takes a step: what is assigned to an absent member is done for that
    one.
    """
    return actor.acting_in_role(step.roles, request.assignee)


def _raise_missing_proof(refusals: Iterable[DomainError | None]) -> None:
    for refusal in refusals:
        if refusal is not None and is_missing_proof(refusal):
            raise refusal


def _find_guard_refusal(step: Transition, request: ServiceRequest, actor: Actor) -> DomainError | None:
    """Return the refusal of the first guard about who acts that does not let this one take the step."""
    acting_actor = take_place_in_step(step, request, actor)
    guards = (guard for guard in step.guards if isinstance(guard, ActorGuard))
    return next((guard.describe_refusal() for guard in guards if not guard.admits_actor(request, acting_actor)), None)
