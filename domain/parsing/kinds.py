"""The kind of expert opinion that a message asks for, and the service that it names."""

from domain.parsing.names import EXPERT_KINDS, EXPERT_KINDS_IN_SHORT
from domain.parsing.slots import MessageReader
from domain.parsing.spelling import Spelling
from domain.parsing.tokens import Phrases, keys

_KINDS = Phrases(EXPERT_KINDS)
_SHORT = Phrases(EXPERT_KINDS_IN_SHORT)
_SPELLING = Spelling(_KINDS.values)
_ABOUT = Phrases({True: ("درباره", "در باره", "درباره ی", "در مورد", "راجع به", "در خصوص", "برای", "about", "for")})
_KIND_LEAD = keys("نوع", "جهت", "برای", "بابت", "kind", ":")
_SERVICE_LEAD = keys("خدمات", "خدمت", "سرویس", "service", ":")


def take_kind(reading: MessageReader) -> None:
    """Take the first kind; a kind named in the midst of a description stays in it too."""
    stream = reading.stream
    for at in stream.free():
        head = stream.at_head(stream.back(at, _KIND_LEAD))
        found = _KINDS.at(stream, at) or (_SHORT.at(stream, at) if head else None)
        if not found:
            continue
        reading.slots["kind"] = found[0]
        if head:
            stream.take(stream.back(at, _KIND_LEAD), found[1])
        return
    _take_misspelt_kind(reading)


def _take_misspelt_kind(reading: MessageReader) -> None:
    """Take a misspelt kind where a part of the message begins."""
    stream = reading.stream
    for at in stream.free():
        if not stream.at_head(at):
            continue
        for end in (at + 1, at + 2):
            known = _SPELLING.near("".join(stream.key(place) for place in range(at, end)))
            if known and known[0][0] <= 1:
                reading.slots["kind"] = _KINDS.values[known[0][1]]
                stream.take(at, end)
                return


def take_service(reading: MessageReader) -> None:
    """Take the service (`taxi`, `machinery` or `expert`) whose name the first words are."""
    _take_first_words(reading, reading.services)


def take_topic(reading: MessageReader) -> None:
    """Take the service that the first words name, or one of its keywords («راهنما مرخصی» asks about `taxi`)."""
    _take_first_words(reading, reading.topics)


def _take_first_words(reading: MessageReader, names: Phrases[str]) -> None:
    stream = reading.stream
    at = next((place for place in stream.free() if not stream.is_mark(place)), len(stream))
    about = _ABOUT.at(stream, at)
    service = names.at(stream, stream.skip(about[1] if about else at, _SERVICE_LEAD))
    if service:
        reading.slots["service"] = service[0]
        stream.take(at, service[1])
