"""The file of a row: the rows that belong to it, which of their papers run out, and what services say of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from domain.actions.context import ActorContext
from domain.authorization.visibility import sees_service
from domain.language.staff_notes import NoteSource, StaffNote
from domain.registries.declarations import REGISTRIES, Registry
from domain.registries.ports import RegistryRepository
from domain.registries.row_files import ROW_FILES, FileSection, add_up, join_rows
from domain.registries.rows import RegistryFilter, RegistryRow
from domain.values.calendar import to_tehran

MAX_SECTION_ROWS = 200
"""Rows of a section that are looked at: what a company has beyond is in the list."""


@dataclass(frozen=True, slots=True)
class FilledSection:
    """A section with its rows, newest first."""

    section: FileSection
    """As it is declared."""
    rows: Sequence[RegistryRow]
    """At most `MAX_SECTION_ROWS`."""
    total: int | None
    """Sum of them; None where nothing is added up."""
    has_more: bool
    """Whether there are more than were looked at, here or where they are found through, so that the total is of some
    of them only.
    """

    @property
    def registry(self) -> Registry:
        """Registry of these rows."""
        return REGISTRIES[self.section.registry]


@dataclass(frozen=True, slots=True)
class PaperExpiry:
    """A date of a row that runs out."""

    row: RegistryRow
    """The row that has it."""
    date_field: str
    """The name of its field."""
    expires_on: date | None
    """None: it is not known."""
    days_left: int | None
    """Below zero: so many days past; None as `expires_on`."""


@dataclass(frozen=True, slots=True)
class RowFile:
    """The file of a row."""

    sections: Sequence[FilledSection]
    """In the order of the declaration; without any the registry has no files."""
    expiries: Sequence[PaperExpiry]
    """Those of the row, also where they are not known, and of the rows in its sections; the earliest first."""
    notes: Mapping[str, Mapping[str, Sequence[StaffNote]]]
    """Service → key of a row in the file → what the service says of it."""


async def gather_row_file(context: ActorContext, registry: Registry, row: RegistryRow) -> RowFile:
    """Return the file of a row, in a query or two for each section however many rows there are; what services say for
    whom sees their requests alone.
    """
    rows_by_registry: dict[str, Sequence[RegistryRow]] = {registry.key: [row]}
    sections, cut_registries = list[FilledSection](), set[str]()
    for section in ROW_FILES.get(registry.key, ()):
        source_registry = REGISTRIES[section.through or registry.key]
        filled = await _fill_section(
            context.uow.registries, section, source_registry, rows_by_registry[source_registry.key]
        )
        if source_registry.key in cut_registries:
            filled = replace(filled, has_more=True)
        if filled.has_more:
            cut_registries.add(section.registry)
        rows_by_registry[section.registry] = filled.rows
        sections.append(filled)
    return RowFile(
        sections,
        _list_expiries(registry, row, sections, to_tehran(context.dependencies.clock.now()).date()),
        await _find_notes(context, rows_by_registry) if sections else {},
    )


async def _fill_section(
    registries: RegistryRepository, section: FileSection, source_registry: Registry, source_rows: Sequence[RegistryRow]
) -> FilledSection:
    joined = join_rows(REGISTRIES[section.registry], source_registry, [row.values for row in source_rows])
    conditions, rows = {**joined, **section.conditions}, list[RegistryRow]()
    if all(joined.values()):
        section_filter = RegistryFilter(section.registry, conditions, limit=MAX_SECTION_ROWS + 1, newest_first=True)
        rows = await registries.list_rows(section_filter)
    shown_rows = rows[:MAX_SECTION_ROWS]
    total = add_up(section, shown_rows) if section.total_field else None
    return FilledSection(section, shown_rows, total, len(rows) > MAX_SECTION_ROWS)


def _list_expiries(
    registry: Registry, row: RegistryRow, sections: Sequence[FilledSection], today: date
) -> list[PaperExpiry]:
    """Return the dates of the row, and those of the rows of its sections that matter still."""
    expiries = [_build_expiry(row, date_field, today) for date_field in registry.expiries]
    for filled in sections:
        for section_row in filled.rows:
            if _matters(filled.registry, section_row):
                expiries += [
                    _build_expiry(section_row, date_field, today)
                    for date_field in filled.registry.expiries
                    if section_row.values[date_field]
                ]
    return sorted(expiries, key=lambda expiry: expiry.expires_on or date.max)


def _matters(registry: Registry, row: RegistryRow) -> bool:
    return all(row.values[field_name] in values for field_name, values in registry.only_while.items())


def _build_expiry(row: RegistryRow, date_field: str, today: date) -> PaperExpiry:
    stored_day = row.values[date_field]
    expires_on = date.fromisoformat(stored_day) if stored_day else None
    return PaperExpiry(row, date_field, expires_on, (expires_on - today).days if expires_on else None)


async def _find_notes(
    context: ActorContext, rows_by_registry: Mapping[str, Sequence[RegistryRow]]
) -> dict[str, Mapping[str, Sequence[StaffNote]]]:
    source = NoteSource(context.uow, context.dependencies.policy, context.dependencies.clock.now())
    notes_by_service = {}
    for service in context.dependencies.services.values():
        declared, rows = service.staff_notes, rows_by_registry.get(service.staff_notes.registry, ())
        if declared.find_row_notes and rows and sees_service(service, context.actor):
            key_field = REGISTRIES[declared.registry].natural_key[0]
            row_keys = [str(row.values[key_field]) for row in rows]
            notes_by_service[service.key] = await declared.find_row_notes(source, row_keys)
    return notes_by_service
