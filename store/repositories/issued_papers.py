"""Papers that were issued, found by their tokens and numbers."""

from sqlalchemy import bindparam, insert, select

from domain.papers.issued import IssuedPaper, letter_number_key
from store.rows import TableMapping
from store.schema import issued_papers
from store.work import Repository

_PAPER_MAPPING = TableMapping(issued_papers, IssuedPaper)
_INSERT_PAPER = insert(issued_papers)
_SELECT_BY_TOKEN = select(*_PAPER_MAPPING.columns).where(issued_papers.c.token == bindparam("wanted"))
_SELECT_BY_NUMBER = (
    select(*_PAPER_MAPPING.columns)
    .where(issued_papers.c.number_key == bindparam("wanted"))
    .order_by(issued_papers.c.day.desc(), issued_papers.c.token)
)


class SqlIssuedPaperRepository(Repository):
    """The port `IssuedPaperRepository`."""

    async def add(self, issued_paper: IssuedPaper) -> None:
        number_key = letter_number_key(issued_paper.number) if issued_paper.number else None
        values = {**_PAPER_MAPPING.column_values(issued_paper), "number_key": number_key}
        await self._transaction.defer(_INSERT_PAPER, values)

    async def find_by_token(self, token: str) -> IssuedPaper | None:
        row = await self._transaction.fetch_row(_SELECT_BY_TOKEN, {"wanted": token})
        return _PAPER_MAPPING.read_row(row) if row else None

    async def list_by_number(self, letter_number: str) -> list[IssuedPaper]:
        rows = await self._transaction.fetch_rows(_SELECT_BY_NUMBER, {"wanted": letter_number_key(letter_number)})
        return _PAPER_MAPPING.read_rows(rows)
