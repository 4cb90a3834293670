"""How long what people may write gets in texts: it is shown whole, unless the text says itself that it cuts it."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from domain.check.declared.kept_values import kept_by
from domain.check.flaws import Flaw
from domain.fields.form import Field
from domain.language.service import Service
from domain.language.wording import ASKING_FACTS
from domain.messages.catalogue import Catalogue
from domain.messages.templates import list_placeholders
from domain.values.text import count_code_units


def cutting_flaws(service: Service, catalogue: Catalogue, keys: Iterable[str]) -> Iterator[Flaw]:
    """Find texts that would cut what people may write: nobody confirms or answers what cannot be read whole."""
    keys = list(keys)
    with suppress(KeyError):  # a text that is missing, or a placeholder without a bound, is a flaw of its own
        accepted_lengths = _accepted_lengths(service, catalogue, keys)
        for key in keys:
            for name, longest_value in catalogue.list_longest_facts(key).items():
                if (shown_length := count_code_units(longest_value)) < accepted_lengths.get(name, 0):
                    yield Flaw(
                        "cuts_words",
                        service.key,
                        f"{key}: {name} may have {accepted_lengths[name]}, shown are {shown_length}",
                    )


def _accepted_lengths(service: Service, catalogue: Catalogue, keys: Iterable[str]) -> dict[str, int]:
    """Return how long the values are that the form accepts, and over them those inputs of a step that its own messages
    use, or any of these texts where they are kept (a question, a reason).
    """
    kept_facts = {name for key in keys for name in list_placeholders(catalogue.text(key)) if name in ASKING_FACTS}
    lengths = {field.name: _accepted_length(field, catalogue) for field in service.form if not field.is_derived}
    rendered_lengths: dict[str, int] = {}
    for step in service.transitions:
        own_keys = [f"services.{service.key}.notices.{notice.text_name}" for notice in step.notices]
        used_facts = {name for key in own_keys if key in catalogue for name in list_placeholders(catalogue.text(key))}
        used_facts |= kept_facts & {name for effect in step.effects for name in kept_by(effect)}
        for form_field in (field for field in step.inputs if field.name in used_facts):
            rendered_lengths[form_field.name] = max(
                rendered_lengths.get(form_field.name, 0), _accepted_length(form_field, catalogue)
            )
    return lengths | {name: length for name, length in rendered_lengths.items() if length}


def _accepted_length(form_field: Field, catalogue: Catalogue) -> int:
    return count_code_units(form_field.type.longest_value(form_field.choices, catalogue.text) or "")
