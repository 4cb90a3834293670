"""Steps offered for several rows of a page at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.actions.dependencies import Dependencies
from domain.actions.papers.printouts import list_issued_papers
from domain.actions.queues.bulk import list_bulk_steps, may_remind
from domain.actions.requests.assign import may_assign
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor


@dataclass(frozen=True, slots=True)
class BulkOffers:
    """It, by what it may be done with."""

    step_titles: Mapping[str, str]
    """Steps that one or another of the rows allows, by name, with what they are called."""
    may_remind: bool
    """The citizen of one or another can be reminded."""
    paper_titles: Mapping[str, str]
    """Papers that one or another has, by kind, with what they are called."""
    assignable_requests: Sequence[ServiceRequest]
    """Requests that may be given to somebody."""
    tickable_ids: frozenset[int]
    """The requests with which anything may be done."""


def find_bulk_offers(dependencies: Dependencies, requests: Sequence[ServiceRequest], actor: Actor) -> BulkOffers:
    """Return what this one may do with these requests of a page."""
    steps_by_id = {request.id: list_bulk_steps(dependencies, request, actor) for request in requests}
    assignable_requests = [request for request in requests if may_assign(dependencies, request, actor)]
    papers_by_id = {request.id: list_issued_papers(dependencies, request, actor) for request in requests}
    remindable_ids = {request.id for request in requests if may_remind(dependencies, request, actor)}
    return BulkOffers(
        {
            step.name: dependencies.catalogue.text(f"services.{request.service}.actions.{step.name}")
            for request in requests
            for step in steps_by_id[request.id]
        },
        bool(remindable_ids),
        {kind: title for papers in papers_by_id.values() for kind, title in papers.items()},
        assignable_requests,
        frozenset(
            {
                *remindable_ids,
                *(request.id for request in assignable_requests),
                *(request_id for request_id, steps in steps_by_id.items() if steps),
                *(request_id for request_id, papers in papers_by_id.items() if papers),
            }
        ),
    )
