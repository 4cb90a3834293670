"""The port `Printer`: HTML at once, PDFs by one process beside ours.

A page takes a twentieth of a second of a processor, which would keep the event loop from everybody else. The process is
started with the first PDF, so that a service that prints none holds no memory for it; one is enough for some twenty
pages a second. If it dies under a paper (killed, or by its own alarm) it is started again, once for that paper.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from domain.papers.document import Letterhead, Printout
from domain.values.errors import Unavailable
from printing import worker
from printing.pages import PageRenderer

SECONDS = 10.0
"""How long one PDF may take; a page takes 0.05."""

PAPERS_A_PROCESS = 1000
"""After so many the process is replaced, so that no leak of a library grows for ever."""

log = logging.getLogger(__name__)


class PaperPrinter:
    """Prints each paper on what the letterhead is then; `address` is where people reach the server, `seconds` how long
    a PDF may take.
    """

    def __init__(self, letterhead: Callable[[], Letterhead], address: str, *, seconds: float = SECONDS) -> None:
        self.letterhead = letterhead
        self._address = address
        self._seconds = seconds
        self._turn = asyncio.Lock()
        self._pool: ProcessPoolExecutor | None = None

    def html(self, printout: Printout) -> str:
        """Return a whole HTML document with all that it needs inside it."""
        return self._pages().whole(printout)

    async def pdf(self, printout: Printout) -> bytes:
        """Return a PDF; `Unavailable("printer")` when it took too long, or the process died twice under it.

        One paper at a time is with the process, so that none dies with another.
        """
        async with self._turn:
            for _ in range(2):
                began = time.monotonic()
                try:
                    return await self._made(printout)
                except (BrokenProcessPool, OSError):  # it died; or it cannot be started: no memory, no more processes
                    log.exception("the printing process ended")
                    self._forget()
                if time.monotonic() - began >= self._seconds:
                    break  # by its own alarm: it would take as long again
        raise Unavailable("printer", detail="printer")

    async def _made(self, printout: Printout) -> bytes:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                1, get_context("spawn"), worker.start, (self._seconds,), max_tasks_per_child=PAPERS_A_PROCESS
            )
        return await asyncio.wrap_future(self._pool.submit(worker.pdf, self._pages(), printout))

    def _pages(self) -> PageRenderer:
        return PageRenderer(self.letterhead(), self._address)

    def _forget(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False)

    async def close(self) -> None:
        """End the process, once the paper that it works on is made."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(pool.shutdown, cancel_futures=True)
