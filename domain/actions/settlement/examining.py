"""A settlement file examined: its lines are stored with what each would come to, and no money is moved.

Memory does not grow with the file: lines go through in batches, each in a unit of its own. A file that is refused
leaves no line behind; one whose examination was cut off is examined again from its beginning.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from domain.actions.dependencies import Dependencies
from domain.actions.registries.importing import split_batches
from domain.actions.settlement.comparing import compare_lines
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.settlement.layouts import SettlementLayout
from domain.settlement.pasted_lists import PASTED_LAYOUT, PastedListReader, describe_pasted_layout
from domain.settlement.reading import SettlementFileReader, compute_digest
from domain.settlement.settlement_file import ExaminedFile, FileLine, FileState, SettlementFile
from domain.unit_of_work import Store
from domain.values.actors import Actor
from domain.values.calendar import to_tehran
from domain.values.errors import Conflict, InvalidField, NotFound, TooLarge
from domain.values.reasons import ConflictReason
from domain.values.text import tidy_text

LINES_AT_ONCE = 500
LINES_DELETED_AT_ONCE = 5_000
LONGEST_NAME = 100


def find_layout(dependencies: Dependencies, layout_name: str) -> SettlementLayout:
    """Return a layout by its name; `NotFound("layout")`."""
    layout = dependencies.settlement_layouts.get(layout_name)
    if layout is None:
        raise NotFound("layout")
    return layout


@dataclass(frozen=True, slots=True)
class BroughtFile:
    """File that was brought."""

    name: str
    """The file's."""
    stream: BinaryIO
    """Its bytes; can be wound back."""
    layout: SettlementLayout
    """Layout to read it by."""


async def bring_file(
    dependencies: Dependencies, store: Store, brought: BroughtFile, actor: Actor, *, most_bytes: int | None = None
) -> ExaminedFile:
    """Take a file that is examined later, by `examine_waiting_file`; the same bytes again change nothing.

    Errors: `Forbidden`, `InvalidField("file")` for an empty one, `TooLarge("file")`.
    """
    settlement_file, is_same = await _register_file(dependencies, store, brought, actor, most_bytes=most_bytes)
    return await _load_totals(store, settlement_file, is_same=is_same)


async def examine_file(dependencies: Dependencies, store: Store, brought: BroughtFile, actor: Actor) -> ExaminedFile:
    """Examine a file at once, however large it is; the same bytes again change nothing and say so.

    Errors: `Forbidden`, and `InvalidField("file")` for an empty one, and for one that is refused as a whole, which is
    noted.
    """
    settlement_file, is_same = await _register_file(dependencies, store, brought, actor, keep_content=False)
    if not is_same:
        await _examine_lines(dependencies, store, settlement_file, brought.layout, brought.stream)
    return await _load_totals(store, settlement_file, is_same=is_same)


async def examine_waiting_file(
    dependencies: Dependencies, store: Store, settlement_file: SettlementFile, stream: BinaryIO
) -> None:
    """Examine a file that was brought before; why it is refused is noted with it."""
    try:
        layout = (
            describe_pasted_layout(settlement_file.source)
            if settlement_file.is_pasted
            else find_layout(dependencies, settlement_file.layout)
        )
        await _examine_lines(dependencies, store, settlement_file, layout, stream)
    except (InvalidField, NotFound) as refusal:
        if refusal.field != "file":
            await _refuse_file(dependencies, store, settlement_file.id, dependencies.wording.render_error(refusal))


async def load_examined_file(store: Store, file_id: int) -> ExaminedFile:
    """Return a file with what its lines come to; `NotFound("settlement_file")`."""
    async with store.open_unit(write=False) as uow:
        settlement_file = await uow.settlement.get_file(file_id)
        return ExaminedFile(settlement_file, await uow.settlement.sum_outcomes(file_id))


async def _load_totals(store: Store, settlement_file: SettlementFile, *, is_same: bool) -> ExaminedFile:
    examined = await load_examined_file(store, settlement_file.id)
    return ExaminedFile(examined.file, examined.totals, is_same)


async def _register_file(
    dependencies: Dependencies,
    store: Store,
    brought: BroughtFile,
    actor: Actor,
    *,
    most_bytes: int | None = None,
    keep_content: bool = True,
) -> tuple[SettlementFile, bool]:
    """Return the file as it is stored, and whether its bytes were examined or wait already."""
    require_right(Right.SETTLEMENT_BRING, actor, "settlement_file")
    digest, size = compute_digest(brought.stream)
    if most_bytes is not None and size > most_bytes:
        raise TooLarge("file")
    new_file = _describe_file(dependencies, brought, digest, size, actor)
    async with store.open_unit() as uow:
        await uow.serialise(f"settlement-file:{digest}")
        if (known_file := await uow.settlement.find_same(digest)) is not None:
            is_unfinished = known_file.state is FileState.WAITING and not keep_content
            return known_file, not is_unfinished
        await uow.settlement.add_file(new_file, brought.stream.read() if keep_content else None)
        facts = {"file": new_file.name, "layout": new_file.layout, "digest": digest}
        await uow.audit.add_entry(new_file.brought_at, actor.label, "settlement_file_brought", facts)
    return new_file, False


