"""The room of words: a text shows whole what people may write, unless it says itself that it cuts it."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from domain.check.flaws import Flaw
from domain.language.service import Service
from domain.messages.catalogue import Catalogue, placeholders


def cutting_flaws(service: Service, catalogue: Catalogue, keys: Iterable[str]) -> Iterator[Flaw]:
    """Find texts that would cut what people may write: nobody confirms or answers what cannot be read whole."""
    with suppress(KeyError):  # a text that is missing, or a placeholder without a bound, is a flaw of its own
        accepted = _accepted(service, catalogue)
        for key in keys:
            for name, room in catalogue.rooms(key).items():
                if room < accepted.get(name, 0):
                    yield Flaw("cuts_words", service.key, f"{key}: {name} may have {accepted[name]}, shown are {room}")


def _accepted(service: Service, catalogue: Catalogue) -> dict[str, int]:
    """Return how long the values are that the form accepts, and over them those inputs of a step that it tells."""
    lengths = {one.name: one.type.longest(catalogue.text) or 0 for one in service.form}
    told: dict[str, int] = {}
    for step in service.transitions:
        keys = [f"services.{service.key}.notices.{notice.text}" for notice in step.notices]
        said = {name for key in keys if key in catalogue for name in placeholders(catalogue.text(key))}
        for one in (field for field in step.inputs if field.name in said):
            told[one.name] = max(told.get(one.name, 0), one.type.longest(catalogue.text) or 0)
    return lengths | {name: length for name, length in told.items() if length}
