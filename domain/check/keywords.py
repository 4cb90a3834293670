"""The words of all services together: each calls one of them, and the menu that names them all fits into a text."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from domain.check.flaws import NO_SERVICE, Flaw
from domain.conversation.grammar import Grammar
from domain.language.intents import Intent
from domain.language.service import Service
from domain.messages.catalogue import Catalogue
from domain.values.languages import join_list
from domain.values.message_parts import count_parts
from domain.values.text import persian_digits

MENU_KEY = "sms.help"
"""The text that names every service by a number."""


def keyword_flaws(services: Sequence[Service], catalogue: Catalogue) -> Iterator[Flaw]:
    """Find words of two services or intents, and a menu that is longer than a text may be."""
    word_flaws = list(_shared_word_flaws(services))
    yield from word_flaws
    if not word_flaws:
        yield from _grammar_flaws(services, catalogue)


def _shared_word_flaws(services: Sequence[Service]) -> Iterator[Flaw]:
    services_by_word: dict[str, str] = {}
    for service in services:
        for keyword in service.keywords:
            for keyword_text in keyword.intent.certain_words:
                if services_by_word.setdefault(keyword_text, service.key) != service.key:
                    yield Flaw("word_of_two_services", service.key, keyword_text)


def _grammar_flaws(services: Sequence[Service], catalogue: Catalogue) -> Iterator[Flaw]:
    intents = list({intent.name: intent for service in services for intent in service.intents}.values())
    try:
        Grammar(intents)
    except ValueError as error:
        yield Flaw("word_of_two_intents", NO_SERVICE, str(error))
        return
    yield from _menu_flaws(intents, catalogue)


def _menu_flaws(intents: Sequence[Intent], catalogue: Catalogue) -> Iterator[Flaw]:
    """Find more services than a text can name: who asks for help would not be offered the last of them."""
    service_names = [catalogue.text(key) for intent in intents if (key := f"intents.{intent.name}") in catalogue]
    menu = join_list(f"{persian_digits(number)} {name}" for number, name in enumerate(service_names, 1))
    with suppress(KeyError):  # a text that is missing, or asks for more than a menu, is a flaw of its own
        needed_parts, budget = count_parts(catalogue.render(MENU_KEY, {"menu": menu})), catalogue.part_budget(MENU_KEY)
        if needed_parts > budget:
            subject = f"{MENU_KEY} with the names of all services needs {needed_parts} parts, may have {budget}"
            yield Flaw("over_budget", NO_SERVICE, subject)
