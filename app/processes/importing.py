"""One file imported into one registry: opened, examined, reported, and kept when it may be."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import count, repeat
from pathlib import Path

from app.spreadsheets.sheet_writing import open_file_writer
from app.spreadsheets.sheets import OpenSheet, open_sheet
from app.spreadsheets.spools import open_temporary_spool
from domain.actions.dependencies import Dependencies
from domain.actions.registries.importing import CompletionHook, do_nothing_more, examine_sheet, store_import
from domain.actions.registries.rows import require_editor
from domain.messages.catalogue import Catalogue
from domain.registries.declarations import Registry
from domain.registries.imports import (
    REPORT_COLUMNS,
    ImportExamination,
    ProgressCallback,
    RowFault,
    SheetRows,
    Spool,
    Tally,
)
from domain.registries.sheet import recognise_columns
from domain.unit_of_work import Store
from domain.values.actors import Actor
from domain.values.errors import TooLarge
from domain.values.reasons import TooLargeReason

SHOWN_FAULTS = 100
"""Faults that are kept to be shown; a report file takes all of them."""

ProgressBar = Callable[[str, int | None], AbstractContextManager[ProgressCallback]]
"""Shows progress: what is done, and how many rows there are."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """Options of an import."""

    preview_only: bool = False
    """Nothing is written."""
    skip_bad_rows: bool = False
    """The good rows are written, even where others are bad."""
    report_path: Path | None = None
    """File for all faults; None: nowhere."""
    expected_digest: str | None = None
    """Of an `ImportEffect`: rows are kept only if that is what is done to them; None: in any case."""
    unit_hook: CompletionHook = do_nothing_more
    """Happens in one transaction with the rows."""
    source_name: str | None = None
    """Name of the file in the audit; None: by its own name."""
    most_rows: int | None = None
    """More of them are `TooLarge("file")`; None: any number."""
    most_reported_faults: int | None = None
    """So many go into the report; None: all."""

    def should_keep(self, examined: ImportExamination) -> bool:
        """Return whether a file that would do this is to be kept."""
        as_expected = self.expected_digest in {None, examined.effect.digest}
        return not self.preview_only and as_expected and (self.skip_bad_rows or not examined.tally.bad)


@dataclass(slots=True)
class FileImportResult:
    """Result of a file."""

    examined: ImportExamination
    """Expected effect."""
    faults: list[RowFault] = field(default_factory=list)
    """The first of them, at most `SHOWN_FAULTS`."""
    kept_tally: Tally | None = None
    """Rows written; None where nothing was: a preview, or bad rows."""


async def import_file(
    dependencies: Dependencies,
    store: Store,
    registry: Registry,
    path: Path,
    options: ImportOptions,
    actor: Actor,
    begin_bar: ProgressBar,
) -> FileImportResult:
    """Import a CSV or XLSX file, all of it or nothing.

    Errors: `Forbidden`; `InvalidField("file")`, `TooLarge("file")` or `MissingField` (a column) when the file is no
    such table; `Conflict` when a row was changed between its examination and its writing. Faults of rows are no errors
    here.
    """
    require_editor(registry, actor)
    with open_sheet(path) as file, open_temporary_spool() as spool:
        result = await _examine_file(
            dependencies, store, registry, file=file, spool=spool, options=options, actor=actor, begin_bar=begin_bar
        )
        if options.should_keep(result.examined):
            result.kept_tally = await _write_rows(
                dependencies=dependencies,
                store=store,
                registry=registry,
                spool=spool,
                examined=result.examined,
                source_name=options.source_name or path.name,
                completion_hook=options.unit_hook,
                actor=actor,
                begin_bar=begin_bar,
            )
    return result


async def _examine_file(
    dependencies: Dependencies,
    store: Store,
    registry: Registry,
    file: OpenSheet,
    spool: Spool,
    options: ImportOptions,
    actor: Actor,
    begin_bar: ProgressBar,
) -> FileImportResult:
    """Return what the file would do and what is wrong with it; its rows lie in the spool from then on."""
    sheet = recognise_columns(registry, file.headings, dependencies.catalogue)
    result = FileImportResult(ImportExamination())
    with (
        _collect_faults(result, options, dependencies.catalogue) as note_fault,
        begin_bar("examining", file.total) as progress,
    ):
        result.examined = await examine_sheet(
            dependencies=dependencies,
            store=store,
            sheet_layout=sheet,
            rows=_limit_rows(options.most_rows, file),
            spool=spool,
            actor=actor,
            report_fault=note_fault,
            report_progress=progress,
        )
    return result


async def _write_rows(
    dependencies: Dependencies,
    store: Store,
    registry: Registry,
    spool: Spool,
    examined: ImportExamination,
    source_name: str,
    completion_hook: CompletionHook,
    actor: Actor,
    begin_bar: ProgressBar,
) -> Tally:
    """Write the rows of the spool as they were examined; where none is new or changed, nothing is done at all."""
    written_rows = examined.tally.added + examined.tally.changed
    if not written_rows:
        return Tally()
    with begin_bar("writing", written_rows) as progress:
        return await store_import(
            dependencies=dependencies,
            store=store,
            registry=registry,
            spool=spool,
            actor=actor,
            expected_digest=examined.effect.digest,
            source_name=source_name,
            report_progress=progress,
            completion_hook=completion_hook,
        )


def _limit_rows(most_rows: int | None, file: OpenSheet) -> SheetRows:
    """Yield the rows; `TooLarge("file")` when there are more, as soon as the file says so."""
    too_many = TooLarge("file", TooLargeReason.TOO_MANY_ROWS, most=most_rows)
    if most_rows is not None and (file.total or 0) > most_rows:
        raise too_many
    for row_number, row in enumerate(file.rows, start=1):
        if most_rows is not None and row_number > most_rows:
            raise too_many
        yield row


@contextmanager
def _collect_faults(
    result: FileImportResult, options: ImportOptions, catalogue: Catalogue
) -> Iterator[Callable[[RowFault], None]]:
    """Keep the first faults, and write them to the report as they come."""

    def keep_first(fault: RowFault) -> None:
        if len(result.faults) < SHOWN_FAULTS:
            result.faults.append(fault)

    if options.report_path is None:
        yield keep_first
        return
    reports_left = count(options.most_reported_faults, -1) if options.most_reported_faults is not None else repeat(1)
    with open_file_writer(options.report_path, force=True) as write_row:
        write_row([catalogue.text(f"registries.report.{name}") for name in REPORT_COLUMNS])

        def report_fault(fault: RowFault) -> None:
            keep_first(fault)
            if next(reports_left) > 0:
                write_row([getattr(fault, name) for name in REPORT_COLUMNS])

        yield report_fault
