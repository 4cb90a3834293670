"""How long what people may write gets in texts: it is shown whole, unless the text says itself that it cuts it."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from domain.check.flaws import Flaw
from domain.language.service import Service
from domain.messages.catalogue import Catalogue, list_placeholders


def cutting_flaws(service: Service, catalogue: Catalogue, keys: Iterable[str]) -> Iterator[Flaw]:
    """Find texts that would cut what people may write: nobody confirms or answers what cannot be read whole."""
    with suppress(KeyError):  # a text that is missing, or a placeholder without a bound, is a flaw of its own
        accepted_lengths = _accepted_lengths(service, catalogue)
        for key in keys:
            for name, shown_length in catalogue.placeholder_lengths(key).items():
                if shown_length < accepted_lengths.get(name, 0):
                    yield Flaw(
                        "cuts_words",
                        service.key,
                        f"{key}: {name} may have {accepted_lengths[name]}, shown are {shown_length}",
                    )


def _accepted_lengths(service: Service, catalogue: Catalogue) -> dict[str, int]:
    """Return how long the values are that the form accepts, and over them those inputs of a step that it uses."""
    lengths = {field.name: field.type.longest_rendering(catalogue.text) or 0 for field in service.form}
    rendered_lengths: dict[str, int] = {}
    for step in service.transitions:
        keys = [f"services.{service.key}.notices.{notice.text_name}" for notice in step.notices]
        shown_facts = {name for key in keys if key in catalogue for name in list_placeholders(catalogue.text(key))}
        for form_field in (field for field in step.inputs if field.name in shown_facts):
            rendered_lengths[form_field.name] = max(
                rendered_lengths.get(form_field.name, 0), form_field.type.longest_rendering(catalogue.text) or 0
            )
    return lengths | {name: length for name, length in rendered_lengths.items() if length}
