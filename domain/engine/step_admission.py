"""Past which guards a step is taken, and which of several of one name. By whom: `domain/authorization/`."""

from collections.abc import Sequence

from domain.language.service import Guard, StepContext, Transition
from domain.values.errors import NotAllowedNow


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
