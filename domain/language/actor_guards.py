"""Guards about who acts: what somebody could not do whatever they typed is not offered to them at all."""

from abc import abstractmethod

from domain.language.service import Context, Guard, Transition
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor


class ActorGuard(Guard):
    """A guard about the person; it may look at the inputs besides, but only once the person is admitted."""

    @abstractmethod
    def admits(self, request: ServiceRequest, actor: Actor) -> bool:
        """Tell whether this person may take the step of this request."""

    async def holds(self, ctx: Context) -> bool:
        """Tell whether who acts is admitted."""
        return self.admits(ctx.request, ctx.actor)


def admitted(step: Transition, request: ServiceRequest, actor: Actor) -> bool:
    """Tell whether every guard about who acts lets this person take the step."""
    acting = actor.acting_by(step.roles, request.assignee)
    return all(one.admits(request, acting) for one in step.guards if isinstance(one, ActorGuard))
