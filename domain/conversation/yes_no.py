"""What the answer to a question of yes or no means: plain, in the words of every day, or not clear at all."""

from domain.conversation.sentences import FILLER_WORDS, PLAIN_WORDS, QUESTION_MARKS
from domain.parsing.negation import find_negations
from domain.parsing.tokens import TokenStream, keys_of

_YES_WORDS = keys_of(
    "1", "بله", "بلی", "اره", "آره", "اری", "تایید", "تأیید", "موافقم", "اوکی", "اوکیه", "باشه", "حتما", "ثبت", "درسته",
    "yes", "ok", "okay", "bale", "baleh", "are", "areh",
)  # fmt: skip
_NO_WORDS = keys_of("2", "خیر", "نه", "نخیر", "نوچ", "رد", "مخالفم", "no", "na", "nah", "kheir", "kheyr")
_ANSWERS_BY_NUMBER = {frozenset(keys_of("یک")): True, frozenset(keys_of("دو")): False}


def read_yes_or_no(text: str) -> bool | None:
    """Return what an answer says; None when it says both, neither, or something else besides."""
    stream = TokenStream(text)
    negation_list = find_negations(stream)
    denied_positions = {index for negation in negation_list for index in range(negation.start, negation.end)}
    stated_words = {
        stream.raw_at(index)
        for index in range(len(stream))
        if index not in denied_positions and not stream.is_mark_at(index)
    }
    if any(token.key in QUESTION_MARKS for token in stream.tokens):
        return None
    if not negation_list and frozenset(stated_words) in _ANSWERS_BY_NUMBER:
        return _ANSWERS_BY_NUMBER[frozenset(stated_words)]
    is_agreeing, is_refusing = bool(stated_words & _YES_WORDS), bool(stated_words & _NO_WORDS or negation_list)
    other_words = stated_words - _YES_WORDS - _NO_WORDS - (FILLER_WORDS if is_refusing else PLAIN_WORDS)
    return None if other_words or is_agreeing == is_refusing else is_agreeing
