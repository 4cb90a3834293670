"""A look-up as the portal offers it, by its declaration and texts."""

from dataclasses import dataclass

from channels.portal.service.service_card import MAX_SPELLINGS
from domain.actions.lookups.public_lookups import ServiceLookup
from domain.messages.catalogue import Catalogue

LOOKUP_PREFIX = "/lookups/"


@dataclass(frozen=True, slots=True)
class LookupCard:
    """A look-up, worded."""

    name: str
    """Name of its page."""
    title: str
    """Name in menus."""
    summary: str
    """Answer that it gives, in a sentence."""
    keyword_spellings: tuple[str, ...]
    """The words that ask it by SMS."""
    own_label: str
    """Label of the button that asks about one's own matters; empty where only what is typed can be asked about."""

    @property
    def address(self) -> str:
        """Address of its page."""
        return f"{LOOKUP_PREFIX}{self.name}"


def build_lookup_card(catalogue: Catalogue, asked: ServiceLookup) -> LookupCard:
    """Word a look-up."""
    intent = asked.lookup.intent
    return LookupCard(
        intent.name,
        catalogue.text(f"intents.{intent.name}"),
        catalogue.text(f"{asked.text_prefix}.summary"),
        intent.certain_words[:MAX_SPELLINGS],
        catalogue.text(f"{asked.text_prefix}.own") if intent.is_complete else "",
    )
