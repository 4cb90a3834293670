"""The port `Printer`: HTML at once, PDFs by one process beside ours.

A page takes a twentieth of a second of a processor, which would keep the event loop from everybody else. The process is
started with the first PDF, so that a service that prints none holds no memory for it; one is enough for some twenty
pages a second. If it dies under a paper (killed, or by its own alarm) it is started again, once for that paper.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from domain.papers.document import Letterhead, Printout
from domain.values.errors import Unavailable
from domain.values.reasons import UnavailableReason
from printing import worker
from printing.pages import PageRenderer

PDF_SECONDS = 10.0
"""Time that one PDF may take; a page takes 0.05."""

PAPERS_A_PROCESS = 1000
"""After so many the process is replaced, so that no leak of a library grows for ever."""

log = logging.getLogger(__name__)


class PaperPrinter:
    """Prints each paper on what the letterhead is then; `public_address` is where people reach the server,
    `pdf_seconds` how long a PDF may take.
    """

    def __init__(
        self, current_letterhead: Callable[[], Letterhead], public_address: str, *, pdf_seconds: float = PDF_SECONDS
    ) -> None:
        self.current_letterhead = current_letterhead
        self._public_address = public_address
        self._pdf_seconds = pdf_seconds
        self._process_lock = asyncio.Lock()
        self._process_pool: ProcessPoolExecutor | None = None

    def render_html(self, printout: Printout) -> str:
        """Return a whole HTML document with all that it needs inside it."""
        return self._page_renderer().render_for_browser(printout)

    async def render_pdf(self, *printouts: Printout) -> bytes:
        """Return one PDF; `Unavailable("printer")` when it took too long, or the process died twice under it.

        One paper at a time is with the process, so that none dies with another.
        """
        async with self._process_lock:
            for _ in range(2):
                started_at = time.monotonic()
                try:
                    return await self._make_pdf(printouts)
                except (BrokenProcessPool, OSError):  # it died; or it cannot be started: no memory, no more processes
                    log.exception("the printing process ended")
                    self._forget_process()
                if time.monotonic() - started_at >= self._pdf_seconds:
                    break  # by its own alarm: it would take as long again
        raise Unavailable("printer", UnavailableReason.PRINTER)

    async def _make_pdf(self, printouts: Sequence[Printout]) -> bytes:
        if self._process_pool is None:
            self._process_pool = ProcessPoolExecutor(
                1,
                get_context("spawn"),
                worker.start_process,
                (self._pdf_seconds,),
                max_tasks_per_child=PAPERS_A_PROCESS,
            )
        return await asyncio.wrap_future(self._process_pool.submit(worker.make_pdf, self._page_renderer(), printouts))

    def _page_renderer(self) -> PageRenderer:
        return PageRenderer(self.current_letterhead(), self._public_address)

    def _forget_process(self) -> None:
        process_pool, self._process_pool = self._process_pool, None
        if process_pool is not None:
            process_pool.shutdown(wait=False)

    async def close(self) -> None:
        """End the process, once the paper that it works on is made."""
        process_pool, self._process_pool = self._process_pool, None
        if process_pool is not None:
            await asyncio.to_thread(process_pool.shutdown, cancel_futures=True)
