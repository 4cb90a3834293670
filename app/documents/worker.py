"""Program of the process that opens files of strangers: it is given one after the other.

Its memory and its time a file are bounded by the system, so that a file that unpacks to more than it seems, or that
leads a decoder astray, ends this process and not the service.
"""

import os
import resource
import signal
from dataclasses import dataclass
from multiprocessing import parent_process
from threading import Thread

from app.documents.unacceptable import UnacceptableFileError
from domain.values.reasons import DocumentReason

MOST_MEMORY_BYTES = 3 << 29
"""Bytes of address space that the process may take (1.5 GB): the largest photo needs a third."""


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that is not taken, with the reason of `DocumentRejected`."""

    reason: DocumentReason


def start_process() -> None:
    """Make the process ready. It ends with its parent, however that ends; Ctrl-C is the parent's alone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))


def clean_in_process(content: bytes, media_type: str, file_seconds: float) -> bytes | RefusedFile:
    """Clean a file; the process ends if that takes longer."""
    signal.setitimer(signal.ITIMER_REAL, file_seconds)
    try:
        return clean_content(content, media_type)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def clean_content(content: bytes, media_type: str) -> bytes | RefusedFile:
    """Return what is stored of a file of that type, or why it is not taken."""
    from app.documents.pdfs import inspect_pdf  # noqa: PLC0415 - loaded in this process alone
    from app.documents.photos import clean_photo  # noqa: PLC0415 - as above

    try:
        if media_type != "application/pdf":
            return clean_photo(content, media_type)
        inspect_pdf(content)
    except UnacceptableFileError as error:
        return RefusedFile(error.reason)
    return content


def _end_with_parent() -> None:
    parent_handle = parent_process()
    if parent_handle is not None:
        parent_handle.join()
        os._exit(0)
