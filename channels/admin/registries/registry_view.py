"""Rows of the registries as the pages show them: in words, with links to the rows to which they refer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from channels.admin.actors import describe_actor
from channels.admin.addresses import list_address
from channels.admin.frame import Visitor
from domain.actions.dependencies import Dependencies
from domain.actions.registries.row_words import RowLinks, RowReference, RowWording, require_field
from domain.authorization.rights import RegistryRight, registry_right
from domain.fields.form import Field
from domain.fields.types import Choice
from domain.language.wording import day_and_hour_text
from domain.registries.declarations import NUMBER_FIELD, REGISTRIES, Registry
from domain.registries.field_types import Note
from domain.registries.rows import PastChange, RegistryFilter, RegistryRow, list_referenced_keys
from domain.registries.rules import ChargeState, RowValues
from domain.registries.sheet import field_label, registry_title, write_cell
from domain.unit_of_work import UnitOfWork
from domain.values.text import persian_digits

MAX_OFFERED_ROWS = 200
"""Rows of a small registry that a form offers where one of them is named."""

_OFFERED_RIGHTS: Sequence[RegistryRight] = ("change", "import", "export")


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
class FieldChange:
    """Change of a field."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowChange:
    """A change of a row: when, by whom, and what."""

    changed_at: str
    changed_by: str
    field_changes: Sequence[FieldChange]


