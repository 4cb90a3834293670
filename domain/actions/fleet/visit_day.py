"""An officer's day: the visits in the order of their hours, what each still lacks, and the step that reports it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from domain.actions.context import ActorContext
from domain.authorization.request_policy import may_see_request
from domain.blocks.papers_pending import find_missing_papers
from domain.blocks.visits import VISITED_AT, officer_resource_code
from domain.engine import step_preview
from domain.fleet.resources import Booking
from domain.language.service import Service, Transition
from domain.people.ports import StaffMemberRepository
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor, Role
from domain.values.calendar import day_bounds


@dataclass(frozen=True, slots=True)
class OfficerVisit:
    """A visit that an officer has still to make."""

    request: ServiceRequest
    """Request that the visit is for."""
    service: Service
    """The declaration of the request's service."""
    booking: Booking
    """Booked time of the visit."""
    missing_papers: tuple[str, ...]
    """The papers that the request still lacks, by name."""
    report_step: Transition | None
    """The step that reports it; None where the actor may not take it now."""


async def list_shown_officers(people: StaffMemberRepository, actor: Actor) -> Mapping[str, str]:
    """Return the officers, username → name, the own first: whoever sees the calendar of visits sees the day of each."""
    experts = await people.list_staff_with_role(Role.EXPERT)
    experts.sort(key=lambda member: member.username != actor.identifier)
    return {member.username: member.full_name for member in experts}


async def list_visits_of_day(context: ActorContext, officer: str, day: date) -> list[OfficerVisit]:
    """Return what an officer is booked for on a day in Tehran, by the hour: of the requests that this one may see."""
    bookings = {
        booking.request_id: booking
        for booking, resource in await context.uow.fleet.list_between(*day_bounds(day))
        if resource.code == officer_resource_code(officer) and booking.request_id is not None
    }
    officer_visits = [
        await _load_visit(context, request, bookings[request.id])
        for request in await context.uow.requests.list_by_ids(bookings)
        if may_see_request(context.dependencies.services, context.actor, request)
        and request.service in context.dependencies.services
    ]
    return sorted(officer_visits, key=lambda officer_visit: officer_visit.booking.start)


async def _load_visit(context: ActorContext, request: ServiceRequest, booking: Booking) -> OfficerVisit:
    service, engine = context.dependencies.engine.get_service(request.service), context.dependencies.engine
    missing_papers = await find_missing_papers(context.uow.documents, service.papers, request)
    report_steps = [
        step
        for step in engine.list_offered_actions(request, context.actor)
        if any(VISITED_AT in effect.stores for effect in step.effects)
    ]
    report_step = report_steps[0] if report_steps else None
    if report_step and await step_preview.find_obstacle(engine, context.uow, request, report_step.name, context.actor):
        report_step = None
    return OfficerVisit(request, service, booking, missing_papers, report_step)
