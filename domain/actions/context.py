"""The context of an action: the dependencies, the unit that stores what it does, and who acts."""

from dataclasses import dataclass
from typing import Generic

from domain.actions.dependencies import Dependencies
from domain.unit_of_work import UnitT_co
from domain.values.actors import Actor


@dataclass(slots=True)
class ActionContext(Generic[UnitT_co]):
    """Context of an action that nobody's right is asked for: a job's, a provider's or a reader's."""

    dependencies: Dependencies
    uow: UnitT_co
    """The unit that stores all of it, or nothing."""

    def acting_as(self, actor: Actor) -> "ActorContext[UnitT_co]":
        """Return the same unit in which that actor acts."""
        return ActorContext(self.dependencies, self.uow, actor)


@dataclass(slots=True)
class ActorContext(ActionContext[UnitT_co]):
    """Context of an action of somebody."""

    actor: Actor
    """Person, office or program that acts, with the rights held at this moment."""
