"""Money in rows of a queue: what is to be paid and until when, or what the tariff asks where a price is to be set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.authorization.request_policy import offers_step
from domain.blocks.charging import REQUEST_SUBJECT
from domain.engine.step_preview import preview_quote
from domain.language.service import Transition
from domain.requests.request import Phase, ServiceRequest
from domain.values.actors import Actor


@dataclass(frozen=True, slots=True)
class RowAmount:
    """Money of one request, in rials."""

    rials: int
    """Amount of its open bill, or the tariff."""
    is_quoted: bool
    """It is the tariff's, and no bill yet."""
    deadline: datetime | None = None
    """Until when the bill is to be paid; None: nothing says it."""


async def load_amounts(context: ActorContext, requests: Sequence[ServiceRequest]) -> dict[int, RowAmount]:
    """Return by id the amounts of requests that have one: open bills, and what this actor may set by the tariff."""
    billed_ids = [request.id for request in requests if request.phase is Phase.NEEDS_PAYMENT]
    bills = await context.uow.bills.list_of_subjects(REQUEST_SUBJECT, billed_ids) if billed_ids else []
    amounts = {
        bill.subject_id: RowAmount(bill.amount, is_quoted=False, deadline=bill.deadline)
        for bill in bills
        if bill.state.is_payable
    }
    for request in requests:
        for step in _list_quoting_steps(context.dependencies, request, context.actor):
            if quote := await preview_quote(context.dependencies.engine, context.uow, request, step, context.actor):
                amounts[request.id] = RowAmount(quote.total, is_quoted=True)
    return amounts


def _list_quoting_steps(dependencies: Dependencies, request: ServiceRequest, actor: Actor) -> list[Transition]:
    """Return the steps by which this one may set a price by the tariff now."""
    return [
        step
        for step in dependencies.engine.get_service(request.service).steps_from(request.state)
        if any(effect.makes_quote for effect in step.effects) and offers_step(step, request, actor)
    ]
