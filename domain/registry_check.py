"""`pishkhan check` for registries: every name in a declaration means something, and every text is there and fits."""

from collections.abc import Iterable, Iterator

from domain.check import Flaw
from domain.field_types import Choice
from domain.messages import Catalogue
from domain.registries import REGISTRIES, Registry


def check_registries(catalogue: Catalogue, registries: Iterable[Registry] = tuple(REGISTRIES.values())) -> list[Flaw]:
    """Return every flaw of these declarations and their texts; none means that they may serve."""
    return [flaw for one in registries for flaw in (*_name_flaws(one), *_text_flaws(one, catalogue))]


def _name_flaws(registry: Registry) -> Iterator[Flaw]:
    used = (
        *registry.natural_key, *registry.unique, *registry.expiries, *registry.only_while, *registry.defaults,
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
    for key in (*_wanted_texts(registry), *sent):
        if key not in catalogue:
            yield Flaw("no_text", registry.key, key)
    for key in sent:
        if key in catalogue:
            yield from _budget_flaws(registry, catalogue, key)


def _budget_flaws(registry: Registry, catalogue: Catalogue, key: str) -> Iterator[Flaw]:
    try:
        over = catalogue.over_budget([key])
    except KeyError as error:
        yield Flaw("unbounded_placeholder", registry.key, f"{key}: {error.args[0]}")
        return
    for _, need, allowed in over:
        yield Flaw("over_budget", registry.key, f"{key} needs {need} parts, may have {allowed}")


def _wanted_texts(registry: Registry) -> Iterator[str]:
    base = f"registries.{registry.key}"
    yield f"choices.registry.{registry.key}"
    yield from (f"{base}.fields.{field.name}.label" for field in registry.fields)
    for field in registry.fields:
        if isinstance(field.type, Choice) and field.type.words:
            yield from (f"choices.{field.type.words}.{choice}" for choice in field.choices)
    if registry.owed:
        yield f"{base}.billed"


def _sent_texts(registry: Registry) -> Iterator[str]:
    """Yield the keys of texts that travel as messages of their own."""
    base = f"registries.{registry.key}"
    yield from (f"{base}.reminders.{name}" for name in registry.expiries)
    if registry.owed:
        yield f"{base}.notices.paid"
