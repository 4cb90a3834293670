"""Guards about who acts: what somebody could not do whatever they typed is not offered to them at all."""

from abc import abstractmethod

from domain.language.service import Guard, StepContext, Transition
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor


class ActorGuard(Guard):
    """A guard about the person; it may look at the inputs besides, but only once the person is admitted."""

    @abstractmethod
    def admits_actor(self, request: ServiceRequest, actor: Actor) -> bool:
        """Return whether this person may take the step of this request."""

    async def is_satisfied(self, context: StepContext) -> bool:
        """Return whether who acts is admitted."""
        return self.admits_actor(context.request, context.actor)


def is_admitted(step: Transition, request: ServiceRequest, actor: Actor) -> bool:
    """Return whether every guard about who acts lets this person take the step."""
    acting_actor = actor.acting_in_role(step.roles, request.assignee)
    return all(guard.admits_actor(request, acting_actor) for guard in step.guards if isinstance(guard, ActorGuard))
