"""What somebody answers whose consent is awaited, in words of consenting and of allowing («رضایت دارم», «اجازه نمی‌دم»).

Elsewhere these words answer nothing. A denied verb refuses, whatever is asked: «اجازه نمی‌دم» agrees to a refusal.
"""

from itertools import product
from typing import NamedTuple

from domain.conversation.reading.sentences import FILLER_WORDS, QUESTION_MARKS
from domain.parsing.identifiers import CODE_LABELS
from domain.parsing.tokens import Phrases, TokenStream, keys_in
from domain.parsing.word_lists import words_of

_CONSENT = words_of("moods.consent")
_AGREEING = words_of("moods.agreeing")
_REFUSING = words_of("moods.refusing")
_ANSWERS: Phrases[bool] = Phrases(
    {
        True: (*(" ".join(pair) for pair in product(_CONSENT, _AGREEING)), *words_of("moods.answers.yes")),
        False: (*(" ".join(pair) for pair in product(_CONSENT, _REFUSING)), *words_of("moods.answers.no")),
    }
)
"""In Turkmen permission is the word for a leave («rugsat berýärin»), and read as that."""
_BESIDE = FILLER_WORDS | CODE_LABELS | keys_in("moods.beside")


class ConsentAnswer(NamedTuple):
    """What was answered, and whether nothing else was said."""

    is_agreed: bool
    is_plain: bool


def read_consent(text: str) -> ConsentAnswer | None:
    """Return what a text answers to who asks for consent; None where it says both, asks, or says nothing of it."""
    stream = TokenStream(text)
    answers: set[bool] = set()
    rest: set[str] = set()
    index = 0
    while index < len(stream):
        match = _ANSWERS.match_at(stream, index)
        if match:
            answers.add(match[0])
        elif not stream.is_mark_at(index) and not stream.digits_at(index):
            rest.add(stream.raw_at(index))
        index = match[1] if match else index + 1
    if len(answers) != 1 or any(token.key in QUESTION_MARKS for token in stream.tokens):
        return None
    return ConsentAnswer(answers.pop(), not rest - _BESIDE)
