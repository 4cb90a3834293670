"""Words around the keyword of a command, and the rest for its free text."""

from collections.abc import Mapping
from typing import Any

from domain.conversation.reading.keywords import REQUEST_NAMES, IntentMatch
from domain.conversation.reading.vocabulary import FIELD_LABELS, WISH_WORDS
from domain.language.intents import Intent
from domain.parsing.courtesies import take_courtesies
from domain.parsing.filler_words import COURTESY_WORDS, REQUEST_WORDS
from domain.parsing.negation import find_negations
from domain.parsing.places import find_place
from domain.parsing.slots import MessageReader
from domain.parsing.tokens import Phrases, TokenStream, keys_in, keys_of
from domain.parsing.word_lists import words_of

_LABEL_PHRASES = Phrases({True: FIELD_LABELS})
_COLON_KEYS = keys_of(":")
_ONE_WORDS = keys_of("یک", "یه")
"""Right before a keyword no number («یک مرخصی»), further from it one («یک هفته مرخصی»)."""
_EXTRA_WORDS = keys_in("moods.extra_words")
_WANT_PHRASES = Phrases({True: words_of("moods.want_phrases.yes")})
_WORDS_TO_A_PURPOSE = keys_of("برای", "جهت", "بابت", "for")
WISHLESS_SLOTS = frozenset({"place", "reason"})
"""Free texts that words of wishing around them («… می‌خوام») do not belong to."""
BESIDE = "beside"
"""Among the values that fill no slot: what is told beside an order and names no place."""
_SLOTS_WITHOUT_THANKS = frozenset({*WISHLESS_SLOTS, None})
"""Slots of which thanks and a signature at the end are no part."""


_MATTER_PHRASES: Phrases[bool] = Phrases({True: words_of("moods.matter_phrases.yes")})


def read_free_text(reader: MessageReader, call: IntentMatch) -> str:
    """Return what no reader took of a call, as far as it is text of the writer's own; of what stands around an order
    that is only meant, its place alone.
    """
    texts = _read_free_texts(reader.stream, call.intent)
    if call.intent.rest_slot != "place" or not call.is_meant:
        return " ".join(texts)
    place = find_place(texts)
    if texts and not place:
        reader.partial_values[BESIDE] = " ".join(texts)
    return place


def _read_free_texts(stream: TokenStream, intent: Intent) -> list[str]:
    if not intent.is_form:
        empty_words = intent.empty_words if intent.rest_slot else REQUEST_WORDS
        return stream.free_texts(empty_words, keep_own_marks=True)
    if intent.asks_fields and intent.rest_slot not in WISHLESS_SLOTS:
        _take_wants_around_text(stream)
        return stream.free_texts(COURTESY_WORDS | WISH_WORDS | intent.empty_words, words_only=True)
    return stream.free_texts(
        COURTESY_WORDS,
        words_only=True,
        keep_own_marks=not intent.asks_fields,
        edge_keys=WISH_WORDS if intent.rest_slot in WISHLESS_SLOTS else frozenset(),
    )


def _take_wants_around_text(stream: TokenStream) -> None:
    """Take the verb of wanting that belongs to the call, not to the text: one that ends a text («تفکیک زمین می‌خواهم»),
    and one between the call and what it is for («کارشناسی می‌خواهم برای خانه»). «می‌خواهم دور حیاط دیوار بکشم» is text.
    """
    for start, end in stream.free_parts():
        first_want = _WANT_PHRASES.match_at(stream, start)
        if first_want and stream.key_at(first_want[1]) in _WORDS_TO_A_PURPOSE:
            stream.take(start, first_want[1])
        elif not first_want:
            last_want = next(
                (
                    place
                    for place in range(start + 1, end)
                    if (_WANT_PHRASES.match_at(stream, place) or (0, 0))[1] == end
                ),
                end,
            )
            stream.take(last_want, end)


def names_matter(text: str) -> bool:
    """Return whether a text says what it is about («درباره عوارض زمینم»)."""
    return _MATTER_PHRASES.occurs_in(TokenStream(text))


def is_borne_out(call: IntentMatch, reader: MessageReader, free_text: str) -> bool:
    """Return whether what else is said bears a call out; a strict one bears other words only with its code."""
    if call.is_meant:
        return True
    if free_text and (
        call.is_bare or (call.intent.is_strict and not (call.intent.is_binding and "code" in reader.slots))
    ):
        return False
    return call.is_certain or bool(reader.slots) or not (free_text or call.is_guess)


def take_words_around(stream: TokenStream, call: IntentMatch) -> None:
    """Take the keyword and what is around it and is no argument."""
    stream.take(call.start, call.end)
    take_courtesies(stream, keeps_thanks=call.intent.rest_slot not in _SLOTS_WITHOUT_THANKS)
    _take_courtesies(stream, call.start)
    _take_matter_words(stream, call.intent)
    if call.intent.asks_fields:
        _take_field_labels(stream)


def _take_courtesies(stream: TokenStream, keyword_start: int) -> None:
    """Take the greetings before a keyword, and what names the request there; in Turkmen, where the keyword comes last,
    those that the message begins with, and no word that a number belongs to («taksi 114 şikaýat»).
    """
    courtesies = COURTESY_WORDS | REQUEST_NAMES
    backwards = () if stream.is_turkmen else range(keyword_start - 1, -1, -1)
    for indexes in (range(keyword_start), backwards):
        for index in indexes:
            if stream.raw_at(index) in _ONE_WORDS and index + 1 < keyword_start:
                break
            if stream.raw_at(index) not in courtesies and stream.key_at(index) and not stream.is_mark_at(index):
                break  # «یک روز مرخصی»: a courtesy amid the arguments is a part of them
            if stream.key_at(index) in courtesies and not (stream.is_turkmen and stream.digits_at(index + 1)):
                stream.take(index, index + 1)


def _take_matter_words(stream: TokenStream, intent: Intent) -> None:
    """Take what may be beside a keyword and change nothing: words about its matter, and what is refused of that."""
    if not any(stream.key_at(index) in intent.matter_words for index in stream.free_indexes()):
        return
    denied_places = find_negations(stream.read).places
    for index in list(stream.free_indexes()):
        if index in denied_places or stream.key_at(index) in intent.matter_words | _EXTRA_WORDS:
            stream.take(index, index + 1)


def _take_field_labels(stream: TokenStream) -> None:
    """Take the names of fields that come before a colon («آدرس: …»)."""
    for start, _, end in _LABEL_PHRASES.find_in(stream):
        if stream.key_at(end) in _COLON_KEYS:
            stream.take(start, end + 1)


def find_missing_slots(intent: Intent, slots: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the required slots that are still to be asked for, in their order."""
    return tuple(name for name in intent.required_slots if _lacks_slot(name, intent, slots))


def _lacks_slot(name: str, intent: Intent, slots: Mapping[str, Any]) -> bool:
    """Return whether a required slot is still to be asked for; hours only once it is known for which machines."""
    if name == "hours" and "items" in intent.required_slots:
        return any(machine_item.hours is None for machine_item in slots.get("items", ()))
    if name == "hours" and "machine" not in slots:
        return False
    return slots.keys().isdisjoint({name, *intent.alternatives.get(name, ())})
