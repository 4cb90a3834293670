"""Printing: which papers there are of a request, who may have them, and what each of them says.

The papers are declared with their services (`domain/language/printouts.py`); those of registries' rows are the matter
of `row_receipts.py`. To print is to read: nothing is changed by it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from domain.actions.desk import Desk
from domain.actions.requests.act import own_or_not_found
from domain.language.printouts import PHRASES, Gathered, PaperContext, Printable
from domain.language.service import Service
from domain.messages.catalogue import Catalogue
from domain.papers.document import Block, PaperFact, PaperSheet, Printout
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values import tracking_codes
from domain.values.actors import Actor
from domain.values.errors import DomainError, Forbidden, NotAllowedNow, NotFound
from domain.values.text import left_to_right, persian_digits

Texts: TypeAlias = Mapping[str, str]

FIELD = "printout"
"""What errors name when the paper is what they are about."""

ON_PAPER: Mapping[str, Callable[[str], str]] = {"plate": left_to_right, "mobile": persian_digits}
"""Facts that stand on paper otherwise than in a text message: a plate as on the car, a number that nobody taps."""


@dataclass(frozen=True, slots=True)
class PrintoutSubject:
    """What a paper is of: a request, or a row of a registry.

    `code` is what machines call it, `named` what people do. `texts` is where the catalogue keeps the paper's words,
    `label` the key of what a fact is called, `facts` makes texts by name of what was gathered for a sheet. `token` is
    the one of `/verify/{token}`.
    """

    code: str
    named: PaperFact
    texts: str
    label: Callable[[str], str]
    facts: Callable[[Gathered], Texts]
    token: str | None = None


async def printout_of(desk: Desk, uow: UnitOfWork, code: str, kind: str, actor: Actor) -> Printout:
    """Return a paper of the request with that tracking code, whole; a `Printer` makes HTML or a PDF of it.

    Errors: those of `own_or_not_found` for another's request, `NotFound("printout")` for a paper that it has not, or
    not yet, `Forbidden("printout")`, `NotAllowedNow` for one that holds good no more or was erased.
    """
    request = await uow.requests.by_code(tracking_codes.parse(code))
    own_or_not_found(request, actor)
    service = desk.engine.service(request.service)
    printable = service.printout(kind)
    if printable is None:
        raise NotFound(FIELD, detail="not_issued")
    if refusal := _refusal(printable, request, actor):
        raise refusal
    gathered = await printable.gather(uow, request)
    if not gathered:
        raise NotFound(FIELD, detail="not_issued")
    return made(desk, printable, _about(desk, service, printable, request), gathered)


async def printouts_for(desk: Desk, uow: UnitOfWork, request: ServiceRequest, actor: Actor) -> dict[str, str]:
    """Return the papers of a request that this person may print now: kind → title."""
    service = desk.engine.service(request.service)
    there = [one for one in service.printouts if _refusal(one, request, actor) is None]
    found = [one for one in there if await one.gather(uow, request)]
    return {one.kind: desk.catalogue.text(f"{service.printout_texts(one)}.title") for one in found}


def facts_of(desk: Desk, service: Service, printable: Printable, request: ServiceRequest, found: Gathered) -> Texts:
    """Return what a paper may say, by name, as people read it."""
    kept = {name: request.data.get(name) for name in printable.facts}
    single = {name: value for name, value in found.items() if not isinstance(value, list)}
    known = {name: value for name, value in {**kept, "mobile": request.mobile, **single}.items() if value is not None}
    return as_on_paper(desk.wording.facts(request, known))


def as_on_paper(texts: Texts) -> Texts:
    """Return facts by name as they stand on paper."""
    return {**texts, **{name: shown(texts[name]) for name, shown in ON_PAPER.items() if name in texts}}


def _refusal(printable: Printable, request: ServiceRequest, actor: Actor) -> DomainError | None:
    """Return why this person gets no such paper of this request; None when nothing speaks against it."""
    if actor.kind != "system" and not printable.roles & actor.role_names:
        return Forbidden(FIELD)
    if request.erased_at:
        return NotAllowedNow("code", detail="erased")
    if printable.verified_by and printable.verified_by not in request.data:
        return NotFound(FIELD, detail="not_issued")
    return None if printable.printed_in(request.state) else NotAllowedNow(FIELD, detail="paper_void")


def made(desk: Desk, printable: Printable, about: PrintoutSubject, gathered: Sequence[Gathered]) -> Printout:
    """Return the paper, with a sheet for each of what was gathered."""
    text = desk.catalogue.text
    return Printout(
        printable.kind,
        about.code,
        text(f"{about.texts}.title"),
        tuple(_sheet(desk, printable, about, found) for found in gathered),
        about.named,
        about.token,
        {name: text(f"print.{name}") for name in PHRASES},
    )


def _about(desk: Desk, service: Service, printable: Printable, request: ServiceRequest) -> PrintoutSubject:
    return PrintoutSubject(
        request.code,
        PaperFact(desk.catalogue.text("print.code"), desk.wording.code(request.code)),
        service.printout_texts(printable),
        partial(service.printout_label, printable),
        partial(facts_of, desk, service, printable, request),
        request.data[printable.verified_by] if printable.verified_by else None,
    )


def _sheet(desk: Desk, printable: Printable, about: PrintoutSubject, found: Gathered) -> PaperSheet:
    catalogue, values = desk.catalogue, about.facts(found)
    said = _Blank(values, catalogue.text("print.blank"))
    page = PaperContext(
        words=lambda key: catalogue.render(f"{about.texts}.{key}", said),
        label=lambda name: catalogue.text(about.label(name)),
        values=values,
        rows={name: [desk.wording.values((), row) for row in rows] for name, rows in _lists(found)},
    )
    return PaperSheet(tuple(_head(catalogue, printable, values)), tuple(_blocks(printable, page)))


def _lists(found: Gathered) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    return ((name, value) for name, value in found.items() if isinstance(value, list))


def _head(catalogue: Catalogue, printable: Printable, values: Texts) -> Iterator[PaperFact]:
    for name, fact in (("number", printable.numbered), ("date", printable.dated), ("code", "code")):
        if fact and fact in values:
            yield PaperFact(catalogue.text(f"print.{name}"), values[fact])


def _blocks(printable: Printable, page: PaperContext) -> Iterator[Block]:
    for part in printable.parts:
        if block := part.block(page):
            yield block


class _Blank(dict[str, str]):
    """Facts as text; one that is not known is a line to be filled in by hand."""

    def __init__(self, known: Texts, line: str) -> None:
        super().__init__(known)
        self._line = line

    def __missing__(self, name: str) -> str:
        return self._line
