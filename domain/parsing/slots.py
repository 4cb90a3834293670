"""Parts shared by the slot readers: the stream they take tokens from, and what was understood so far."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeAlias

from domain.parsing.tokens import Phrases, TokenStream
from domain.values.errors import DomainError


@dataclass(slots=True)
class MessageReader:
    """One attempt to read a message as one intent."""

    stream: TokenStream
    """The message's words; what is understood is taken out of it."""
    now: datetime
    """The moment in Tehran, from which relative dates and hours count."""
    service_phrases: Phrases[str]
    """Finds the names of services."""
    topic_phrases: Phrases[str]
    """Finds those, and every keyword that belongs to a service."""
    slots: dict[str, Any] = field(default_factory=dict)
    """The values understood."""
    rejected_texts: dict[str, str] = field(default_factory=dict)
    """Wrong values (a date that does not exist), in the writer's words, by the field that stays missing."""
    partial_values: dict[str, Any] = field(default_factory=dict)
    """Values that were understood but fill no slot yet: `days` without a first one, `hours` of no machine."""
    problems_by_slot: dict[str, DomainError] = field(default_factory=dict)
    """Reasons for refusing values that were understood: two meanings, or it names what is not there."""

    is_assumed: bool = False
    """Whether a value was given to more than it was said of («لودر و کمپرسی ۴ ساعت»): it is shown before it counts."""

    @property
    def today(self) -> date:
        """Tehran's day."""
        return self.now.date()

    def reject_tokens(self, name: str, start: int, end: int) -> None:
        """Take tokens that were meant for a field and cannot be its value."""
        self.rejected_texts[name] = self.stream.source_text(start, end)
        self.stream.take(start, end)


SlotReader: TypeAlias = Callable[[MessageReader], None]
"""Finds the spans of the stream that belong to one or a few slots, takes them and writes their values."""
