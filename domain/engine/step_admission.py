"""Whether a step may be taken: by whom, past which guards, and which of several of one name."""

from collections.abc import Sequence

from domain.language.service import Guard, StepContext, Transition
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor, Role
from domain.values.errors import NotAllowedNow


def may_take_step(step: Transition, request: ServiceRequest, actor: Actor) -> bool:
    """Return whether this person may take this step of this request, whatever its state.

    A citizen does so with an own request, as the one whose answer it awaits, or as the one whom it keeps for this step;
    a clerk with a request of the own office; everybody else by role.
    """
    if actor.kind == "clerk":
        return Role.CLERK in step.roles and actor.office_code is not None and request.office == actor.office_code
    if actor.kind != "citizen":
        return bool(step.roles & actor.role_names)
    is_own = Role.CITIZEN in step.roles and request.mobile == actor.identifier
    is_kept_mobile = step.mobile_field is not None and step.mobile_field.find(request) == actor.identifier
    return is_own or is_kept_mobile or (step.awaited_may_take and request.awaits == actor.identifier)


async def require_guards(guards: Sequence[Guard], context: StepContext) -> None:
    """Raise the refusal of the first guard that does not hold."""
    for guard in guards:
        if not await guard.is_satisfied(context):
            raise guard.build_refusal(context)


async def choose_step(candidates: Sequence[Transition], context: StepContext) -> Transition:
    """Return the first step whose condition holds; else the refusal of the first one's is raised."""
    for step in candidates:
        if step.condition is None or await step.condition.is_satisfied(context):
            return step
    first_condition = candidates[0].condition
    raise first_condition.build_refusal(context) if first_condition else NotAllowedNow("action")
