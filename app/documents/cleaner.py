"""Files cleaned by one process beside ours, one at a time. It is started with the first file; if it dies under one
(killed, out of memory, or by its own alarm) it is started again, once for that file.
"""

import asyncio
import logging
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from app.documents import worker
from domain.values.errors import DocumentRejected, Unavailable
from domain.values.reasons import DocumentReason, UnavailableReason

FILE_SECONDS = 20.0
"""Time that one file may take; a photo of twelve megapixels takes half a second."""

FILES_A_PROCESS = 500
"""After so many the process is replaced, so that no leak of a library grows for ever."""

log = logging.getLogger(__name__)


class ProcessCleaner:
    """The port `FileCleaner`."""

    def __init__(self, *, file_seconds: float = FILE_SECONDS) -> None:
        self._file_seconds = file_seconds
        self._process_lock = asyncio.Lock()
        self._process_pool: ProcessPoolExecutor | None = None

    async def clean_file(self, content: bytes, media_type: str) -> bytes:
        async with self._process_lock:
            for _ in range(2):
                try:
                    outcome = await self._clean_content(content, media_type)
                except BrokenProcessPool:
                    log.warning("the process that cleans files ended under a %s of %d bytes", media_type, len(content))
                    self._forget_process()
                except OSError:  # it cannot be started: no memory, no more processes
                    log.exception("no process can be started that cleans files")
                    self._forget_process()
                    raise Unavailable("document", UnavailableReason.CLEANER) from None
                else:
                    return _take_content(outcome)
        raise DocumentRejected("document", DocumentReason.UNREADABLE_DOCUMENT)

    async def _clean_content(self, content: bytes, media_type: str) -> bytes | worker.RefusedFile:
        if self._process_pool is None:
            self._process_pool = ProcessPoolExecutor(
                1,
                get_context("spawn"),
                worker.start_process,
                max_tasks_per_child=FILES_A_PROCESS,
            )
        return await asyncio.wrap_future(
            self._process_pool.submit(worker.clean_in_process, content, media_type, self._file_seconds)
        )

    def _forget_process(self) -> None:
        process_pool, self._process_pool = self._process_pool, None
        if process_pool is not None:
            process_pool.shutdown(wait=False)

    async def close(self) -> None:
        """End the process, once the file that it works on is done."""
        process_pool, self._process_pool = self._process_pool, None
        if process_pool is not None:
            await asyncio.to_thread(process_pool.shutdown, cancel_futures=True)


def _take_content(outcome: bytes | worker.RefusedFile) -> bytes:
    if isinstance(outcome, worker.RefusedFile):
        raise DocumentRejected("document", outcome.reason)
    return outcome
