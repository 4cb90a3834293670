"""The main menu of a chat: every service, and what every citizen needs. Its buttons stand for themselves."""

from collections.abc import Callable, Iterator

from domain.conversation.buttons.answers import Verb, alone, calling
from domain.conversation.dialogue import Conversation
from domain.conversation.vocabulary import COMMANDS
from domain.messages.keyboards import Button, Rows, in_rows

Words = Callable[[str], str]

OF_EVERYBODY = ("track", "list", "pay", "tariff", "comment")
"""Commands of the menu besides the services, in order."""

LISTED_COMMANDS = ("menu", "list", "track", "pay", "tariff")
"""Words of the grammar that a messenger lists as commands (`chat.commands`)."""

OF_DRIVERS = ("taxi_leave", "taxi_duty")
"""Intents of the drivers' menu."""

PUBLIC = ("tariff",)
"""Commands that a chat may give before it has proved a mobile."""

_SAID = {intent.name: intent.words[0] for intent in COMMANDS}


def main_menu(conversation: Conversation, words: Words, *, of_taxi: bool = False) -> Rows:
    """Return the whole menu; those who have to do with a taxi (`of_taxi`) have one more."""
    services = [alone(words(f"intents.{name}"), said) for name, said in _started(conversation)]
    commands = [alone(words(f"intents.{name}"), _SAID[name]) for name in OF_EVERYBODY]
    drivers = [calling(words("chat.buttons.driver"), Verb.DRIVER)] if of_taxi else []
    last = [*commands, calling(words("chat.buttons.notices"), Verb.NOTICES), *drivers]
    return (*in_rows(services, 2), *in_rows(last, 2))


def driver_rows(conversation: Conversation, words: Words) -> Rows:
    """Return the menu of drivers and owners: the services that are theirs alone, and the driver's record."""
    own = [(name, said) for name, said in _started(conversation) if name in OF_DRIVERS]
    services = [alone(words(f"intents.{name}"), said) for name, said in own]
    return (*in_rows(services, 2), (calling(words("chat.buttons.record"), Verb.RECORD),), *back_to_menu(words))


def public_menu(conversation: Conversation, words: Words) -> Rows:
    """Return what can be read before a mobile is proved: what each service is, and prices."""
    about = [
        alone(words(f"services.{service.key}.title"), f"{_SAID['help']} {service.keywords[0].intent.words[0]}")
        for service in conversation.services.values()
    ]
    return (*in_rows(about, 2), tuple(alone(words(f"intents.{name}"), _SAID[name]) for name in PUBLIC))


def back_to_menu(words: Words) -> Rows:
    """Return the one button that leads to the menu."""
    return ((calling(words("chat.buttons.menu"), Verb.MENU),),)


def where_notices_go(words: Words, channels: tuple[str, ...], chosen: str | None) -> Rows:
    """Return the channels that notices can go to; the chosen one is marked, None standing for that of each request."""

    def button(name: str, label: str) -> Button:
        mark = "✔ " if name == (chosen or "each") else ""
        return calling(f"{mark}{label}", Verb.NOTICES, name)

    each = button("each", words("chat.buttons.each"))
    return tuple((one,) for one in (each, *(button(name, words(f"chat.channels.{name}")) for name in channels)))


def _started(conversation: Conversation) -> Iterator[tuple[str, str]]:
    """Yield the intents that start a service or ask one, with a word that calls them."""
    for service in conversation.services.values():
        for intent in [*(one.intent for one in service.keywords), *(one.intent for one in service.lookups)]:
            yield intent.name, intent.words[0]
