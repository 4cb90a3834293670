"""Admission of a step: locks, guards, and the choice among several of one name. Who may: `domain/authorization/`."""

from collections.abc import Iterable, Sequence

from domain.language.locks import Lock, take_locks
from domain.language.service import Effect, Guard, Service, StepContext, Transition, Trigger
from domain.values.errors import DomainError, NotAllowedNow


async def hold_submission(service: Service, context: StepContext) -> None:
    """Take what the guards and effects of a submission must hold, and those of the automatic steps behind it."""
    await take_locks(context.uow, _list_submission_locks(service), context.request, {})


async def hold_reopening(service: Service, context: StepContext) -> None:
    """Take what the guard of reopening must hold, and the submission behind it."""
    own_locks = service.reopen_guard.locks if service.reopen_guard else ()
    await take_locks(context.uow, [*own_locks, *_list_submission_locks(service)], context.request, {})


def _list_submission_locks(service: Service) -> list[Lock]:
    parts: tuple[Guard | Effect, ...] = (*service.submit_guards, *service.submit_effects)
    own_locks = [lock for part in parts for lock in part.locks]
    return own_locks + _list_locks(list_automatic_steps(service, service.initial_state))


async def hold_steps(service: Service, steps: Sequence[Transition], context: StepContext) -> None:
    """Take what the steps that may be taken now must hold, and the automatic ones behind them."""
    followers = [follower for step in steps for follower in list_automatic_steps(service, step.target_state)]
    await take_locks(context.uow, _list_locks([*steps, *followers]), context.request, context.inputs)


def list_automatic_steps(service: Service, state_name: str) -> list[Transition]:
    """Return the automatic steps that may follow one after the other from a state, each once."""
    followers: list[Transition] = []
    states = [state_name]
    for state in states:
        for follower in service.steps_from(state, Trigger.AUTOMATIC):
            if follower not in followers:
                followers.append(follower)
                states.append(follower.target_state)
    return followers


def _list_locks(steps: Iterable[Transition]) -> list[Lock]:
    parts: list[Guard | Effect | None] = [
        part for step in steps for part in (step.condition, *step.guards, *step.effects)
    ]
    return [lock for part in parts if part is not None for lock in part.locks]


async def require_guards(guards: Sequence[Guard], context: StepContext) -> None:
    """Raise the refusal of the first guard that does not hold."""
    if refusal := await find_refusal(guards, context):
        raise refusal


async def find_refusal(guards: Iterable[Guard], context: StepContext) -> DomainError | None:
    """Return the refusal of the first guard that does not hold; None where all do."""
    for guard in guards:
        if not await guard.is_satisfied(context):
            return guard.build_refusal(context)
    return None


async def choose_step(candidates: Sequence[Transition], context: StepContext) -> Transition:
    """Return the first step whose condition holds; else the refusal of the first one's is raised."""
    for step in candidates:
        if step.condition is None or await step.condition.is_satisfied(context):
            return step
    first_condition = candidates[0].condition
    raise first_condition.build_refusal(context) if first_condition else NotAllowedNow("action")
