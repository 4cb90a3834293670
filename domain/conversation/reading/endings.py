"""Requests that a text with a word of cancelling ends and keeps: «A رو نگه دارید B رو لغو کنید» ends B alone.

Who forbids that something ends, or asks why it did, ends nothing: «کسی حق نداره لغو کنه», «نذارید لغو بشه», «کی گفت لغو
کنید». Nouns come before their verb, unless nothing is named before the first one («لغو گریدر، لودر بمونه»).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from domain.conversation.reading.grammar import Grammar
from domain.conversation.reading.parsed_message import UNKNOWN_INTENT, ParsedMessage
from domain.conversation.reading.sentences import Mood
from domain.parsing.filler_words import FILLER_WORDS
from domain.parsing.negation import Negation, find_negations
from domain.parsing.tokens import Phrases, TokenStream, keys_in, keys_of, read_once
from domain.parsing.word_lists import words_of

CANCEL_INTENT = "cancel"

_ENDING_WORDS = keys_in("moods.ending_words")
_AUXILIARIES = keys_in("moods.auxiliaries")
_KEEPING: Phrases[bool] = Phrases({True: words_of("moods.keeping.yes")})
_WORDS_TO_A_VERB = keys_of("میخوام", "میخواهم", "باشه", "باشد", "هست")
_OBJECT_MARKS = keys_of("رو", "را", "ro")
_RIGHT_WORDS = keys_in("moods.right_words")
"""Before a negated verb they say that nobody may («حق نداره», «اجازه نمی‌دم», «قرار نیست»)."""
_LETTING_STEMS = ("نذار", "نگذار", "نزار", "nazar", "nagozar")
_FORBIDDING_WORDS = keys_in("moods.forbidding_words")
_SAYING_WORDS = keys_in("moods.saying_words")
_WHY_WORDS, _ASKING_WORDS, _UNBELIEVING_WORDS = (
    keys_of("چرا", "chera"),
    keys_of("کی", "ki"),
    keys_of("مگه", "مگر", "mage"),
)
_DEMANDS = keys_in("moods.demands")
_CONDITIONS = keys_of("اگر", "اگه", "چنانچه", "agar", "age")
_THREATS = keys_of("شکایت", "شکایتم", "شاکی", "پیگیری", "shekayat")
_LONGEST_REACH = 4


class EndingParts(NamedTuple):
    """Parts of a text about what stays, and about what ends; both empty where it has no word of ending."""

    kept_text: str = ""
    ended_text: str = ""


class _Verb(NamedTuple):
    start: int
    end: int
    is_ending: bool
    is_of_ending: bool = False
    """Whether it is a word of ending, denied or not; «نمی‌خوام» and «نگه دارید» are none."""


def forbids_ending(stream: TokenStream) -> bool:
    """Return whether a text speaks of ending something, and forbids it, threatens for it or asks why it was done."""
    word_keys = [stream.raw_at(index) for index in range(len(stream))]
    if _ENDING_WORDS.isdisjoint(word_keys):
        return False
    verbs = [verb for verb in _find_verbs(stream) if verb.is_of_ending]
    is_denied = bool(verbs) and not any(verb.is_ending for verb in verbs)
    has_threat = not (_CONDITIONS.isdisjoint(word_keys) or _THREATS.isdisjoint(word_keys))
    is_let = any(word.startswith(_LETTING_STEMS) for word in word_keys)
    return (
        (is_denied or has_threat or is_let or _wonders(stream))
        or not _FORBIDDING_WORDS.isdisjoint(word_keys)
        or any(_is_withheld(word_keys, negation) for negation in find_negations(stream.read).verbs)
    )


def _wonders(stream: TokenStream) -> bool:
    """Return whether a text asks who ended something, or why («کی گفت لغو کنید», «چرا لغو شد»)."""
    word_keys = [stream.raw_at(index) for index in range(len(stream) + 1)]
    pairs = list(pairwise(word_keys))
    is_reported = any(word in _ENDING_WORDS and after not in _DEMANDS for word, after in pairs)
    return (
        not _UNBELIEVING_WORDS.isdisjoint(word_keys)
        or any(word in _ASKING_WORDS and after in _SAYING_WORDS for word, after in pairs)
        or (is_reported and not _WHY_WORDS.isdisjoint(word_keys))
    )


def _is_withheld(word_keys: list[str], negation: Negation) -> bool:
    """Return whether a negated verb says that nobody may, or said, what ends something."""
    before = word_keys[max(0, negation.start - _LONGEST_REACH) : negation.start]
    verb = "".join(word_keys[negation.start : negation.end]).removeprefix("نمی").removeprefix("ن")
    is_of_others = verb.startswith(("تون", "توان")) and not verb.endswith(("م", "یم"))
    return not _RIGHT_WORDS.isdisjoint(before) or verb in _SAYING_WORDS or is_of_others


def gives_up(text: str) -> bool:
    """Return whether a text ends something, or does not want it any more."""
    stream = TokenStream(text)
    is_ended = not _ENDING_WORDS.isdisjoint(stream.read.key_set) and not forbids_ending(stream)
    return is_ended or find_negations(stream.read).withdraws_order


def read_ending_parts(text: str) -> EndingParts:
    """Return what a text says of what stays and of what ends, part by part."""
    stream = TokenStream(text)
    verbs = list(_find_verbs(stream))
    if not any(verb.is_ending for verb in verbs):
        return EndingParts()
    bounds = [0, *(verb.end for verb in verbs)]
    spans = [(bounds[place], verb.start) for place, verb in enumerate(verbs)]
    tail = (verbs[-1].end, len(stream))
    if _names_nothing(stream, *spans[0]):
        spans = [*spans[1:], tail]
    else:
        spans[-1] = (spans[-1][0], tail[1])
    parts: dict[bool, list[str]] = {True: [], False: []}
    for verb, (start, end) in zip(verbs, spans, strict=True):
        parts[verb.is_ending].append(stream.source_text(start, end))
    return EndingParts(" ".join(parts[False]).strip(), " ".join(parts[True]).strip())


def _find_verbs(stream: TokenStream) -> Iterator[_Verb]:
    """Yield the verbs of ending and of keeping; one that is denied means the contrary."""
    negations = {negation.start: negation for negation in find_negations(stream.read).verbs}
    index = 0
    while index < len(stream):
        keeping = _KEEPING.match_at(stream, index)
        negation = negations.get(index)
        if stream.raw_at(index) in _ENDING_WORDS:
            end, is_denied = index + 1, False
            while stream.raw_at(end) in _AUXILIARIES or (end in negations and end < len(stream)):
                is_denied = is_denied or end in negations
                end += 1
            yield _Verb(index, end, not is_denied, is_of_ending=True)
        elif keeping and not _leads_to_verb(stream, index, keeping[1]):
            end = keeping[1]
            yield _Verb(index, end, is_ending=False)
        elif negation and negation.is_wanting:
            end = negation.end
            yield _Verb(index, end, is_ending=True)
        else:
            end = index + 1
        index = max(end, index + 1)


def _leads_to_verb(stream: TokenStream, start: int, end: int) -> bool:
    """Return whether a word that may keep something only leads to the verb behind it («می‌خوام … لغو کنم»، «اونی که …
    هست لغو بشه»).
    """
    if stream.raw_at(start) not in _WORDS_TO_A_VERB or end >= len(stream):
        return False
    return _names_nothing(stream, 0, start) or stream.raw_at(end) in _ENDING_WORDS | _OBJECT_MARKS


def _names_nothing(stream: TokenStream, start: int, end: int) -> bool:
    return all(stream.is_mark_at(index) or stream.raw_at(index) in FILLER_WORDS for index in range(start, end))


def settle_ending(grammar: Grammar, message: ParsedMessage, text: str, now: datetime) -> ParsedMessage:
    """Return a message that ends something as it is meant: the request to end is that of the part that ends it; who
    forbids it, or wants no more messages, is offered no end.
    """
    stream = TokenStream(text)
    if message.intent not in {CANCEL_INTENT, UNKNOWN_INTENT, "help"} or "about" in message.partial_values:
        return message
    if forbids_ending(stream) or ("code" not in message.slots and find_negations(read_once(text)).refuses_messages):
        return _without_ending(message, stream)
    parts = read_ending_parts(text)
    if CANCEL_INTENT in message.suggested_intents and parts.kept_text and parts.ended_text:
        message = ParsedMessage(CANCEL_INTENT, is_guessed=True)
    if message.intent != CANCEL_INTENT or not parts.kept_text:
        return message
    if not parts.ended_text and "code" not in message.slots:
        return replace(message, mood=Mood.UNCLEAR)
    code = grammar.parse_arguments(CANCEL_INTENT, parts.ended_text, now) if parts.ended_text else None
    slots = {name: value for name, value in message.slots.items() if name != "code"} | dict(code.slots if code else {})
    missing = () if "code" in slots else ("code",)
    return replace(message, slots=slots, missing_slots=missing, mood=Mood.UNCLEAR, partial_values={})


def _without_ending(message: ParsedMessage, stream: TokenStream) -> ParsedMessage:
    """Return what is said instead: nothing is ended, or how the request stands that somebody wonders about."""
    if message.intent == UNKNOWN_INTENT and _wonders(stream):
        others = tuple(name for name in message.suggested_intents if name not in {CANCEL_INTENT, "track"})
        return replace(message, suggested_intents=("track", *others))
    if message.intent == UNKNOWN_INTENT and not forbids_ending(stream):
        return message
    return ParsedMessage(UNKNOWN_INTENT, mood=Mood.REFUSED, refused_intent=CANCEL_INTENT)
