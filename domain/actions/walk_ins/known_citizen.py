"""Facts about a citizen that the desk may know by the mobile alone: no more is shown, or filled into forms."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.actions.context import ActorContext
from domain.actions.staffing import RequestStaffRepositories
from domain.authorization.policy import require_right
from domain.authorization.request_policy import may_see_request
from domain.authorization.rights import Right
from domain.people.person import Person
from domain.requests.request import RequestFilter, ServiceRequest

_MOST_SOUGHT, _MOST_SHOWN = 30, 5


@dataclass(frozen=True, slots=True)
class KnownCitizen:
    """Citizen behind a mobile, as far as the municipality knows."""

    person: Person | None
    """Name, and national code for whoever may see one of the requests; None for a number that is not known."""
    requests: Sequence[ServiceRequest]
    """The last requests that whoever serves the desk may see, those that are open first."""
    other_count: int
    """Number of the last ones that belong to other units alone."""


async def find_citizen(context: ActorContext[RequestStaffRepositories], mobile: str) -> KnownCitizen:
    """Return who has a mobile (+989…), for whoever may enter requests at the desk; `Forbidden`."""
    require_right(Right.REQUESTS_ENTER, context.actor, "service")
    found = await context.uow.requests.list_requests(RequestFilter(mobile=mobile, limit=_MOST_SOUGHT))
    visible = [request for request in found if may_see_request(context.dependencies.services, context.actor, request)]
    open_first = sorted(visible, key=lambda request: request.phase.is_final)
    person = await context.uow.people.find_person(mobile)
    if person and not visible:  # a mobile alone opens nobody's national code
        person = replace(person, national_code=None)
    return KnownCitizen(person, open_first[:_MOST_SHOWN], len(found) - len(visible))
