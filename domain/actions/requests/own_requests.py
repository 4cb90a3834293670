"""The requests that concern a citizen: the own ones, those that wait for their answer, and those that somebody else
made for them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.actions.context import ActionContext
from domain.blocks.papers_pending import DocumentsComplete
from domain.language.papers import list_citizen_papers
from domain.language.service import Service, Transition
from domain.repositories import PaperRepositories, RequestRepositories
from domain.requests.documents import Document
from domain.requests.ports import RequestRepository
from domain.requests.request import Phase, RequestFilter, ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.actors import STAFF_ROLES
from domain.values.errors import NotFound
from domain.values.tracking_codes import TrackingCode

REQUESTS_A_PAGE = 30
"""Own requests that a page lists beside those that wait for the citizen."""

_MOST_WAITING = 100
_WAITING_PHASES = (Phase.NEEDS_CITIZEN, Phase.NEEDS_PAYMENT)


class Concern(StrEnum):
    """Relation of somebody to a request, which decides what they may see of it."""

    OWN = "own"
    """It is theirs: they see all of it."""
    AWAITED = "awaited"
    """It waits for their answer: they see what they are asked."""
    NAMED = "named"
    """Somebody else made it for them, and they may give it up."""
    UNVERIFIED = "unverified"
    """It was sent with their number while no code could be sent, and waits for its proof."""


@dataclass(frozen=True, slots=True)
class OwnRequests:
    """A page of what concerns a citizen."""

    waiting: Sequence[ServiceRequest]
    """Those that wait for something of the citizen, the newest first; on the first page alone."""
    others: Sequence[ServiceRequest]
    """The rest, the newest first."""
    unverified: Sequence[ServiceRequest]
    """Those that were sent with this number and wait for its proof, the newest first; on the first page alone."""
    next_before: int | None
    """Row before which the next page begins; None on the last one."""


def waits_for_citizen(service: Service, request: ServiceRequest, mobile: str) -> bool:
    """Return whether the next step of a request is up to the person with this mobile (+989…)."""
    if request.awaits is not None:
        return request.awaits == mobile
    is_asked = request.phase in _WAITING_PHASES or waits_for_papers(service, request)
    return request.mobile == mobile and is_asked


def waits_for_papers(service: Service, request: ServiceRequest) -> bool:
    """Return whether nothing but the citizen's papers can move a request on: every step of the staff that leads to
    further work asks for them.
    """
    if not request.lacks_papers or request.phase.is_final or request.phase in _WAITING_PHASES:
        return False
    onward_steps = [
        step
        for step in service.transitions
        if request.state in step.source_states and not step.roles.isdisjoint(STAFF_ROLES)
        if step.target_state != request.state and _leads_on(service, step)
    ]
    return bool(onward_steps) and all(
        any(isinstance(guard, DocumentsComplete) for guard in step.guards) for step in onward_steps
    )


def _leads_on(service: Service, step: Transition) -> bool:
    """Return whether a step leads to further work: it neither ends the request nor asks the citizen."""
    target = service.state_named(step.target_state)
    return not target.phase.is_final and target.phase is not Phase.NEEDS_CITIZEN


def find_answer_deadline(service: Service, request: ServiceRequest) -> datetime | None:
    """Return until when a citizen may expect the unit to act whose turn it is; None where nothing says it, and where
    what is due is the work itself (`State.reckon_due`: the end of the hours booked).
    """
    return None if service.state_named(request.state).reckon_due else request.due_at


def find_concern(services: Mapping[str, Service], request: ServiceRequest, mobile: str) -> Concern | None:
    """Return how a request concerns the person with this mobile (+989…); None where it does not."""
    named_fields = {step.mobile_field for step in services[request.service].transitions if step.mobile_field}
    if request.mobile == mobile:
        return Concern.OWN
    if request.awaits == mobile:
        return Concern.AWAITED
    if any(mobile_field.find(request) == mobile for mobile_field in named_fields):
        return Concern.NAMED
    return Concern.UNVERIFIED if request.unverified_mobile == mobile else None


async def find_concerned_request(
    context: ActionContext[RequestRepositories], code: TrackingCode, mobile: str
) -> tuple[ServiceRequest, Concern]:
    """Return the request with that tracking code, and how it concerns the person with this mobile (+989…).

    One that does not concern them is not there (`NotFound("code")`), as one that nobody made.
    """
    request = await context.uow.requests.get_by_code(code)
    concern = find_concern(context.dependencies.services, request, mobile)
    if concern is None:
        raise NotFound("code")
    return request, concern


async def find_requests_by_others(
    services: Mapping[str, Service], uow: UnitOfWork, mobile: str
) -> list[ServiceRequest]:
    """Return the open requests that others made for the person with this mobile (+989…)."""
    request_finders = [service.find_concerning for service in services.values() if service.find_concerning]
    return [request for find in request_finders for request in await find(uow, mobile)]


async def list_own_requests(context: ActionContext, mobile: str, before_id: int | None = None) -> OwnRequests:
    """Return a page of what concerns the person with this mobile (+989…): the first, or the own ones before a row."""
    page_filter = RequestFilter(mobile=mobile, before_id=before_id, limit=REQUESTS_A_PAGE + 1)
    own_requests = await context.uow.requests.list_requests(page_filter)
    shown_requests = own_requests[:REQUESTS_A_PAGE]
    next_before = shown_requests[-1].id if len(own_requests) > REQUESTS_A_PAGE else None
    if before_id is not None:
        return OwnRequests((), shown_requests, (), next_before)
    waiting = await _list_waiting(context.dependencies.services, context.uow.requests, mobile)
    by_others = await find_requests_by_others(context.dependencies.services, context.uow, mobile)
    waiting_ids = {request.id for request in waiting}
    others = [request for request in _sort_newest((*shown_requests, *by_others)) if request.id not in waiting_ids]
    unverified = await context.uow.requests.list_requests(RequestFilter(unverified_mobile=mobile, limit=_MOST_WAITING))
    return OwnRequests(waiting, others, unverified, next_before)


async def _list_waiting(
    services: Mapping[str, Service], requests: RequestRepository, mobile: str
) -> list[ServiceRequest]:
    filters = [
        RequestFilter(awaits=mobile, open_only=True, limit=_MOST_WAITING),
        RequestFilter(mobile=mobile, open_only=True, limit=_MOST_WAITING),
    ]
    found = [request for criteria in filters for request in await requests.list_requests(criteria)]
    return _sort_newest([request for request in found if waits_for_citizen(services[request.service], request, mobile)])


def _sort_newest(requests: Sequence[ServiceRequest]) -> list[ServiceRequest]:
    requests_by_id = {request.id: request for request in requests}
    return sorted(requests_by_id.values(), key=lambda request: request.created_at, reverse=True)


async def get_own_document(
    context: ActionContext[PaperRepositories], code: TrackingCode, document_id: int, mobile: str
) -> tuple[Document, bytes]:
    """Return a file that citizens may bring, of a request that is this person's own (+989…), with its bytes.

    `NotFound` for any other, whether it is there or not.
    """
    request, concern = await find_concerned_request(context, code, mobile)
    if concern is Concern.OWN:
        paper_names = list_citizen_papers(context.dependencies.engine.get_service(request.service).papers)
        for document in await context.uow.documents.list_of_request(request.id):
            if document.id == document_id and document.field in paper_names:
                return document, await context.uow.documents.get_content(document.sha256)
    raise NotFound("document")
