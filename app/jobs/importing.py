"""One file imported into one registry: opened, examined, reported, and kept when it may be."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import count, repeat
from pathlib import Path

from app.spreadsheets.sheet_writing import written
from app.spreadsheets.sheets import OpenSheet, opened
from app.spreadsheets.spools import temporary_pile
from domain.actions.desk import Desk
from domain.actions.registries.importing import Within, examine, keep, nothing_more
from domain.actions.registries.rows import may_edit
from domain.messages.catalogue import Catalogue
from domain.registries.declarations import Registry
from domain.registries.imports import REPORT_COLUMNS, Examined, Progress, RowFault, Rows, Tally
from domain.registries.sheet import recognise
from domain.unit_of_work import Store
from domain.values.actors import Actor
from domain.values.errors import TooLarge

SHOWN_FAULTS = 100
"""Faults that are kept to be shown; a report file takes all of them."""

Bar = Callable[[str, int | None], AbstractContextManager[Progress]]
"""Shows progress: what is done, and how many rows there are."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted: only a preview, bad rows left out, and where all faults are written.

    With `expected`, the digest of an `Effect`, rows are kept only if that is what is done to them; `within` happens
    together with them. `source` is what the audit calls the file, if not by its own name. More than `most_rows` rows
    are `TooLarge("file")`; a report takes `most_reported` faults.
    """

    preview: bool = False
    skip_bad_rows: bool = False
    report: Path | None = None
    expected: str | None = None
    within: Within = nothing_more
    source: str | None = None
    most_rows: int | None = None
    most_reported: int | None = None

    def keeps(self, found: Examined) -> bool:
        """Tell whether a file that would do this is to be kept."""
        as_expected = self.expected in {None, found.effect.digest}
        return not self.preview and as_expected and (self.skip_bad_rows or not found.tally.bad)


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
    such table; `Conflict` when a row was changed between its examination and its writing. Faults of rows are no errors
    here.
    """
    may_edit(registry, actor)
    done = Imported(Examined())
    with opened(path) as file, temporary_pile() as pile:
        sheet = recognise(registry, file.headings, desk.catalogue)
        rows = _at_most(wish.most_rows, file)
        with _told(done, wish, desk.catalogue) as tell, bar("examining", file.total) as progress:
            done.examined = await examine(desk, store, sheet, rows, pile, actor, tell, progress)
        tally = done.examined.tally
        if wish.keeps(done.examined):
            done.kept = Tally()
            if tally.added or tally.changed:
                digest, source = done.examined.effect.digest, wish.source or path.name
                with bar("writing", tally.added + tally.changed) as progress:
                    done.kept = await keep(desk, store, registry, pile, actor, digest, source, progress, wish.within)
    return done


def _at_most(most: int | None, file: OpenSheet) -> Rows:
    """Yield the rows; `TooLarge("file")` when there are more, as soon as the file says so."""
    too_many = TooLarge("file", detail="too_many_rows", most=most)
    if most is not None and (file.total or 0) > most:
        raise too_many
    for number, row in enumerate(file.rows, start=1):
        if most is not None and number > most:
            raise too_many
        yield row


@contextmanager
def _told(done: Imported, wish: Wish, catalogue: Catalogue) -> Iterator[Callable[[RowFault], None]]:
    """Keep the first faults, and write them to the report as they come."""

    def keep_first(fault: RowFault) -> None:
        if len(done.faults) < SHOWN_FAULTS:
            done.faults.append(fault)

    if wish.report is None:
        yield keep_first
        return
    left = count(wish.most_reported, -1) if wish.most_reported is not None else repeat(1)
    with written(wish.report, force=True) as write:
        write([catalogue.text(f"registries.report.{name}") for name in REPORT_COLUMNS])

        def write_too(fault: RowFault) -> None:
            keep_first(fault)
            if next(left) > 0:
                write([getattr(fault, name) for name in REPORT_COLUMNS])

        yield write_too
