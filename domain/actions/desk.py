"""The desk: the collaborators that the use cases share, built once by `app/wiring.py`."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.calendar import WorkingCalendar
from domain.conversation.grammar import Grammar
from domain.engine import Engine
from domain.lifecycle import Service
from domain.messages import Catalogue
from domain.policy import Policy
from domain.ports import Clock, Ids
from domain.wording import Wording


@dataclass(frozen=True, slots=True)
class Desk:
    """Engine, words and grammar over the same services, under one policy, clock and source of chance."""

    engine: Engine
    wording: Wording
    grammar: Grammar

    @property
    def clock(self) -> Clock:
        """The source of time."""
        return self.engine.clock

    @property
    def ids(self) -> Ids:
        """The source of chance."""
        return self.engine.ids

    @property
    def policy(self) -> Policy:
        """The municipality's rules."""
        return self.engine.policy

    @property
    def calendar(self) -> WorkingCalendar:
        """Working time and quiet hours."""
        return self.engine.calendar

    @property
    def catalogue(self) -> Catalogue:
        """The texts."""
        return self.wording.catalogue

    @property
    def services(self) -> Mapping[str, Service]:
        """The municipal services by key."""
        return self.engine.services
