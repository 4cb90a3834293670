"""Suggestions in what people write: that a text is one («پیشنهاد …»), and which one it supports («موافقم ۱۲»)."""

import re

from domain.parsing.tokens import Phrases, TokenStream, keys_in
from domain.parsing.word_lists import words_of

_OPINIONS: Phrases[bool] = Phrases({True: words_of("intents.suggesting"), False: words_of("intents.commenting")})
"""Words that name an opinion: whether it is a suggestion."""
_SUPPORTING: Phrases[bool] = Phrases({True: words_of("intents.supporting")})
_AROUND_NUMBER = keys_in("intents.around_supported_number") | keys_in("intents.suggesting")
_TURKMEN_SUGGESTION = re.compile(r"\btekli[pb]", re.IGNORECASE)
"""The Turkmen word, which is read as one for any opinion."""
_MOST_WORDS_BEFORE, _MOST_DIGITS = 5, 6


def names_suggestion(text: str) -> bool:
    """Return whether the first word for an opinion, near the beginning of a text, is one for a suggestion."""
    opinion = next(_OPINIONS.find_in(TokenStream(text)), None)
    if opinion is None or opinion[0] > _MOST_WORDS_BEFORE:
        return False
    return opinion[1] or _TURKMEN_SUGGESTION.search(text) is not None


def find_supported_number(text: str) -> int | None:
    """Return the number of the suggestion that a text supports and says nothing besides; None for any other text."""
    stream = TokenStream(text)
    support = next(_SUPPORTING.find_in(stream), None)
    if support is None:
        return None
    stream.take(support[0], support[2])
    return _read_only_number(stream)


def find_asked_number(text: str) -> int | None:
    """Return the number of the suggestion that a text names, or asks after, and says nothing besides («پیشنهاد ۱۲»)."""
    return _read_only_number(TokenStream(text)) if names_suggestion(text) else None


def _read_only_number(stream: TokenStream) -> int | None:
    numbers = [digits for index in stream.free_indexes() if (digits := stream.digits_at(index))]
    is_plain = all(stream.digits_at(index) or stream.key_at(index) in _AROUND_NUMBER for index in stream.free_indexes())
    if not is_plain or len(numbers) != 1 or len(numbers[0]) > _MOST_DIGITS:
        return None
    return int(numbers[0]) or None
