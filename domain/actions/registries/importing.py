"""Importing a sheet into a registry: all of it or nothing, every fault reported, the same rows again changing nothing.

Memory does not grow with the file: rows go through in batches, faults are reported as they are found, and what is to be
written waits in a `Spool`. Nothing is locked while the file is examined.
"""

import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.registries.booked_rows import find_booking_conflict
from domain.actions.registries.registry_entry import audit_settled_entry
from domain.actions.registries.rows import put_rows, require_editor
from domain.authorization.policy import may_use
from domain.authorization.rights import Right
from domain.registries.declarations import REGISTRIES, Reference, Registry
from domain.registries.imports import (
    ImportEffect,
    ImportExamination,
    ProgressCallback,
    RowFault,
    RowPreview,
    SheetRows,
    Spool,
    Tally,
    UnreadRow,
)
from domain.registries.rows import (
    RegistryRow,
    RowFate,
    RowKey,
    ValueHolder,
    find_problems,
    list_changed_fields,
    list_referenced_keys,
    merge_values,
    reference_not_found,
    submitted_key,
    value_taken,
)
from domain.registries.sheet import CellFault, SheetLayout, is_empty_cell, read_row, render_cell_text
from domain.repositories import FleetRepositories, RegistryRepositories
from domain.unit_of_work import Store, UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import Conflict, DomainError, InvalidField
from domain.values.reasons import ConflictReason, InvalidReason

BATCH_SIZE = 500
PREVIEWED_ROWS = 10


@dataclass(slots=True)
class _ExaminedRow:
    """A row under examination."""

    number: int
    """The row's number in the sheet."""
    submitted_values: dict[str, Any]
    """By field, what its cells say, as far as they could be read."""
    faults: list[CellFault]
    """Faults so far; a row with any is not kept."""
    key: RowKey | None = None
    """The natural key; None where a fault hides it or the row has none."""
    stored_row: RegistryRow | None = None
    """The registry's row with that key; None for a new one."""
    new_values: dict[str, Any] = field(default_factory=dict)
    """The stored values with the submitted ones over them: what the row would be."""
    is_unreadable: bool = False
    """The sheet's own line could not be taken apart: nothing else is examined."""

    def add_fault(self, field_name: str | None, error: DomainError, raw_value: object = "") -> None:
        """Note what is wrong with a field."""
        self.faults.append(CellFault(field_name, error, str(raw_value)))

    @property
    def fate(self) -> RowFate:
        """Fate of the row."""
        if self.stored_row is None:
            return RowFate.ADDED
        return RowFate.SAME if self.new_values == self.stored_row.values else RowFate.CHANGED


async def examine_sheet(
    dependencies: Dependencies,
    store: Store,
    sheet_layout: SheetLayout,
    rows: SheetRows,
    spool: Spool,
    actor: Actor,
    report_fault: Callable[[RowFault], None],
    report_progress: ProgressCallback,
) -> ImportExamination:
    """Read a whole file against the present registry, and write nothing: faults go to `report_fault`, in order.

    Rows that would add or change something are kept in the spool. What the actor may not do is a fault of its row.
    """
    result = ImportExamination(ignored_headings=sheet_layout.ignored_headings)
    examination = _SheetExamination(dependencies, sheet_layout, spool, actor, report_fault, result)
    async with store.open_unit(write=False) as uow:
        for batch in split_batches(rows, BATCH_SIZE):
            await examination.examine_batch(uow, batch)
            report_progress(result.tally.rows)
    return result


CompletionHook = Callable[[UnitOfWork, Tally], Awaitable[None]]
"""Changes that are made together with the rows, or not at all; what it raises undoes everything."""


async def do_nothing_more(uow: UnitOfWork, tally: Tally) -> None:
    """Keep the rows alone."""


