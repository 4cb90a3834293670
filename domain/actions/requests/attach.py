"""Adding files to a request: papers of the citizen, photos of a visit. They may come at any time before its end."""

import hashlib

from domain.actions.desk import Desk
from domain.actions.requests.act import own_or_not_found
from domain.blocks.papers_pending import lacking
from domain.fields.types import number_text
from domain.language.service import Service
from domain.requests.documents import Document, sniff
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values import tracking_codes
from domain.values.actors import Actor
from domain.values.errors import Forbidden, InvalidField, NotAllowedNow, TooLarge
from domain.values.text import shown

MOST_DOCUMENTS = 30
"""Files that one request may have."""

LONGEST_NAME = 100


async def attach(
    desk: Desk, uow: UnitOfWork, code: str, field: str, name: str, content: bytes, actor: Actor
) -> Document:
    """Add a file as the paper `field` of the service's; the same file as the same paper again changes nothing.

    A citizen adds to own requests, a clerk to those of the own office (`NotFound("code")` otherwise), anybody else by a
    role that takes steps of the service (`Forbidden`). Errors: `InvalidField("field")` for no such paper,
    `NotAllowedNow` once the request has ended, `TooLarge` (7 MB a file, 30 files), `DocumentRejected` for what is
    neither photo nor PDF by its own bytes.
    """
    request = await uow.requests.by_code(tracking_codes.parse(code), lock=True)
    service = desk.engine.service(request.service)
    _may_attach(service, request, actor)
    if service.documents is None or field not in service.documents.names:
        raise InvalidField("field", detail="unknown_paper")
    if request.phase.final:
        raise NotAllowedNow("code")
    media_type, sha256 = sniff(content), hashlib.sha256(content).hexdigest()
    there = await uow.documents.of_request(request.id)
    known = next((one for one in there if (one.field, one.sha256) == (field, sha256)), None)
    if known is not None:
        return known
    if len(there) >= MOST_DOCUMENTS:
        raise TooLarge("documents", detail="too_many_documents", most=number_text(MOST_DOCUMENTS))
    document = Document(
        desk.ids.new_id(), request.id, field, _clean(name), media_type, len(content), sha256, actor.label,
        desk.clock.now(),
    )  # fmt: skip
    await uow.documents.add(document, content)
    request.lacks_papers = bool(lacking(service.documents, request.fields, [*there, document]))
    kept = {"field": field, "name": document.name, "sha256": sha256, "size": document.size}
    await desk.engine.note(uow, request, "attach", actor, kept)
    return document


def _may_attach(service: Service, request: ServiceRequest, actor: Actor) -> None:
    own_or_not_found(request, actor)
    takes_steps = any(step.roles & actor.role_names for step in service.transitions)
    if actor.kind not in {"citizen", "clerk"} and not takes_steps:
        raise Forbidden("code")


def _clean(name: str) -> str:
    """Return a file's own name without its folders, short enough to be listed."""
    last = " ".join(shown(name).replace("\\", "/").rpartition("/")[2].split())
    return last[-LONGEST_NAME:]
