"""Printing: which papers there are of a request, who may have them, and what each of them says.

The papers are declared with their services (`domain/language/printouts.py`); those of registries' rows are the matter
of `actions/registries/row_receipts.py`. To print is to read: nothing is changed by it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.authorization.request_policy import find_request_refusal, refuse_foreign_request
from domain.authorization.rights import Right
from domain.fields.stored import select_stored
from domain.language.kept_fields import list_kept_fields
from domain.language.printouts import PRINT_PHRASES, GatheredFacts, PaperContext, Printable, find_printable
from domain.language.service import Service
from domain.messages.catalogue import Catalogue
from domain.papers.document import Block, PaperFact, PaperSheet, Printout
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor
from domain.values.errors import DomainError, NotAllowedNow, NotFound
from domain.values.identifiers import display_plate
from domain.values.languages import PERSIAN, in_language, language_in_force
from domain.values.reasons import NotAllowedReason, NotFoundReason
from domain.values.text import persian_digits
from domain.values.tracking_codes import TrackingCode

TextsByName: TypeAlias = Mapping[str, str]

PRINTOUT_FIELD = "printout"
"""Field name in errors about the paper itself."""

PAPER_FORMATS: Mapping[str, Callable[[str], str]] = {"plate": display_plate, "mobile": persian_digits}
"""Facts that are printed on paper otherwise than in a text message: a plate as on the car, a number that nobody
taps.
"""


@dataclass(frozen=True, slots=True)
class PrintoutSubject:
    """Subject of a paper: a request, or a row of a registry."""

    code: str
    """Code for machines; it is part of the file's name."""
    heading: PaperFact
    """Name for people, with its label."""
    texts_key: str
    """Text key prefix of the paper, from its title on."""
    label_key: Callable[[str], str]
    """Gives the key of what a fact is called, by the fact's name."""
    render_facts: Callable[[GatheredFacts], TextsByName]
    """Makes texts by name of what was gathered for a sheet."""
    token: str | None = None
    """The one of `/verify/{token}`; None where the paper cannot be verified."""


async def build_request_printout(context: ActorContext, code: TrackingCode, paper_kind: str) -> Printout:
    """Return a paper of the request with that tracking code, whole; a `Printer` makes HTML or a PDF of it. One that is
    official is in Persian, any other in the language in force.

    Errors: those of `refuse_foreign_request` for another's request, `NotFound("printout")` for a paper that it has not,
    or not yet, `Forbidden("printout")`, `NotAllowedNow` for one that holds good no more or was erased.
    """
    request = await context.uow.requests.get_by_code(code)
    refuse_foreign_request(request, context.actor)
    service = context.dependencies.engine.get_service(request.service)
    printable = find_printable(service.printables, paper_kind)
    if printable is None:
        raise NotFound(PRINTOUT_FIELD, NotFoundReason.NOT_ISSUED)
    if refusal := _find_refusal(service, printable, request, context.actor):
        raise refusal
    gathered = await printable.gather_facts(context.uow, request)
    if not gathered:
        raise NotFound(PRINTOUT_FIELD, NotFoundReason.NOT_ISSUED)
    with in_language(PERSIAN if printable.is_official else language_in_force()):
        subject = _describe_subject(context.dependencies, service, printable, request)
        return build_printout(context.dependencies, printable, subject, gathered)


async def list_printouts(context: ActorContext, request: ServiceRequest) -> dict[str, str]:
    """Return the papers of a request that this person may print now: kind → title."""
    service = context.dependencies.engine.get_service(request.service)
    allowed_printables = _list_allowed(service, request, context.actor)
    issued = [printable for printable in allowed_printables if await printable.gather_facts(context.uow, request)]
    return _title_papers(context.dependencies, service, issued)


def list_issued_papers(dependencies: Dependencies, request: ServiceRequest, actor: Actor) -> dict[str, str]:
    """Return those of them that were issued under a token: that they are there, the request itself says."""
    service = dependencies.engine.get_service(request.service)
    issued = [printable for printable in _list_allowed(service, request, actor) if printable.find_token(request)]
    return _title_papers(dependencies, service, issued)


def _list_allowed(service: Service, request: ServiceRequest, actor: Actor) -> list[Printable]:
    return [printable for printable in service.printables if _find_refusal(service, printable, request, actor) is None]


def _title_papers(dependencies: Dependencies, service: Service, printables: Sequence[Printable]) -> dict[str, str]:
    return {
        printable.kind: dependencies.catalogue.text(f"{service.printable_text_prefix(printable)}.title")
        for printable in printables
    }


