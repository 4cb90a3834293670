"""The work behind a file that somebody brought: one process each, begun again where it was cut off, never half done.

Whatever dies, the database says where the work stands: a file that waits is examined, one that was confirmed is
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
from app.jobs.children import in_a_process
from app.jobs.importing import Imported, Wish, import_file
from app.wiring import desk_of
from domain.actions.desk import Desk
from domain.actions.registries.import_jobs import settle
from domain.actions.registries.rows import registry_named
from domain.actions.staff.staffing import staff_actor, today
from domain.registries.imports import Import, ImportState, Progress, Tally
from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import Conflict, DomainError, Unavailable

log = logging.getLogger(__name__)

CHANNEL = "staff"

MOST_TRIES = 3
"""How often the work on a file may be cut off before it is given up."""

MOST_ROWS = 200_000
"""Rows of a file that is brought to the staff's site; larger ones go in by the command line."""

MOST_REPORTED = 20_000
"""Faults that its report takes."""

TOLD_EVERY = 1.0
"""Seconds between two notes of how far it is."""


async def run_waiting(settings: Settings, desk: Desk, store: Store) -> int:
    """Do what is to be done with files that were brought, one after the other; return how many."""
    number = 0
    while (brought := await _begun(desk, store)) is not None:
        if not await in_a_process(run, settings, brought.id):
            log.warning("the work on import %s was cut off", brought.id)
        number += 1
    return number


async def _begun(desk: Desk, store: Store) -> Import | None:
    """Count one more try for the next file; those that were tried too often fail."""
    async with store.unit() as uow:
        while (found := await uow.imports.next_running()) is not None:
            found.tries += 1
            if found.tries <= MOST_TRIES:
                await uow.imports.save(found)
                return found
            log.error("import %s was cut off %s times and is given up", found.id, MOST_TRIES)
            await settle(desk, uow, found, ImportState.FAILED, desk.catalogue.text("admin.imports.gave_up"))
    return None


def run(settings: Settings, import_id: int) -> None:
    """Do what is to be done with a file; the beginning of a process."""
    asyncio.run(_run(settings, import_id))


async def _run(settings: Settings, import_id: int) -> None:
    store = await open_store(settings)
    try:
        await work(await desk_of(settings, store), store, import_id)
    finally:
        await store.close()


async def work(desk: Desk, store: Store, import_id: int) -> None:
    """Examine a file, or keep one that was confirmed, and note what came of it."""
    async with store.unit(write=False) as uow:
        brought, content = await uow.imports.get(import_id), await uow.imports.content(import_id)
    with _laid_out(brought, content) as (file, report):
        try:
            done = await _imported(desk, store, brought, file, report)
        except (Unavailable, Conflict):
            raise  # no fault of the file: it is taken up again, and what somebody changed meanwhile is found then
        except DomainError as error:
            await _refuse(desk, store, import_id, desk.wording.error(error))
            return
        written = await asyncio.to_thread(report.read_bytes) if done.examined.tally.bad else None
    if brought.state is not ImportState.KEPT:
        await _show(desk, store, brought, done, written)


async def _refuse(desk: Desk, store: Store, import_id: int, problem: str) -> None:
    """Tell why a file is not taken, unless it was dropped meanwhile."""
    async with store.unit() as uow:
        now = await uow.imports.get(import_id, lock=True)
        if now.state.running:
            await settle(desk, uow, now, ImportState.REFUSED, problem)


@contextmanager
def _laid_out(brought: Import, content: bytes) -> Iterator[tuple[Path, Path]]:
    """Lay a file out where its owner alone can read it, with a place for its report."""
    with TemporaryDirectory(prefix="pishkhan-import-") as folder:
        file = Path(folder) / "sheet"
        file.write_bytes(content)
        yield file, Path(folder) / "report.csv"


async def _imported(desk: Desk, store: Store, brought: Import, file: Path, report: Path) -> Imported:
    confirmed = brought.state is ImportState.CONFIRMED
    who = (brought.decided_by if confirmed else None) or brought.by  # files of before kept nobody's word
    async with store.unit(write=False) as uow:
        actor = await staff_actor(uow, who, CHANNEL, today(desk))

    async def kept(uow: UnitOfWork, tally: Tally) -> None:
        now = await uow.imports.get(brought.id, lock=True)
        if now.state is not ImportState.CONFIRMED:
            raise Conflict("import", detail="import_moved")
        brought.tally |= {name: getattr(tally, name) for name in ("added", "changed")}
        await settle(desk, uow, brought, ImportState.KEPT)

    wish = Wish(
        preview=not confirmed, skip_bad_rows=brought.skip_bad_rows, report=report,
        expected=brought.digest if confirmed else None, within=kept, source=brought.name,
        most_rows=MOST_ROWS, most_reported=MOST_REPORTED,
    )  # fmt: skip
    async with _watched(store, brought) as watch:
        return await import_file(desk, store, registry_named(brought.registry), file, wish, actor, watch.bar)


class _Watch:
    """What is known of how far the work is."""

    def __init__(self) -> None:
        self.done = 0
        self.total: int | None = None

    @contextmanager
    def bar(self, what: str, total: int | None) -> Iterator[Progress]:
        """Begin a part of the work."""
        self.done, self.total = 0, total
        yield self._note

    def _note(self, done: int) -> None:
        self.done = done


@asynccontextmanager
async def _watched(store: Store, brought: Import) -> AsyncIterator[_Watch]:
    """Note every second how far the work is. While rows are kept, SQLite has no place for such notes: they wait."""
    watch = _Watch()

    async def tell() -> None:
        while True:
            await asyncio.sleep(TOLD_EVERY)
            async with store.unit() as uow:
                await uow.imports.note_progress(brought.id, watch.done, watch.total)

    telling = asyncio.create_task(tell())
    try:
        yield watch
    finally:
        telling.cancel()
        await asyncio.wait([telling])


async def _show(desk: Desk, store: Store, brought: Import, done: Imported, report: bytes | None) -> None:
    """Put what was found before its owner. One that was confirmed comes back only when it would do something else."""
    examined = done.examined
    async with store.unit() as uow:
        now = await uow.imports.get(brought.id, lock=True)
        if not now.state.running:
            return  # dropped meanwhile
        again = now.state is ImportState.CONFIRMED
        now.state, now.tally = ImportState.EXAMINED, examined.tally.as_json()
        now.problem = desk.catalogue.text("admin.imports.other_now") if again else None
        now.outcome = {
            "faults": [asdict(one) for one in done.faults],
            "first": [asdict(one) for one in examined.first],
            "ignored": list(examined.ignored),
            "digest": examined.effect.digest,
        }
        await uow.imports.save(now)
        await uow.imports.keep_report(now.id, report)
