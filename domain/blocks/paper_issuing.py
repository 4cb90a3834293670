"""Issuing a paper that can be verified."""

from datetime import date

from domain.language.service import StepContext
from domain.papers.issued import IssuedPaper


async def issue_paper(context: StepContext, paper_kind: str, issued_on: date, letter_number: str | None = None) -> str:
    """Keep that a paper of the request was issued on that day; return its token, for the request's data."""
    paper_token = context.ids.new_token()
    await context.uow.issued_papers.add(
        IssuedPaper(paper_token, context.request.id, paper_kind, letter_number, issued_on)
    )
    return paper_token
