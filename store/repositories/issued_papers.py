"""Papers that were issued, found by their tokens."""

from sqlalchemy import bindparam, insert, select

from domain.papers.issued import IssuedPaper
from store.rows import TableMapping
from store.schema import issued_papers
from store.work import Repository

_PAPER = TableMapping(issued_papers, IssuedPaper)
_ADD = insert(issued_papers)
_BY_TOKEN = select(*_PAPER.columns).where(issued_papers.c.token == bindparam("wanted"))


class SqlIssuedPapers(Repository):
    """The port `IssuedPapers`."""

    async def add(self, paper: IssuedPaper) -> None:
        """Keep a paper that was just issued."""
        await self._work.later(_ADD, _PAPER.values(paper))

    async def by_token(self, token: str) -> IssuedPaper | None:
        """Return the paper with that token, if there is one."""
        row = await self._work.row(_BY_TOKEN, {"wanted": token})
        return _PAPER.read(row) if row else None
