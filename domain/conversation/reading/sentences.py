"""Kinds of sentences that call a command: said plainly, refused, asked, quoted, or with words that nobody understands.

This precedes every command (`grammar.py`): a keyword alone decides nothing. What is refused is not done. What
binds somebody or ends something (`Intent.is_binding`) is done at once only when said plainly, that is with nothing
beside the keyword, its arguments and words of courtesy; said in any other way it is asked first. A form that is not
said plainly shows its summary first. Source: channels.md, "Said plainly or not done".
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from domain.conversation.reading.own_words import is_plain_statement, takes_back
from domain.language.intents import Intent
from domain.parsing.filler_words import COURTESY_WORDS, FILLER_WORDS, PLAIN_WORDS
from domain.parsing.negation import Negation, NegationKind, find_negations
from domain.parsing.tokens import QUESTION_MARKS, Phrases, TokenStream, keys_in
from domain.parsing.word_lists import words_of


class Mood(StrEnum):
    """The kind of sentence.

    `DOUBTFUL` says its command plainly, in a word that may be another («لفو») or is none by itself («پشیمان شدم»);
    `UNCLEAR` holds words beside the command that nobody understands.
    """

    PLAIN = "plain"
    DOUBTFUL = "doubtful"
    REFUSED = "refused"
    QUESTION = "question"
    QUOTED = "quoted"
    UNCLEAR = "unclear"


_SLOTS_OF_FEW_WORDS = frozenset({"place", "reason"})
"""Free texts that ask nothing and tell of no request."""
_MOST_WORDS_TO_LACK = 3
"""Words that may stand between what is named and the verb that says that its writer has none."""
QUOTATION_MARKS = frozenset("«»\"“”„‟\u2039\u203a'‘’`")
_QUESTION_WORDS = keys_in("moods.question_words")
_OUTCOME_WORDS = keys_in("moods.outcome_words")
"""Beside all that a form asks for they tell what became of a request, or ask it; they are no reason and no place."""

_REPORT_WORDS = keys_in("moods.report_words")
"""Words that tell that others say it: the writer may not mean it."""
_HOW_PHRASES = Phrases({True: words_of("moods.how_phrases.yes")})


def asks_how(stream: TokenStream) -> bool:
    """Return whether a message asks how something is done («چطور لغو کنم؟»), which is no wish that it be done."""
    return _HOW_PHRASES.occurs_in(stream)


def find_mood(stream: TokenStream, intent: Intent, start: int, end: int) -> Mood:
    """Return how a command is said whose keyword is at tokens `start` to `end`; its arguments are taken."""
    refusals = [
        negation
        for negation in find_negations(stream.read).verbs
        if stream.key_at(negation.start) and not start <= negation.start < end
    ]
    if (
        _is_taken_back(stream, intent, end, refusals)
        or _follows_keyword(stream, intent, end, refusals)
        or _leads_to_keyword(stream, start, refusals)
    ):
        return Mood.REFUSED
    if refusals:
        if not set(_free_words(stream, refusals)) - FILLER_WORDS:
            return Mood.UNCLEAR if intent.is_verbatim else Mood.REFUSED
        if _ends_in_refusal(stream, refusals):
            return Mood.REFUSED if intent.rest_slot == "place" else Mood.UNCLEAR
    if intent.is_binding:
        return _mood_of_binding(stream)
    mood = _mood_of_service(stream, intent, refusals) if intent.topic and intent.required_slots else Mood.PLAIN
    return Mood.UNCLEAR if mood is Mood.PLAIN and _doubts_own_words(stream, intent) else mood


def _doubts_own_words(stream: TokenStream, intent: Intent) -> bool:
    return intent.keeps_own_words and not is_plain_statement(
        stream, tells_story=intent.rest_slot != "reason", may_lack=intent.asks_for_person or intent.describes_thing
    )


def _is_taken_back(stream: TokenStream, intent: Intent, index: int, refusals: Sequence[Negation]) -> bool:
    """Return whether a text of the writer's own is none: it takes one back, or says that there is nothing to write."""
    return intent.keeps_own_words and (takes_back(stream) or _lacks_what_is_called(stream, index, refusals))


def _lacks_what_is_called(stream: TokenStream, index: int, refusals: Sequence[Negation]) -> bool:
    """Return whether the writer has not what the keyword before a place names («شکایتی از راننده ندارم»)."""
    return any(
        negation.is_lacking
        and negation.kind is NegationKind.WISH
        and index <= negation.start <= index + _MOST_WORDS_TO_LACK
        and not any(stream.is_mark_at(place) for place in range(index, negation.start))
        for negation in refusals
    )


def _mood_of_binding(stream: TokenStream) -> Mood:
    if stream.read.asks:
        return Mood.QUESTION
    if any(token.key in QUOTATION_MARKS | _REPORT_WORDS for token in stream.tokens):
        return Mood.QUOTED
    return Mood.UNCLEAR if set(_free_words(stream, [])) - PLAIN_WORDS else Mood.PLAIN


def _mood_of_service(stream: TokenStream, intent: Intent, refusals: Sequence[Negation]) -> Mood:
    """Return how a form is asked for: what the writer reports in a text of his own may ask and deny as it likes."""
    if stream.tokens[-1].key in QUESTION_MARKS or (intent.rest_slot == "place" and stream.read.asks):
        return Mood.QUESTION
    free_words = set(_free_words(stream, []))
    is_doubtful = (intent.rest_slot == "place" and (refusals or free_words & _REPORT_WORDS)) or (
        intent.rest_slot in _SLOTS_OF_FEW_WORDS and free_words & (_QUESTION_WORDS | _OUTCOME_WORDS)
    )
    return Mood.UNCLEAR if is_doubtful else Mood.PLAIN


def _follows_keyword(stream: TokenStream, intent: Intent, index: int, refusals: Sequence[Negation]) -> bool:
    """Return whether a refusal is the first thing behind the keyword; arguments may be between, but before a
    text.
    """
    takes_text = intent.rest_slot not in {None, "place"}
    while index < len(stream) and (
        stream.is_mark_at(index) or stream.raw_at(index) in FILLER_WORDS or not (stream.key_at(index) or takes_text)
    ):
        index += 1
    return any(
        negation.start == index and (negation.kind is NegationKind.WISH or not takes_text) for negation in refusals
    )


def _leads_to_keyword(stream: TokenStream, start: int, refusals: Sequence[Negation]) -> bool:
    """Return whether a message begins with saying that what its keyword calls is not needed («نیازی نیست ماشین …»)."""
    return any(
        refusal.is_wanting and refusal.end == start and find_negations(stream.read).is_leading(refusal)
        for refusal in refusals
    )


def _ends_in_refusal(stream: TokenStream, refusals: Sequence[Negation]) -> bool:
    """Return whether the last word of the message, but for thanks, refuses."""
    index = len(stream)
    while index > 0 and (stream.is_mark_at(index - 1) or stream.raw_at(index - 1) in COURTESY_WORDS):
        index -= 1
    return any(negation.end >= index and negation.kind is NegationKind.WISH for negation in refusals)


def _free_words(stream: TokenStream, excluded_negations: Sequence[Negation]) -> Iterator[str]:
    """Yield the free words and numbers that belong to none of these negations."""
    excluded_positions = {index for negation in excluded_negations for index in range(negation.start, negation.end)}
    return (
        stream.key_at(index)
        for index in stream.free_indexes()
        if index not in excluded_positions and not stream.is_mark_at(index)
    )
