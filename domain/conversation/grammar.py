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
from domain.conversation.sentences import Mood, find_mood, is_forbidding, refuses_alone
from domain.conversation.vocabulary import FIELD_LABELS, WISH_WORDS, list_command_intents
from domain.language.intents import Intent
from domain.parsing.filler_words import COURTESY_WORDS
from domain.parsing.machines import MachineItem
from domain.parsing.negation import find_negations
from domain.parsing.places import mentions_address
from domain.parsing.slots import MessageReader
from domain.parsing.tokens import Phrases, TokenStream, keys_of
from domain.values.calendar import to_tehran
from domain.values.errors import DomainError

UNKNOWN_INTENT = "unknown"
"""The intent of a message that calls none."""

_LABEL_PHRASES = Phrases({True: FIELD_LABELS})
_COLON_KEYS = keys_of(":")
_EXTRA_WORDS = keys_of("دیگه", "دیگر", "بهم", "برام", "برایم", "به", "dige", "digar")
_MOST_SUGGESTIONS = 3
_WISHLESS_SLOTS = frozenset({"place", "reason"})
"""Free texts that words of wishing around them («… می‌خوام») does not belong to."""


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """What a message says. A refused command is no command: `intent` is `unknown`, and `refused_intent` names it."""

    intent: str
    """The name of what is wanted, or `unknown`."""
    slots: Mapping[str, Any] = field(default_factory=dict)
    """What was said, by the names of channels.md: days as `date`, hours as `time`, `items` as `MachineItem`s."""
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
    mood: Mood = Mood.PLAIN
    """The kind of sentence."""
    refused_intent: str = ""
    """What the sentence refuses; empty where it refuses nothing."""

    def as_json(self) -> dict[str, Any]:
        """Return what `pishkhan sms parse` shows: dates as Gregorian ISO, hours of the clock as HH:MM."""
        slots = {name: value_as_json(value) for name, value in self.slots.items()}
        return {"intent": self.intent, "slots": slots, "missing": list(self.missing_slots)}


