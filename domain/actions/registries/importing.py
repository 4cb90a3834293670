"""Importing a sheet into a registry: all of it or nothing, every fault told, the same rows again changing nothing.

Memory does not grow with the file: rows go through in batches, faults are told as they are found, and what is to be
written waits in a `Pile`. Nothing is locked while the file is examined.
"""

import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from domain.actions.desk import Desk
from domain.actions.registries.booked_rows import booked_ahead
from domain.actions.registries.registry_entry import audit_entered
from domain.actions.registries.rows import may_edit, put
from domain.registries.declarations import REGISTRIES, Reference, Registry
from domain.registries.imports import Examined, ImportEffect, Pile, Progress, RowFault, RowPreview, Rows, Tally, Unread
from domain.registries.rows import (
    Fate,
    Holder,
    Key,
    RegistryRow,
    changed_fields,
    given_key,
    merged,
    not_there,
    problems,
    referred,
    taken,
)
from domain.registries.sheet import CellFault, SheetLayout, is_empty, read_row, text_of
from domain.unit_of_work import Store, UnitOfWork
from domain.values.actors import Actor, Role
from domain.values.errors import Conflict, DomainError, InvalidField

BATCH = 500
SHOWN_FIRST = 10


@dataclass(slots=True)
class _Row:
    """A row under examination."""

    number: int
    given: dict[str, Any]
    faults: list[CellFault]
    key: Key | None = None
    known: RegistryRow | None = None
    after: dict[str, Any] = field(default_factory=dict)
    unread: bool = False

    def fault(self, name: str | None, error: DomainError, given: object = "") -> None:
        """Note what is wrong with a field."""
        self.faults.append(CellFault(name, error, str(given)))

    @property
    def fate(self) -> Fate:
        """What would become of it."""
        if self.known is None:
            return Fate.ADDED
        return Fate.SAME if self.after == self.known.values else Fate.CHANGED


async def examine(
    desk: Desk,
    store: Store,
    sheet: SheetLayout,
    rows: Rows,
    pile: Pile,
    actor: Actor,
    tell: Callable[[RowFault], None],
    progress: Progress,
) -> Examined:
    """Read a whole file against the registry as it stands, and write nothing: faults go to `tell`, in order.

    Rows that would add or change something are kept in the pile. What the actor may not do is a fault of its row.
    """
    found = Examined(ignored=sheet.ignored)
    examination = _Examination(desk, sheet, pile, actor.role_names, tell, found)
    async with store.unit(write=False) as uow:
        for batch in batches(rows, BATCH):
            await examination.take(uow, batch)
            progress(found.tally.rows)
    return found


Within = Callable[[UnitOfWork, Tally], Awaitable[None]]
"""What is to be true together with the rows, or not at all; what it raises undoes everything."""


async def nothing_more(uow: UnitOfWork, tally: Tally) -> None:
    """Keep the rows alone."""


async def keep(
    desk: Desk,
    store: Store,
    registry: Registry,
    pile: Pile,
    actor: Actor,
    digest: str,
    source: str,
    progress: Progress,
    within: Within = nothing_more,
) -> Tally:
    """Put all rows of a pile in one transaction; `source` (a file's name) is kept in the audit.

    Errors: `Forbidden`, and `Conflict` when a row is not as it was examined (`digest` of the effect), or somebody else
    took a unique value meanwhile; nothing is kept then.
    """
    by = may_edit(registry, actor).label
    tally, effect = Tally(), ImportEffect()
    async with store.unit() as uow:
        await uow.serialise(f"registry:{registry.key}")
        for batch in batches(pile.rows(), BATCH):
            for one in await put(desk, uow, registry, batch, actor):
                tally.rows += 1
                tally.count(one.fate)
                effect.note(one.before, one.row.values)
                if one.fate is Fate.ADDED:
                    await audit_entered(uow, registry, one.row, actor, desk.clock.now())
            progress(tally.rows)
        if effect.digest != digest:
            raise Conflict(registry.key)
        facts = {"registry": registry.key, "source": source, **tally.as_json()}
        await uow.audit.record(desk.clock.now(), by, "import", facts)
        await within(uow, tally)
    return tally


def batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Yield the items in lists of that size."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


