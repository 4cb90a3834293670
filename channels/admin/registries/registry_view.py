"""Rows of the registries as the pages show them: in words, with links to the rows to which they refer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from channels.admin.actors import actor_shown
from channels.admin.frame import Visit
from domain.actions.desk import Desk
from domain.actions.registries.row_words import Links, RowReference, RowWords, field_of
from domain.actions.staff.authorization import RegistryRight, registry_right
from domain.fields.form import Field
from domain.fields.types import Choice
from domain.language.wording import day_and_hour
from domain.registries.declarations import NUMBER, REGISTRIES, Registry
from domain.registries.field_types import Note
from domain.registries.rows import PastChange, RegistryFilter, RegistryRow, referred
from domain.registries.rules import ChargeState, Values
from domain.registries.sheet import cell, label, title
from domain.unit_of_work import UnitOfWork
from domain.values.text import persian_digits

REGISTRY_ROOM, FLEET_ROOM = "/staff/registries", "/staff/fleet"

MOST_OFFERED = 200
"""Rows of a small registry that a form offers where one of them is named."""

_OFFERED: Sequence[RegistryRight] = ("change", "import", "export")


@dataclass(frozen=True, slots=True)
class CellPart:
    """A piece of a cell, with the row to which it leads."""

    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of a row: its name and label, and its value in pieces (several plates)."""

    name: str
    label: str
    parts: Sequence[CellPart]


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A row in a list."""

    href: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Amended:
    """What a change did to a field."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Past:
    """A change of a row: when, by whom, and what."""

    at: str
    who: str
    fields: Sequence[Amended]


def address(registry: Registry) -> str:
    """Return where a registry's list is."""
    fleet = registry_right(registry.key, "view") == "fleet.view"
    return f"{FLEET_ROOM if fleet else REGISTRY_ROOM}/{registry.key}"


class RegistryViews(RowWords):
    """Puts rows into words, and says where they are."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.catalogue)

    def title(self, registry: Registry) -> str:
        """Return what the registry is called."""
        return title(self._catalogue, registry)

    def room(self, registry: Registry, visit: Visit) -> dict[str, Any]:
        """Return what every page of a registry shows: where one is, and what one may do here."""
        rights = {what: visit.may(registry_right(registry.key, what)) for what in _OFFERED}
        return {"registry": registry.key, "title": self.title(registry), "at": address(registry), "may": rights}

    def label(self, registry: Registry, field: str) -> str:
        """Return what a field is called where it is typed."""
        return label(self._catalogue, registry, field)

    def heading(self, registry: Registry, field: str) -> str:
        """Return what a field is called where it is shown: a reference is shown by what it leads to («مالک»)."""
        refers = registry.reference(field) is not None
        return self._catalogue.text(f"admin.registries.refers.{field}") if refers else self.label(registry, field)

    def typed(self, registry: Registry, values: Values) -> dict[str, Any]:
        """Return values as a form holds them: choices by their ids, everything else as people type it."""
        return {one.name: self._typed(one, values[one.name]) for one in registry.fields if one.name in values}

    def _typed(self, field: Field, value: Any) -> Any:
        if isinstance(field.type, Choice):
            return list(value) if isinstance(value, list | tuple) else value
        found = cell(field, list(value) if isinstance(value, tuple) else value, self._catalogue)
        return found if isinstance(field.type, Note) or found is None else persian_digits(found)

    async def offered(self, uow: UnitOfWork, registry: Registry) -> dict[str, dict[str, str]]:
        """Return what a form offers where rows of small registries are named: field → key → what the row is called."""
        found = {}
        for reference in registry.references:
            if reference.offered:
                target = REGISTRIES[reference.registry]
                rows = await uow.registries.find(RegistryFilter(target.key, limit=MOST_OFFERED))
                found[reference.field] = {
                    str(one.values[target.natural_key[0]]): self.called(target, one.values) for one in rows
                }
        return found

    def listed(self, registry: Registry, row: RegistryRow, links: Links) -> ListedRow:
        """Return a row as a list shows it."""
        fields = [field_of(registry, name) for name in registry.listed]
        return ListedRow(f"{address(registry)}/{row.id}", [self.cell(registry, one, row, links) for one in fields])

    def cells(self, registry: Registry, row: RegistryRow, links: Links) -> list[Cell]:
        """Return the whole row; the number of rows alike only where there are several."""
        fields = [one for one in registry.fields if one.name != NUMBER or row.values[NUMBER] > 1]
        return [self.cell(registry, one, row, links) for one in fields]

    def cell(self, registry: Registry, field: Field, row: RegistryRow, links: Links) -> Cell:
        """Return one field of a row; the state of money that nobody owes is none."""
        reference, value = registry.reference(field.name), row.values[field.name]
        unowed = field.name == "state" and owes_nothing(registry, row)
        parts = [CellPart(self._catalogue.text("admin.charges.none") if unowed else self.shown(field, value))]
        if reference and value:
            at, keys = address(REGISTRIES[reference.registry]), referred(row.values, reference)
            parts = [_linked(at, links.get((reference.registry, key)), key) for key in keys]
        return Cell(field.name, self.heading(registry, field.name), parts)

    def past(self, registry: Registry, change: PastChange, names: Mapping[str, str]) -> Past:
        """Return a change that was kept."""
        fields = [
            Amended(self.label(registry, one.name), *(self.shown(one, of.get(one.name)) for of in sides))
            for sides in [(change.before, change.after)]
            for one in registry.fields
            if one.name in change.after
        ]
        return Past(day_and_hour(change.at), actor_shown(self._catalogue, change.by, names), fields)

    def referring(self, registry: Registry, row: RegistryRow) -> list[CellPart]:
        """Return the lists of rows that refer to this one: an owner's vehicles, a vehicle's drivers and duties."""
        key = row.values[registry.natural_key[0]]
        return [
            CellPart(self.title(other), f"{address(other)}?{urlencode({reference.field: key})}")
            for other in REGISTRIES.values()
            for reference in other.references
            if reference.registry == registry.key
        ]


def _linked(at: str, link: RowReference | None, key: str) -> CellPart:
    return CellPart(link.text, f"{at}/{link.row}") if link else CellPart(persian_digits(key))


def owes_nothing(registry: Registry, row: RegistryRow) -> bool:
    """Tell whether a row that could be owed for has no amount (a violation without a fine)."""
    owed = registry.owed
    return owed is not None and row.values[owed.amount] is None and row.values["state"] == ChargeState.OPEN
