"""Papers that a citizen adds to an own request on the portal, once it was sent: which it takes, and for whom."""

from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.authorization.request_policy import refuse_foreign_request
from domain.language.papers import list_citizen_papers
from domain.repositories import RequestRepositories
from domain.requests.ports import RequestRepository
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor
from domain.values.errors import InvalidField, NotAllowedNow
from domain.values.reasons import InvalidReason
from domain.values.tracking_codes import TrackingCode


def list_open_papers(dependencies: Dependencies, request: ServiceRequest) -> tuple[str, ...]:
    """Return the papers that its citizen may add to a request now; none once it ended, or where there are none."""
    return (
        () if request.phase.is_final else list_citizen_papers(dependencies.engine.get_service(request.service).papers)
    )


async def find_own_request(
    requests: RequestRepository, code: TrackingCode, actor: Actor, *, lock: bool = False
) -> ServiceRequest:
    """Return this citizen's own request, `lock`: kept from other writers until the unit ends.

    Errors: `NotFound("code")` for anybody else's, whether it is there or not.
    """
    request = await requests.get_by_code(code, lock=lock)
    refuse_foreign_request(request, actor)
    return request


async def lock_open_request(context: ActorContext[RequestRepositories], code: TrackingCode) -> ServiceRequest:
    """Return this citizen's own request, locked, that takes papers now.

    Errors: as `find_own_request`; `NotAllowedNow("code")` once it has ended, `InvalidField("field")` where its service
    asks citizens for no papers.
    """
    request = await find_own_request(context.uow.requests, code, context.actor, lock=True)
    if request.phase.is_final:
        raise NotAllowedNow("code")
    if not list_open_papers(context.dependencies, request):
        raise InvalidField("field", InvalidReason.UNKNOWN_PAPER)
    return request
