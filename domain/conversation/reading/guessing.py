"""Guess for a text that calls nothing, or another intent than its words as a whole speak for.

Sure: it is read as that intent, so that it is done or asked for what is missing; what ends something or binds somebody
is asked once, and a form shows its summary (`Mood`). Unsure: the two likeliest are offered. Nothing likely: it stays
unknown. What is refused or quoted is not guessed. Source: channels.md, "By the words as a whole".
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.conversation.reading.call_words import WISHLESS_SLOTS
from domain.conversation.reading.command_fields import INTENTS_WITH_OWN_QUESTION
from domain.conversation.reading.endings import settle_ending
from domain.conversation.reading.grammar import Grammar
from domain.conversation.reading.intent_ranking import RankedIntent
from domain.conversation.reading.own_words import takes_back
from domain.conversation.reading.parsed_message import UNKNOWN_INTENT, ParsedMessage
from domain.conversation.reading.sentences import QUOTATION_MARKS, Mood
from domain.conversation.reading.unwanted import read_unwanted
from domain.conversation.reading.vocabulary import EMPTY_WORDS
from domain.language.intents import Intent
from domain.parsing.code_places import find_code_place
from domain.parsing.negation import find_negations
from domain.parsing.tokens import TokenKind, TokenStream, key_of, keys_in, keys_of, read_once

SURE_SHARE = 0.6
"""From here on a text is read as its likeliest intent."""
STRICTLY_SURE_SHARE = 0.75
"""The same for an intent whose keyword bears no other words (`Intent.is_strict`)."""
SURE_SHARE_OF_FORM = 0.9
"""The same for a form: its first question is asked without a word of what it is. Of the likeliest forms below this, a
third are others."""
OFFERED_SHARE = 0.15
"""From here on an intent is offered."""
CONTRADICTING_SHARE = 0.55
"""From here on the words as a whole speak against the keyword that calls another intent …"""
CONTRADICTED_SHARE = 0.1
"""… whose own share is below this."""
UNRELATED_SHARE = 0.92
"""From here on the words as a whole are about nothing that the desk does, though the first one begins a form."""
SURELY_CONTRADICTING_SHARE = 0.95
"""From here on they speak against a command that has its arguments …"""
SURELY_CONTRADICTED_SHARE = 0.02
"""… whose own share is below this …"""
SURELY_UNRELATED_SHARE = 0.99
"""The same where they are about nothing that the desk does."""
FEWEST_CONTRADICTING_WORDS = 2
"""… in a text of at least so many words."""
CONTRADICTING_REFUSAL_SHARE = 0.9
"""From here on they speak against a refusal."""
MOST_OFFERED = 2
MOST_SHOWN = 5

COMMANDS_OF_FREE_TEXT = frozenset({"comment", "reply", "rate"})
"""Commands that send a text of the writer's own about something else: without that a guess is none."""

HELP_INTENT = "help"
ANSWER_INTENT = "reply"
"""The command that answers what an office asked: its words may be about anything."""

_MENU_BEGINNING = re.compile(r":\s*\n\s*[1۱][).]?\s")
_INTENTS_THAT_REFUSE = frozenset({"opt_out", "exit", "cancel", "deny"})
_INTENTS_ABOUT_TOPICS = frozenset({"help", "tariff"})
_INTENTS_OF_CODES = frozenset({"track", "pay"})
_FEW_WORDS = 2
_WORDS_TO_A_REASON = keys_in("intents.words_to_a_reason")
_WORDS_BEHIND_A_REASON = keys_in("intents.words_behind_a_reason")
_WORDS_OF_NOT_WORKING = keys_in("intents.words_of_not_working")
"""Words for not working: they are the leave, and no reason for it."""
_WORDS_OF_NO_REASON = EMPTY_WORDS | _WORDS_OF_NOT_WORKING | keys_in("intents.words_of_no_reason")
_WORDS_OF_HAVING_DONE = keys_in("intents.words_of_having_done")
_REQUEST_WORDS = keys_of("درخواست", "درخواستم", "درخواستمو", "تقاضا", "darkhast")


