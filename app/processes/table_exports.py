"""Exports of registries for the staff's site: each made by a process of its own, in a folder that is gone after it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from app.configuration.settings import Settings
from app.database import open_store
from app.processes.children import run_in_process
from app.processes.exporting import export_table
from app.spreadsheets.sheet_writing import open_file_writer
from app.wiring import load_dependencies
from domain.registries.declarations import REGISTRIES, Registry
from domain.registries.imports import ProgressCallback
from domain.values.errors import Unavailable

EXPORTS_AT_ONCE = 2
"""Exports that are made at the same time; others wait."""


class ProcessExports:
    """The port `TableExports`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._turns = asyncio.Semaphore(EXPORTS_AT_ONCE)

    @asynccontextmanager
    async def export_registry(self, registry: Registry, file_format: str) -> AsyncIterator[Path]:
        with TemporaryDirectory(prefix="pishkhan-export-") as folder:
            file = Path(folder) / f"{registry.key}.{file_format}"
            async with self._turns:
                if not await run_in_process(run_export_process, self._settings, registry.key, file):
                    raise Unavailable("export")
            yield file


def run_export_process(settings: Settings, registry: str, file: Path) -> None:
    """Write a registry into a file; the beginning of a process."""
    asyncio.run(_export_into_file(settings, REGISTRIES[registry], file))


async def _export_into_file(settings: Settings, registry: Registry, file: Path) -> None:
    store = await open_store(settings)
    try:
        with open_file_writer(file) as write_row:
            await export_table(await load_dependencies(settings, store), store, registry, write_row, no_progress)
    finally:
        await store.close()


@contextmanager
def no_progress(part_name: str, total: int | None) -> Iterator[ProgressCallback]:
    """Show nobody how far it is."""
    yield lambda rows_done: None
