"""Proof of a language besides Persian: what its texts may not be, and what it lacks.

A text of a translation has a Persian original of the same kind, uses no other facts than that, and fits the same
budgets, which are reckoned in its own letters: a text all in Latin ones has 160 characters a part. What is missing is
no flaw, since it is said in Persian; neither is a fact that a translation leaves out.
"""

import re
from collections.abc import Iterator, Sequence

from domain.check.declared.kept_values import find_kept_values
from domain.check.flaws import NO_SERVICE, Flaw
from domain.check.registries import check_registries
from domain.check.texts.bounds import bound_texts
from domain.check.texts.facts import unfilled_fact_flaws
from domain.check.texts.files import is_of_staff
from domain.check.texts.text_flaws import shared_text_flaws, text_flaws
from domain.check.walk import walk_service
from domain.language.service import Service
from domain.messages.catalogue import Catalogue, is_bound, load_shipped_texts
from domain.messages.templates import list_placeholders
from domain.messages.text_tables import read_leaf_text
from domain.messages.translations import Translation
from domain.values.languages import in_language

_NOT_TRANSLATED = re.compile(
    r"services\.\w+\.date$|(services\.\w+\.(inputs|hints|inapplicable|row|blank|rules|rule_meanings|notes|samples|printouts)|registries\.(\w+\.fields|report)"
    r"|choices\.(registry|fuel|vehicle_\w+|driver_\w+|shift|\w+_state|standing|machine_status|maintenance_kind|published))\."
)
"""Texts read by the staff alone of services and registries, printed papers and days of pages of services: Persian for
everybody.
"""


def list_missing_texts(translation: Translation) -> list[str]:
    """Return the keys of the texts that citizens may read and a language lacks, in order."""
    return [
        key
        for file_name, texts in load_shipped_texts().items()
        for key in texts
        if key not in translation.leaves and not _is_persian_for_all(file_name, key) and not is_bound(key)
    ]


def _is_persian_for_all(file_name: str, key: str) -> bool:
    is_fault_of_import = file_name == "registries.toml" and key.startswith("details.")
    return is_fault_of_import or is_of_staff(file_name, key) or _NOT_TRANSLATED.match(key) is not None


def list_dropped_facts(catalogue: Catalogue, translation: Translation) -> list[str]:
    """Return «key: facts» for each text of a translation that leaves out what the Persian one says."""
    return [
        f"{key}: {', '.join(sorted(dropped))}"
        for key, leaf in translation.leaves.items()
        if key in catalogue and not isinstance(leaf, list)
        if (dropped := catalogue.fact_names(key) - set(list_placeholders(read_leaf_text(leaf))))
    ]


def check_translation(services: Sequence[Service], catalogue: Catalogue, translation: Translation) -> list[Flaw]:
    """Return what is wrong with a language that the catalogue offers, each once; its own flaws alone."""
    own_flaws = list(_text_flaws(catalogue, translation))
    if own_flaws:
        return own_flaws
    with in_language(translation.language):
        rendered_flaws = _list_rendered_flaws(services, catalogue)
    persian_flaws = set(_list_rendered_flaws(services, catalogue)) if rendered_flaws else set()
    return [flaw for flaw in rendered_flaws if flaw not in persian_flaws]


def _list_rendered_flaws(services: Sequence[Service], catalogue: Catalogue) -> list[Flaw]:
    """Return the flaws of texts as they are rendered in the language in force: budgets, lengths, facts."""
    catalogue = bound_texts(services, catalogue)
    flaws = [*shared_text_flaws(catalogue), *check_registries(catalogue)]
    for service in services:
        graph = walk_service(service)
        unfilled_flaws = unfilled_fact_flaws(service, catalogue, graph, find_kept_values(service, graph))
        flaws += [*text_flaws(service, catalogue), *unfilled_flaws]
    return list(dict.fromkeys(flaws))


def _text_flaws(catalogue: Catalogue, translation: Translation) -> Iterator[Flaw]:
    yield from (Flaw("text_twice", NO_SERVICE, key) for key in translation.duplicate_keys)
    for key, leaf in translation.leaves.items():
        if key not in catalogue:
            yield Flaw("no_such_text", NO_SERVICE, key)
        elif isinstance(catalogue.read_source(key), list) != isinstance(leaf, list):
            yield Flaw("other_kind_of_text", NO_SERVICE, key)
        elif not isinstance(leaf, list):
            yield from _fact_flaws(catalogue, key, read_leaf_text(leaf))


def _fact_flaws(catalogue: Catalogue, key: str, text: str) -> Iterator[Flaw]:
    try:
        unknown_facts = set(list_placeholders(text)) - catalogue.fact_names(key)
    except ValueError as error:  # a brace that is open
        yield Flaw("unreadable_text", NO_SERVICE, f"{key}: {error}")
        return
    if unknown_facts:
        yield Flaw("unknown_facts", NO_SERVICE, f"{key}: {', '.join(sorted(unknown_facts))}")
