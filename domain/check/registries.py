"""`pishkhan check` for registries: every name in a declaration means something, and every text is there and fits."""

from collections.abc import Iterable, Iterator

from domain.check import NO_SERVICE, Flaw, budget_flaws
from domain.fields.types import Choice
from domain.messages.catalogue import Catalogue
from domain.registries.declarations import REGISTRIES, Registry
from domain.registries.imports import REPORT_COLUMNS


def check_registries(catalogue: Catalogue, registries: Iterable[Registry] = tuple(REGISTRIES.values())) -> list[Flaw]:
    """Return every flaw of these declarations and their texts; none means that they may serve."""
    headings = [f"registries.report.{name}" for name in REPORT_COLUMNS]
    flaws = [Flaw("no_text", NO_SERVICE, key) for key in headings if key not in catalogue]
    return flaws + [flaw for one in registries for flaw in (*_name_flaws(one), *_text_flaws(one, catalogue))]


def _name_flaws(registry: Registry) -> Iterator[Flaw]:
    used = (
        *registry.natural_key, *registry.unique, *registry.expiries, *registry.only_while, *registry.defaults,
        *registry.listed, *([registry.called] if registry.called else ()),
        *(one.field for one in registry.references), *((registry.owed.amount, "state") if registry.owed else ()),
    )  # fmt: skip
    for name in dict.fromkeys(used):
        if registry.field(name) is None:
            yield Flaw("unknown_field", registry.key, name)
    for reference in registry.references:
        if reference.registry not in REGISTRIES:
            yield Flaw("unknown_registry", registry.key, reference.registry)
    if not _leads_somewhere(registry):
        yield Flaw("contact_into_nowhere", registry.key, registry.contact)


def _leads_somewhere(registry: Registry) -> bool:
    *references, last = registry.contact.split(".")
    here: Registry | None = registry
    for name in references:
        reference = here.reference(name) if here else None
        here = REGISTRIES.get(reference.registry) if reference else None
    return not last or (here is not None and here.field(last) is not None)


def _text_flaws(registry: Registry, catalogue: Catalogue) -> Iterator[Flaw]:
    sent = list(_sent_texts(registry))
    for key in dict.fromkeys((*_wanted_texts(registry), *sent)):
        if key not in catalogue:
            yield Flaw("no_text", registry.key, key)
    yield from budget_flaws(registry.key, catalogue, [key for key in sent if key in catalogue])


def _wanted_texts(registry: Registry) -> Iterator[str]:
    base = f"registries.{registry.key}"
    yield f"choices.registry.{registry.key}"
    yield from (f"{base}.fields.{field.name}.label" for field in registry.fields)
    yield from (key for field in registry.fields for key in field.type.texts(field.choices))
    for field in registry.fields:
        if not isinstance(field.type, Choice):  # which says by itself what is wrong with a cell
            yield f"details.invalid_field.bad_{field.type.name}"
    if registry.owed:
        yield f"{base}.billed"
        yield from (key for one in registry.owed.priced for key in one.texts())


def _sent_texts(registry: Registry) -> Iterator[str]:
    """Yield the keys of texts that travel as messages of their own."""
    base = f"registries.{registry.key}"
    yield from (f"{base}.reminders.{name}" for name in registry.expiries)
    if registry.owed:
        yield from (f"{base}.notices.{notice}" for notice in ("billed", "paid", "waived"))
