"""Program of the process that makes PDFs: it is given one printout after the other, each with what it is put on.

A paper that takes too long ends this process, by an alarm that nothing in it can miss, and not the service.
"""

import os
import signal
from collections.abc import Sequence
from multiprocessing import parent_process
from threading import Thread
from typing import TYPE_CHECKING

from domain.papers.document import Printout
from printing.pages import PageRenderer

if TYPE_CHECKING:
    from printing.pdf import PdfMaker

_pdf_maker: "PdfMaker | None" = None
_pdf_seconds = 0.0


def start_process(paper_seconds: float) -> None:
    """Make the process ready; `paper_seconds` is how long a paper may take. It ends with its parent, however that ends;
    Ctrl-C is the parent's alone.
    """
    global _pdf_maker, _pdf_seconds
    from printing.pdf import PdfMaker  # noqa: PLC0415 - WeasyPrint is loaded in this process alone

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    _pdf_maker, _pdf_seconds = PdfMaker(), paper_seconds


def make_pdf(page_renderer: PageRenderer, printouts: Sequence[Printout]) -> bytes:
    """Return papers as one PDF."""
    assert _pdf_maker is not None, "the pool starts each process"  # noqa: S101 - holds by construction
    signal.setitimer(signal.ITIMER_REAL, _pdf_seconds)
    try:
        return _pdf_maker.make_pdf(page_renderer, printouts)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _end_with_parent() -> None:
    parent_handle = parent_process()
    if parent_handle is not None:
        parent_handle.join()
        os._exit(0)
