"""Papers that were issued, found by their tokens."""

from sqlalchemy import bindparam, insert, select

from domain.papers.issued import IssuedPaper
from store.rows import TableMapping
from store.schema import issued_papers
from store.work import Repository

_PAPER_MAPPING = TableMapping(issued_papers, IssuedPaper)
_INSERT_PAPER = insert(issued_papers)
_SELECT_BY_TOKEN = select(*_PAPER_MAPPING.columns).where(issued_papers.c.token == bindparam("wanted"))


class SqlIssuedPaperRepository(Repository):
    """The port `IssuedPaperRepository`."""

    async def add(self, issued_paper: IssuedPaper) -> None:
        await self._transaction.defer(_INSERT_PAPER, _PAPER_MAPPING.column_values(issued_paper))

    async def find_by_token(self, token: str) -> IssuedPaper | None:
        row = await self._transaction.fetch_row(_SELECT_BY_TOKEN, {"wanted": token})
        return _PAPER_MAPPING.read_row(row) if row else None
