"""The grammar of messages: pure text in, an intent with its slots out. It knows no dialogues, people or requests.

A message is a command: a keyword (Persian or Latin, in any spelling and spacing, a little misspelt), then arguments in
any order; what no argument reader takes is the free text (place, reason, text) in the writer's own words. Source:
channels.md, "SMS" and "`pishkhan sms parse`".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

from domain.conversation.keywords import IntentMatch, Keywords
from domain.conversation.sentences import Mood, forbids, mood_of, refuses_alone
from domain.conversation.vocabulary import COMMANDS, LABELS, SERVICE_WORDS, WISHES
from domain.language.intents import Intent
from domain.parsing.filler_words import COURTESIES
from domain.parsing.machines import MachineItem
from domain.parsing.negation import negations
from domain.parsing.places import says_address
from domain.parsing.slots import MessageReader
from domain.parsing.tokens import Phrases, Stream, keys
from domain.values.calendar import in_tehran
from domain.values.errors import DomainError

UNKNOWN = "unknown"
"""The intent of a message that calls none."""

_LABELS = Phrases({True: LABELS})
_COLON = keys(":")
_MORE = keys("دیگه", "دیگر", "بهم", "برام", "برایم", "به", "dige", "digar")
_MOST_SUGGESTIONS = 3
_NO_OWN_WORDS = frozenset({"place", "reason"})
"""Free texts that a wish around them («… می‌خوام») does not belong to."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a message says.

    `slots` holds only what was said, under the names of channels.md: `date`, `from`, `to` are `date`s, `start` a
    `time`, `items` a tuple of `MachineItem`, `hours` a number, `score` an int, all others strings. `missing` names the
    required fields not said, in asking order. `suggestions` are intents to offer back when `intent` is `unknown`.
    `has_valid_arguments`: an argument besides free text was understood, or the keyword stands alone and needs none;
    only then may it interrupt a dialogue (channels.md, "Order of reading"). `rejected`, `partial` and `problems`: see
    `MessageReader`. `mood` is the kind of sentence; a refused command is no command: `intent` is `unknown`, and
    `refused` names it.
    """

    intent: str
    slots: Mapping[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    has_valid_arguments: bool = False
    rejected: Mapping[str, str] = field(default_factory=dict)
    partial: Mapping[str, Any] = field(default_factory=dict)
    problems: Mapping[str, DomainError] = field(default_factory=dict)
    mood: Mood = Mood.PLAIN
    refused: str = ""

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

    def binds(self, intent: str) -> bool:
        """Tell whether an intent ends something or binds somebody."""
        known = self._keywords.intents.get(intent)
        return known is not None and known.binding

    def meant_for(self, intent: str, text: str, today: datetime) -> Parsed | None:
        """Read a text that called no command as one of this intent, wherever its keyword stands; None when it refuses.

        Free text is kept where the intent needs one; as a place only what is an address.
        """
        if intent not in self._keywords.intents:
            return None
        parsed = self._read(text, self._keywords.place_of(intent, Stream(text)), in_tehran(today).date())
        if parsed is None or parsed.refused:
            return None
        rest = self._keywords.intents[intent].rest
        needed = rest in self._keywords.intents[intent].required
        if rest in parsed.slots and not (needed and (rest != "place" or says_address(str(parsed.slots[rest])))):
            return replace(parsed, slots={name: said for name, said in parsed.slots.items() if name != rest})
        return parsed

    def arguments(self, intent: str, text: str, today: datetime) -> Parsed | None:
        """Read a text as the arguments of a command called before; None when it says none, or the intent takes free
        text, which is whatever was written.
        """
        called = self._keywords.intents.get(intent)
        if called is None or called.rest:
            return None
        parsed = self._read(text, IntentMatch(called, 0, 0, sure=False), in_tehran(today).date())
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
        return self._unknown(text, list(dict.fromkeys(offered)))

    def _unknown(self, text: str, offered: list[str]) -> Parsed:
        """Return what calls no command; what ends something is not offered to who refuses or forbids something."""
        if refuses_alone(text):
            return Parsed(UNKNOWN, mood=Mood.REFUSED)
        if forbids(text):
            offered = [name for name in offered if not self._keywords.intents[name].binding]
        return Parsed(UNKNOWN, suggestions=tuple(offered)[:_MOST_SUGGESTIONS])

    def _read(self, text: str, call: IntentMatch, today: date) -> Parsed | None:
        """Read the arguments of a call; None when the call was doubtful and they do not bear it out."""
        intent, stream = call.intent, Stream(text)
        stream.take(call.start, call.end)
        _take_courtesies(stream, call.start)
        _take_beside(stream, intent)
        if intent.asks_fields:
            _take_labels(stream)
        reading = MessageReader(stream, today, self._services, self._topics)
        for slot in intent.slots:
            slot(reading)
        understood = bool(reading.slots)
        mood = self._mood(stream, call)
        if mood is Mood.REFUSED:
            return Parsed(UNKNOWN, mood=mood, refused=intent.name)
        rest = _free_text(stream, intent)
        if not _borne_out(call, reading, rest):
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
            problems=reading.problems,
            mood=mood,
        )

    @staticmethod
    def _mood(stream: Stream, call: IntentMatch) -> Mood:
        """Return how the command is said; what is not written as it is known is not said plainly either."""
        if call.bare:
            return Mood.PLAIN
        mood = mood_of(stream, call.intent, call.start, call.end)
        return Mood.DOUBTFUL if mood is Mood.PLAIN and call.intent.binding and not call.exact else mood


def _free_text(stream: Stream, intent: Intent) -> str:
    """Return what no reader took, as far as it is text of the writer's own."""
    if not intent.form:
        return stream.rest(frozenset() if intent.rest else COURTESIES, own_marks=True)
    edges = WISHES if intent.rest in _NO_OWN_WORDS else frozenset()
    return stream.rest(COURTESIES, words_only=True, own_marks=not intent.asks_fields, edges=edges)


def _borne_out(call: IntentMatch, reading: MessageReader, rest: str) -> bool:
    """Tell whether what else is said bears a call out; a strict one bears other words only with its code."""
    if rest and (call.bare or (call.intent.strict and not (call.intent.binding and "code" in reading.slots))):
        return False
    return call.sure or bool(reading.slots) or not (rest or call.guess)


def _take_courtesies(stream: Stream, keyword: int) -> None:
    """Take the greetings before a keyword."""
    for at in range(keyword):
        if stream.key(at) in COURTESIES:
            stream.take(at, at + 1)


def _take_beside(stream: Stream, intent: Intent) -> None:
    """Take what may stand beside a keyword and change nothing: words about its matter, and what is refused of that."""
    if not any(stream.key(at) in intent.beside for at in stream.free()):
        return
    denied = {at for one in negations(stream) for at in range(one.start, one.end)}
    for at in list(stream.free()):
        if at in denied or stream.key(at) in intent.beside | _MORE:
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
