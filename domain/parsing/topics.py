"""The service that a message names («راهنما تاکسی», «نظر درباره ماشین‌آلات»)."""

from domain.parsing.slots import MessageReader
from domain.parsing.tokens import Phrases, keys_of

_ABOUT_PHRASES = Phrases(
    {True: ("درباره", "در باره", "درباره ی", "در مورد", "راجع به", "در خصوص", "برای", "about", "for")}
)
_SERVICE_LEAD_WORDS = keys_of("خدمات", "خدمت", "سرویس", "service", ":")


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