def understand_message(grammar: Grammar, text: str, now: datetime) -> ParsedMessage:
    """Return what a text says outside of a dialogue, by its keyword and by its words as a whole; never raises.

    What is wanted in place of what the text refuses is read by itself, and shown before it is done.
    """
    message = grammar.parse_message(text, now)
    wanted_text = find_negations(read_once(text)).wanted_instead
    if wanted_text and _is_open(message) and not _is_sure(grammar, message, text):
        wanted = _understand_words(grammar, grammar.parse_message(wanted_text, now), wanted_text, now)
        if wanted.intent != UNKNOWN_INTENT and not grammar.is_binding(wanted.intent):
            return settle_ending(grammar, replace(wanted, mood=Mood.UNCLEAR), text, now)
    return _understand_words(grammar, message, text, now)


def _understand_words(grammar: Grammar, message: ParsedMessage, text: str, now: datetime) -> ParsedMessage:
    if not _is_sure(grammar, message, text):
        unwanted = read_unwanted(grammar, message, text, now) if _is_open(message) else None
        message = unwanted or _weigh_words(grammar, message, text, now)
    return settle_ending(grammar, message, text, now)


def _is_open(message: ParsedMessage) -> bool:
    return message.intent == UNKNOWN_INTENT or not message.is_named


def _is_sure(grammar: Grammar, message: ParsedMessage, text: str) -> bool:
    """Return whether the words as a whole say nothing more: a text is quoted, or its command needs no ranking."""
    return (message.has_valid_arguments and _needs_no_ranking(grammar, message, text)) or _is_quoted(text)


def _weigh_words(grammar: Grammar, message: ParsedMessage, text: str, now: datetime) -> ParsedMessage:
    ranking = grammar.rank_intents(text)
    own_share = next((ranked.share for ranked in ranking if ranked.name == message.intent), 1.0)
    if message.has_valid_arguments and _is_undoubted(grammar, message.intent, ranking[0], own_share):
        return message
    ranked_message = replace(message, ranking=ranking[:MOST_SHOWN])
    if message.mood is Mood.REFUSED:
        is_misread = _is_no_refusal(grammar, message, ranking[0], text)
        return (_guess_message(grammar, ranked_message, text, now) if is_misread else None) or message
    if message.intent == UNKNOWN_INTENT:
        return _guess_message(grammar, ranked_message, text, now) or _offer_intents(ranked_message)
    return _weigh_command(grammar, ranked_message, own_share, text, now)


def _weigh_command(
    grammar: Grammar, message: ParsedMessage, own_share: float, text: str, now: datetime
) -> ParsedMessage:
    """Return what a text with a keyword says, whose words as a whole may speak against that; `own_share` is what speaks
    for it.
    """
    likeliest = message.ranking[0]
    if _only_asks_how(grammar, message.intent, likeliest):
        return message
    is_settled = likeliest.share < SURELY_UNRELATED_SHARE and (
        message.intent == ANSWER_INTENT or grammar.is_called_in_sentence(message.intent)
    )
    if not is_settled and len(read_once(text).tokens) > 1 and _is_unrelated(likeliest):
        return ParsedMessage(UNKNOWN_INTENT, suggested_intents=(message.intent,), ranking=message.ranking)
    if likeliest.share < CONTRADICTING_SHARE or own_share >= CONTRADICTED_SHARE:
        return message
    return _guess_message(grammar, message, text, now) or message


def _is_undoubted(grammar: Grammar, intent: str, likeliest: RankedIntent, own_share: float) -> bool:
    """Return whether the words as a whole say nothing against a command that has its arguments."""
    return not _only_asks_how(grammar, intent, likeliest) and (
        _is_firm(grammar, intent, likeliest) or not _is_surely_another(likeliest, own_share)
    )


