"""«بخوان»: that the state of a request is to be read aloud, in a chat."""

from domain.parsing.tokens import Phrases, TokenStream
from domain.parsing.word_lists import words_of

_READ_ALOUD_PHRASES = Phrases({True: words_of("values.read_aloud_phrases.yes")})


def find_read_aloud(text: str) -> str | None:
    """Return what a message says behind «بخوان»: a code, or nothing; None where it asks for anything else."""
    stream = TokenStream(text)
    phrase = _READ_ALOUD_PHRASES.match_at(stream, 0)
    rest = stream.source_text(phrase[1], len(stream)) if phrase else ""
    return None if phrase is None or any(character.isalpha() for character in rest) else rest
