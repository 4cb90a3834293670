"""Issuing a paper that can be verified."""

from datetime import date

from domain.language.service import Context
from domain.papers.issued import IssuedPaper


async def issue_paper(ctx: Context, kind: str, day: date, number: str | None = None) -> str:
    """Keep that a paper of the request was issued on that day; return its token, for the request's data."""
    token = ctx.ids.token()
    await ctx.uow.issued_papers.add(IssuedPaper(token, ctx.request.id, kind, number, day))
    return token
