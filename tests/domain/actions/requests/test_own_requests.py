"""Requests that wait for their citizen: for an answer, for money, or for papers without which nobody moves them on."""

from domain.actions.context import ActionContext
from domain.actions.requests.own_requests import list_own_requests, waits_for_citizen, waits_for_papers
from domain.requests.request import Phase, ServiceRequest
from domain.services import SERVICES
from domain.services.expert.declaration import EXPERT_OPINION
from tests.support.factories import MOBILE, a_request
from tests.support.municipality import Municipality, build_desk


def an_opinion(state: str, *, lacks_papers: bool = True, phase: Phase = Phase.IN_PROGRESS) -> ServiceRequest:
    """An expert opinion on its way."""
    return a_request(
        service="expert", state=state, phase=phase, lacks_papers=lacks_papers, fields={"kind": "valuation"}
    )


def test_papers_are_awaited_where_nothing_else_moves_the_request_on() -> None:
    waiting = {
        state: waits_for_papers(EXPERT_OPINION, an_opinion(state)) for state in ("submitted", "assigned", "visited")
    }
    assert waiting == {"submitted": False, "assigned": False, "visited": True}
    assert not waits_for_papers(EXPERT_OPINION, an_opinion("visited", lacks_papers=False))
    assert not waits_for_papers(EXPERT_OPINION, an_opinion("closed", phase=Phase.DONE))
    assert waits_for_citizen(EXPERT_OPINION, an_opinion("visited"), MOBILE)
    assert not waits_for_citizen(EXPERT_OPINION, an_opinion("visited"), "+989120000000")


async def test_what_waits_for_papers_is_listed_first(town: Municipality) -> None:
    awaited, other = an_opinion("visited"), an_opinion("visited", lacks_papers=False)
    async with town.store.open_unit() as uow:
        for request in (awaited, other):
            await uow.requests.add(request)
        own = await list_own_requests(ActionContext(build_desk(town.clock, services=SERVICES), uow), MOBILE)
    assert [request.code for request in own.waiting] == [awaited.code]
    assert [request.code for request in own.others] == [other.code]
