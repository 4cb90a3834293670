"""`pishkhan check` for registries: every name in a declaration means something, and every text is there and fits."""

from collections.abc import Iterable, Iterator

from domain.check import NO_SERVICE, Flaw, budget_flaws
from domain.check.texts.bounds import bound_texts
from domain.check.texts.text_flaws import line_flaws, reminder_flaws, stopping_flaws
from domain.fields.types import Choice
from domain.messages.catalogue import Catalogue
from domain.registries.declarations import REGISTRIES, Registry
from domain.registries.imports import REPORT_COLUMNS
from domain.registries.old_site import OLD_SITE_SHEETS

CHECKED_REGISTRIES = (*REGISTRIES.values(), *OLD_SITE_SHEETS)
"""The registries, and what is described as they are."""


def check_registries(catalogue: Catalogue, registries: Iterable[Registry] = CHECKED_REGISTRIES) -> list[Flaw]:
    """Return every flaw of these declarations and their texts; none means that they may serve."""
    catalogue = bound_texts((), catalogue)
    headings = [f"registries.report.{column_name}" for column_name in REPORT_COLUMNS]
    flaws = [Flaw("no_text", NO_SERVICE, key) for key in headings if key not in catalogue]
    return flaws + [
        flaw for registry in registries for flaw in (*_name_flaws(registry), *_text_flaws(registry, catalogue))
    ]


def _name_flaws(registry: Registry) -> Iterator[Flaw]:
    used_fields = (
        *registry.natural_key,
        *registry.unique_fields,
        *registry.expiries,
        *registry.only_while,
        *registry.defaults,
        *registry.summary_fields,
        *([registry.name_field] if registry.name_field else ()),
        *(ref.field for ref in registry.references),
        *((registry.charge_terms.amount_field, "state") if registry.charge_terms else ()),
    )
    for name in dict.fromkeys(used_fields):
        if registry.find_field(name) is None:
            yield Flaw("unknown_field", registry.key, name)
    for reference in registry.references:
        if reference.registry not in REGISTRIES:
            yield Flaw("unknown_registry", registry.key, reference.registry)
    if not _has_contact_field(registry):
        yield Flaw("contact_into_nowhere", registry.key, registry.contact_path)


def _has_contact_field(registry: Registry) -> bool:
    *references, last_field = registry.contact_path.split(".")
    reached_registry: Registry | None = registry
    for reference_name in references:
        reference = reached_registry.find_reference(reference_name) if reached_registry else None
        reached_registry = REGISTRIES.get(reference.registry) if reference else None
    return not last_field or (reached_registry is not None and reached_registry.find_field(last_field) is not None)


def _text_flaws(registry: Registry, catalogue: Catalogue) -> Iterator[Flaw]:
    sent_texts = list(_sent_texts(registry))
    for key in dict.fromkeys((*_required_texts(registry), *sent_texts)):
        if key not in catalogue:
            yield Flaw("no_text", registry.key, key)
    existing_texts = [key for key in sent_texts if key in catalogue]
    yield from budget_flaws(registry.key, catalogue, existing_texts)
    yield from stopping_flaws(registry.key, catalogue, existing_texts)
    yield from line_flaws(registry.key, catalogue, existing_texts)
    yield from reminder_flaws(registry.key, catalogue, _reminder_texts(registry))


def _required_texts(registry: Registry) -> Iterator[str]:
    text_prefix = f"registries.{registry.key}"
    yield f"choices.registry.{registry.key}"
    yield from (f"{text_prefix}.fields.{field.name}.label" for field in registry.fields)
    yield from (key for field in registry.fields for key in field.type.text_keys(field.choices))
    for field in registry.fields:
        if not isinstance(field.type, Choice):  # which says by itself what is wrong with a cell
            yield f"details.invalid_field.bad_{field.type.name}"
    if registry.charge_terms:
        yield f"{text_prefix}.billed"
        yield from (key for priced_item in registry.charge_terms.priced_subjects for key in priced_item.text_keys())


def _sent_texts(registry: Registry) -> Iterator[str]:
    """Yield the keys of texts that travel as messages of their own."""
    yield from _reminder_texts(registry)
    if registry.charge_terms:
        yield from (f"registries.{registry.key}.notices.{notice}" for notice in ("billed", "paid", "waived"))


def _reminder_texts(registry: Registry) -> Iterator[str]:
    yield from (f"registries.{registry.key}.reminders.{name}" for name in registry.expiries)
