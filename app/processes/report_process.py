"""Sheets of reports made in a process of their own, and streamed from it: who waits for a page does not wait for them.

A list of a million requests keeps a processor busy for a minute. The process reads the database by itself; this one
only hands the bytes on, as fast as they are taken. One sheet is made at a time, the next one waits for its turn.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager, aclosing, nullcontext
from typing import BinaryIO

from app.configuration.settings import Settings
from app.database import open_store
from app.processes.children import stream_from_process
from app.processes.exporting import export_report
from app.spreadsheets.sheet_writing import open_sheet_writer
from app.wiring import load_dependencies
from domain.registries.imports import ProgressCallback
from domain.reports.sheets import SheetSelection
from domain.values.actors import Actor
from domain.values.errors import Unavailable


class ReportProcess:
    """The port `ReportSheets`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._turn = asyncio.Semaphore(1)

    async def stream_sheet(self, selection: SheetSelection, actor: Actor) -> AsyncGenerator[bytes, None]:
        async with (
            self._turn,
            aclosing(stream_from_process(run_report_process, self._settings, selection, actor)) as chunks,
        ):
            try:
                async for chunk in chunks:
                    yield chunk
            except ChildProcessError:
                raise Unavailable("report") from None


def run_report_process(settings: Settings, selection: SheetSelection, actor: Actor, output: BinaryIO) -> None:
    """Write a sheet into a stream; the beginning of a process."""
    asyncio.run(write_sheet(settings, selection, actor, output))


async def write_sheet(settings: Settings, selection: SheetSelection, actor: Actor, output: BinaryIO) -> None:
    """Write a sheet, out of one snapshot of its database; `Forbidden("report")`."""
    store = await open_store(settings)
    try:
        dependencies = await load_dependencies(settings, store)
        with open_sheet_writer(output, selection.file_format) as write_row:
            await export_report(dependencies, store, selection, actor, write_row, _no_progress)
    finally:
        await store.close()


def _no_progress(_task_label: str, _total: int | None) -> AbstractContextManager[ProgressCallback]:
    return nullcontext(lambda _done: None)
