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
from app.jobs.children import streamed
from app.jobs.exporting import export_report
from app.spreadsheets.sheet_writing import rows_into
from app.wiring import desk_of
from domain.registries.imports import Progress
from domain.unit_of_work import SheetWish
from domain.values.actors import Actor
from domain.values.errors import Unavailable


class ReportProcess:
    """The port `ReportSheets`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._turn = asyncio.Semaphore(1)

    async def stream(self, wish: SheetWish, actor: Actor) -> AsyncGenerator[bytes, None]:
        """Yield the sheet's bytes as they come; `Unavailable("report")` when the process does not get to its end."""
        async with self._turn, aclosing(streamed(run, self._settings, wish, actor)) as chunks:
            try:
                async for chunk in chunks:
                    yield chunk
            except ChildProcessError:
                raise Unavailable("report") from None


def run(settings: Settings, wish: SheetWish, actor: Actor, out: BinaryIO) -> None:
    """Write a sheet into a stream; the beginning of a process."""
    asyncio.run(write_sheet(settings, wish, actor, out))


async def write_sheet(settings: Settings, wish: SheetWish, actor: Actor, out: BinaryIO) -> None:
    """Write a sheet, out of one snapshot of its database; `Forbidden("report")`."""
    store = await open_store(settings)
    try:
        desk = await desk_of(settings, store)
        with rows_into(out, wish.kind) as write:
            await export_report(desk, store, wish, actor, write, _unseen)
    finally:
        await store.close()


def _unseen(_what: str, _total: int | None) -> AbstractContextManager[Progress]:
    return nullcontext(lambda _done: None)
