"""The main menu of a chat: every service, and what every citizen needs. Its buttons belong to no question."""

from collections.abc import Callable, Iterable, Iterator

from domain.conversation.buttons.answers import ButtonVerb, text_button, verb_button
from domain.conversation.dialogue.turns import Conversation
from domain.conversation.reading.vocabulary import COMMAND_INTENTS
from domain.language.intents import Intent
from domain.messages.keyboards import Button, ButtonRows, arrange_in_rows, reading_row
from domain.values.languages import Language

TextLookup = Callable[[str], str]

COMMON_COMMANDS = ("track", "list", "pay", "tariff", "comment", "authentic")
"""Commands of the menu besides the services, in order."""

PUBLIC_COMMANDS = ("tariff",)
"""Commands that a chat may give before it has proved a mobile."""

_COMMAND_WORDS = {intent.name: intent.certain_words[0] for intent in COMMAND_INTENTS}


def build_menu_rows(
    conversation: Conversation,
    catalogue_text: TextLookup,
    *,
    has_taxi: bool = False,
    is_operator: bool = False,
    has_languages: bool = False,
) -> ButtonRows:
    """Return the whole menu; those who have to do with a taxi (`has_taxi`) or drive a machine (`is_operator`) have one
    more, and so has everybody where there are several languages.
    """
    menu_intents = conversation.main_menu_intents()
    shown_intents = [intent for intent in _service_intents(conversation) if intent.name in menu_intents]
    services = [_intent_button(catalogue_text, intent) for intent in shown_intents]
    commands = [text_button(catalogue_text(f"intents.{name}"), _COMMAND_WORDS[name]) for name in COMMON_COMMANDS]
    drivers = [verb_button(catalogue_text("chat.buttons.driver"), ButtonVerb.DRIVER)] if has_taxi else []
    jobs = [verb_button(catalogue_text("chat.buttons.jobs"), ButtonVerb.OPERATOR)] if is_operator else []
    languages = _language_buttons(catalogue_text) if has_languages else []
    notices = verb_button(catalogue_text("chat.buttons.notices"), ButtonVerb.NOTICES)
    account = verb_button(catalogue_text("chat.buttons.account"), ButtonVerb.ACCOUNT)
    other_buttons = [*commands, notices, account, *languages, *drivers]
    return (*arrange_in_rows(jobs, 1), *arrange_in_rows(services, 2), *arrange_in_rows(other_buttons, 2))


def build_driver_rows(conversation: Conversation, catalogue_text: TextLookup) -> ButtonRows:
    """Return the menu of drivers and owners: the services that are theirs alone, and the driver's record."""
    own_intents = [intent for intent in _service_intents(conversation) if intent.is_for_drivers]
    services = [_intent_button(catalogue_text, intent) for intent in own_intents]
    return (
        *arrange_in_rows(services, 2),
        (verb_button(catalogue_text("chat.buttons.record"), ButtonVerb.RECORD),),
        *menu_button_rows(catalogue_text),
    )


def build_public_rows(
    conversation: Conversation, catalogue_text: TextLookup, *, has_languages: bool = False
) -> ButtonRows:
    """Return what can be read before a mobile is proved: what each service is, and prices."""
    service_buttons = [
        text_button(
            catalogue_text(f"services.{service.key}.title"),
            f"{_COMMAND_WORDS['help']} {service.keywords[0].intent.certain_words[0]}",
        )
        for service in conversation.services.values()
    ]
    other_buttons = [
        *(text_button(catalogue_text(f"intents.{name}"), _COMMAND_WORDS[name]) for name in PUBLIC_COMMANDS),
        *(_language_buttons(catalogue_text) if has_languages else ()),
    ]
    return (*arrange_in_rows(service_buttons, 2), reading_row(other_buttons))


def build_language_rows(languages: Iterable[Language], present_language: Language) -> ButtonRows:
    """Return a button for each language, by its own name; the present one is marked."""
    return tuple(
        (verb_button(f"{'✔ ' if one == present_language else ''}{one.title}", ButtonVerb.LANGUAGE, one.tag),)
        for one in languages
    )


def _language_buttons(catalogue_text: TextLookup) -> list[Button]:
    return [verb_button(catalogue_text("chat.buttons.language"), ButtonVerb.LANGUAGE)]


def menu_button_rows(catalogue_text: TextLookup) -> ButtonRows:
    """Return the one button that leads to the menu."""
    return ((verb_button(catalogue_text("chat.buttons.menu"), ButtonVerb.MENU),),)


def build_notice_rows(catalogue_text: TextLookup, channel_keys: tuple[str, ...], chosen_channel: str) -> ButtonRows:
    """Return the channels that notices can go to; the chosen one is marked, `each` for that of each request."""

    def channel_button(name: str, label: str) -> Button:
        chosen_mark = "✔ " if name == chosen_channel else ""
        return verb_button(f"{chosen_mark}{label}", ButtonVerb.NOTICES, name)

    default_button = channel_button("each", catalogue_text("chat.buttons.each"))
    return tuple(
        (choice_button,)
        for choice_button in (
            default_button,
            *(channel_button(name, catalogue_text(f"chat.channels.{name}")) for name in channel_keys),
        )
    )


def _service_intents(conversation: Conversation) -> Iterator[Intent]:
    """Yield the intents that start a service or ask one."""
    for service in conversation.services.values():
        yield from service.intents


def _intent_button(catalogue_text: TextLookup, intent: Intent) -> Button:
    """Return a button with what an intent is called, which says a word that calls it."""
    return text_button(catalogue_text(f"intents.{intent.name}"), intent.certain_words[0])
