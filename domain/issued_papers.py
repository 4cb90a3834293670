"""What was issued and can be verified: a random token for each paper, kept apart from the request that it belongs to.

The token stands in the QR code of the paper and has nothing to do with the tracking code. Its row is written in the
unit that issues the paper, and stays when the request's personal data is erased: a paper may be kept for longer. So the
row names nobody.
"""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from domain.lifecycle import Context


@dataclass(frozen=True, slots=True)
class IssuedPaper:
    """A paper that was issued. `kind` is that of its `Printable`, `number` the register's, where there is one."""

    token: str
    request_id: int
    kind: str
    number: str | None
    day: date


class IssuedPapers(Protocol):
    """Papers by their tokens."""

    async def add(self, paper: IssuedPaper) -> None:
        """Keep a paper that was just issued."""
        ...

    async def by_token(self, token: str) -> IssuedPaper | None:
        """Return the paper with that token, if there is one."""
        ...


async def issue_paper(ctx: Context, kind: str, day: date, number: str | None = None) -> str:
    """Keep that a paper of the request was issued on that day; return its token, for the request's data."""
    token = ctx.ids.token()
    await ctx.uow.issued_papers.add(IssuedPaper(token, ctx.request.id, kind, number, day))
    return token
