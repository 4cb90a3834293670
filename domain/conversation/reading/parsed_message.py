"""Result of the grammar for one message: plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from domain.conversation.reading.intent_ranking import RankedIntent
from domain.conversation.reading.sentences import Mood
from domain.parsing.machines import MachineItem
from domain.values.errors import DomainError

UNKNOWN_INTENT = "unknown"
"""The intent of a message that calls none."""


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """Content of a message. A refused command is no command: `intent` is `unknown`, and `refused_intent` names it."""

    intent: str
    """The name of what is wanted, or `unknown`."""
    slots: Mapping[str, Any] = field(default_factory=dict)
    """Slots said, by the names of channels.md: days as `date`, hours as `time`, `items` as `MachineItem`s."""
    missing_slots: tuple[str, ...] = ()
    """The required fields that were not said, in the order in which they are asked."""
    suggested_intents: tuple[str, ...] = ()
    """Intents to offer back when `intent` is `unknown`."""
    has_valid_arguments: bool = False
    """Whether more than free text was understood, or none is needed: it may interrupt a dialogue."""
    rejected_texts: Mapping[str, str] = field(default_factory=dict)
    """As in `MessageReader`: values that are wrong, in the writer's words, by field."""
    partial_values: Mapping[str, Any] = field(default_factory=dict)
    """As in `MessageReader`: what was understood but fills no slot yet."""
    problems_by_slot: Mapping[str, DomainError] = field(default_factory=dict)
    """As in `MessageReader`: why a value is not taken although it was understood."""
    is_named: bool = True
    """Whether a word calls the intent; False: only a code stands there, and words that name it."""
    mood: Mood = Mood.PLAIN
    """The kind of sentence."""
    refused_intent: str = ""
    """Intent that the sentence refuses; empty where it refuses nothing."""
    ranking: tuple[RankedIntent, ...] = ()
    """The likeliest intents by the words as a whole; empty where they were not asked."""
    is_guessed: bool = False
    """Whether the intent is known by the words as a whole alone."""

    def as_json(self) -> dict[str, Any]:
        """Return what `pishkhan sms parse` shows: dates as Gregorian ISO, hours of the clock as HH:MM."""
        slots = {name: value_as_json(value) for name, value in self.slots.items()}
        scores = {ranked.name: round(ranked.share, 3) for ranked in self.ranking}
        message = {"intent": self.intent, "slots": slots, "missing": list(self.missing_slots)}
        return {**message, "scores": scores} if scores else message


def value_as_json(value: object) -> object:
    """Return a slot's value as a dialogue is stored and as programs are shown it."""
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [item.as_json() if isinstance(item, MachineItem) else item for item in value]
    return value
