"""What the answer to a question of yes or no means: plain, in the words of every day, or not clear at all."""

from domain.conversation.sentences import FILLERS, PLAIN_WORDS, QUESTION_MARKS
from domain.parsing.negation import negations
from domain.parsing.tokens import Stream, keys

_YES = keys(
    "1", "بله", "بلی", "اره", "آره", "اری", "تایید", "تأیید", "موافقم", "اوکی", "اوکیه", "باشه", "حتما", "ثبت", "درسته",
    "yes", "ok", "okay", "bale", "baleh", "are", "areh",
)  # fmt: skip
_NO = keys("2", "خیر", "نه", "نخیر", "نوچ", "رد", "مخالفم", "no", "na", "nah", "kheir", "kheyr")
_NUMBERS = {frozenset(keys("یک")): True, frozenset(keys("دو")): False}


def yes_or_no(text: str) -> bool | None:
    """Return what an answer says; None when it says both, neither, or something else besides."""
    stream = Stream(text)
    found = negations(stream)
    denied = {at for one in found for at in range(one.start, one.end)}
    said = {stream.raw(at) for at in range(len(stream)) if at not in denied and not stream.is_mark(at)}
    if any(token.key in QUESTION_MARKS for token in stream.tokens):
        return None
    if not found and frozenset(said) in _NUMBERS:
        return _NUMBERS[frozenset(said)]
    agrees, refuses = bool(said & _YES), bool(said & _NO or found)
    more = said - _YES - _NO - (FILLERS if refuses else PLAIN_WORDS)
    return None if more or agrees == refuses else agrees