def _needs_no_ranking(grammar: Grammar, message: ParsedMessage, text: str) -> bool:
    """Return whether a command with its arguments is sure without the words as a whole: it is too short for others to
    speak against it, or so much of it is said that they never outweigh it. That is a service's form with all that it
    needs, said plainly, and a place at most beside it: a reason may be anything («چرا رد شد»).
    """
    if read_once(text).word_count < FEWEST_CONTRADICTING_WORDS:
        return True
    intent = grammar.find_intent(message.intent)
    is_form = intent is not None and bool(intent.required_slots) and intent.rest_slot in WISHLESS_SLOTS
    return is_form and message.mood is Mood.PLAIN and not message.missing_slots and "reason" not in message.slots


def _only_asks_how(grammar: Grammar, intent: str, likeliest: RankedIntent) -> bool:
    """Return whether somebody asks how something is done, and wants nothing done («چطور لغو کنم»)."""
    return intent == HELP_INTENT and (grammar.is_binding(likeliest.name) or likeliest.name == UNKNOWN_INTENT)


def _is_surely_another(likeliest: RankedIntent, own_share: float) -> bool:
    """Return whether a command with its arguments is none all the same («هزینهٔ لودر … را پرداخت کردم»)."""
    fewest_share = SURELY_UNRELATED_SHARE if likeliest.name == UNKNOWN_INTENT else SURELY_CONTRADICTING_SHARE
    return likeliest.share >= fewest_share and own_share < SURELY_CONTRADICTED_SHARE


def _is_no_refusal(grammar: Grammar, message: ParsedMessage, likeliest: RankedIntent, text: str) -> bool:
    """Return whether what was read as a refusal asks for something else.

    Either it only asks, and what is denied is a fact in a question, or a code that is lacked («این قبض جعلی نیست؟»، «کد
    ندارم»); or what is wanted says itself that something is not («قبول ندارم»، «مرخصی نمی‌خوام، لغوش کنید»).
    """
    if likeliest.share < CONTRADICTING_REFUSAL_SHARE or likeliest.name == UNKNOWN_INTENT:
        return False
    if message.refused_intent and takes_back(TokenStream(text)):
        return False  # «شکایتم را پس می‌گیرم»: of all requests, a complaint is meant
    if likeliest.name in _INTENTS_THAT_REFUSE:
        return likeliest.name != message.refused_intent
    stream = TokenStream(text)
    is_question = stream.read.asks
    is_another = likeliest.name != message.refused_intent and find_code_place(stream) is None
    return (
        (is_question or is_another)
        and _only_asks(grammar, likeliest.name)
        and not grammar.refuses(TokenStream(text), likeliest.name)
    )


def _is_firm(grammar: Grammar, name: str, likeliest: RankedIntent) -> bool:
    """Return whether nothing contradicts a command with its arguments.

    Its words count anywhere, so they say it themselves; or it bears no other words, or is asked about once, and is not
    unknown because its words are rare.
    """
    intent = grammar.find_intent(name)
    if intent is None or intent.is_called_anywhere:
        return True
    return likeliest.name == UNKNOWN_INTENT and (intent.is_strict or intent.is_binding)


def _only_asks(grammar: Grammar, name: str) -> bool:
    intent = grammar.find_intent(name)
    return intent is not None and intent.only_asks


def _is_quoted(text: str) -> bool:
    """Return whether a text repeats what somebody wrote: it has quotation marks, or is a menu."""
    return not QUOTATION_MARKS.isdisjoint(text) or _MENU_BEGINNING.search(text) is not None


def _is_unrelated(likeliest: RankedIntent) -> bool:
    return likeliest.name == UNKNOWN_INTENT and likeliest.share >= UNRELATED_SHARE


def _guess_message(grammar: Grammar, message: ParsedMessage, text: str, now: datetime) -> ParsedMessage | None:
    """Return the text read as its likeliest intent; None where none is sure, or the text refuses it."""
    likeliest = message.ranking[0]
    intent = grammar.find_intent(likeliest.name)
    if intent is None or likeliest.share < _fewest_share(intent):
        return None
    is_withdrawn = intent.only_asks and find_negations(read_once(text)).withdraws_order
    is_denied = is_withdrawn or grammar.refuses(TokenStream(text), likeliest.name)
    if likeliest.name not in _INTENTS_THAT_REFUSE and is_denied:
        return None
    meant_message = _read_meant(grammar, likeliest.name, text, now)
    if meant_message is None or not grammar.is_asked_for(meant_message, text):
        return None
    if intent.rest_slot == "reason" and not meant_message.slots and find_negations(read_once(text)).verbs:
        return None  # «با تاکسی کار نمی‌کنم» is a leave where it says when
    if _lacks_subject(meant_message, text, is_sure=likeliest.share >= CONTRADICTING_REFUSAL_SHARE):
        return None
    mood = meant_message.mood
    if mood is Mood.PLAIN and (intent.is_binding or intent.begins_form):
        mood = Mood.UNCLEAR
    return replace(meant_message, mood=mood, ranking=message.ranking, is_guessed=True, has_valid_arguments=False)


