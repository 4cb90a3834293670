"""Request that is to end because it is not wanted any more.

It is asked of texts alone that call nothing, or refuse something. What is read here is never said plainly: the end of a
request is asked about once.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from domain.conversation.reading.grammar import Grammar
from domain.conversation.reading.parsed_message import UNKNOWN_INTENT, ParsedMessage
from domain.conversation.reading.sentences import Mood
from domain.conversation.reading.vocabulary import NUMBER_LABELS
from domain.parsing.code_places import find_code_place
from domain.parsing.negation import CANCEL_WORDS, Negation, find_negations
from domain.parsing.tokens import TokenStream, keys_in, keys_of, read_once

_CANCEL_INTENT = "cancel"
_NEEDS = keys_of("لازم", "نیاز", "نیازی")
_DEMANDS = keys_in("moods.unwanted_demands")


def is_labelled_number(text: str) -> bool:
    """Return whether a text is a number with a word for numbers («عدد ۱۱»)."""
    stream = TokenStream(text)
    return all(stream.digits_at(place) or stream.raw_at(place) in NUMBER_LABELS for place in range(len(stream)))


def read_unwanted(grammar: Grammar, message: ParsedMessage, text: str, now: datetime) -> ParsedMessage | None:
    """Return the request that a text wants to end because it is not wanted any more: that of the code in it, or any
    where the wish to cancel is followed by its reason («ýatyryň, indi gerek däl»); None for any other text.
    """
    stream = TokenStream(text)
    negations = find_negations(read_once(text))
    refusals = negations.refusals
    if stream.read.asks or not negations.is_unwanted:
        return None
    place = find_code_place(stream)
    cancel_words = [index for index in range(len(stream)) if stream.raw_at(index) in CANCEL_WORDS]
    if cancel_words and not _is_demanded(stream, cancel_words[-1], refusals):
        is_kept = bool(refusals) and place is None  # «نمی‌خوام لغو بشه»
        return ParsedMessage(UNKNOWN_INTENT, mood=Mood.REFUSED, refused_intent=_CANCEL_INTENT) if is_kept else None
    is_of_cancelling = message.refused_intent in {"", _CANCEL_INTENT, "exit"}
    has_request = bool(cancel_words or (place and not place.is_bill) or (refusals and negations.regrets))
    if not (is_of_cancelling and has_request):
        return None
    code_text = stream.source_text(place.start, place.end) if place and not place.is_bill else ""
    code = grammar.parse_arguments(_CANCEL_INTENT, code_text, now) if code_text else None
    meant_message = code or ParsedMessage(_CANCEL_INTENT, missing_slots=("code",))
    return replace(meant_message, mood=Mood.UNCLEAR, is_guessed=True)


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
