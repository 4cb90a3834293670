"""Adding files to a request: papers of the citizen, photos of a visit. They may come at any time before its end."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.documents.capacity import MOST_DOCUMENTS
from domain.authorization.request_policy import require_request_right
from domain.authorization.rights import Right
from domain.blocks.asking import ANSWER_PAPER, QUESTION
from domain.blocks.booking_fields import BOOKED_OPERATORS
from domain.blocks.operator_reports import WORK_PHOTO
from domain.blocks.papers_pending import list_missing_papers
from domain.drafts.files import DraftFile
from domain.fields.types import format_number
from domain.language.papers import NO_PAPERS, ServicePapers
from domain.language.service import Service
from domain.repositories import PaperRepositories, RequestRepositories
from domain.requests.documents import Document
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor
from domain.values.errors import InvalidField, NotAllowedNow, TooLarge
from domain.values.files import PreparedFile
from domain.values.reasons import InvalidReason, TooLargeReason
from domain.values.tracking_codes import TrackingCode


@dataclass(frozen=True, slots=True)
class DocumentPlace:
    """Places where a file may be added."""

    request: ServiceRequest
    papers: ServicePapers
    """Those of its service."""
    existing: Sequence[Document]
    """The files that it has."""
    repeated: Document | None
    """The same file as the same paper, if it is there already."""


async def attach_document(
    context: ActorContext[PaperRepositories], code: TrackingCode, paper_name: str, file: PreparedFile
) -> Document:
    """Add a file as the paper `paper_name` of the service's; the same file as the same paper again changes nothing.

    It was prepared before the unit was opened (`prepare_file`). A citizen adds to own requests, a
    clerk to those of the own office (`NotFound("code")` otherwise), anybody else by a role that takes steps of the
    service (`Forbidden`). Errors: `InvalidField("field")` for no such paper; of a further file `NotAllowedNow` once
    the request has ended, `TooLarge` for more than thirty files.
    """
    place = await require_place(context, code, paper_name, file.source_sha256, lock=True)
    if place.repeated is not None:
        return place.repeated
    document = _build_document(context.dependencies, place.request, paper_name, file, context.actor)
    await context.uow.documents.add(document, file.content)
    await _record_document(context, place.request, place.papers, [*place.existing, document])
    return document


async def require_place(
    context: ActorContext[PaperRepositories],
    code: TrackingCode,
    paper_name: str,
    source_sha256: str,
    *,
    lock: bool = False,
) -> DocumentPlace:
    """Return where a file, known by what was sent, may be added as that paper; raises what `attach_document` does.

    Who has to prepare a file first asks before: what nobody takes is not scanned.
    """
    request = await context.uow.requests.get_by_code(code, lock=lock)
    service = context.dependencies.engine.get_service(request.service)
    require_request_right(Right.REQUESTS_ATTACH, service, request, context.actor)
    papers = _require_papers(service, request, paper_name, context.actor)
    existing = await context.uow.documents.list_of_request(request.id)
    # It is what was sent that counts, however it was cleaned since.
    same_files = (other for other in existing if (other.field, other.source_sha256) == (paper_name, source_sha256))
    repeated = next(same_files, None)
    if repeated is None:
        _refuse_another(request, existing)
    return DocumentPlace(request, papers, existing, repeated)


async def attach_draft_files(
    context: ActorContext[PaperRepositories], request: ServiceRequest, files: Sequence[DraftFile]
) -> None:
    """Add the files of a draft to the request that it has just become, in the unit that makes it."""
    papers = context.dependencies.engine.get_service(request.service).papers
    documents: list[Document] = []
    for file in files:
        if papers is None or file.field not in papers.paper_names:
            continue
        document = _build_document(context.dependencies, request, file.field, file, context.actor)
        documents.append(document)
        await context.uow.documents.add_stored(document)
        await _record_document(context, request, papers, documents)


async def _record_document(
    context: ActorContext[RequestRepositories],
    request: ServiceRequest,
    papers: ServicePapers,
    documents: Sequence[Document],
) -> None:
    """Record in the history that the last of these documents, all that a request has, was added."""
    request.lacks_papers = bool(list_missing_papers(papers, request.fields, documents))
    document = documents[-1]
    facts = {"field": document.field, "name": document.name, "sha256": document.sha256, "size": document.size}
    await context.dependencies.engine.record_event(context.uow, request, "attach", context.actor, facts)


def _build_document(
    dependencies: Dependencies, request: ServiceRequest, paper_name: str, file: PreparedFile | DraftFile, actor: Actor
) -> Document:
    file_id, now = dependencies.ids.new_id(), dependencies.clock.now()
    return Document.build(file, paper_name, file_id, now, request_id=request.id, added_by=actor.label)


def _refuse_another(request: ServiceRequest, existing: Sequence[Document]) -> None:
    """Refuse a further file: who sends one again, because the answer was lost, is told of it even at the end."""
    if request.phase.is_final:
        raise NotAllowedNow("code")
    if len(existing) >= MOST_DOCUMENTS:
        raise TooLarge("documents", TooLargeReason.TOO_MANY_DOCUMENTS, most=format_number(MOST_DOCUMENTS))


def _require_papers(service: Service, request: ServiceRequest, paper_name: str, actor: Actor) -> ServicePapers:
    """Return the papers of a service, of which a request may be given this one by `actor`: a citizen brings none of the
    staff's. What answers an open question may come beside them, and from the staff photos of the work of operators.
    """
    papers = service.papers or NO_PAPERS
    paper_names = papers.citizen_papers if actor.kind == "citizen" else papers.paper_names
    is_answer = paper_name == ANSWER_PAPER and QUESTION.is_kept_by(request)
    is_work_photo = paper_name == WORK_PHOTO and actor.kind == "staff" and BOOKED_OPERATORS.is_kept_by(request)
    if paper_name not in paper_names and not (is_answer or is_work_photo):
        raise InvalidField("field", InvalidReason.UNKNOWN_PAPER)
    return papers