class Grammar:
    """Reads messages by the intents of the commands and of the services it was given."""

    def __init__(self, intents: Iterable[Intent]) -> None:
        """Take the intents of the services; `ValueError` when a keyword belongs to two intents."""
        service_intents = tuple(intents)
        all_intents = (*list_command_intents(service_intents), *service_intents)
        self._keywords = Keywords(all_intents)
        self._service_phrases: Phrases[str] = Phrases(_collect_service_names(all_intents))
        self._topic_phrases: Phrases[str] = Phrases(_collect_topic_words(all_intents))

    def parse_message(self, text: str, today: datetime) -> ParsedMessage:
        """Return what a message says outside of a dialogue; relative dates count from `today` (aware) in Tehran.

        Never raises for any text.
        """
        day = to_tehran(today).date()
        message = self._parse_text(text, day)
        if message.intent != UNKNOWN_INTENT:
            return message
        separated_text = self._keywords.separate_glued_word(text)
        if separated_text and (second_message := self._parse_text(separated_text, day)).has_valid_arguments:
            return second_message
        return message

    def is_binding(self, intent: str) -> bool:
        """Return whether an intent ends something or binds somebody."""
        known_intent = self._keywords.intents_by_name.get(intent)
        return known_intent is not None and known_intent.is_binding

    def parse_for_intent(self, intent: str, text: str, today: datetime) -> ParsedMessage | None:
        """Read a text that called no command as one of this intent, wherever its keyword is; None when it refuses.

        Free text is kept where the intent needs one; as a place only what is an address.
        """
        if intent not in self._keywords.intents_by_name:
            return None
        message = self._read_call(
            text, self._keywords.locate_keyword(intent, TokenStream(text)), to_tehran(today).date()
        )
        if message is None or message.refused_intent:
            return None
        rest_slot = self._keywords.intents_by_name[intent].rest_slot
        is_needed = rest_slot in self._keywords.intents_by_name[intent].required_slots
        if rest_slot in message.slots and not (
            is_needed and (rest_slot != "place" or mentions_address(str(message.slots[rest_slot])))
        ):
            return replace(message, slots={name: value for name, value in message.slots.items() if name != rest_slot})
        return message

    def parse_arguments(self, intent: str, text: str, today: datetime) -> ParsedMessage | None:
        """Read a text as the arguments of a command called before; None when it says none, or the intent takes free
        text, which is whatever was written.
        """
        called_intent = self._keywords.intents_by_name.get(intent)
        if called_intent is None or called_intent.rest_slot:
            return None
        message = self._read_call(text, IntentMatch(called_intent, 0, 0, is_certain=False), to_tehran(today).date())
        return message if message and message.slots else None

    def _parse_text(self, text: str, day: date) -> ParsedMessage:
        message = self._parse_calls(text, day)
        intent = self._keywords.intents_by_name.get(message.intent)
        is_settled = intent is not None and (intent.rest_slot or intent.is_binding or intent.is_called_anywhere)
        return message if is_settled else self._parse_call_anywhere(text, day) or message

    def _parse_call_anywhere(self, text: str, day: date) -> ParsedMessage | None:
        """Return what a message asks whose keyword is not at its beginning («این پیامک اصالت دارد؟ …»)."""
        stream = TokenStream(text)
        for call in self._keywords.find_calls_anywhere(stream):
            message = self._read_call(text, call, day)
            if message and (message.has_valid_arguments or message.problems_by_slot):
                return message
        return None

    def _parse_calls(self, text: str, day: date) -> ParsedMessage:
        stream = TokenStream(text)
        offered_intents: list[str] = []
        for call in self._keywords.find_calls(stream):
            message = self._read_call(text, call, day)
            if message:
                return message
            offered_intents.append(call.intent.name)
        misspelt_matches = self._keywords.find_misspelt_calls(stream)
        if len(misspelt_matches) == 1 and (message := self._read_call(text, misspelt_matches[0], day)):
            return message
        offered_intents = [
            *self._keywords.find_hinted_intents(stream),
            *offered_intents,
            *(call.intent.name for call in misspelt_matches),
        ]
        return self._suggest_intents(text, list(dict.fromkeys(offered_intents)))

    def _suggest_intents(self, text: str, offered_intents: list[str]) -> ParsedMessage:
        """Return what calls no command; what ends something is not offered to who refuses or forbids something."""
        if refuses_alone(text):
            return ParsedMessage(UNKNOWN_INTENT, mood=Mood.REFUSED)
        if is_forbidding(text):
            offered_intents = [name for name in offered_intents if not self._keywords.intents_by_name[name].is_binding]
        return ParsedMessage(UNKNOWN_INTENT, suggested_intents=tuple(offered_intents)[:_MOST_SUGGESTIONS])

    def _read_call(self, text: str, call: IntentMatch, today: date) -> ParsedMessage | None:
        """Read the arguments of a call; None when the call was doubtful and they do not bear it out."""
        intent, stream = call.intent, TokenStream(text)
        stream.take(call.start, call.end)
        _take_courtesies(stream, call.start)
        _take_matter_words(stream, intent)
        if intent.asks_fields:
            _take_field_labels(stream)
        counted = {intent.counted_slot: call.count} if intent.counted_slot and call.count is not None else {}
        reader = MessageReader(stream, today, self._service_phrases, self._topic_phrases, counted)
        for read_slot in intent.slot_readers:
            read_slot(reader)
        is_understood = bool(reader.slots)
        mood = self._find_mood(stream, call)
        if mood is Mood.REFUSED:
            return ParsedMessage(UNKNOWN_INTENT, mood=mood, refused_intent=intent.name)
        free_text = _read_free_text(stream, intent)
        if not _is_borne_out(call, reader, free_text):
            return None
        if intent.rest_slot and free_text:
            reader.slots[intent.rest_slot] = free_text
        return ParsedMessage(
            intent.name,
            reader.slots,
            missing_slots=_missing_slots(intent, reader.slots),
            has_valid_arguments=is_understood or (intent.is_complete and not free_text and not reader.rejected_texts),
            rejected_texts=reader.rejected_texts,
            partial_values=reader.partial_values,
            problems_by_slot=reader.problems_by_slot,
            mood=mood,
        )

    @staticmethod
    def _find_mood(stream: TokenStream, call: IntentMatch) -> Mood:
        """Return how the command is said; what is not written as it is known is not said plainly either."""
        if call.is_bare:
            return Mood.PLAIN
        mood = find_mood(stream, call.intent, call.start, call.end)
        return Mood.DOUBTFUL if mood is Mood.PLAIN and call.intent.is_binding and not call.is_exact else mood