async def store_import(
    dependencies: Dependencies,
    store: Store,
    registry: Registry,
    spool: Spool,
    actor: Actor,
    expected_digest: str,
    source_name: str,
    report_progress: ProgressCallback,
    completion_hook: CompletionHook = do_nothing_more,
) -> Tally:
    """Put all rows of a spool in one transaction; `source_name` (a file's name) is kept in the audit.

    Errors: `Forbidden`, and `Conflict` when a row is not as it was examined (`expected_digest` of the effect), or
    somebody else took a unique value meanwhile; nothing is kept then.
    """
    recorded_by = require_editor(registry, actor).label
    tally, import_effect = Tally(), ImportEffect()
    async with store.open_unit() as uow:
        await uow.serialise(f"registry:{registry.key}")
        for batch in split_batches(spool.read_rows(), BATCH_SIZE):
            for put_result in await put_rows(ActorContext(dependencies, uow, actor), registry, batch):
                tally.rows += 1
                tally.count_row(put_result.fate)
                import_effect.add_row(put_result.values_before, put_result.row.values)
                if put_result.fate is RowFate.ADDED:
                    await audit_settled_entry(uow.audit, registry, put_result.row, actor, dependencies.clock.now())
            report_progress(tally.rows)
        if import_effect.digest != expected_digest:
            raise Conflict(registry.key)
        facts = {"registry": registry.key, "source": source_name, **tally.as_json()}
        await uow.audit.add_entry(dependencies.clock.now(), recorded_by, "import", facts)
        await completion_hook(uow, tally)
    return tally


def split_batches(items: Iterable[Any], batch_size: int) -> Iterator[list[Any]]:
    """Yield the items in lists of that size."""
    remaining = iter(items)
    while batch := list(islice(remaining, batch_size)):
        yield batch


