"""What every action works with: the engine, words and grammar, put together once by `app/wiring.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from domain.conversation.grammar import Grammar
from domain.engine.engine import Engine
from domain.language.service import Service
from domain.language.wording import Wording
from domain.messages.catalogue import Catalogue
from domain.settings.policy import Policy
from domain.unit_of_work import Clock, IdGenerator
from domain.values.calendar import WorkingCalendar


@dataclass(slots=True)
class Dependencies:
    """Engine, words and grammar over the same services, under one policy, clock and source of chance.

    `configured` is the engine as the configuration made it. What the staff changes while the house runs lies over it:
    `apply_settings` puts that into force, and `settings_version` is the number of the last change that it knows (None:
    it has not looked yet). An engine never changes under a step: a step that began runs by the rules it began with.
    """

    engine: Engine
    wording: Wording
    grammar: Grammar
    configured: Engine = field(init=False, repr=False)
    settings_version: int | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Remember what the configuration says."""
        self.configured = self.engine

    def apply_settings(
        self,
        settings_version: int,
        policy: Policy,
        calendar: WorkingCalendar,
        text_overrides: Mapping[str, str | Sequence[str]],
    ) -> None:
        """Put these rules and texts (by key) into force, from the next step on."""
        self.engine = replace(self.engine, policy=policy, calendar=calendar)
        self.catalogue.apply_overrides(text_overrides)
        self.settings_version = settings_version

    @property
    def clock(self) -> Clock:
        """The source of time."""
        return self.engine.clock

    @property
    def ids(self) -> IdGenerator:
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