def _read_free_text(stream: TokenStream, intent: Intent) -> str:
    """Return what no reader took, as far as it is text of the writer's own."""
    if not intent.is_form:
        return stream.free_text(frozenset() if intent.rest_slot else COURTESY_WORDS, keep_own_marks=True)
    edge_words = WISH_WORDS if intent.rest_slot in _WISHLESS_SLOTS else frozenset()
    return stream.free_text(
        COURTESY_WORDS, words_only=True, keep_own_marks=not intent.asks_fields, edge_keys=edge_words
    )


def _is_borne_out(call: IntentMatch, reader: MessageReader, free_text: str) -> bool:
    """Return whether what else is said bears a call out; a strict one bears other words only with its code."""
    if free_text and (
        call.is_bare or (call.intent.is_strict and not (call.intent.is_binding and "code" in reader.slots))
    ):
        return False
    return call.is_certain or bool(reader.slots) or not (free_text or call.is_guess)


def _take_courtesies(stream: TokenStream, keyword_start: int) -> None:
    """Take the greetings before a keyword."""
    for index in range(keyword_start):
        if stream.key_at(index) in COURTESY_WORDS:
            stream.take(index, index + 1)


def _take_matter_words(stream: TokenStream, intent: Intent) -> None:
    """Take what may be beside a keyword and change nothing: words about its matter, and what is refused of that."""
    if not any(stream.key_at(index) in intent.matter_words for index in stream.free_indexes()):
        return
    denied_positions = {index for negation in find_negations(stream) for index in range(negation.start, negation.end)}
    for index in list(stream.free_indexes()):
        if index in denied_positions or stream.key_at(index) in intent.matter_words | _EXTRA_WORDS:
            stream.take(index, index + 1)


def _take_field_labels(stream: TokenStream) -> None:
    """Take the names of fields that come before a colon («آدرس: …»)."""
    for index in stream.free_indexes():
        label_match = _LABEL_PHRASES.match_at(stream, index)
        if label_match and stream.key_at(label_match[1]) in _COLON_KEYS:
            stream.take(index, label_match[1] + 1)


def _missing_slots(intent: Intent, slots: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in intent.required_slots if _lacks_slot(name, intent, slots))


def _lacks_slot(name: str, intent: Intent, slots: Mapping[str, Any]) -> bool:
    """Return whether a required slot is still to be asked for; hours only once it is known for which machines."""
    if name == "hours" and "items" in intent.required_slots:
        return any(machine_item.hours is None for machine_item in slots.get("items", ()))
    if name == "hours" and "machine" not in slots:
        return False
    return slots.keys().isdisjoint({name, *intent.alternatives.get(name, ())})


def _collect_service_names(intents: Iterable[Intent]) -> dict[str, set[str]]:
    """Return what names each topic, with the keywords of the intent that is called like it."""
    names_by_topic: dict[str, set[str]] = {}
    for intent in intents:
        if intent.topic:
            own_words = intent.certain_words if intent.topic.key == intent.name else ()
            names_by_topic.setdefault(intent.topic.key, set()).update(intent.topic.keywords, own_words)
    return names_by_topic


def _collect_topic_words(intents: Iterable[Intent]) -> dict[str, set[str]]:
    """Return what names each topic, with the keywords of all its intents."""
    words_by_topic: dict[str, set[str]] = {}
    for intent in intents:
        if intent.topic:
            words_by_topic.setdefault(intent.topic.key, set()).update(
                intent.topic.keywords, intent.certain_words, intent.weak_words, intent.hint_words
            )
    return words_by_topic


def value_as_json(value: object) -> object:
    """Return a slot's value as a dialogue is stored and as programs are shown it."""
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [item.as_json() if isinstance(item, MachineItem) else item for item in value]
    return value
