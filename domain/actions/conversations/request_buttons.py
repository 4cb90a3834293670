"""What a person can do with a request by one press, as buttons; and whether a request waits for its rating."""

from datetime import timedelta

from domain.actions.desk import Desk
from domain.actions.papers.printouts import printouts_for
from domain.conversation.buttons.requests import RequestChoices
from domain.messages.keyboards import Rows
from domain.requests.request import Phase, ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor, Role


async def about(desk: Desk, uow: UnitOfWork, request: ServiceRequest, mobile: str, channel: str) -> Rows:
    """Return the buttons of a request for the person with this mobile (+989…)."""
    service = desk.engine.service(request.service)
    actor = Actor(frozenset({Role.CITIZEN}), "citizen", mobile, channel)
    own = request.mobile == mobile
    papers = await printouts_for(desk, uow, request, actor) if own else {}
    to_rate = own and await waits_for_rating(desk, uow, request)
    return RequestChoices(request, service, mobile, papers, to_rate).rows(desk.catalogue.text)


async def waits_for_rating(desk: Desk, uow: UnitOfWork, request: ServiceRequest) -> bool:
    """Tell whether a request ended well, lately, and was not rated."""
    since = desk.clock.now() - timedelta(days=desk.policy.rating_days)
    rated = desk.engine.service(request.service).rated and request.phase is Phase.DONE
    return rated and request.updated_at >= since and await uow.feedback.rating_of(request.id) is None
