"""Whether a paper is genuine: what `/verify/{token}` shows to anybody who scans its code.

It shows what the paper is, its number and day, whether it holds good still, and what else its declaration says; names
are masked, numbers of persons never shown. A token has 128 bits, which nobody guesses: it is looked up first, and a
genuine paper is confirmed to everybody always. Only misses are counted, so that nobody makes work without end: for each
address, generously, since hundreds may share one (behind a mobile network's, an office's), and never for all together.
"""

from dataclasses import dataclass
from datetime import date

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.papers.printouts import render_paper_facts
from domain.actions.token_guessing import count_miss, refuse_guessing
from domain.language.printouts import PaperStatus, Printable, find_printable
from domain.language.service import Service
from domain.language.wording import letter_number_text
from domain.papers.document import PaperFact
from domain.papers.issued import IssuedPaper
from domain.repositories import PaperRepositories, RequestRepositories
from domain.requests.request import ServiceRequest
from domain.unit_of_work import Store
from domain.values.errors import NotFound
from domain.values.identifiers import mask_name
from domain.values.page_tokens import PAPER_TOKEN_PATTERN

_MISS_COUNTER = "paper"


@dataclass(frozen=True, slots=True)
class VerifiedPaper:
    """A genuine paper as anybody may see it."""

    status: PaperStatus
    """Whether it still holds good."""
    title: str
    """Kind of paper, as it is called in its heading."""
    service: str
    """Name of the service that issued it."""
    number: str
    """The letter's number as people read it; empty where the paper has none."""
    day: date
    """Day of issue, by Tehran's calendar."""
    facts: tuple[PaperFact, ...]
    """Facts that anybody may see, with labels; a holder's name is masked."""


async def verify_paper(dependencies: Dependencies, store: Store, token: str, address: str) -> VerifiedPaper:
    """Return the paper with that token to whoever asks from an address.

    Errors: `NotFound("token")` when there is none, `TooManyRequests` when there is none and too many such were asked
    for from there. A miss is counted by itself: who reads waits for no writer.
    """
    if not PAPER_TOKEN_PATTERN.fullmatch(token):
        raise NotFound("token")
    async with store.open_unit(write=False) as uow:
        context = ActionContext(dependencies, uow)
        if verified_paper := await find_verified_paper(context, token):
            return verified_paper
        await refuse_guessing(context, _MISS_COUNTER, address)
    await count_miss(dependencies, store, _MISS_COUNTER, address)
    raise NotFound("token")


async def find_verified_paper(context: ActionContext[PaperRepositories], token: str) -> VerifiedPaper | None:
    """Return the paper with a token; None when there is none."""
    paper = await context.uow.issued_papers.find_by_token(token)
    return await describe_paper(context, paper) if paper else None


async def describe_paper(context: ActionContext[RequestRepositories], paper: IssuedPaper) -> VerifiedPaper:
    """Return an issued paper as anybody may see it who has it; `NotFound("token")` where its kind is no more."""
    request = await context.uow.requests.get(paper.request_id)
    service = context.dependencies.engine.get_service(request.service)
    printable = find_printable(service.printables, paper.kind)
    if printable is None:
        raise NotFound("token")
    return VerifiedPaper(
        find_paper_status(printable, request, paper.token),
        context.dependencies.catalogue.text(f"{service.printable_text_prefix(printable)}.title"),
        context.dependencies.wording.service_title(service.key),
        letter_number_text(paper.number) if paper.number else "",
        paper.day,
        tuple(_list_public_facts(context.dependencies, service, printable, request)),
    )


def find_paper_status(printable: Printable, request: ServiceRequest, token: str) -> PaperStatus:
    """Return whether a paper holds good; one in whose place another was issued does not."""
    current_token = printable.find_token(request)
    if current_token not in {None, token}:
        return PaperStatus.WITHDRAWN
    if printable.is_printable_in(request.state):
        return PaperStatus.VALID
    return PaperStatus.OVER if request.state in printable.expired_states else PaperStatus.WITHDRAWN


def _list_public_facts(
    dependencies: Dependencies, service: Service, printable: Printable, request: ServiceRequest
) -> list[PaperFact]:
    fact_texts = render_paper_facts(dependencies, service, printable, request, {})
    if printable.holder_fact and printable.holder_fact in fact_texts:
        fact_texts = {**fact_texts, printable.holder_fact: mask_name(fact_texts[printable.holder_fact])}
    fact_names = (*([printable.holder_fact] if printable.holder_fact else []), *printable.verified_facts)
    label = dependencies.catalogue.text
    return [
        PaperFact(label(service.printable_label_key(printable, fact_name)), fact_texts[fact_name])
        for fact_name in fact_names
        if fact_name in fact_texts
    ]
