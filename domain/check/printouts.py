"""The papers that a service prints: each has its texts, somebody who may print it, and facts that there can be."""

from collections import Counter
from collections.abc import Iterator

from domain.check.flaws import Flaw
from domain.language.printouts import Printable
from domain.language.service import Service
from domain.messages.catalogue import Catalogue, placeholders
from domain.values.actors import STAFF_ROLES

OF_EVERY_REQUEST = frozenset({"code", "service", "state", "phase", "mobile"})
"""Facts that need no declaration."""


def printout_texts(service: Service) -> Iterator[str]:
    """Yield the keys of everything that a service's papers say."""
    for one in service.printouts:
        base = service.printout_texts(one)
        yield f"{base}.title"
        yield from (f"{base}.{key}" for part in one.parts for key in part.texts)
        yield from (service.printout_label(one, name) for name in one.shown)


def printout_flaws(service: Service, catalogue: Catalogue) -> Iterator[Flaw]:
    """Find papers of one kind, papers that no member of the staff may print, and facts that nobody gives them."""
    for kind, number in Counter(one.kind for one in service.printouts).items():
        if number > 1:
            yield Flaw("double_printout", service.key, kind)
    for one in service.printouts:
        if not one.roles & STAFF_ROLES:
            yield Flaw("no_role", service.key, one.kind)
        for name in sorted(_taken(service, one, catalogue) - _given(service, one)):
            yield Flaw("unknown_fact", service.key, f"{one.kind}: {name}")


def _given(service: Service, printable: Printable) -> set[str]:
    return {field.name for field in service.form} | set(printable.facts) | OF_EVERY_REQUEST


def _taken(service: Service, printable: Printable, catalogue: Catalogue) -> set[str]:
    """Return the facts that a paper looks for: in its parts, its head, its texts, and on the page that verifies it."""
    keys = [f"{service.printout_texts(printable)}.{key}" for part in printable.parts for key in part.texts]
    in_texts = {name for key in keys if key in catalogue for name in placeholders(catalogue.text(key))}
    in_parts = {name for part in printable.parts for name in part.takes}
    named = {printable.dated, printable.numbered, printable.holder, *printable.told} - {None}
    return in_texts | in_parts | {str(name) for name in named}
