"""One file imported into one registry: opened, examined, reported, and kept when it may be."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app.piles import temporary_pile
from app.sheet_writing import written
from app.sheets import opened
from domain.actions.desk import Desk
from domain.actions.importing import examine, keep
from domain.actions.registries import may_edit
from domain.imports import REPORT_COLUMNS, Examined, Progress, RowFault, Tally
from domain.messages import Catalogue
from domain.people import Actor
from domain.ports import Store
from domain.registries import Registry
from domain.registry_sheet import recognise

SHOWN_FAULTS = 100
"""Faults that are kept to be shown; a report file takes all of them."""

Bar = Callable[[str, int | None], AbstractContextManager[Progress]]
"""Shows progress: what is done, and how many rows there are."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted: only a preview, bad rows left out, and where all faults are written."""

    preview: bool = False
    skip_bad_rows: bool = False
    report: Path | None = None


@dataclass(slots=True)
class Imported:
    """What became of a file. `kept` is None when nothing was written: a preview, or bad rows."""

    examined: Examined
    faults: list[RowFault] = field(default_factory=list)
    kept: Tally | None = None


async def import_file(
    desk: Desk, store: Store, registry: Registry, path: Path, wish: Wish, actor: Actor, bar: Bar
) -> Imported:
    """Import a CSV or XLSX file, all of it or nothing.

    Errors: `Forbidden`; `InvalidField("file")`, `TooLarge("file")` or `MissingField` (a column) when the file is no
    such table. Faults of rows are no errors here.
    """
    may_edit(registry, actor)
    done = Imported(Examined())
    with opened(path) as file, temporary_pile() as pile:
        sheet = recognise(registry, file.headings, desk.catalogue)
        with _told(done, wish.report, desk.catalogue) as tell, bar("examining", file.total) as progress:
            done.examined = await examine(desk, store, sheet, file.rows, pile, tell, progress)
        tally = done.examined.tally
        if not wish.preview and (wish.skip_bad_rows or not tally.bad):
            done.kept = Tally()
            if tally.added or tally.changed:
                with bar("writing", tally.added + tally.changed) as progress:
                    done.kept = await keep(desk, store, registry, pile, actor, path.name, progress)
    return done


@contextmanager
def _told(done: Imported, report: Path | None, catalogue: Catalogue) -> Iterator[Callable[[RowFault], None]]:
    """Keep the first faults, and write all of them to the report as they come."""

    def keep_first(fault: RowFault) -> None:
        if len(done.faults) < SHOWN_FAULTS:
            done.faults.append(fault)

    if report is None:
        yield keep_first
        return
    with written(report, force=True) as write:
        write([catalogue.text(f"registries.report.{name}") for name in REPORT_COLUMNS])

        def write_too(fault: RowFault) -> None:
            keep_first(fault)
            write([getattr(fault, name) for name in REPORT_COLUMNS])

        yield write_too
