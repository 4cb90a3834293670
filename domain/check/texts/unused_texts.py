"""Texts of services that nothing asks for: a key beside the one that is meant, or what a change left behind.

They do no harm, so they are no flaws; who finds one looks for what was meant.
"""

from collections.abc import Iterable, Iterator

from domain.bills.bill import BillKind
from domain.check.texts.text_flaws import required_texts
from domain.language.service import Service
from domain.messages.catalogue import CHAT_PREFIX, Catalogue, is_bound
from domain.messages.templates import list_placeholders


def list_unused_texts(services: Iterable[Service], catalogue: Catalogue) -> Iterator[str]:
    """Yield the keys under the services' own tables that are neither required nor looked for."""
    for service in services:
        text_prefix = f"services.{service.key}."
        own_keys = [*catalogue.list_keys(text_prefix), *catalogue.list_keys(f"{CHAT_PREFIX}{text_prefix}")]
        asked_keys = {*required_texts(service), *_list_optional_texts(service)}
        asked_keys |= {key for key in own_keys if _is_value_of_facts(key)}
        yield from (key for key in own_keys if key.removeprefix(CHAT_PREFIX) not in asked_keys)
        yield from _list_unused_bounds(own_keys, catalogue)


def _is_value_of_facts(key: str) -> bool:
    """Return whether a key is of what facts may be, and of no text: a bound, or a value in samples."""
    return is_bound(key) or key.split(".")[2] == "samples"


def _list_unused_bounds(own_keys: Iterable[str], catalogue: Catalogue) -> Iterator[str]:
    """Yield the keys of bounds and samples among these for which none of the texts among them has a placeholder."""
    bounds = [key for key in own_keys if _is_value_of_facts(key)]
    texts = [catalogue.read_source(key) for key in own_keys if key not in bounds]
    used_names = {name for text in texts if isinstance(text, str) for name in list_placeholders(text)}
    yield from (key for key in bounds if key.rpartition(".")[2] not in used_names)


def _list_optional_texts(service: Service) -> Iterator[str]:
    """Yield the keys of texts that are looked for before they are asked for."""
    text_prefix = f"services.{service.key}"
    yield from (f"{text_prefix}.bills.{kind}" for kind in BillKind)
    yield from (
        f"{text_prefix}.{table}.{state.name}" for table in ("status", "pending", "late") for state in service.states
    )
    asked_fields = [*service.form, *(field for lookup in service.lookups for field in lookup.form)]
    yield from (f"{text_prefix}.row.{field_name}" for field_name in service.summary.field_names)
    question_parts = ("prompt", "choose", "help")
    yield from (f"{text_prefix}.fields.{field.name}.{part}" for field in asked_fields for part in question_parts)
    part_fields = [f"{field.name}_{part_name}" for field in asked_fields for part_name in field.type.part_names]
    yield from (f"{text_prefix}.fields.{name}.help" for name in part_fields)
    for section in service.sections:
        yield from (f"{text_prefix}.sections.{section.name}.{part}" for part in ("title", "hint"))
    for step in service.transitions:
        for field in step.inputs:
            yield from (f"{text_prefix}.{table}.{step.name}.{field.name}" for table in ("hints", "inapplicable"))
