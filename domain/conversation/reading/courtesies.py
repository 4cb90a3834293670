"""Courtesies and insults: messages that ask for nothing, which a person answers all the same."""

from domain.parsing.tokens import TokenKind, TokenStream, key_of, keys_in, keys_of
from domain.parsing.word_lists import words_of

GREETING, THANKS, INSULT = "greeting", "thanks", "insult"
COURTESY_INTENTS = frozenset({GREETING, THANKS, INSULT})
"""Intents of such a message: each is answered once, then there is silence for a while."""

_GREETING_WORDS = keys_in("courtesies.greeting_words")
_THANKING_WORDS = keys_in("courtesies.thanking_words")
_BESIDE_WORDS = keys_in("courtesies.beside_words")
"""Words that may stand beside: nothing of it asks for anything then."""

_INSULTING_STEMS = words_of("courtesies.insulting_stems")
"""Stems of insulting words, spaces left out."""
_PRAISING_STEMS = words_of("courtesies.praising_stems")
"""Stems with which a message begins a praise, spaces left out."""
_NOT_UNDERSTOOD = "نفهمید"
"""«نفهمیدم» begins as an insult does, and is none."""
_MOST_INSULTING = 8
"""Words of a message that only insults: a longer one tells of something."""
_DRIVERS = keys_of("راننده", "رانندش", "رانندهاش", "تاکسی")
"""Words for drivers: an insult to one is a complaint; …"""
_TAXI = key_of("تاکسی")
"""… and who thanks that of a taxi praises him («تشکر از راننده تاکسی»)."""
_MOST_JOINED = 4
_MOST_STRANGE = 4
"""Other words that a message of thanks may have, where it calls no command."""

_THANKING_SIGNS = frozenset("🙏👍❤🌹💐👌😊🌷🥰💚🤲")


def read_courtesy(text: str, *, calls_nothing: bool = False) -> str | None:
    """Return which courtesy a message is, or that it insults and says nothing besides; None for any other.

    One that surely calls no command (`calls_nothing`) may thank for something («ممنون که زود جواب دادید»).
    """
    stream = TokenStream(text)
    message_words = [token.key for token in stream.tokens if token.kind is TokenKind.WORD]
    if any(token.kind is TokenKind.NUMBER for token in stream.tokens):
        return None
    if not message_words:
        return THANKS if any(token.key in _THANKING_SIGNS for token in stream.tokens) else None
    if calls_nothing and len(message_words) <= _MOST_INSULTING and _says(message_words, _PRAISING_STEMS):
        return THANKS
    if (
        len(message_words) <= _MOST_INSULTING
        and _says(message_words, _INSULTING_STEMS)
        and _DRIVERS.isdisjoint(message_words)
    ):
        return INSULT
    strange = [word for word in message_words if word not in _GREETING_WORDS | _THANKING_WORDS | _BESIDE_WORDS]
    if any(word in _THANKING_WORDS for word in message_words) and len(strange) <= (
        _MOST_STRANGE if calls_nothing and _TAXI not in message_words else 0
    ):
        return THANKS
    is_greeting = not strange and any(word in _GREETING_WORDS for word in message_words)
    return GREETING if is_greeting else None


def _says(message_words: list[str], stems: tuple[str, ...]) -> bool:
    joined = ("".join(message_words[start : start + _MOST_JOINED]) for start in range(len(message_words)))
    return any(
        letters.startswith(stem) and not letters.startswith(_NOT_UNDERSTOOD) for letters in joined for stem in stems
    )
