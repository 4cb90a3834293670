"""Scores as people say them: «پنج», «خیلی خوب بود», «افتضاح»."""

from domain.parsing.filler_words import COURTESY_WORDS
from domain.parsing.identifiers import HIGHEST_SCORE, LOWEST_SCORE
from domain.parsing.numerals import read_number_at
from domain.parsing.tokens import Phrases, TokenStream, keys_in, keys_of
from domain.parsing.word_lists import words_of

LOWEST_SATISFIED = 3
"""Words of a lower score say that somebody is not satisfied, not how much: they are asked about."""

_SCORE_PHRASES: Phrases[int] = Phrases(
    {
        5: words_of("intents.score_phrases.5"),
        4: words_of("intents.score_phrases.4"),
        3: words_of("intents.score_phrases.3"),
        2: words_of("intents.score_phrases.2"),
        1: words_of("intents.score_phrases.yes"),
    }
)
_AROUND_WORDS = COURTESY_WORDS | keys_in("intents.around_words")


_SCALE_WORDS = keys_of("از", "of", "/")


def read_score(text: str) -> int | None:
    """Return the score, 1 to 5, that a text gives for certain and says nothing beside: a number, or words of who is
    satisfied; None where it gives none, or several.
    """
    score = guess_score(text)
    is_certain = score is not None and (score >= LOWEST_SATISFIED or any(map(str.isdigit, text)))
    return score if is_certain or _is_number_word(text) else None


_CORRECTING_WORDS = keys_of("نه", "همون", "همان", "ببخشید", "منظورم", "یعنی", "na", "hamun", "ýok")


def read_corrected_score(text: str) -> int | None:
    """Return the score that a text puts in place of an earlier one («نه همون ۵»); None where it corrects none."""
    stream = TokenStream(text)
    kept_places = [place for place in range(len(stream)) if stream.raw_at(place) not in _CORRECTING_WORDS]
    is_corrected = 0 < len(kept_places) < len(stream)
    return read_score(" ".join(stream.source_text(place, place + 1) for place in kept_places)) if is_corrected else None


def guess_score(text: str) -> int | None:
    """Return the score that a text may give, in words of who is not satisfied too («راضی نبودم»)."""
    stream = TokenStream(text)
    scores: set[int] = set()
    index = 0
    while index < len(stream):
        phrase = _SCORE_PHRASES.match_at(stream, index)
        number = None if phrase else read_number_at(stream, index)
        if phrase or number:
            score, end = phrase or number or (0, index)
            is_scale = score == HIGHEST_SCORE and scores and stream.raw_at(index - 1) in _SCALE_WORDS  # «۴ از ۵»
            scores |= set() if is_scale else {score}
            index = end
        elif stream.raw_at(index) in _AROUND_WORDS:
            index += 1
        else:
            return None
    score = scores.pop() if len(scores) == 1 else 0
    return score if LOWEST_SCORE <= score <= HIGHEST_SCORE else None


def _is_number_word(text: str) -> bool:
    """Return whether a text says a number in words («دو»), and nothing that only sounds like a score («بد»)."""
    stream = TokenStream(text)
    return any(read_number_at(stream, index) for index in range(len(stream)))
