"""The work behind a file that somebody brought: one process each, begun again where it was cut off, never half done.

Whatever dies, the database holds the progress of the work: a file that waits is examined, one that was confirmed is
examined again and kept if it still does what was shown. That it is kept is written together with its rows.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from app.configuration.settings import Settings
from app.database import open_store
from app.processes.children import run_in_process
from app.processes.importing import FileImportResult, ImportOptions, import_file
from app.wiring import load_dependencies
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.registries.import_jobs import settle_import
from domain.actions.registries.rows import find_registry
from domain.actions.staffing import load_staff_actor, today_in_tehran
from domain.registries.imports import Import, ImportState, ProgressCallback, Tally
from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import Conflict, DomainError, Unavailable
from domain.values.reasons import ConflictReason

log = logging.getLogger(__name__)

ACTING_CHANNEL = "staff"

MOST_TRIES = 3
"""Number of times that the work on a file may be cut off before it is given up."""

MOST_ROWS = 200_000
"""Rows of a file that is brought to the staff's site; larger ones go in by the command line."""

MOST_REPORTED_FAULTS = 20_000
"""Faults that its report takes."""

PROGRESS_SECONDS = 1.0
"""Seconds between two notes of how far it is."""


async def run_waiting_imports(settings: Settings, dependencies: Dependencies, store: Store) -> int:
    """Do what is to be done with files that were brought, one after the other; return how many."""
    import_count = 0
    while (upload := await _begin_next_import(dependencies, store)) is not None:
        if not await run_in_process(run_import_process, settings, upload.id):
            log.warning("the work on import %s was cut off", upload.id)
        import_count += 1
    return import_count


async def _begin_next_import(dependencies: Dependencies, store: Store) -> Import | None:
    """Count one more try for the next file; those that were tried too often fail."""
    async with store.open_unit() as uow:
        while (running_import := await uow.registry_imports.claim_next_running()) is not None:
            running_import.tries += 1
            if running_import.tries <= MOST_TRIES:
                await uow.registry_imports.save(running_import)
                return running_import
            log.error("import %s was cut off %s times and is given up", running_import.id, MOST_TRIES)
            await settle_import(
                ActionContext(dependencies, uow),
                running_import,
                ImportState.FAILED,
                dependencies.catalogue.text("admin.imports.gave_up"),
            )
    return None


def run_import_process(settings: Settings, import_id: int) -> None:
    """Do what is to be done with a file; the beginning of a process."""
    asyncio.run(_open_store_and_process(settings, import_id))


async def _open_store_and_process(settings: Settings, import_id: int) -> None:
    store = await open_store(settings)
    try:
        await process_import(await load_dependencies(settings, store), store, import_id)
    finally:
        await store.close()


async def process_import(dependencies: Dependencies, store: Store, import_id: int) -> None:
    """Examine a file, or keep one that was confirmed, and note what came of it."""
    async with store.open_unit(write=False) as uow:
        upload, content = await uow.registry_imports.get(import_id), await uow.registry_imports.get_content(import_id)
    with _lay_out_files(upload, content) as (file, report_path):
        try:
            imported = await _import_brought_file(dependencies, store, upload, file, report_path)
        except (Unavailable, Conflict):
            raise  # no fault of the file: it is taken up again, and what somebody changed meanwhile is found then
        except DomainError as error:
            await _refuse_import(dependencies, store, import_id, dependencies.wording.render_error(error))
            return
        report_bytes = await asyncio.to_thread(report_path.read_bytes) if imported.examined.tally.bad else None
    if upload.state is not ImportState.KEPT:
        await _store_findings(dependencies, store, upload, imported, report_bytes)


async def _refuse_import(dependencies: Dependencies, store: Store, import_id: int, problem: str) -> None:
    """Store why a file is not taken, unless it was dropped meanwhile."""
    async with store.open_unit() as uow:
        stored_import = await uow.registry_imports.get(import_id, lock=True)
        if stored_import.state.is_running:
            await settle_import(ActionContext(dependencies, uow), stored_import, ImportState.REFUSED, problem)