class _Examination:
    """The examination of one file, batch by batch."""

    def __init__(
        self,
        desk: Desk,
        sheet: SheetLayout,
        pile: Pile,
        roles: frozenset[Role],
        tell: Callable[[RowFault], None],
        found: Examined,
    ) -> None:
        self._desk = desk
        self._sheet = sheet
        self._registry = sheet.registry
        self._pile = pile
        self._roles = roles
        self._tell = tell
        self._found = found

    async def take(self, uow: UnitOfWork, batch: Sequence[tuple[int, Sequence[object]]]) -> None:
        """Examine some rows; those without any value are passed over."""
        rows = [self._read(number, cells) for number, cells in batch if not all(map(is_empty, cells))]
        read = [row for row in rows if not row.unread]
        self._claim(read)
        await self._compare(uow, read)
        for reference in self._registry.references:
            await self._look_up(uow, read, reference)
        for name in self._registry.unique:
            await self._find_taken(uow, read, name)
        for row in rows:
            self._conclude(row)

    def _read(self, number: int, cells: Sequence[object]) -> _Row:
        if isinstance(cells, Unread):
            error = InvalidField("file", detail="broken_row", row=number)
            return _Row(number, {}, [CellFault(None, error, text_of(cells[0]))], unread=True)
        given, faults = read_row(self._sheet, cells, self._desk.clock.now())
        row = _Row(number, given, faults)
        if not {fault.field for fault in faults} & set(self._registry.natural_key):
            row.key = given_key(self._registry, given)
        return row

    def _claim(self, rows: Sequence[_Row]) -> None:
        """Find rows that have a key, or another unique value, of an earlier row of this file."""
        for row in rows:
            if row.key is not None:
                self._claim_value(row, self._registry.natural_key[0], json.dumps(row.key), "key")
            for name in self._registry.unique:
                value = row.given.get(name)
                if value is not None and (name,) != self._registry.natural_key:
                    self._claim_value(row, name, json.dumps(value), name)

    def _claim_value(self, row: _Row, name: str, value: str, what: str) -> None:
        earlier = self._pile.claim(what, value, row.number)
        if earlier is not None:
            row.fault(name, Conflict(name, detail="twice_in_file", row=earlier), row.given[name])

    async def _compare(self, uow: UnitOfWork, rows: Sequence[_Row]) -> None:
        """Set what each row would be, and find what a hand may not do."""
        known = await uow.registries.by_keys(self._registry.key, {row.key for row in rows if row.key is not None})
        for row in rows:
            row.known = known.get(row.key) if row.key is not None else None
            before = row.known.values if row.known else None
            row.after = merged(self._registry, before, row.given)
            bad = {fault.field for fault in row.faults}
            for error in problems(self._registry, before, row.after, self._roles):
                if error.field not in bad:
                    row.fault(error.field, error)
            if row.known and not row.faults:
                await self._find_booked(uow, row, row.known)

    async def _find_booked(self, uow: UnitOfWork, row: _Row, known: RegistryRow) -> None:
        """Find what would be taken away from the work before it."""
        error = await booked_ahead(uow, self._registry, known, row.after, self._desk.clock.now())
        if error:
            row.fault(error.field, error)

    async def _look_up(self, uow: UnitOfWork, rows: Sequence[_Row], reference: Reference) -> None:
        """Find references to rows that are not there."""
        target = REGISTRIES[reference.registry]
        wanted = {(key,) for row in rows for key in referred(row.given, reference)}
        there = await uow.registries.by_keys(target.key, wanted)
        for row in rows:
            for key in referred(row.given, reference):
                if (key,) not in there:
                    row.fault(reference.field, not_there(reference, key), key)

    async def _find_taken(self, uow: UnitOfWork, rows: Sequence[_Row], name: str) -> None:
        """Find unique values that another row of the registry has."""
        wanted = {value for row in rows if (value := row.given.get(name)) is not None}
        holders = await uow.registries.holders(self._registry.key, name, wanted)
        for row in rows:
            value = row.given.get(name)
            holder: Holder | None = holders.get(value)
            others = holder is not None and (row.known is None or row.known.id != holder.id)
            if holder and others and name not in {fault.field for fault in row.faults}:
                row.fault(name, taken(name, holder), value)

    def _conclude(self, row: _Row) -> None:
        tally = self._found.tally
        tally.rows += 1
        if row.faults:
            tally.bad += 1
            tally.faults += len(row.faults)
            for fault in sorted(row.faults, key=lambda one: self._sheet.place(one.field)):
                self._tell(self._worded(row, fault))
            return
        tally.count(row.fate)
        if row.fate is not Fate.SAME:
            self._pile.add(row.given)
            self._found.effect.note(row.known.values if row.known else None, row.after)
        if len(self._found.first) < SHOWN_FIRST:
            before = row.known.values if row.known else {}
            names = changed_fields(before, row.after) if row.known else []
            changes = {name: (before[name], row.after[name]) for name in names}
            self._found.first.append(RowPreview(row.number, row.fate, row.after, changes))

    def _worded(self, row: _Row, fault: CellFault) -> RowFault:
        column = self._sheet.heading(fault.field) if fault.field else None
        message = self._desk.wording.error(fault.error)
        return RowFault(row.number, column, fault.field, fault.error.code, message, fault.given)
