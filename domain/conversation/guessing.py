"""What a text is taken for that calls nothing, or another intent than its words as a whole speak for.

Sure: it is read as that intent, so that it is done or asked for what is missing; what ends something or binds somebody
is asked once, and a form shows its summary (`Mood`). Unsure: the two likeliest are offered. Nothing likely: it stays
unknown. What is refused or quoted is not guessed. Source: channels.md, "By the words as a whole".
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.conversation.command_fields import INTENTS_WITH_OWN_QUESTION
from domain.conversation.grammar import Grammar
from domain.conversation.intent_ranking import RankedIntent
from domain.conversation.parsed_message import UNKNOWN_INTENT, ParsedMessage
from domain.conversation.sentences import QUOTATION_MARKS, Mood
from domain.parsing.negation import refuses_or_forbids
from domain.parsing.tokens import TokenKind, TokenStream, key_of, keys_of

SURE_SHARE = 0.5
"""From here on a text is read as its likeliest intent."""
STRICTLY_SURE_SHARE = 0.75
"""The same for an intent whose keyword bears no other words (`Intent.is_strict`)."""
OFFERED_SHARE = 0.15
"""From here on an intent is offered."""
CONTRADICTING_SHARE = 0.55
"""From here on the words as a whole speak against the keyword that calls another intent …"""
CONTRADICTED_SHARE = 0.1
"""… whose own share is below this."""
UNRELATED_SHARE = 0.95
"""From here on the words as a whole are about nothing that the desk does, though the first one begins a form."""
MOST_OFFERED = 2
MOST_SHOWN = 5

COMMANDS_OF_FREE_TEXT = frozenset({"comment", "reply", "rate"})
"""Commands that send a text of the writer's own about something else: without that a guess is none."""

ANSWER_INTENT = "reply"
"""The command that answers what an office asked: its words may be about anything."""

_MENU_BEGINNING = re.compile(r":\s*\n\s*[1۱][).]?\s")
_INTENTS_THAT_REFUSE = frozenset({"opt_out", "exit", "cancel", "deny"})
_INTENTS_ABOUT_TOPICS = frozenset({"help", "tariff"})
_FEW_WORDS = 2
_WORDS_TO_A_PLACE = keys_of("برای", "واسه", "برا", "به", "تو", "توی", "آدرس", "نشانی", "محل")
_WORDS_OF_HAVING_DONE = keys_of("کردم", "کردهام", "کرده", "ام", "کردیم", "دادم", "دادیم", "زدم", "kardam", "dadam")
_REQUEST_WORDS = keys_of("درخواست", "درخواستم", "درخواستمو", "تقاضا", "darkhast")


def understand_message(grammar: Grammar, text: str, now: datetime) -> ParsedMessage:
    """Return what a text says outside of a dialogue, by its keyword or by its words as a whole; never raises."""
    message = grammar.parse_message(text, now)
    if message.mood is Mood.REFUSED or message.has_valid_arguments or _is_quoted(text):
        return message
    ranking = grammar.rank_intents(text)
    message = replace(message, ranking=ranking[:MOST_SHOWN])
    if message.intent == UNKNOWN_INTENT:
        return _guess_message(grammar, message, text, now) or _offer_intents(message)
    if message.intent != ANSWER_INTENT and len(TokenStream(text)) > 1 and _is_unrelated(ranking):
        return ParsedMessage(UNKNOWN_INTENT, suggested_intents=(message.intent,), ranking=message.ranking)
    if not _is_contradicted(message.intent, ranking):
        return message
    return _guess_message(grammar, message, text, now) or message


def _is_quoted(text: str) -> bool:
    """Return whether a text repeats what somebody wrote: it has quotation marks, or is a menu."""
    return not QUOTATION_MARKS.isdisjoint(text) or _MENU_BEGINNING.search(text) is not None


def _is_unrelated(ranking: tuple[RankedIntent, ...]) -> bool:
    return ranking[0].name == UNKNOWN_INTENT and ranking[0].share >= UNRELATED_SHARE


