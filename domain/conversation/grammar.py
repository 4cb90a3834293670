"""The grammar of messages: pure text in, an intent with its slots out. It knows no dialogues, people or requests.

A message is a command: a keyword (Persian or Latin, in any spelling and spacing, a little misspelt), then arguments in
any order; what no argument reader takes is the free text (place, reason, text) in the writer's own words. Source:
channels.md, "SMS" and "`pishkhan sms parse`".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from domain.calendar import in_tehran
from domain.conversation.keywords import Call, Keywords
from domain.conversation.machines import MachineItem
from domain.conversation.reading import Reading
from domain.conversation.tokens import Phrases, Stream, keys
from domain.conversation.vocabulary import COMMANDS, COURTESIES, LABELS, SERVICE_WORDS, Intent

UNKNOWN = "unknown"
"""The intent of a message that calls none."""

_LABELS = Phrases({True: LABELS})
_COLON = keys(":")
_MOST_SUGGESTIONS = 3


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a message says.

    `slots` holds only what was said, under the names of channels.md: `date`, `from`, `to` are `date`s, `start` a
    `time`, `items` a tuple of `MachineItem`, `hours` a number, `score` an int, all others strings. `missing` names the
    required fields not said, in asking order. `suggestions` are intents to offer back when `intent` is `unknown`.
    `has_valid_arguments`: an argument besides free text was understood, or the keyword stands alone and needs none;
    only then may it interrupt a dialogue (channels.md, "Order of reading"). `rejected` and `partial`: see `Reading`.
    """

    intent: str
    slots: Mapping[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    has_valid_arguments: bool = False
    rejected: Mapping[str, str] = field(default_factory=dict)
    partial: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return what `pishkhan sms parse` shows: dates as Gregorian ISO, hours of the clock as HH:MM."""
        slots = {name: _json(value) for name, value in self.slots.items()}
        return {"intent": self.intent, "slots": slots, "missing": list(self.missing)}


class Grammar:
    """Reads messages by the intents of the commands and of the services it was given."""

    def __init__(self, intents: Iterable[Intent]) -> None:
        """Take the intents of the services; `ValueError` when a keyword belongs to two intents."""
        known = (*COMMANDS, *intents)
        self._keywords = Keywords(known)
        names = {service: set(words) for service, words in SERVICE_WORDS.items()}
        topics = {service: set(words) for service, words in SERVICE_WORDS.items()}
        for intent in known:
            if intent.service:
                topics.setdefault(intent.service, set()).update(intent.words, intent.weak_words, intent.hint_words)
            if intent.service == intent.name:
                names.setdefault(intent.service, set()).update(intent.words)
        self._services: Phrases[str] = Phrases(names)
        self._topics: Phrases[str] = Phrases(topics)

    def parse(self, text: str, today: datetime) -> Parsed:
        """Return what a message says outside of a dialogue; relative dates count from `today` (aware) in Tehran.

        Never raises for any text.
        """
        day = in_tehran(today).date()
        parsed = self._parse(text, day)
        if parsed.intent != UNKNOWN:
            return parsed
        apart = self._keywords.set_apart(text)
        if apart and (second := self._parse(apart, day)).has_valid_arguments:
            return second
        return parsed

    def arguments(self, intent: str, text: str, today: datetime) -> Parsed | None:
        """Read a text as the arguments of a command called before; None when it says none, or the intent takes free
        text, which is whatever was written.
        """
        called = self._keywords.intents.get(intent)
        if called is None or called.rest:
            return None
        parsed = self._read(text, Call(called, 0, 0, sure=False), in_tehran(today).date())
        return parsed if parsed and parsed.slots else None

    def _parse(self, text: str, day: date) -> Parsed:
        stream = Stream(text)
        offered: list[str] = []
        for call in self._keywords.calls(stream):
            parsed = self._read(text, call, day)
            if parsed:
                return parsed
            offered.append(call.intent.name)
        misspelt = self._keywords.misspelt(stream)
        if len(misspelt) == 1 and (parsed := self._read(text, misspelt[0], day)):
            return parsed
        offered = [*self._keywords.hints(stream), *offered, *(call.intent.name for call in misspelt)]
        return Parsed(UNKNOWN, suggestions=tuple(dict.fromkeys(offered))[:_MOST_SUGGESTIONS])

    def _read(self, text: str, call: Call, today: date) -> Parsed | None:
        """Read the arguments of a call; None when the call was doubtful and they do not bear it out."""
        intent, stream = call.intent, Stream(text)
        stream.take(call.start, call.end)
        _take_courtesies(stream, call.start)
        if intent.asks_fields:
            _take_labels(stream)
        reading = Reading(stream, today, self._services, self._topics)
        for slot in intent.slots:
            slot(reading)
        understood = bool(reading.slots)
        if intent.form:
            rest = stream.rest(COURTESIES, words_only=True, own_marks=not intent.asks_fields)
        else:
            rest = stream.rest(COURTESIES if intent.strict else frozenset(), own_marks=True)
        if not _borne_out(call, understood, rest):
            return None
        if intent.rest and rest:
            reading.slots[intent.rest] = rest
        return Parsed(
            intent.name,
            reading.slots,
            missing=_missing(intent, reading.slots),
            has_valid_arguments=understood or (intent.alone and not rest and not reading.rejected),
            rejected=reading.rejected,
            partial=reading.partial,
        )


def _borne_out(call: Call, understood: bool, rest: str) -> bool:
    if rest and (call.intent.strict or call.bare):
        return False
    return call.sure or understood or not (rest or call.guess)


def _take_courtesies(stream: Stream, keyword: int) -> None:
    """Take the greetings before a keyword."""
    for at in range(keyword):
        if stream.key(at) in COURTESIES:
            stream.take(at, at + 1)


def _take_labels(stream: Stream) -> None:
    """Take the names of fields that stand before a colon («آدرس: …»)."""
    for at in stream.free():
        label = _LABELS.at(stream, at)
        if label and stream.key(label[1]) in _COLON:
            stream.take(at, label[1] + 1)


def _missing(intent: Intent, slots: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in intent.required if _lacks(name, intent, slots))


def _lacks(name: str, intent: Intent, slots: Mapping[str, Any]) -> bool:
    """Tell whether a required slot is still to be asked for; hours only once it is known for which machines."""
    if name == "hours" and "items" in intent.required:
        return any(item.hours is None for item in slots.get("items", ()))
    if name == "hours" and "machine" not in slots:
        return False
    return name not in slots and intent.instead.get(name) not in slots


def _json(value: object) -> object:
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [item.as_json() if isinstance(item, MachineItem) else item for item in value]
    return value
