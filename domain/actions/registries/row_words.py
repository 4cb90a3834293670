"""Rows of the registries in words: a field's value, and what people call a row, on every page and paper."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.fields.form import Field
from domain.language.wording import RIGHT_TO_LEFT
from domain.messages.catalogue import Catalogue
from domain.registries.declarations import NUMBER, REGISTRIES, Registry
from domain.registries.field_types import CODE, VIN
from domain.registries.rows import referred
from domain.registries.rules import Values
from domain.registries.sheet import cell
from domain.unit_of_work import UnitOfWork
from domain.values.text import persian_digits

NOTHING = "—"


@dataclass(frozen=True, slots=True)
class RowReference:
    """A row to which others refer: what it is called, and its id."""

    text: str
    row: int


Links = Mapping[tuple[str, Any], RowReference]
"""(Registry, key) → the row."""

NO_LINKS: Links = {}


class RowWords:
    """Puts rows into words."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def shown(self, field: Field, value: Any) -> str:
        """Return a value for people."""
        if value in (None, "", []):
            return NOTHING
        if field.type is VIN or (field.type is CODE and value.isascii()):
            return str(value)
        if field.type.name in {"mobile", "phone"}:
            return persian_digits(str(cell(field, value, self._catalogue)))
        return field.type.show(value, self._catalogue.text)

    def called(self, registry: Registry, values: Values, links: Links = NO_LINKS) -> str:
        """Return what people call a row: by the names of those to which it refers, where `links` has them."""
        if registry.called:
            return self.shown(field_of(registry, registry.called), values[registry.called])
        names = [name for name in registry.natural_key if name != NUMBER]
        parts = [self.named(registry, name, values[name], links) for name in names]
        # A code in Latin letters would turn the whole name around, and the day behind it.
        return RIGHT_TO_LEFT + f"{RIGHT_TO_LEFT}، ".join(parts)

    def named(self, registry: Registry, name: str, value: Any, links: Links) -> str:
        """Return a field's value for people; a reference as the row is called to which it leads."""
        reference = registry.reference(name)
        known = links.get((reference.registry, value)) if reference and not isinstance(value, list) else None
        return known.text if known else self.shown(field_of(registry, name), value)

    async def links(self, uow: UnitOfWork, registry: Registry, rows: Iterable[Values]) -> Links:
        """Return the rows to which rows (or conditions of a list) with these values refer."""
        known, found = [*rows], dict[tuple[str, Any], RowReference]()
        for reference in registry.references:
            target = REGISTRIES[reference.registry]
            keys = {(key,) for values in known for key in referred(values, reference)}
            for (key,), row in (await uow.registries.by_keys(target.key, keys)).items():
                found[target.key, key] = RowReference(self.called(target, row.values), row.id)
        return found


def field_of(registry: Registry, name: str) -> Field:
    """Return a field that the registry's declaration names itself."""
    found = registry.field(name)
    assert found is not None, "declarations are checked"  # noqa: S101 - holds by construction
    return found