def _is_contradicted(intent: str, ranking: tuple[RankedIntent, ...]) -> bool:
    own_share = next((ranked.share for ranked in ranking if ranked.name == intent), 1.0)
    return ranking[0].share >= CONTRADICTING_SHARE and own_share < CONTRADICTED_SHARE


def _guess_message(grammar: Grammar, message: ParsedMessage, text: str, now: datetime) -> ParsedMessage | None:
    """Return the text read as its likeliest intent; None where none is sure, or the text refuses it."""
    likeliest = message.ranking[0]
    sure_share = STRICTLY_SURE_SHARE if grammar.is_strict(likeliest.name) else SURE_SHARE
    if likeliest.name == UNKNOWN_INTENT or likeliest.share < sure_share:
        return None
    if likeliest.name not in _INTENTS_THAT_REFUSE and refuses_or_forbids(TokenStream(text)):
        return None
    meant_message = grammar.parse_for_intent(likeliest.name, text, now)
    if meant_message and "text" in meant_message.slots and grammar.says_nothing_more(meant_message.intent, text):
        meant_message = replace(meant_message, slots=_without_text(meant_message.slots))
    if meant_message and likeliest.name in _INTENTS_ABOUT_TOPICS and not meant_message.slots:
        topic = grammar.find_topic(text)
        meant_message = replace(meant_message, slots={"service": topic} if topic else {})
    if meant_message is None or _lacks_subject(meant_message, text) or not grammar.is_asked_for(meant_message, text):
        return None
    if "place" in meant_message.slots:
        meant_message = replace(meant_message, slots=_bare_place(meant_message.slots))
    mood = meant_message.mood
    if mood is Mood.PLAIN and (grammar.is_binding(likeliest.name) or grammar.is_form(likeliest.name)):
        mood = Mood.UNCLEAR
    return replace(meant_message, mood=mood, ranking=message.ranking, is_guessed=True, has_valid_arguments=False)


def _without_text(slots: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in slots.items() if name != "text"}


def _bare_place(slots: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the slots with a place that begins with no word that only leads to it («واسه روستای …»)."""
    place = str(slots["place"]).split(" ")
    while len(place) > 1 and key_of(place[0]) in _WORDS_TO_A_PLACE:
        place = place[1:]
    return {**slots, "place": " ".join(place)}


def _lacks_subject(message: ParsedMessage, text: str) -> bool:
    """Return whether nobody can say of what a guess speaks: a price of what, a receipt of what, which request."""
    if message.intent in COMMANDS_OF_FREE_TEXT:
        return message.slots.keys() <= {"text"}
    if message.slots:
        return message.intent == "track" and _leaves_code_bare(text)
    if message.intent in INTENTS_WITH_OWN_QUESTION:
        return True
    word_keys = [token.key for token in TokenStream(text).tokens if token.kind is TokenKind.WORD]
    if message.intent == "pay":
        return bool(word_keys) and word_keys[-1] in _WORDS_OF_HAVING_DONE
    return message.intent == "help" and not _REQUEST_WORDS.isdisjoint(word_keys)


def _leaves_code_bare(text: str) -> bool:
    """Return whether hardly a word beside a number says what it is: one, or one more behind it."""
    stream = TokenStream(text)
    kinds = [token.kind for token in stream.tokens if token.kind is not TokenKind.PUNCTUATION]
    return kinds.count(TokenKind.WORD) < (_FEW_WORDS + 1 if kinds[0] is TokenKind.NUMBER else _FEW_WORDS)


def _offer_intents(message: ParsedMessage) -> ParsedMessage:
    """Return a message that calls nothing, with what to offer: the likeliest two, else what its words point at."""
    likely_intents = tuple(
        ranked.name for ranked in message.ranking if ranked.share >= OFFERED_SHARE and ranked.name != UNKNOWN_INTENT
    )
    return replace(message, suggested_intents=likely_intents[:MOST_OFFERED] or message.suggested_intents)
