"""Whether a paper is genuine: what `/verify/{token}` tells anybody who scans its code.

It tells what the paper is, its number and day, whether it holds good still, and what else its declaration says; names
are masked, numbers of persons never told. A token has 128 bits, which nobody guesses: it is looked up first, and a
genuine paper is told to everybody always. Only misses are counted, so that nobody makes work without end: for each
address, generously, since hundreds may share one (behind a mobile network's, an office's), and never for all together.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from domain.actions.desk import Desk
from domain.actions.papers.printouts import facts_of
from domain.language.printouts import PaperStatus, Printable
from domain.language.service import Service
from domain.language.wording import letter_number
from domain.papers.document import PaperFact
from domain.papers.issued import IssuedPaper
from domain.requests.request import ServiceRequest
from domain.unit_of_work import Store, UnitOfWork
from domain.values.addresses import network_of
from domain.values.errors import NotFound, TooManyRequests
from domain.values.identifiers import masked

MISSES, WINDOW = 60, timedelta(hours=1)
"""How many tokens that there are not an address may ask for in this time."""

_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Verified:
    """A genuine paper as anybody may see it; `number` is empty where the paper has none."""

    standing: PaperStatus
    title: str
    service: str
    number: str
    day: date
    facts: tuple[PaperFact, ...]


async def verify(desk: Desk, store: Store, token: str, address: str) -> Verified:
    """Return the paper with that token to whoever asks from an address.

    Errors: `NotFound("token")` when there is none, `TooManyRequests` when there is none and too many such were asked
    for from there. A miss is counted by itself: who reads waits for no writer.
    """
    if not _TOKEN.fullmatch(token):
        raise NotFound("token")
    async with store.unit(write=False) as uow:
        paper = await uow.issued_papers.by_token(token)
        if paper:
            return await _verified(desk, uow, paper)
        key, now = f"paper:{network_of(address)}", desk.clock.now()
        if await uow.lines.hits(key, now, WINDOW) >= MISSES:
            raise TooManyRequests("token", detail="guessing")
    async with store.unit() as uow:
        await uow.lines.hit(key, now, WINDOW)
    raise NotFound("token")


async def _verified(desk: Desk, uow: UnitOfWork, paper: IssuedPaper) -> Verified:
    request = await uow.requests.get(paper.request_id)
    service = desk.engine.service(request.service)
    printable = service.printout(paper.kind)
    if printable is None:
        raise NotFound("token")
    return Verified(
        standing_of(printable, request, paper.token),
        desk.catalogue.text(f"{service.printout_texts(printable)}.title"),
        desk.wording.service(service.key),
        letter_number(paper.number) if paper.number else "",
        paper.day,
        tuple(_told(desk, service, printable, request)),
    )


def standing_of(printable: Printable, request: ServiceRequest, token: str) -> PaperStatus:
    """Tell whether a paper holds good; one in whose place another was issued does not."""
    known = request.data.get(printable.verified_by or "")
    if known not in {None, token}:
        return PaperStatus.WITHDRAWN
    if printable.printed_in(request.state):
        return PaperStatus.VALID
    return PaperStatus.OVER if request.state in printable.over else PaperStatus.WITHDRAWN


def _told(desk: Desk, service: Service, printable: Printable, request: ServiceRequest) -> list[PaperFact]:
    values = facts_of(desk, service, printable, request, {})
    if printable.holder and printable.holder in values:
        values = {**values, printable.holder: masked(values[printable.holder])}
    names = (*([printable.holder] if printable.holder else []), *printable.told)
    label = desk.catalogue.text
    return [PaperFact(label(service.printout_label(printable, one)), values[one]) for one in names if one in values]
