"""Adding files to a request: papers of the citizen, photos of a visit. They may come at any time before its end."""

import hashlib

from domain.actions.dependencies import Dependencies
from domain.actions.requests.act import refuse_foreign_request
from domain.blocks.papers_pending import list_missing_papers
from domain.fields.types import format_number
from domain.language.service import Service, ServicePapers
from domain.requests.documents import Document, detect_media_type
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values import tracking_codes
from domain.values.actors import Actor
from domain.values.errors import Forbidden, InvalidField, NotAllowedNow, TooLarge
from domain.values.text import tidy_text

MOST_DOCUMENTS = 30
"""Files that one request may have."""

LONGEST_NAME = 100


async def attach_document(
    dependencies: Dependencies, uow: UnitOfWork, code: str, paper_name: str, name: str, content: bytes, actor: Actor
) -> Document:
    """Add a file as the paper `paper_name` of the service's; the same file as the same paper again changes nothing.

    A citizen adds to own requests, a clerk to those of the own office (`NotFound("code")` otherwise), anybody else by a
    role that takes steps of the service (`Forbidden`). Errors: `InvalidField("field")` for no such paper,
    `NotAllowedNow` once the request has ended, `TooLarge` (7 MB a file, 30 files), `DocumentRejected` for what is
    neither photo nor PDF by its own bytes.
    """
    request = await uow.requests.get_by_code(tracking_codes.parse_code(code), lock=True)
    service = dependencies.engine.get_service(request.service)
    _may_attach(service, request, actor)
    papers = _require_open_papers(service, request, paper_name)
    media_type, sha256 = detect_media_type(content), hashlib.sha256(content).hexdigest()
    existing = await uow.documents.list_of_request(request.id)
    repeated = next((other for other in existing if (other.field, other.sha256) == (paper_name, sha256)), None)
    if repeated is not None:
        return repeated
    if len(existing) >= MOST_DOCUMENTS:
        raise TooLarge("documents", detail="too_many_documents", most=format_number(MOST_DOCUMENTS))
    document = Document(
        id=dependencies.ids.new_id(),
        request_id=request.id,
        field=paper_name,
        name=_clean_file_name(name),
        media_type=media_type,
        size=len(content),
        sha256=sha256,
        added_by=actor.label,
        at=dependencies.clock.now(),
    )
    await uow.documents.add(document, content)
    request.lacks_papers = bool(list_missing_papers(papers, request.fields, [*existing, document]))
    facts = {"field": paper_name, "name": document.name, "sha256": sha256, "size": document.size}
    await dependencies.engine.record_event(uow, request, "attach", actor, facts)
    return document


def _may_attach(service: Service, request: ServiceRequest, actor: Actor) -> None:
    refuse_foreign_request(request, actor)
    takes_steps = any(step.roles & actor.role_names for step in service.transitions)
    if actor.kind not in {"citizen", "clerk"} and not takes_steps:
        raise Forbidden("code")


def _require_open_papers(service: Service, request: ServiceRequest, paper_name: str) -> ServicePapers:
    """Return the papers of a service that a request may still be given one of."""
    if service.papers is None or paper_name not in service.papers.paper_names:
        raise InvalidField("field", detail="unknown_paper")
    if request.phase.is_final:
        raise NotAllowedNow("code")
    return service.papers


def _clean_file_name(file_name: str) -> str:
    """Return a file's own name without its folders, short enough to be listed."""
    base_name = " ".join(tidy_text(file_name).replace("\\", "/").rpartition("/")[2].split())
    return base_name[-LONGEST_NAME:]
