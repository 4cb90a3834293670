"""Things that a message names: a service («راهنما تاکسی»), a language («زبان ۲»), or all bills together («قبض
یکجا»)."""

from domain.parsing.slots import MessageReader
from domain.parsing.tokens import Phrases, TokenStream, keys_of
from domain.parsing.word_lists import words_of

_ABOUT_PHRASES = Phrases({True: words_of("values.about_phrases.yes")})
_SERVICE_LEAD_WORDS = keys_of("خدمات", "خدمت", "سرویس", "service", ":")
_TOGETHER_PHRASES = Phrases({True: words_of("values.together_phrases.yes")})
LANGUAGE_NAMES: dict[str, tuple[str, ...]] = {
    "fa": ("فارسی", "پارسی", "farsi", "parsi", "parsça", "persian"),
    "tk": ("türkmençe", "turkmence", "turkmenche"),
    "tk-Arab": ("تورکمنچه", "ترکمنچه"),
}
"""Words by which a message chooses a language, by the tags of languages."""

_FIRST_ARABIC_LETTER = "\u0600"
_LANGUAGE_PHRASES = Phrases(LANGUAGE_NAMES)


def take_service(reader: MessageReader) -> None:
    """Take the topic, as a rule a service, whose name the first words are."""
    _take_first_words(reader, reader.service_phrases)


def take_topic(reader: MessageReader) -> None:
    """Take the service that the first words name, or one of its keywords («راهنما مرخصی» asks about taxis)."""
    _take_first_words(reader, reader.topic_phrases)


def _take_first_words(reader: MessageReader, name_phrases: Phrases[str]) -> None:
    stream = reader.stream
    index = next((place for place in stream.free_indexes() if not stream.is_mark_at(place)), len(stream))
    about_match = _ABOUT_PHRASES.match_at(stream, index)
    service_match = name_phrases.match_at(
        stream, stream.skip(about_match[1] if about_match else index, _SERVICE_LEAD_WORDS)
    )
    if service_match:
        reader.slots["service"] = service_match[0]
        stream.take(index, service_match[1])


def take_together(reader: MessageReader) -> None:
    """Take that all are meant, where no single bill or request was named."""
    if reader.slots or reader.rejected_texts or reader.problems_by_slot:
        return
    for index in reader.stream.free_indexes():
        if phrase_match := _TOGETHER_PHRASES.match_at(reader.stream, index):
            reader.slots["together"] = True
            reader.stream.take(index, phrase_match[1])
            return


def take_language_name(reader: MessageReader) -> None:
    """Take the tag of the language whose name called the command; behind the word for "language" all that is said: its
    number, tag or name, as it was written.
    """
    stream, whole_stream = reader.stream, TokenStream(reader.stream.text)
    keyword_indexes = [index for index in range(len(stream)) if not stream.key_at(index)]
    named = [index for index in stream.free_indexes() if not stream.is_mark_at(index)]
    for index in (*keyword_indexes, *named):
        if match := _LANGUAGE_PHRASES.match_at(whole_stream, index):
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