def _fewest_share(intent: Intent) -> float:
    if intent.begins_form:
        return SURE_SHARE_OF_FORM
    return STRICTLY_SURE_SHARE if intent.is_strict else SURE_SHARE


def _read_meant(grammar: Grammar, intent: str, text: str, now: datetime) -> ParsedMessage | None:
    """Return a text read as this intent, its free text without what only leads to it."""
    message = grammar.parse_for_intent(intent, text, now)
    if message is None:
        return None
    slots = message.slots
    if "text" in slots and grammar.says_nothing_more(message.intent, text):
        slots = _without(slots, "text")
    if "reason" in slots:
        slots = _bare_reason(slots)
    if intent in _INTENTS_ABOUT_TOPICS and not slots:
        topic = grammar.find_topic(text)
        slots = {"service": topic} if topic else {}
    return replace(message, slots=slots)


def _without(slots: Mapping[str, Any], left_out: str) -> Mapping[str, Any]:
    return {name: value for name, value in slots.items() if name != left_out}


def _bare_reason(slots: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the slots with a reason that begins with no word that only leads to it («بخاطر بیماری»)."""
    reason_words = str(slots["reason"]).split(" ")
    while reason_words and key_of(reason_words[0]) in _WORDS_TO_A_REASON:
        reason_words = reason_words[1:]
    while reason_words and key_of(reason_words[-1]) in _WORDS_BEHIND_A_REASON:
        reason_words = reason_words[:-1]
    if not {key_of(word) for word in reason_words} - _WORDS_OF_NO_REASON:
        return _without(slots, "reason")
    return {**slots, "reason": " ".join(reason_words)}


def _lacks_subject(message: ParsedMessage, text: str, *, is_sure: bool) -> bool:
    """Return whether nobody can say of what a guess speaks: a price of what, a receipt of what, which request."""
    if message.intent in COMMANDS_OF_FREE_TEXT:
        return message.slots.keys() <= {"text"}
    if message.slots:
        return message.intent in _INTENTS_OF_CODES and _leaves_code_bare(text, is_sure=is_sure)
    if message.intent in INTENTS_WITH_OWN_QUESTION:
        return True
    word_keys = [token.key for token in read_once(text).tokens if token.kind is TokenKind.WORD]
    if message.intent == "pay":
        return bool(word_keys) and word_keys[-1] in _WORDS_OF_HAVING_DONE
    return message.intent == "help" and not _REQUEST_WORDS.isdisjoint(word_keys)


def _leaves_code_bare(text: str, *, is_sure: bool) -> bool:
    """Return whether hardly a word beside a number says what it is: one of which nobody is sure, or two behind it."""
    stream = TokenStream(text)
    kinds = [token.kind for token in stream.tokens if token.kind is not TokenKind.PUNCTUATION]
    if kinds[0] is TokenKind.NUMBER:
        return kinds.count(TokenKind.WORD) <= _FEW_WORDS
    return kinds.count(TokenKind.WORD) < _FEW_WORDS and not is_sure


def _offer_intents(message: ParsedMessage) -> ParsedMessage:
    """Return a message that calls nothing, with what to offer: the likeliest two, else what its words point at."""
    likely_intents = tuple(
        ranked.name for ranked in message.ranking if ranked.share >= OFFERED_SHARE and ranked.name != UNKNOWN_INTENT
    )
    return replace(message, suggested_intents=likely_intents[:MOST_OFFERED] or message.suggested_intents)
