"""The papers that a service prints: each has its texts, somebody who may print it, and facts that there can be."""

from collections import Counter
from collections.abc import Iterator

from domain.check.flaws import Flaw
from domain.language.kept_fields import list_kept_fields
from domain.language.printouts import Printable
from domain.language.service import Service
from domain.messages.catalogue import Catalogue
from domain.messages.templates import list_placeholders
from domain.values.actors import STAFF_ROLES

REQUEST_FACTS = frozenset({"code", "service", "state", "phase", "mobile"})
"""Facts that need no declaration."""

TOKEN_ENDING = "_token"  # noqa: S105 - the end of a name
"""Ending of the names under which a request's data keeps tokens of `/verify/{token}`: whoever has one may open that
page."""


def printout_texts(service: Service) -> Iterator[str]:
    """Yield the keys of everything that a service's papers say."""
    for printable in service.printables:
        text_prefix = service.printable_text_prefix(printable)
        yield f"{text_prefix}.title"
        yield from (f"{text_prefix}.{key}" for part in printable.parts for key in part.text_keys)
        yield from (service.printable_label_key(printable, name) for name in printable.labelled_facts)


def printout_flaws(service: Service, catalogue: Catalogue) -> Iterator[Flaw]:
    """Find papers of one kind, papers that no member of the staff may print, and facts that nobody gives them."""
    for kind, kind_count in Counter(printable.kind for printable in service.printables).items():
        if kind_count > 1:
            yield Flaw("double_printout", service.key, kind)
    for printable in service.printables:
        if not printable.roles & STAFF_ROLES:
            yield Flaw("no_role", service.key, printable.kind)
        for name in sorted(_used_facts(service, printable, catalogue) - _available_facts(service, printable)):
            yield Flaw("unknown_fact", service.key, f"{printable.kind}: {name}")
    yield from _secret_flaws(service, catalogue)


def _secret_flaws(service: Service, catalogue: Catalogue) -> Iterator[Flaw]:
    """Find tokens that something but the code on its paper would show, those that are not known as such, and those that
    no step makes: their papers would never be printed.
    """
    tokens = {printable.token_field.name for printable in service.printables if printable.token_field}
    for printable in service.printables:
        for name in sorted(tokens & _used_facts(service, printable, catalogue)):
            yield Flaw("secret_shown", service.key, f"{printable.kind}: {name}")
    yield from (
        Flaw("secret_shown", service.key, field.name) for field in service.stored_fields if field.name in tokens
    )
    stored_names = {field.name for field in list_kept_fields(service)}
    kept_tokens = {name for name in stored_names if name.endswith(TOKEN_ENDING)}
    yield from (Flaw("secret_shown", service.key, name) for name in sorted(kept_tokens - tokens))
    yield from (Flaw("token_never_kept", service.key, name) for name in sorted(tokens - stored_names))


def _available_facts(service: Service, printable: Printable) -> set[str]:
    field_names = {field.name for field in (*service.form, *list_kept_fields(service))}
    return field_names | set(printable.gathered_facts) | REQUEST_FACTS


def _used_facts(service: Service, printable: Printable, catalogue: Catalogue) -> set[str]:
    """Return the facts that a paper looks for: in its parts, its head, its texts, and on the page that verifies it."""
    keys = [f"{service.printable_text_prefix(printable)}.{key}" for part in printable.parts for key in part.text_keys]
    text_facts = {name for key in keys if key in catalogue for name in list_placeholders(catalogue.text(key))}
    part_facts = {name for part in printable.parts for name in part.used_facts}
    head_facts = {printable.date_fact, printable.number_fact, printable.holder_fact, *printable.verified_facts} - {None}
    return text_facts | part_facts | {str(name) for name in head_facts}