def render_paper_facts(
    dependencies: Dependencies, service: Service, printable: Printable, request: ServiceRequest, gathered: GatheredFacts
) -> TextsByName:
    """Return what a paper may say, by name, as people read it."""
    kept_fields = [field for field in list_kept_fields(service) if field is not printable.token_field]
    kept_values = select_stored(request, [field.name for field in kept_fields])
    single_facts = {name: value for name, value in gathered.items() if not isinstance(value, list)}
    known_facts = {
        name: value for name, value in {"mobile": request.mobile, **single_facts}.items() if value is not None
    }
    wording = dependencies.wording.in_full()
    return format_for_paper(
        wording.render_values(kept_fields, kept_values) | wording.request_facts(request, known_facts)
    )


def format_for_paper(fact_texts: TextsByName) -> TextsByName:
    """Return facts by name as they are printed."""
    return {
        **fact_texts,
        **{name: convert(fact_texts[name]) for name, convert in PAPER_FORMATS.items() if name in fact_texts},
    }


def _find_refusal(service: Service, printable: Printable, request: ServiceRequest, actor: Actor) -> DomainError | None:
    """Return why this person gets no such paper of this request; None when nothing speaks against it."""
    if refusal := find_request_refusal(
        Right.REQUESTS_VIEW, service, request, actor, PRINTOUT_FIELD, declared_roles=printable.roles
    ):
        return refusal
    if request.erased_at:
        return NotAllowedNow("code", NotAllowedReason.ERASED)
    if printable.token_field and printable.find_token(request) is None:
        return NotFound(PRINTOUT_FIELD, NotFoundReason.NOT_ISSUED)
    return (
        None if printable.is_printable_in(request.state) else NotAllowedNow(PRINTOUT_FIELD, NotAllowedReason.PAPER_VOID)
    )


def build_printout(
    dependencies: Dependencies, printable: Printable, subject: PrintoutSubject, gathered: Sequence[GatheredFacts]
) -> Printout:
    """Return the paper, with a sheet for each of what was gathered."""
    read_text = dependencies.catalogue.text
    return Printout(
        kind=printable.kind,
        code=subject.code,
        title=read_text(f"{subject.texts_key}.title"),
        sheets=tuple(_build_sheet(dependencies, printable, subject, sheet_facts) for sheet_facts in gathered),
        subject_fact=subject.heading,
        token=subject.token,
        fixed_phrases={phrase_name: read_text(f"print.{phrase_name}") for phrase_name in PRINT_PHRASES},
        language=language_in_force(),
    )


def _describe_subject(
    dependencies: Dependencies, service: Service, printable: Printable, request: ServiceRequest
) -> PrintoutSubject:
    return PrintoutSubject(
        request.code,
        PaperFact(dependencies.catalogue.text("print.code"), dependencies.wording.tracking_code_text(request.code)),
        service.printable_text_prefix(printable),
        partial(service.printable_label_key, printable),
        partial(render_paper_facts, dependencies, service, printable, request),
        printable.find_token(request),
    )


def _build_sheet(
    dependencies: Dependencies, printable: Printable, subject: PrintoutSubject, gathered: GatheredFacts
) -> PaperSheet:
    catalogue, fact_texts = dependencies.catalogue, subject.render_facts(gathered)
    filled_texts = _FactsWithBlanks(fact_texts, catalogue.text("print.blank"))
    paper_context = PaperContext(
        paper_text=lambda key: catalogue.render(f"{subject.texts_key}.{key}", filled_texts),
        fact_label=lambda name: catalogue.text(subject.label_key(name)),
        fact_values=fact_texts,
        fact_rows={
            name: [dependencies.wording.in_full().render_values((), row) for row in rows]
            for name, rows in _select_lists(gathered)
        },
    )
    return PaperSheet(
        tuple(_build_head(catalogue, printable, fact_texts)), tuple(_build_blocks(printable, paper_context))
    )


def _select_lists(gathered: GatheredFacts) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    return ((name, value) for name, value in gathered.items() if isinstance(value, list))


def _build_head(catalogue: Catalogue, printable: Printable, fact_texts: TextsByName) -> Iterator[PaperFact]:
    for heading_name, fact_name in (("number", printable.number_fact), ("date", printable.date_fact), ("code", "code")):
        if fact_name and fact_name in fact_texts:
            yield PaperFact(catalogue.text(f"print.{heading_name}"), fact_texts[fact_name])


def _build_blocks(printable: Printable, paper_context: PaperContext) -> Iterator[Block]:
    for paper_part in printable.parts:
        if block := paper_part.build_block(paper_context):
            yield block


class _FactsWithBlanks(dict[str, str]):
    """Facts as text; one that is not known is a line to be filled in by hand."""

    def __init__(self, known_texts: TextsByName, blank_line: str) -> None:
        super().__init__(known_texts)
        self._blank_line = blank_line

    def __missing__(self, name: str) -> str:
        return self._blank_line
