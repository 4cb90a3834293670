"""The context of an action: the dependencies, the unit that stores what it does, and who acts."""

from dataclasses import dataclass

from domain.actions.dependencies import Dependencies
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor


@dataclass(slots=True)
class ActionContext:
    """Context of an action that nobody's right is asked for: a job's, a provider's or a reader's."""

    dependencies: Dependencies
    uow: UnitOfWork
    """The unit that stores all of it, or nothing."""

    def acting_as(self, actor: Actor) -> "ActorContext":
        """Return the same unit in which that actor acts."""
        return ActorContext(self.dependencies, self.uow, actor)


@dataclass(slots=True)
class ActorContext(ActionContext):
    """Context of an action of somebody."""

    actor: Actor
    """Person, office or program that acts, with the rights held at this moment."""
