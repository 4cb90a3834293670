"""Answers of somebody who does not know, or does not mind: «نمی‌دانم», «هر وقت شد», «شاید یک روز»."""

from domain.language.intents import combine_words
from domain.parsing.filler_words import COURTESY_WORDS
from domain.parsing.tokens import Phrases, TokenStream, key_of, keys_in
from domain.parsing.word_lists import words_of

_UNSURE_PHRASES = words_of("moods.unsure_phrases")
_LACKED_NAMES = words_of("moods.lacked_names")
_LACKED_PHRASES = combine_words(
    _LACKED_NAMES,
    words_of("moods.lacked_phrases"),
)
"""What says, where a code is asked, that there is none at hand: it asks for no list of requests."""

_HEDGE_PHRASES = words_of("moods.hedge_phrases")
_AROUND_WORDS = COURTESY_WORDS | keys_in("moods.around_words")
_PHRASES: Phrases[bool] = Phrases({True: dict.fromkeys((*_UNSURE_PHRASES, *_LACKED_PHRASES)), False: _HEDGE_PHRASES})


def is_unsure(text: str) -> bool:
    """Return whether a text says nothing but that its writer does not know, or that it is all the same."""
    stream = TokenStream(text)
    is_stated = False
    index = 0
    while index < len(stream):
        match = _PHRASES.match_at(stream, index)
        if match:
            is_stated = is_stated or match[0]
        elif stream.raw_at(index) not in _AROUND_WORDS:
            return False
        index = match[1] if match else index + 1
    return is_stated


def without_doubt(text: str) -> str | None:
    """Return what a text says beside its «شاید», «هر وقت شد», empty where it says no more; None where it has none."""
    stream = TokenStream(text)
    remaining_words: list[str] = []
    is_doubtful = is_unknown = False
    index = 0
    while index < len(stream):
        match = _PHRASES.match_at(stream, index)
        if match:
            is_doubtful, is_unknown = True, is_unknown or match[0]
        else:
            remaining_words.append(stream.source_text(index, index + 1))
        index = match[1] if match else index + 1
    if not is_doubtful:
        return None
    content_words = [word for word in remaining_words if not (is_unknown and key_of(word) in _AROUND_WORDS)]
    return " ".join(content_words)
