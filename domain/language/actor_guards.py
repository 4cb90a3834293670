"""Guards about who acts: what somebody could not do whatever they typed is not offered to them at all."""

from abc import abstractmethod

from domain.language.service import Guard, StepContext
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor
from domain.values.errors import DomainError


class ActorGuard(Guard):
    """A guard about the person, which `domain/authorization/` asks too; it may look at the inputs besides, but only
    once the person is admitted.
    """

    @abstractmethod
    def admits_actor(self, request: ServiceRequest, actor: Actor) -> bool:
        """Return whether this person may take the step of this request."""

    @abstractmethod
    def describe_refusal(self) -> DomainError:
        """Return the error that says why not."""

    async def is_satisfied(self, context: StepContext) -> bool:
        """Return whether who acts is admitted."""
        return self.admits_actor(context.request, context.actor)

    def build_refusal(self, context: StepContext) -> DomainError:
        """Return what `describe_refusal` says."""
        return self.describe_refusal()
