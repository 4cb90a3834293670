"""Words of somebody who does not want something: what is wanted in its place, or which request is to end for that.

It is asked of texts alone that call nothing, or refuse something. What is read here is never said plainly: an order is
shown, and the end of a request is asked about once.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from domain.conversation.reading.grammar import Grammar
from domain.conversation.reading.parsed_message import UNKNOWN_INTENT, ParsedMessage
from domain.conversation.reading.sentences import FILLER_WORDS, Mood, begins_with_refusal
from domain.conversation.reading.vocabulary import MESSAGE_WORDS, NUMBER_LABELS
from domain.parsing.code_places import find_code_place
from domain.parsing.filler_words import COURTESY_WORDS
from domain.parsing.negation import Negation, find_negations, find_refusals
from domain.parsing.tokens import Phrases, TokenStream, keys_in, keys_of, read_once
from domain.parsing.word_lists import words_of

_CANCEL_INTENT = "cancel"
_NEEDS = keys_of("لازم", "نیاز", "نیازی")
_WISHES = keys_in("moods.wishes")
_DEMANDS_TO_SEND = keys_of("بفرستید", "بفرستین", "بفرست", "بیارید", "بیارین", "befrestid")
"""Behind a refusal that the message begins with they say what need not be done («نیازی نیست ماشین بفرستید»)."""
_CANCEL_WORDS = keys_in("moods.cancel_words")
_DEMANDS = keys_in("moods.unwanted_demands")
_SENDING_AWAY = keys_in("moods.sending_away")
"""Phrases that want nobody to come, or nothing to be sent."""
_OF_WHOM = keys_in("moods.of_whom")
"""Phrases about the sender of messages, and how they come."""
_TROUBLE = keys_of("زحمت", "zahmat")
_REGRET_PHRASES: Phrases[bool] = Phrases({True: words_of("moods.regret_phrases.yes")})


def find_wanted_instead(text: str) -> str:
    """Return what a text wants in place of what it refuses («کمپرسی نمی‌خوام لودر می‌خوام»): the words behind the
    refusal; empty where it wants nothing there.
    """
    stream = TokenStream(text)
    refusals = [negation for negation in find_refusals(stream) if negation.is_wanting]
    if not refusals:
        return ""
    end = refusals[-1].end
    wishes = _WISHES - _DEMANDS_TO_SEND if begins_with_refusal(stream, refusals[-1]) else _WISHES
    is_wanted = any(stream.raw_at(index) in wishes for index in range(end, len(stream)))
    is_denied = any(negation.start >= end for negation in find_negations(stream))
    return stream.source_text(end, len(stream)) if is_wanted and not is_denied else ""


def wants_no_more(text: str) -> bool:
    """Return whether a text says that something is not wanted, or not any more, or that nobody shall come («نیاید،
    خودمان انجام دادیم»); of messages and of ending something that is no word.
    """
    stream = TokenStream(text)
    if stream.read.asks or stream.read.key_set & (MESSAGE_WORDS | _CANCEL_WORDS):
        return False
    refusals = find_refusals(stream)
    return _regrets(stream) or (bool(refusals) and all(_withdraws_order(stream, negation) for negation in refusals))


def _withdraws_order(stream: TokenStream, negation: Negation) -> bool:
    """Return whether a refusal is of something that was wished for: it is not wanted, or nobody shall come or send it,
    or take the trouble («زحمت نکشید»).
    """
    verb = stream.raw_at(negation.start)
    return negation.is_wanting or verb in _SENDING_AWAY or stream.raw_at(negation.start - 1) in _TROUBLE


def stops_messages(text: str) -> bool:
    """Return whether a text forbids messages and says nothing else («دیگه پیام ندین», «SMS ibermäň»): that needs no
    question.
    """
    if MESSAGE_WORDS.isdisjoint(read_once(text).key_set):
        return False
    stream = TokenStream(text)
    refusals = find_refusals(stream)
    message_keys = {stream.raw_at(index) for index in range(len(stream)) if not stream.is_mark_at(index)}
    refused = {stream.raw_at(index) for refusal in refusals for index in range(refusal.start, refusal.end)}
    says_more = message_keys - refused - MESSAGE_WORDS - FILLER_WORDS - _OF_WHOM - COURTESY_WORDS
    return bool(refusals) and not says_more and not stream.read.asks


def is_labelled_number(text: str) -> bool:
    """Return whether a text is a number with a word for numbers («عدد ۱۱»)."""
    stream = TokenStream(text)
    return all(stream.digits_at(place) or stream.raw_at(place) in NUMBER_LABELS for place in range(len(stream)))


def read_unwanted(grammar: Grammar, message: ParsedMessage, text: str, now: datetime) -> ParsedMessage | None:
    """Return the request that a text wants to end because it is not wanted any more: that of the code in it, or any
    where the wish to cancel is followed by its reason («ýatyryň, indi gerek däl»); None for any other text.
    """
    stream = TokenStream(text)
    refusals = find_refusals(stream)
    if stream.read.asks or not _is_unwanted(stream, refusals):
        return None
    place = find_code_place(stream)
    cancel_words = [index for index in range(len(stream)) if stream.raw_at(index) in _CANCEL_WORDS]
    if cancel_words and not _is_demanded(stream, cancel_words[-1], refusals):
        is_kept = bool(refusals) and place is None  # «نمی‌خوام لغو بشه»
        return ParsedMessage(UNKNOWN_INTENT, mood=Mood.REFUSED, refused_intent=_CANCEL_INTENT) if is_kept else None
    is_of_cancelling = message.refused_intent in {"", _CANCEL_INTENT, "exit"}
    has_request = bool(cancel_words or (place and not place.is_bill) or (refusals and _regrets(stream)))
    if not (is_of_cancelling and has_request):
        return None
    code_text = stream.source_text(place.start, place.end) if place and not place.is_bill else ""
    code = grammar.parse_arguments(_CANCEL_INTENT, code_text, now) if code_text else None
    meant_message = code or ParsedMessage(_CANCEL_INTENT, missing_slots=("code",))
    return replace(meant_message, mood=Mood.UNCLEAR, is_guessed=True)


def _is_unwanted(stream: TokenStream, refusals: Sequence[Negation]) -> bool:
    """Return whether something is not wanted and nothing forbidden, or a wish is regretted."""
    return _regrets(stream) or (bool(refusals) and all(negation.is_wanting for negation in refusals))


def _regrets(stream: TokenStream) -> bool:
    return _REGRET_PHRASES.occurs_in(stream)


def _is_demanded(stream: TokenStream, index: int, refusals: Sequence[Negation]) -> bool:
    """Return whether the word at `index` demands that something end, and no refusal is of that: what is not needed is
    the thing, or a refusal begins anew behind the demand's verb («لغو کنید، نمی‌خوام»).
    """
    verbs = [place for place in range(index + 1, len(stream)) if stream.raw_at(place) in _DEMANDS]
    if not verbs and not stream.is_turkmen:  # there the word is a verb itself
        return False
    return all(
        stream.raw_at(negation.start - 1) in _NEEDS or (verbs and negation.start > verbs[0]) for negation in refusals
    )
