"""The kind of expert opinion that a message asks for, and the service that it names."""

from domain.parsing.known_spellings import EXPERT_KINDS, EXPERT_KINDS_IN_SHORT
from domain.parsing.slots import MessageReader
from domain.parsing.spelling import Spelling
from domain.parsing.tokens import Phrases, keys_of

_KIND_PHRASES = Phrases(EXPERT_KINDS)
_SHORT_KIND_PHRASES = Phrases(EXPERT_KINDS_IN_SHORT)
_KIND_SPELLING = Spelling(_KIND_PHRASES.values_by_phrase)
_ABOUT_PHRASES = Phrases(
    {True: ("درباره", "در باره", "درباره ی", "در مورد", "راجع به", "در خصوص", "برای", "about", "for")}
)
_KIND_LEAD_WORDS = keys_of("نوع", "جهت", "برای", "بابت", "kind", ":")
_SERVICE_LEAD_WORDS = keys_of("خدمات", "خدمت", "سرویس", "service", ":")


def take_kind(reader: MessageReader) -> None:
    """Take the first kind; a kind named in the midst of a description stays in it too."""
    stream = reader.stream
    for index in stream.free_indexes():
        begins_part = stream.begins_part(stream.skip_back(index, _KIND_LEAD_WORDS))
        kind_match = _KIND_PHRASES.match_at(stream, index) or (
            _SHORT_KIND_PHRASES.match_at(stream, index) if begins_part else None
        )
        if not kind_match:
            continue
        reader.slots["kind"] = kind_match[0]
        if begins_part:
            stream.take(stream.skip_back(index, _KIND_LEAD_WORDS), kind_match[1])
        return
    _take_misspelt_kind(reader)


def _take_misspelt_kind(reader: MessageReader) -> None:
    """Take a misspelt kind where a part of the message begins."""
    stream = reader.stream
    for index in stream.free_indexes():
        if not stream.begins_part(index):
            continue
        for end in (index + 1, index + 2):
            near_kinds = _KIND_SPELLING.find_near("".join(stream.key_at(place) for place in range(index, end)))
            if near_kinds and near_kinds[0][0] <= 1:
                reader.slots["kind"] = _KIND_PHRASES.values_by_phrase[near_kinds[0][1]]
                stream.take(index, end)
                return


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
