"""The words of all services together: each calls one of them."""

from collections.abc import Iterator, Sequence

from domain.check.flaws import NO_SERVICE, Flaw
from domain.conversation.reading.grammar import Grammar
from domain.language.service import Service


def keyword_flaws(services: Sequence[Service]) -> Iterator[Flaw]:
    """Find words of two services or intents."""
    word_flaws = list(_shared_word_flaws(services))
    yield from word_flaws
    if not word_flaws:
        yield from _grammar_flaws(services)


def _shared_word_flaws(services: Sequence[Service]) -> Iterator[Flaw]:
    services_by_word: dict[str, str] = {}
    for service in services:
        for keyword in service.keywords:
            for keyword_text in keyword.intent.certain_words:
                if services_by_word.setdefault(keyword_text, service.key) != service.key:
                    yield Flaw("word_of_two_services", service.key, keyword_text)


def _grammar_flaws(services: Sequence[Service]) -> Iterator[Flaw]:
    intents = list({intent.name: intent for service in services for intent in service.intents}.values())
    try:
        Grammar(intents)
    except ValueError as error:
        yield Flaw("word_of_two_intents", NO_SERVICE, str(error))
