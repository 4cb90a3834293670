"""The file of a row in words: its sections as short lists, when its papers run out, and what services say of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from channels.admin.addresses import list_address
from channels.admin.registries.registry_view import CellPart, ListedRow, RegistryViews
from channels.admin.service_notes import NoteView, build_note_views
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.registries.expiries import REMINDER_LEAD_DAYS
from domain.actions.registries.row_files import FilledSection, PaperExpiry, gather_row_file
from domain.language.staff_notes import StaffNote
from domain.registries.declarations import REGISTRIES, Registry
from domain.registries.rows import RegistryRow
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.calendar import jalali_text
from domain.values.identifiers import display_plate
from domain.values.text import group_digits

MAX_SHOWN_ROWS = 8
"""Rows of a section that are seen at once; the others unfold."""


@dataclass(frozen=True, slots=True)
class FileSectionView:
    """A section of a file."""

    name: str
    """The key of its registry, for the anchor."""
    title: str
    """Name of its rows."""
    registry_title: str
    """Name of its registry."""
    total: str | None
    """Sum of its rows, in words; None where nothing is added up, or it is nothing."""
    column_labels: Sequence[str]
    """The headings of its columns."""
    first_rows: Sequence[ListedRow]
    """The newest ones."""
    further_rows: Sequence[ListedRow]
    """Those that unfold."""
    list_address: str | None
    """The list of all rows of the row's own; None where they are found through others."""


@dataclass(frozen=True, slots=True)
class ExpiryView:
    """A paper and how long it is good."""

    label: str
    """Name."""
    holder: CellPart | None
    """The row that has it, with its page; None: the row of the page."""
    expires_on: str | None
    """The last day; None: it is not known."""
    time_left: str
    """Time until then, or since, in words."""
    urgency: str
    """`out`, `near`, `good` or `unknown`, for the style sheet."""


@dataclass(frozen=True, slots=True)
class RowNotes:
    """Notes of a service about a row."""

    row_name: str | None
    """Name of the row, a vehicle; None: it is the row of the page."""
    notes: Sequence[NoteView]
    """The notes."""


@dataclass(frozen=True, slots=True)
class FileView:
    """The file of a row."""

    sections: Sequence[FileSectionView]
    expiries: Sequence[ExpiryView]
    notes_by_service: Mapping[str, Sequence[RowNotes]]
    """Names of services → their notes about the row, and about others in the file."""


class FileViews:
    """Puts files into words."""

    def __init__(self, dependencies: Dependencies, views: RegistryViews) -> None:
        self._dependencies = dependencies
        self._catalogue = dependencies.catalogue
        self._views = views

    async def load_file_view(self, uow: UnitOfWork, registry: Registry, row: RegistryRow, actor: Actor) -> FileView:
        """Return the file of a row, as this one may see it."""
        row_file = await gather_row_file(ActorContext(self._dependencies, uow, actor), registry, row)
        return FileView(
            [await self._build_section(uow, registry, row, filled) for filled in row_file.sections],
            [self._build_expiry(row, expiry) for expiry in row_file.expiries],
            self._build_row_notes(row_file.notes, registry, row),
        )

    async def _build_section(
        self, uow: UnitOfWork, registry: Registry, row: RegistryRow, filled: FilledSection
    ) -> FileSectionView:
        section_registry, field_names = filled.registry, filled.section.shown_fields
        row_links = await self._views.load_links(
            uow.registries, section_registry, [entry.values for entry in filled.rows]
        )
        listed_rows = [
            self._views.build_listed_row(section_registry, entry, row_links, field_names) for entry in filled.rows
        ]
        return FileSectionView(
            name=section_registry.key,
            title=self._catalogue.text(f"admin.file.sections.{section_registry.key}"),
            registry_title=self._views.registry_title(section_registry),
            total=self._describe_total(filled),
            column_labels=[self._views.field_heading(section_registry, field_name) for field_name in field_names],
            first_rows=listed_rows[:MAX_SHOWN_ROWS],
            further_rows=listed_rows[MAX_SHOWN_ROWS:],
            list_address=_find_list_address(registry, row, section_registry),
        )

    def _describe_total(self, filled: FilledSection) -> str | None:
        if not filled.total:
            return None
        text_name = "at_least" if filled.has_more else "total"
        facts = {"total": group_digits(filled.total)}
        return self._catalogue.render(f"admin.file.{text_name}.{filled.registry.key}", facts)

    def _build_expiry(self, row: RegistryRow, expiry: PaperExpiry) -> ExpiryView:
        holder, registry = expiry.row, REGISTRIES[expiry.row.registry]
        is_own = (holder.registry, holder.id) == (row.registry, row.id)
        name = self._views.render_row_name(registry, holder.values)
        return ExpiryView(
            self._views.field_label(registry, expiry.date_field),
            None if is_own else CellPart(name, f"{list_address(registry)}/{holder.id}"),
            jalali_text(expiry.expires_on) if expiry.expires_on else None,
            self._views.describe_days_left(expiry.days_left),
            _find_urgency(expiry.days_left),
        )

    def _build_row_notes(
        self,
        notes_by_service: Mapping[str, Mapping[str, Sequence[StaffNote]]],
        registry: Registry,
        row: RegistryRow,
    ) -> dict[str, list[RowNotes]]:
        own_key = str(row.values[registry.natural_key[0]])
        return {
            self._catalogue.text(f"services.{service_key}.title"): [
                RowNotes(
                    None if row_key == own_key else display_plate(row_key),
                    build_note_views(self._catalogue, service_key, notes),
                )
                for row_key, notes in notes_by_key.items()
            ]
            for service_key, notes_by_key in notes_by_service.items()
        }


def _find_urgency(days_left: int | None) -> str:
    if days_left is None:
        return "unknown"
    return "out" if days_left < 0 else "near" if days_left <= max(REMINDER_LEAD_DAYS) else "good"


def _find_list_address(registry: Registry, row: RegistryRow, section_registry: Registry) -> str | None:
    """Return the list of the section's rows that refer to the row by themselves."""
    reference = next((entry for entry in section_registry.references if entry.registry == registry.key), None)
    if reference is None:
        return None
    own_key = row.values[registry.natural_key[0]]
    return f"{list_address(section_registry)}?{urlencode({reference.field: own_key})}"
