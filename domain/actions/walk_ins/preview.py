"""Preview of a form filled in at the desk: all that is wrong with it, the price, free hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from domain.actions.context import ActionContext, ActorContext
from domain.actions.fleet.choosable_hours import list_half_hours, load_machine_hours
from domain.actions.requests.submit import autofill_values, read_request_form
from domain.actions.walk_ins.entering import WALK_IN_CHANNEL
from domain.actions.walk_ins.known_citizen import KnownCitizen, find_citizen
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.blocks.bookings import BookMachines
from domain.blocks.visit_rules import VisitRules
from domain.blocks.visit_times import CrewRepositories, list_free_visits
from domain.engine.form_preview import estimate_price, list_value_refusals
from domain.fields.closed_days import find_closed_day
from domain.language.service import Service
from domain.repositories import FleetRepositories
from domain.tariffs.tariff import Quote
from domain.values.errors import DomainError, MissingField

_MOST_VISITS = 8


@dataclass(frozen=True, slots=True)
class WalkInPreview:
    """Outcome of a form if it were sent now; nothing is kept of it."""

    citizen: KnownCitizen | None
    """Citizen with its mobile; None while it bears none."""
    faults: Sequence[DomainError]
    """All that is wrong with it."""
    quote: Quote | None
    """Price by today's tariff; None where nobody can say yet."""
    wanted_day: date | None
    """The day whose free hours are known; None where none was given, or nothing is booked on a day."""
    closed_day: date | None
    """The public holiday for which it asks work; None where it asks for none."""
    free_starts: Sequence[datetime]
    """Office hours of that day from which on all machines are free with somebody to drive each."""
    free_visits: Sequence[datetime]
    """The next hours at which an officer can come, where one does."""


async def preview_walk_in(
    context: ActorContext, service: Service, submitted: Mapping[str, object], mobile: str
) -> WalkInPreview:
    """Return what a form of the desk comes to. While its mobile (+989…) is empty, for none could be read, what comes
    with it (a name that was given before) is not called missing.
    """
    walk_in_actor = replace(require_right(Right.REQUESTS_ENTER, context.actor, "service"), channel=WALK_IN_CHANNEL)
    citizen = await find_citizen(context, mobile) if mobile else None
    known_values = autofill_values(service, citizen.person if citizen else None)
    values, faults = await read_request_form(context, service, known_values, submitted, mobile or None, WALK_IN_CHANNEL)
    if not mobile:
        autofilled_names = {entry.name for entry in service.form if entry.autofill}
        faults = [one for one in faults if not (isinstance(one, MissingField) and one.field in autofilled_names)]
    engine, request_values = context.dependencies.engine, dict(values)
    wanted_day, free_starts = await _list_free_starts(context.acting_as(walk_in_actor), service, request_values)
    return WalkInPreview(
        citizen,
        [*faults, *list_value_refusals(engine, context.uow, service, values, walk_in_actor)],
        await estimate_price(engine, context.uow, service, values, walk_in_actor),
        wanted_day,
        find_closed_day(service.form, values, context.dependencies.calendar),
        free_starts,
        await _list_free_visits(context, service),
    )


async def _list_free_starts(
    context: ActorContext[FleetRepositories], service: Service, values: dict[str, Any]
) -> tuple[date | None, list[datetime]]:
    booking_effects = [
        effect for step in service.transitions for effect in step.effects if isinstance(effect, BookMachines)
    ]
    if not booking_effects or not {"items", "date"} <= values.keys():
        return None, []
    wanted_day = date.fromisoformat(values["date"])
    office_span = context.dependencies.calendar.office_span(wanted_day)
    if office_span is None:
        return wanted_day, []
    request = context.dependencies.engine.build_request(service, values, context.actor, None)
    hours = await load_machine_hours(context, request, booking_effects[0], office_span)
    return wanted_day, [start for start in list_half_hours(office_span) if hours.is_possible(start)]


async def _list_free_visits(context: ActionContext[CrewRepositories], service: Service) -> list[datetime]:
    if service.visit_preferences is None:
        return []
    officers = await context.uow.people.list_staff_with_role(service.visit_preferences.officer_role)
    rules = VisitRules(context.dependencies.clock.now(), context.dependencies.policy, context.dependencies.calendar)
    no_request = 0
    free_starts = await list_free_visits(context.uow, rules, [officer.username for officer in officers], no_request)
    return free_starts[:_MOST_VISITS]