@contextmanager
def _lay_out_files(upload: Import, content: bytes) -> Iterator[tuple[Path, Path]]:
    """Lay a file out where its owner alone can read it, with a place for its report."""
    with TemporaryDirectory(prefix="pishkhan-import-") as folder:
        file = Path(folder) / "sheet"
        file.write_bytes(content)
        yield file, Path(folder) / "report.csv"


async def _import_brought_file(
    dependencies: Dependencies, store: Store, upload: Import, file: Path, report_path: Path
) -> FileImportResult:
    is_confirmed = upload.state is ImportState.CONFIRMED
    acting_username = (upload.decided_by if is_confirmed else None) or upload.by  # files of before kept nobody's word
    async with store.open_unit(write=False) as uow:
        actor = await load_staff_actor(uow.people, acting_username, ACTING_CHANNEL, today_in_tehran(dependencies))

    async def settle_kept(uow: UnitOfWork, tally: Tally) -> None:
        stored_import = await uow.registry_imports.get(upload.id, lock=True)
        if stored_import.state is not ImportState.CONFIRMED:
            raise Conflict("import", ConflictReason.IMPORT_MOVED)
        upload.tally |= {name: getattr(tally, name) for name in ("added", "changed")}
        await settle_import(ActionContext(dependencies, uow), upload, ImportState.KEPT)

    options = ImportOptions(
        preview_only=not is_confirmed,
        skip_bad_rows=upload.skip_bad_rows,
        report_path=report_path,
        expected_digest=upload.outcome_digest if is_confirmed else None,
        unit_hook=settle_kept,
        source_name=upload.name,
        most_rows=MOST_ROWS,
        most_reported_faults=MOST_REPORTED_FAULTS,
    )
    async with _watch_progress(store, upload) as progress_watch:
        return await import_file(
            dependencies, store, find_registry(upload.registry), file, options, actor, progress_watch.begin_part
        )


class _ProgressWatch:
    """Progress of the work as known."""

    def __init__(self) -> None:
        self.rows_done = 0
        self.rows_total: int | None = None

    @contextmanager
    def begin_part(self, part_name: str, rows_total: int | None) -> Iterator[ProgressCallback]:
        """Begin a part of the work."""
        self.rows_done, self.rows_total = 0, rows_total
        yield self._note_progress

    def _note_progress(self, rows_done: int) -> None:
        self.rows_done = rows_done


@asynccontextmanager
async def _watch_progress(store: Store, upload: Import) -> AsyncIterator[_ProgressWatch]:
    """Note every second how far the work is. While rows are kept, SQLite has no place for such notes: they wait."""
    progress_watch = _ProgressWatch()

    async def note_progress() -> None:
        while True:
            await asyncio.sleep(PROGRESS_SECONDS)
            async with store.open_unit() as uow:
                await uow.registry_imports.save_progress(upload.id, progress_watch.rows_done, progress_watch.rows_total)

    noting_task = asyncio.create_task(note_progress())
    try:
        yield progress_watch
    finally:
        noting_task.cancel()
        await asyncio.wait([noting_task])


async def _store_findings(
    dependencies: Dependencies, store: Store, upload: Import, imported: FileImportResult, report_bytes: bytes | None
) -> None:
    """Put what was found before its owner. One that was confirmed comes back only when it would do something else."""
    examined = imported.examined
    async with store.open_unit() as uow:
        stored_import = await uow.registry_imports.get(upload.id, lock=True)
        if not stored_import.state.is_running:
            return  # dropped meanwhile
        was_confirmed = stored_import.state is ImportState.CONFIRMED
        stored_import.state, stored_import.tally = ImportState.EXAMINED, examined.tally.as_json()
        stored_import.problem = dependencies.catalogue.text("admin.imports.other_now") if was_confirmed else None
        stored_import.outcome = {
            "faults": [asdict(finding) for finding in imported.faults],
            "first": [asdict(finding) for finding in examined.first_rows],
            "ignored": list(examined.ignored_headings),
            "digest": examined.effect.digest,
        }
        await uow.registry_imports.save(stored_import)
        await uow.registry_imports.save_report(stored_import.id, report_bytes)