def _describe_file(
    dependencies: Dependencies, brought: BroughtFile, digest: str, size: int, actor: Actor
) -> SettlementFile:
    return SettlementFile(
        id=dependencies.ids.new_id(),
        digest=digest,
        name=_clean_name(brought.name),
        size=size,
        layout=brought.layout.name,
        kind=brought.layout.kind,
        source=brought.layout.source,
        brought_by=actor.identifier,
        brought_at=dependencies.clock.now(),
    )


def _clean_name(file_name: str) -> str:
    base_name = " ".join(tidy_text(file_name).replace("\\", "/").rpartition("/")[2].split())
    return base_name[-LONGEST_NAME:] or "—"


class _MomentRange:
    """The first and the last moment of what was read so far."""

    def __init__(self) -> None:
        self.first: datetime | None = None
        self.last: datetime | None = None

    def find_days(self) -> tuple[date, date] | None:
        """Return the days in Tehran of both; None where there are none."""
        if self.first is None or self.last is None:
            return None
        return to_tehran(self.first).date(), to_tehran(self.last).date()

    def include(self, lines: list[FileLine]) -> None:
        for line in lines:
            if line.paid_at is not None:
                self.first = min(self.first or line.paid_at, line.paid_at)
                self.last = max(self.last or line.paid_at, line.paid_at)


async def _examine_lines(
    dependencies: Dependencies,
    store: Store,
    settlement_file: SettlementFile,
    layout: SettlementLayout,
    stream: BinaryIO,
) -> None:
    """Store the lines of a file, then that it is examined; what an earlier examination left is deleted first."""
    await _delete_lines(store, settlement_file.id)
    moments, file_reader = _MomentRange(), _open_reader(layout, stream)
    try:
        for batch in split_batches(file_reader.read_lines(), LINES_AT_ONCE):
            async with store.open_unit() as uow:
                lines = await compare_lines(uow, settlement_file, batch)
                await uow.settlement.add_lines(lines)
            moments.include(lines)
    except InvalidField as refusal:
        if refusal.field == "file":
            await _refuse_file(dependencies, store, settlement_file.id, dependencies.wording.render_error(refusal))
        raise
    async with store.open_unit() as uow:
        stored_file = await uow.settlement.get_file(settlement_file.id, lock=True)
        if stored_file.state is not FileState.WAITING:
            raise Conflict("settlement_file")
        stored_file.state, stored_file.layout = FileState.EXAMINED, layout.name
        stored_file.kind, stored_file.source = layout.kind, layout.source
        stored_file.first_paid_at, stored_file.last_paid_at = moments.first, moments.last
        if days := file_reader.find_stated_days() or (moments.find_days() if layout.whole_days else None):
            stored_file.note_covered_days(*days)
        await uow.settlement.save_file(stored_file)
        await uow.settlement.delete_content(stored_file.id)


def _open_reader(layout: SettlementLayout, stream: BinaryIO) -> SettlementFileReader | PastedListReader:
    return PastedListReader(stream) if layout.name == PASTED_LAYOUT else SettlementFileReader(layout, stream)


async def _refuse_file(dependencies: Dependencies, store: Store, file_id: int, problem: str) -> None:
    await _delete_lines(store, file_id)
    async with store.open_unit() as uow:
        stored_file = await uow.settlement.get_file(file_id, lock=True)
        stored_file.state, stored_file.problem = FileState.REFUSED, problem
        stored_file.finished_at = dependencies.clock.now()
        await uow.settlement.save_file(stored_file)
        await uow.settlement.delete_content(file_id)


async def _delete_lines(store: Store, file_id: int) -> None:
    """Delete the lines of a file, some at a time."""
    is_left = True
    while is_left:
        async with store.open_unit() as uow:
            is_left = bool(await uow.settlement.delete_lines(file_id, LINES_DELETED_AT_ONCE))


async def drop_file(dependencies: Dependencies, store: Store, file_id: int, actor: Actor) -> SettlementFile:
    """Give a file up that was not booked; the same bytes may be brought again.

    Errors: `Forbidden`, `NotFound("settlement_file")`, `Conflict("settlement_file")`.
    """
    require_right(Right.SETTLEMENT_DROP, actor, "settlement_file")
    now = dependencies.clock.now()
    async with store.open_unit() as uow:
        stored_file = await uow.settlement.get_file(file_id, lock=True)
        if stored_file.state not in {FileState.WAITING, FileState.EXAMINED}:
            raise Conflict("settlement_file", ConflictReason.SETTLEMENT_MOVED)
        stored_file.state, stored_file.decided_by, stored_file.finished_at = FileState.DROPPED, actor.identifier, now
        await uow.settlement.save_file(stored_file)
        await uow.settlement.delete_content(file_id)
        await uow.audit.add_entry(now, actor.label, "settlement_file_dropped", {"file": stored_file.name})
    await _delete_lines(store, file_id)
    return stored_file
