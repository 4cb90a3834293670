"""What is called the longest value of a placeholder is so: the proofs of part budgets rest on it.

A service brings names (of its states, of what may be chosen in it, its own) and numbers that stand for a placeholder
in its texts, or in those of all services.
"""

from collections.abc import Iterator
from contextlib import suppress

from domain.check.flaws import Flaw
from domain.check.texts import existing_sms_texts
from domain.fields.form import Field
from domain.fields.types import Choices, Integer
from domain.language.service import Service
from domain.language.wording import CODED_FACTS, FACT_RENDERERS, NAME_LIST_TABLES
from domain.messages.catalogue import Catalogue
from domain.values.text import count_code_units

RENDERED_OTHERWISE = frozenset({*FACT_RENDERERS, *NAME_LIST_TABLES, *CODED_FACTS})


def bound_flaws(service: Service, catalogue: Catalogue) -> Iterator[Flaw]:
    """Find names and numbers of a service that are longer than its travelling texts are reckoned with."""
    shared_names = [("service", f"services.{service.key}.title")]
    shared_names += [("state", f"services.{service.key}.states.{state.name}") for state in service.states]
    for placeholder, key in shared_names:
        if key in catalogue:
            yield from _find_longer(service, catalogue, placeholder, f"{key}: {placeholder}", catalogue.text(key))
    used_names = {name for key in existing_sms_texts(service, catalogue) for name in _find_placeholders(catalogue, key)}
    for field in (*service.form, *(field for step in service.transitions for field in step.inputs)):
        if field.name in used_names - RENDERED_OTHERWISE and not field.is_derived:
            with suppress(KeyError):  # a choice without its name is a flaw of its own
                for shown_value in _list_longest_values(field, catalogue):
                    yield from _find_longer(service, catalogue, field.name, f"field {field.name}", shown_value)


def _find_longer(
    service: Service, catalogue: Catalogue, placeholder: str, subject: str, shown_value: str
) -> Iterator[Flaw]:
    with suppress(KeyError):  # a placeholder without a bound is a flaw of its own
        reckoned_length, length = catalogue.longest_length(placeholder), count_code_units(shown_value)
        if length > reckoned_length:
            detail = f"{subject} may be «{shown_value}», which has {length} characters; longest.{placeholder} has"
            yield Flaw("bound_too_small", service.key, f"{detail} {reckoned_length}")


def _find_placeholders(catalogue: Catalogue, key: str) -> Iterator[str]:
    with suppress(KeyError):
        yield from catalogue.placeholder_lengths(key)


def _list_longest_values(field: Field, catalogue: Catalogue) -> list[str]:
    """Return how the longest values of a field are shown, as far as its declaration says what they are."""
    if isinstance(field.type, Integer):
        return [field.type.render_value(field.type.maximum, catalogue.text)]
    if isinstance(field.type, Choices):
        return []
    return [field.type.render_value(choice, catalogue.text) for choice in field.choices]
