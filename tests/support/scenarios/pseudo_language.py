"""A language made of the Persian one, each of whose texts stands in ⟦…⟧: what is shown without them did not come from
the texts. Its lines run from left to right, its digits are Latin, and it calls the days and months otherwise.
"""

import re
from collections.abc import Mapping
from typing import Any

from domain.actions.dependencies import Dependencies
from domain.conversation.reading.grammar import Grammar
from domain.conversation.reading.vocabulary import LANGUAGE_INTENT
from domain.language.service import Service
from domain.language.wording import Wording
from domain.messages.catalogue import Catalogue, is_bound, load_shipped_texts
from domain.messages.translations import Translation
from domain.services import collect_intents
from domain.values.languages import Language

PSEUDO = Language(
    tag="qps",
    title="⟦Pseudo⟧",
    month_names=tuple(f"⟦M{number}⟧" for number in range(1, 13)),
    weekday_names=tuple(f"⟦D{number}⟧" for number in range(7)),
)
"""A language that nobody speaks (BCP 47 keeps `qaa` to `qtz` for such)."""

_WRAPPED = re.compile(r"⟦[^⟦⟧]*(?:⟧|$)")
"""A text; one that a page cuts at its end has no end."""

_PERSIAN_SIGN = re.compile("[ء-غف-يٱ-ۓ۰-۹،؛٬٫]")


def wrap_leaf(leaf: Any) -> Any:
    """Return a leaf of the texts with each of its lines wrapped: pages show some texts line by line."""
    if isinstance(leaf, list):
        return [_wrap_lines(line) for line in leaf]
    return {**leaf, "text": _wrap_lines(leaf["text"])} if isinstance(leaf, Mapping) else _wrap_lines(leaf)


def _wrap_lines(text: str) -> str:
    return "\n".join(f"⟦{line}⟧" for line in text.split("\n"))


def translate_all() -> Translation:
    """Return the pseudo-language with every text."""
    leaves = {key: leaf for texts in load_shipped_texts().values() for key, leaf in texts.items()}
    return Translation(PSEUDO, {key: wrap_leaf(leaf) for key, leaf in leaves.items() if not is_bound(key)})


def build_bilingual_catalogue() -> Catalogue:
    """Return the Persian texts with the pseudo-language beside them."""
    return Catalogue(load_shipped_texts().values(), translations=[translate_all()])


def build_bilingual_wording(services: Mapping[str, Service]) -> tuple[Wording, Grammar]:
    """Return words in both languages, and the grammar that knows how one is chosen."""
    grammar = Grammar((*collect_intents(services), LANGUAGE_INTENT))
    return Wording(build_bilingual_catalogue(), services), grammar


def offer_languages(dependencies: Dependencies, *language_tags: str) -> None:
    """Let a desk offer the shipped languages with these tags."""
    dependencies.wording = Wording(Catalogue.load(language_tags=language_tags), dependencies.services)
    dependencies.grammar = Grammar((*collect_intents(dependencies.services), LANGUAGE_INTENT))


def find_unwrapped(text: str) -> list[str]:
    """Return the lines of a text that have Persian letters, digits or marks outside of all brackets."""
    while _WRAPPED.search(text):
        text = _WRAPPED.sub("", text)
    return [line.strip() for line in text.splitlines() if _PERSIAN_SIGN.search(line)]


def offer_both_languages(dependencies: Dependencies) -> Dependencies:
    """Let a desk offer the pseudo-language beside Persian; return the desk."""
    dependencies.wording, dependencies.grammar = build_bilingual_wording(dependencies.services)
    return dependencies
