"""Whether a paper is genuine: what `/verify/{token}` tells anybody who scans its code.

It tells what the paper is, its number and day, whether it holds good still, and what else its declaration says; names
are masked, numbers of persons never told. Guessing is slowed as that of tracking codes is, per address and in total.
"""

import re
from dataclasses import dataclass
from datetime import date

from domain.actions.desk import Desk
from domain.actions.printouts import facts_of
from domain.actions.track import count_guess, refuse_guessing
from domain.errors import NotFound
from domain.issued_papers import IssuedPaper
from domain.lifecycle import Service
from domain.people import masked
from domain.ports import Store, UnitOfWork
from domain.printouts import Fact, Printable, Standing
from domain.requests import ServiceRequest
from domain.wording import letter_number

_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Verified:
    """A genuine paper as anybody may see it; `number` is empty where the paper has none."""

    standing: Standing
    title: str
    service: str
    number: str
    day: date
    facts: tuple[Fact, ...]


async def verify(desk: Desk, store: Store, token: str, viewer: str) -> Verified:
    """Return the paper with that token to a viewer (`ip:…`).

    Errors: `NotFound("token")` when there is none, `TooManyRequests` once this viewer, or all together, guessed too
    often. A miss is counted by itself: who reads waits for no writer.
    """
    if not _TOKEN.fullmatch(token):
        raise NotFound("token")
    async with store.unit(write=False) as uow:
        await refuse_guessing(desk, uow, viewer)
        paper = await uow.issued_papers.by_token(token)
        if paper:
            return await _verified(desk, uow, paper)
    async with store.unit() as uow:
        await count_guess(desk, uow, viewer)
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


def standing_of(printable: Printable, request: ServiceRequest, token: str) -> Standing:
    """Tell whether a paper holds good; one in whose place another was issued does not."""
    known = request.data.get(printable.verified_by or "")
    if known not in {None, token}:
        return Standing.WITHDRAWN
    if printable.printed_in(request.state):
        return Standing.VALID
    return Standing.OVER if request.state in printable.over else Standing.WITHDRAWN


def _told(desk: Desk, service: Service, printable: Printable, request: ServiceRequest) -> list[Fact]:
    values = facts_of(desk, service, printable, request, {})
    if printable.holder and printable.holder in values:
        values = {**values, printable.holder: masked(values[printable.holder])}
    names = (*([printable.holder] if printable.holder else []), *printable.told)
    label = desk.catalogue.text
    return [Fact(label(service.printout_label(printable, one)), values[one]) for one in names if one in values]
