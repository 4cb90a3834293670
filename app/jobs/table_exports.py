"""Exports of registries for the staff's site: each made by a process of its own, in a folder that is gone after it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from app.configuration.settings import Settings
from app.database import open_store
from app.jobs.children import in_a_process
from app.jobs.exporting import export_table
from app.spreadsheets.sheet_writing import written
from app.wiring import desk_of
from domain.registries.declarations import REGISTRIES, Registry
from domain.registries.imports import Progress
from domain.values.errors import Unavailable

AT_ONCE = 2
"""Exports that are made at the same time; others wait."""


class ProcessExports:
    """The port `TableExports`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._turns = asyncio.Semaphore(AT_ONCE)

    @asynccontextmanager
    async def exported(self, registry: Registry, kind: str) -> AsyncIterator[Path]:
        """Yield a file with all rows; `Unavailable("export")` when the process that should make it died."""
        with TemporaryDirectory(prefix="pishkhan-export-") as folder:
            file = Path(folder) / f"{registry.key}.{kind}"
            async with self._turns:
                if not await in_a_process(run, self._settings, registry.key, file):
                    raise Unavailable("export")
            yield file


def run(settings: Settings, registry: str, file: Path) -> None:
    """Write a registry into a file; the beginning of a process."""
    asyncio.run(_run(settings, REGISTRIES[registry], file))


async def _run(settings: Settings, registry: Registry, file: Path) -> None:
    store = await open_store(settings)
    try:
        with written(file) as write:
            await export_table(await desk_of(settings, store), store, registry, write, no_bar)
    finally:
        await store.close()


@contextmanager
def no_bar(what: str, total: int | None) -> Iterator[Progress]:
    """Show nobody how far it is."""
    yield lambda done: None
