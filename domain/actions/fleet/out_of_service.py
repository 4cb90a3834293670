"""Machines and operators out of service: for some days, by a booking without a request that nobody else can take."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from domain.actions.context import ActorContext
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.fields.form import Field
from domain.fields.moments import Day
from domain.fields.types import format_number
from domain.fleet.ports import FleetRepository
from domain.fleet.resources import Booking, Resource, ResourceKind, ResourceStatus
from domain.registries.declarations import MACHINES, OPERATORS
from domain.registries.field_types import Note
from domain.repositories import FleetRepositories
from domain.requests.ports import RequestRepository
from domain.values.actors import Actor
from domain.values.calendar import tehran_moment
from domain.values.errors import Conflict, InvalidField, NotAllowedNow, NotFound
from domain.values.reasons import ConflictReason, InvalidReason, NotAllowedReason
from domain.values.text import tidy_text

FLEET_REGISTRIES = frozenset({MACHINES.key, OPERATORS.key})
"""Registries whose rows are booked."""


OUT_OF_SERVICE_FIELDS = (Field("first", Day()), Field("last", Day()), Field("note", Note(120)))
"""Form for taking something out of service: its first and last day, and why."""

MOST_DAYS = 60
"""Days for which something is out of service at most; for longer, its status says so."""


async def take_out_of_service(
    context: ActorContext[FleetRepositories], resource_id: int, day_range: tuple[date, date], note: str
) -> Booking:
    """Take a machine or operator out of service for whole days in Tehran, the first and the last included.

    It is stored whatever is booked then: a machine that broke is broken. Work that is booked stays until it is moved or
    cancelled (`list_stranded_work`); nothing is booked anew.

    Errors: `Forbidden`; `InvalidField("last")` when it is before the first, past, or too far from it;
    `NotAllowedNow("first")` for what is retired; `Conflict("first")` when it is out of service then already.
    """
    recorded_by = _require_civil_role(context.actor).label
    first_day, last_day = day_range
    resource, now = await _find_resource(context.uow.fleet, resource_id), context.dependencies.clock.now()
    start, end = max(tehran_moment(first_day, time.min), now), tehran_moment(last_day + timedelta(days=1), time.min)
    if end <= start:
        raise InvalidField("last", InvalidReason.BEFORE_START)
    if (last_day - first_day).days >= MOST_DAYS:
        raise InvalidField("last", InvalidReason.TOO_MANY_DAYS, most=format_number(MOST_DAYS))
    if resource.status is ResourceStatus.RETIRED:
        raise NotAllowedNow("first", NotAllowedReason.RETIRED)
    bookings_ahead = await context.uow.fleet.list_bookings_ahead(resource_id, start)
    if any(ahead.request_id is None and ahead.start < end for ahead in bookings_ahead):
        raise Conflict("first", ConflictReason.OUT_THEN)
    booking = Booking(
        context.dependencies.ids.new_id(), None, resource_id, start, end, hold=False, note=tidy_text(note)
    )
    await context.uow.fleet.take_out(booking)
    facts = {"resource": resource.code, "from": first_day.isoformat(), "to": last_day.isoformat(), "note": booking.note}
    await context.uow.audit.add_entry(now, recorded_by, "out_of_service", facts)
    return booking


async def return_to_service(context: ActorContext[FleetRepositories], booking_id: int) -> None:
    """Put something back into service before its time. Errors: `Forbidden`, `NotFound("booking")`."""
    recorded_by = _require_civil_role(context.actor).label
    booking, resource = await context.uow.fleet.get_booking(booking_id)
    if booking.request_id is not None:
        raise NotFound("booking")
    await context.uow.fleet.cancel_booking(booking_id)
    await context.uow.audit.add_entry(
        context.dependencies.clock.now(),
        recorded_by,
        "back_in_service",
        {"resource": resource.code, "note": booking.note},
    )


def list_stranded_work(bookings: Sequence[Booking], status: ResourceStatus) -> list[Booking]:
    """Return, of the bookings of one machine or operator, the work that is booked while it is out of service, by a time
    or by its status.
    """
    times_out = [booking for booking in bookings if booking.request_id is None]

    def is_out(work: Booking) -> bool:
        return status is not ResourceStatus.ACTIVE or any(
            out.start < work.end and work.start < out.end for out in times_out
        )

    return [work for work in bookings if work.request_id is not None and is_out(work)]


async def refuse_booked_resource(uow: FleetRepositories, resource_id: int, now: datetime) -> None:
    """Raise `Conflict("status")` with the codes of the requests while something has work before it."""
    future_bookings = [
        booking for booking in await uow.fleet.list_bookings_ahead(resource_id, now) if booking.request_id is not None
    ]
    if future_bookings:
        raise Conflict(
            "status", ConflictReason.BOOKED_AHEAD, codes=await _list_request_codes(uow.requests, future_bookings)
        )


async def _list_request_codes(requests: RequestRepository, bookings: Iterable[Booking]) -> list[str]:
    codes_by_id = await requests.list_codes(
        {booking.request_id for booking in bookings if booking.request_id is not None}
    )
    return sorted(codes_by_id.values())


async def _find_resource(fleet: FleetRepository, resource_id: int) -> Resource:
    for resource_kind in (ResourceKind.MACHINE, ResourceKind.OPERATOR):
        for resource in await fleet.list_resources(resource_kind):
            if resource.id == resource_id:
                return resource
    raise NotFound("machine")


def _require_civil_role(actor: Actor) -> Actor:
    return require_right(Right.FLEET_CHANGE, actor, "fleet")
