"""Rows of the registries in words: a field's value, and what people call a row, on every page and paper."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.fields.form import Field
from domain.language.wording import RIGHT_TO_LEFT
from domain.messages.catalogue import Catalogue
from domain.registries.declarations import NUMBER_FIELD, REGISTRIES, Registry
from domain.registries.field_types import CODE, VIN
from domain.registries.ports import RegistryRepository
from domain.registries.rows import list_referenced_keys
from domain.registries.rules import RowValues
from domain.registries.sheet import write_cell
from domain.values.text import persian_digits

NOTHING_SHOWN = "—"


@dataclass(frozen=True, slots=True)
class RowReference:
    """A row to which others refer: what it is called, and its id."""

    text: str
    row_id: int


RowLinks = Mapping[tuple[str, Any], RowReference]
"""(Registry, key) → the row."""

NO_ROW_LINKS: RowLinks = {}


class RowWording:
    """Puts rows into words."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def render_value(self, field: Field, value: Any) -> str:
        """Return a value for people."""
        if value in (None, "", []):
            return NOTHING_SHOWN
        if field.type is VIN or (field.type is CODE and value.isascii() and not value.isdecimal()):
            return str(value)
        if field.type.name in {"mobile", "phone"}:
            return persian_digits(str(write_cell(field, value, self._catalogue)))
        return field.type.render_on_page(value, self._catalogue.text)

    def render_row_name(self, registry: Registry, values: RowValues, row_links: RowLinks = NO_ROW_LINKS) -> str:
        """Return what people call a row: by the names of those to which it refers, where `row_links` has them."""
        if registry.name_field:
            return self.render_value(require_field(registry, registry.name_field), values[registry.name_field])
        key_names = [key_name for key_name in registry.natural_key if key_name != NUMBER_FIELD]
        name_parts = [self.render_field(registry, key_name, values[key_name], row_links) for key_name in key_names]
        # A code in Latin letters would turn the whole name around, and the day behind it.
        return RIGHT_TO_LEFT + f"{RIGHT_TO_LEFT}، ".join(name_parts)

    def render_field(self, registry: Registry, field_name: str, value: Any, row_links: RowLinks) -> str:
        """Return a field's value for people; a reference as the row is called to which it leads."""
        reference = registry.find_reference(field_name)
        linked_row = row_links.get((reference.registry, value)) if reference and not isinstance(value, list) else None
        return linked_row.text if linked_row else self.render_value(require_field(registry, field_name), value)

    async def load_links(
        self, registries: RegistryRepository, registry: Registry, rows: Iterable[RowValues]
    ) -> RowLinks:
        """Return the rows to which rows (or conditions of a list) with these values refer."""
        known_values, links_by_key = [*rows], dict[tuple[str, Any], RowReference]()
        for reference in registry.references:
            target_registry = REGISTRIES[reference.registry]
            referred_keys = {(key,) for values in known_values for key in list_referenced_keys(values, reference)}
            for (key,), row in (await registries.find_by_keys(target_registry.key, referred_keys)).items():
                links_by_key[target_registry.key, key] = RowReference(
                    self.render_row_name(target_registry, row.values), row.id
                )
        return links_by_key


def require_field(registry: Registry, field_name: str) -> Field:
    """Return a field that the registry's declaration names itself."""
    field = registry.find_field(field_name)
    assert field is not None, "declarations are checked"  # noqa: S101 - holds by construction
    return field