class RegistryViews(RowWording):
    """Puts rows into words, and says where they are."""

    def __init__(self, dependencies: Dependencies) -> None:
        super().__init__(dependencies.catalogue)

    def registry_title(self, registry: Registry) -> str:
        """Return what the registry is called."""
        return registry_title(self._catalogue, registry)

    def build_context(self, registry: Registry, visitor: Visitor) -> dict[str, Any]:
        """Return what every page of a registry shows: where one is, and what one may do here."""
        rights = {right_name: visitor.may(registry_right(registry.key, right_name)) for right_name in _OFFERED_RIGHTS}
        return {
            "registry": registry.key,
            "title": self.registry_title(registry),
            "registry_address": list_address(registry),
            "may": rights,
        }

    def field_label(self, registry: Registry, field_name: str) -> str:
        """Return what a field is called where it is typed."""
        return field_label(self._catalogue, registry, field_name)

    def field_heading(self, registry: Registry, field_name: str) -> str:
        """Return what a field is called where it is shown: a reference is shown by what it leads to («مالک»)."""
        is_reference = registry.find_reference(field_name) is not None
        return (
            self._catalogue.text(f"admin.registries.refers.{field_name}")
            if is_reference
            else self.field_label(registry, field_name)
        )

    def form_values(self, registry: Registry, values: RowValues) -> dict[str, Any]:
        """Return values as a form holds them: choices by their ids, everything else as people type it."""
        return {
            field.name: self._format_field(field, values[field.name])
            for field in registry.fields
            if field.name in values
        }

    def _format_field(self, field: Field, value: Any) -> Any:
        if isinstance(field.type, Choice):
            return list(value) if isinstance(value, list | tuple) else value
        form_text = write_cell(field, list(value) if isinstance(value, tuple) else value, self._catalogue)
        return form_text if isinstance(field.type, Note) or form_text is None else persian_digits(form_text)

    async def load_suggestions(self, uow: UnitOfWork, registry: Registry) -> dict[str, dict[str, str]]:
        """Return what a form offers where rows of small registries are named: field → key → what the row is called."""
        suggestions = {}
        for reference in registry.references:
            if reference.is_offered:
                target_registry = REGISTRIES[reference.registry]
                rows = await uow.registries.list_rows(RegistryFilter(target_registry.key, limit=MAX_OFFERED_ROWS))
                suggestions[reference.field] = {
                    str(offered_row.values[target_registry.natural_key[0]]): self.render_row_name(
                        target_registry, offered_row.values
                    )
                    for offered_row in rows
                }
        return suggestions

    def build_listed_row(
        self, registry: Registry, row: RegistryRow, row_links: RowLinks, field_names: Sequence[str] = ()
    ) -> ListedRow:
        """Return a row as a list shows it: by these fields, or those that its registry names."""
        listed_fields = [require_field(registry, field_name) for field_name in field_names or registry.summary_fields]
        return ListedRow(
            f"{list_address(registry)}/{row.id}",
            [self.build_cell(registry, listed_field, row, row_links) for listed_field in listed_fields],
        )

    def build_cells(self, registry: Registry, row: RegistryRow, row_links: RowLinks) -> list[Cell]:
        """Return the whole row; the number of equal rows only where there are several."""
        registry_fields = [
            field for field in registry.fields if field.name != NUMBER_FIELD or row.values[NUMBER_FIELD] > 1
        ]
        return [self.build_cell(registry, field, row, row_links) for field in registry_fields]

    def build_cell(self, registry: Registry, field: Field, row: RegistryRow, row_links: RowLinks) -> Cell:
        """Return one field of a row; the state of money that nobody owes is none."""
        reference, value = registry.find_reference(field.name), row.values[field.name]
        is_unowed = field.name == "state" and owes_nothing(registry, row)
        cell_parts = [
            CellPart(self._catalogue.text("admin.charges.none") if is_unowed else self.render_value(field, value))
        ]
        if reference and value:
            target_address, referred_keys = (
                list_address(REGISTRIES[reference.registry]),
                list_referenced_keys(row.values, reference),
            )
            cell_parts = [
                _link_part(target_address, row_links.get((reference.registry, row_key)), row_key)
                for row_key in referred_keys
            ]
        return Cell(field.name, self.field_heading(registry, field.name), cell_parts)

    def describe_days_left(self, days_left: int | None) -> str:
        """Return how long a paper is good yet, or since when it is not, in words; None: nobody knows."""
        if days_left is None:
            return self._catalogue.text("admin.expiring.unknown")
        text_name = "past" if days_left < 0 else "left" if days_left else "today"
        return self._catalogue.render(f"admin.expiring.{text_name}", {"days": persian_digits(abs(days_left))})

    def build_row_change(
        self, registry: Registry, row_change: PastChange, member_names: Mapping[str, str]
    ) -> RowChange:
        """Return a change that was kept."""
        field_changes = [
            FieldChange(
                self.field_label(registry, field.name),
                *(self.render_value(field, side_values.get(field.name)) for side_values in change_sides),
            )
            for change_sides in [(row_change.values_before, row_change.values_after)]
            for field in registry.fields
            if field.name in row_change.values_after
        ]
        return RowChange(
            day_and_hour_text(row_change.changed_at),
            describe_actor(self._catalogue, row_change.changed_by, member_names),
            field_changes,
        )

    def list_referring(self, registry: Registry, row: RegistryRow) -> list[CellPart]:
        """Return the lists of rows that refer to this one: an owner's vehicles, a vehicle's drivers and duties."""
        natural_key = row.values[registry.natural_key[0]]
        return [
            CellPart(
                self.registry_title(other_registry),
                f"{list_address(other_registry)}?{urlencode({reference.field: natural_key})}",
            )
            for other_registry in REGISTRIES.values()
            for reference in other_registry.references
            if reference.registry == registry.key
        ]


def _link_part(target_address: str, row_reference: RowReference | None, row_key: str) -> CellPart:
    return (
        CellPart(row_reference.text, f"{target_address}/{row_reference.row_id}")
        if row_reference
        else CellPart(persian_digits(row_key))
    )


def owes_nothing(registry: Registry, row: RegistryRow) -> bool:
    """Return whether a row that could be owed for has no amount (a violation without a fine)."""
    charge_terms = registry.charge_terms
    return (
        charge_terms is not None
        and row.values[charge_terms.amount_field] is None
        and row.values["state"] == ChargeState.OPEN
    )
