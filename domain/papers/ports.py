"""Ports of papers: the register of issued ones, and a printer."""

from typing import Protocol

from domain.papers.document import Letterhead, Printout
from domain.papers.issued import IssuedPaper


class IssuedPaperRepository(Protocol):
    """Papers by their tokens and numbers."""

    async def add(self, issued_paper: IssuedPaper) -> None:
        """Keep a paper that was just issued."""
        ...

    async def find_by_token(self, token: str) -> IssuedPaper | None:
        """Return the paper with that token, if there is one."""
        ...

    async def list_by_number(self, letter_number: str) -> list[IssuedPaper]:
        """Return the papers that bear a letter's number, however it is typed, newest first. The secretariat's own
        numbers begin anew each year.
        """
        ...


class Printer(Protocol):
    """Puts papers on the municipality's letterhead."""

    def current_letterhead(self) -> Letterhead:
        """Return what papers bear now: the name may be overridden while the process runs."""
        ...

    def render_html(self, printout: Printout) -> str:
        """Return a whole HTML document with all that it needs inside it."""
        ...

    async def render_pdf(self, *printouts: Printout) -> bytes:
        """Return one PDF of one paper or several, each on sheets of its own; `Unavailable("printer")` when it could not
        be made now. Never called inside a unit of work.
        """
        ...

    async def close(self) -> None:
        """End what makes PDFs."""