class _SheetExamination:
    """The examination of one file, batch by batch."""

    def __init__(
        self,
        dependencies: Dependencies,
        sheet_layout: SheetLayout,
        spool: Spool,
        actor: Actor,
        report_fault: Callable[[RowFault], None],
        result: ImportExamination,
    ) -> None:
        self._dependencies = dependencies
        self._sheet_layout = sheet_layout
        self._registry = sheet_layout.registry
        self._spool = spool
        self._may_settle = may_use(Right.CHARGES_SETTLE, actor)
        self._report_fault = report_fault
        self._result = result

    async def examine_batch(self, uow: UnitOfWork, batch: Sequence[tuple[int, Sequence[object]]]) -> None:
        """Examine some rows; those without any value are passed over."""
        examined_rows = [self._read_row(number, cells) for number, cells in batch if not all(map(is_empty_cell, cells))]
        readable_rows = [row for row in examined_rows if not row.is_unreadable]
        self._claim_keys(readable_rows)
        await self._compare_stored(uow, readable_rows)
        for reference in self._registry.references:
            await self._check_references(uow, readable_rows, reference)
        for field_name in self._registry.unique_fields:
            await self._check_unique_values(uow, readable_rows, field_name)
        for row in examined_rows:
            self._conclude_row(row)

    def _read_row(self, row_number: int, cells: Sequence[object]) -> _ExaminedRow:
        if isinstance(cells, UnreadRow):
            error = InvalidField("file", InvalidReason.BROKEN_ROW, row=row_number)
            return _ExaminedRow(
                row_number, {}, [CellFault(None, error, render_cell_text(cells[0]))], is_unreadable=True
            )
        submitted_values, faults = read_row(self._sheet_layout, cells, self._dependencies.clock.now())
        row = _ExaminedRow(row_number, submitted_values, faults)
        if not {fault.field_name for fault in faults} & set(self._registry.natural_key):
            row.key = submitted_key(self._registry, submitted_values)
        return row

    def _claim_keys(self, rows: Sequence[_ExaminedRow]) -> None:
        """Find rows that have a key, or another unique value, of an earlier row of this file."""
        for row in rows:
            if row.key is not None:
                self._claim_value(row, self._registry.natural_key[0], json.dumps(row.key), "key")
            for field_name in self._registry.unique_fields:
                unique_value = row.submitted_values.get(field_name)
                if unique_value is not None and (field_name,) != self._registry.natural_key:
                    self._claim_value(row, field_name, json.dumps(unique_value), field_name)

    def _claim_value(self, row: _ExaminedRow, field_name: str, unique_value: str, claim_kind: str) -> None:
        earlier_row = self._spool.claim_unique(claim_kind, unique_value, row.number)
        if earlier_row is not None:
            row.add_fault(
                field_name,
                Conflict(field_name, ConflictReason.TWICE_IN_FILE, row=earlier_row),
                row.submitted_values[field_name],
            )

    async def _compare_stored(self, uow: UnitOfWork, rows: Sequence[_ExaminedRow]) -> None:
        """Set what each row would be, and find what a manual edit may not do."""
        stored_rows = await uow.registries.find_by_keys(
            self._registry.key, {row.key for row in rows if row.key is not None}
        )
        for row in rows:
            row.stored_row = stored_rows.get(row.key) if row.key is not None else None
            old_values = row.stored_row.values if row.stored_row else None
            row.new_values = merge_values(self._registry, old_values, row.submitted_values)
            faulty_fields = {fault.field_name for fault in row.faults}
            for error in find_problems(self._registry, old_values, row.new_values, may_settle=self._may_settle):
                if error.field not in faulty_fields:
                    row.add_fault(error.field, error)
            if row.stored_row and not row.faults:
                await self._check_bookings(uow, row, row.stored_row)

    async def _check_bookings(self, uow: FleetRepositories, row: _ExaminedRow, stored_row: RegistryRow) -> None:
        """Find what would be taken away from the work before it."""
        error = await find_booking_conflict(
            uow, self._registry, stored_row, row.new_values, self._dependencies.clock.now()
        )
        if error:
            row.add_fault(error.field, error)

    async def _check_references(
        self, uow: RegistryRepositories, rows: Sequence[_ExaminedRow], reference: Reference
    ) -> None:
        """Find references to rows that are not there."""
        target_registry = REGISTRIES[reference.registry]
        requested_keys = {(key,) for row in rows for key in list_referenced_keys(row.submitted_values, reference)}
        existing_rows = await uow.registries.find_by_keys(target_registry.key, requested_keys)
        for row in rows:
            for key in list_referenced_keys(row.submitted_values, reference):
                if (key,) not in existing_rows:
                    row.add_fault(reference.field, reference_not_found(reference, key), key)

    async def _check_unique_values(
        self, uow: RegistryRepositories, rows: Sequence[_ExaminedRow], field_name: str
    ) -> None:
        """Find unique values that another row of the registry has."""
        unique_values = {
            unique_value for row in rows if (unique_value := row.submitted_values.get(field_name)) is not None
        }
        holders_by_value = await uow.registries.find_holders(self._registry.key, field_name, unique_values)
        for row in rows:
            unique_value = row.submitted_values.get(field_name)
            holder: ValueHolder | None = holders_by_value.get(unique_value)
            is_taken = holder is not None and (row.stored_row is None or row.stored_row.id != holder.row_id)
            if holder and is_taken and field_name not in {fault.field_name for fault in row.faults}:
                row.add_fault(field_name, value_taken(field_name, holder), unique_value)

    def _conclude_row(self, row: _ExaminedRow) -> None:
        tally = self._result.tally
        tally.rows += 1
        if row.faults:
            tally.bad += 1
            tally.faults += len(row.faults)
            for fault in sorted(row.faults, key=lambda row_fault: self._sheet_layout.position_of(row_fault.field_name)):
                self._report_fault(self._describe_fault(row, fault))
            return
        tally.count_row(row.fate)
        if row.fate is not RowFate.SAME:
            self._spool.add_row(row.submitted_values)
            self._result.effect.add_row(row.stored_row.values if row.stored_row else None, row.new_values)
        if len(self._result.first_rows) < PREVIEWED_ROWS:
            old_values = row.stored_row.values if row.stored_row else {}
            changed_names = list_changed_fields(old_values, row.new_values) if row.stored_row else []
            changes = {field_name: (old_values[field_name], row.new_values[field_name]) for field_name in changed_names}
            self._result.first_rows.append(RowPreview(row.number, row.fate, row.new_values, changes))

    def _describe_fault(self, row: _ExaminedRow, fault: CellFault) -> RowFault:
        column = self._sheet_layout.heading_of(fault.field_name) if fault.field_name else None
        message = self._dependencies.wording.render_error(fault.error)
        return RowFault(row.number, column, fault.field_name, fault.error.code, message, fault.cell_text)
