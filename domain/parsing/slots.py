"""What the slot readers share: the stream they take tokens from, and what was understood so far."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

from domain.parsing.tokens import Phrases, TokenStream
from domain.values.errors import DomainError


@dataclass(slots=True)
class MessageReader:
    """One attempt to read a message as one intent. `today` is Tehran's day.

    `service_phrases` finds the names of services, `topic_phrases` those and every keyword that belongs to one.

    `slots` are the values understood. `rejected_texts` holds, in the writer's words, values that were meant for a field
    and are wrong (a date that does not exist): the field counts as missing, and the answer can say why.
    `partial_values` holds what was understood but fills no slot yet: `days` of a leave whose first day was not said,
    `hours` of machines not named. `problems_by_slot` says why a slot's value is not taken although it was understood:
    it can be read in several ways, or names what is not there.
    """

    stream: TokenStream
    today: date
    service_phrases: Phrases[str]
    topic_phrases: Phrases[str]
    slots: dict[str, Any] = field(default_factory=dict)
    rejected_texts: dict[str, str] = field(default_factory=dict)
    partial_values: dict[str, Any] = field(default_factory=dict)
    problems_by_slot: dict[str, DomainError] = field(default_factory=dict)

    def reject_tokens(self, name: str, start: int, end: int) -> None:
        """Take tokens that were meant for a field and cannot be its value."""
        self.rejected_texts[name] = self.stream.source_text(start, end)
        self.stream.take(start, end)


SlotReader: TypeAlias = Callable[[MessageReader], None]
"""Finds the spans of the stream that belong to one or a few slots, takes them and writes their values."""
