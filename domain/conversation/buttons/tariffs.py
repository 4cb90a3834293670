"""Prices by buttons: which service's, then of what. Its buttons belong to no question."""

from collections.abc import Callable, Mapping

from domain.conversation.buttons.answers import PAGE_PREFIX, ButtonVerb, verb_button
from domain.conversation.buttons.pages import CHOICES_A_PAGE, find_page
from domain.conversation.dialogue.intent_forms import list_priced_services
from domain.language.service import Service
from domain.messages.keyboards import ButtonRows, arrange_in_rows

TextLookup = Callable[[str], str]


def build_tariff_rows(
    services: Mapping[str, Service], catalogue_text: TextLookup, service_key: str = "", wished_page: str | None = None
) -> ButtonRows:
    """Return the things that a service prices, page by page; without a service, the services that price any, and where
    it is one alone its things.
    """
    prices_by_service = {service.key: prices for service, prices in list_priced_services(services)}
    if service_key not in prices_by_service:
        if len(prices_by_service) != 1:
            service_buttons = [
                verb_button(catalogue_text(f"services.{key}.title"), ButtonVerb.TARIFF, key)
                for key in prices_by_service
            ]
            return arrange_in_rows(service_buttons, 2)
        [service_key] = prices_by_service
    subject = prices_by_service[service_key].subject
    page = find_page(len(subject.choices), CHOICES_A_PAGE, wished_page)
    thing_buttons = [
        verb_button(subject.type.render_value(choice, catalogue_text), ButtonVerb.TARIFF, service_key, choice)
        for choice in subject.choices[page.start : page.end]
    ]
    page_rows = page.build_rows(
        catalogue_text,
        lambda label, number: verb_button(label, ButtonVerb.TARIFF, service_key, f"{PAGE_PREFIX}{number}"),
    )
    return (*arrange_in_rows(thing_buttons, 2), *page_rows)
