"""What the slot readers share: the stream they take tokens from, and what was understood so far."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

from domain.parsing.tokens import Phrases, Stream
from domain.values.errors import DomainError


@dataclass(slots=True)
class MessageReader:
    """One attempt to read a message as one intent. `today` is Tehran's day.

    `services` finds the names of services, `topics` those and every keyword that belongs to one.

    `slots` are the values understood. `rejected` holds, in the writer's words, values that were meant for a field and
    are wrong (a date that does not exist): the field counts as missing, and the answer can say why. `partial` holds
    what was understood but fills no slot yet: `days` of a leave whose first day was not said, `hours` of machines not
    named. `problems` says why a slot's value is not taken although it was understood: it can be read in several
    ways, or names what is not there.
    """

    stream: Stream
    today: date
    services: Phrases[str]
    topics: Phrases[str]
    slots: dict[str, Any] = field(default_factory=dict)
    rejected: dict[str, str] = field(default_factory=dict)
    partial: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, DomainError] = field(default_factory=dict)

    def reject(self, name: str, start: int, end: int) -> None:
        """Take tokens that were meant for a field and cannot be its value."""
        self.rejected[name] = self.stream.slice(start, end)
        self.stream.take(start, end)


Slot: TypeAlias = Callable[[MessageReader], None]
"""Finds the spans of the stream that belong to one or a few slots, takes them and writes their values."""
