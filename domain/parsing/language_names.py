"""Which language is named («زبان ۲», «türkmençe», «فارسی»), and in which one a message is written."""

from domain.parsing.slots import MessageReader
from domain.parsing.tokens import Phrases, TokenStream

LANGUAGE_NAMES: dict[str, tuple[str, ...]] = {
    "fa": ("فارسی", "پارسی", "farsi", "parsi", "parsça", "persian"),
    "tk": ("türkmençe", "turkmence", "turkmenche"),
    "tk-Arab": ("تورکمنچه", "ترکمنچه"),
}
"""What a message of its own chooses a language by, by the tags of languages."""

_FIRST_ARABIC_LETTER = "\u0600"
_NAME_PHRASES = Phrases(LANGUAGE_NAMES)


def take_language_name(reader: MessageReader) -> None:
    """Take the tag of the language whose name called the command; behind the word for "language" all that is said: its
    number, tag or name, as it was written.
    """
    stream, whole_stream = reader.stream, TokenStream(reader.stream.text)
    keyword_indexes = [index for index in range(len(stream)) if not stream.key_at(index)]
    named = [index for index in stream.free_indexes() if not stream.is_mark_at(index)]
    for index in (*keyword_indexes, *named):
        if match := _NAME_PHRASES.match_at(whole_stream, index):
            reader.slots["language"] = match[0]
            stream.take(index, match[1])
            return
    if named:
        reader.slots["language"] = stream.source_text(named[0], named[-1] + 1)
        stream.take(named[0], named[-1] + 1)


def find_written_language(text: str) -> str | None:
    """Return the tag of the language that a message is surely written in; None: Persian, or one that nobody knows."""
    stream = TokenStream(text)
    if not stream.is_turkmen:
        return None
    letters = [letter for letter in text if letter.isalpha()]
    is_latin = sum(letter < _FIRST_ARABIC_LETTER for letter in letters) * 2 > len(letters)
    return "tk" if is_latin else "tk-Arab"
