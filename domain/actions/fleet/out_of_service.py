"""Machines and operators out of service: for some days, by a booking without a request that nobody else can take."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from domain.actions.desk import Desk
from domain.fields.form import Field
from domain.fields.types import Day, number_text
from domain.fleet.resources import Booking, Resource, ResourceKind, ResourceStatus
from domain.registries.declarations import MACHINES, OPERATORS
from domain.registries.field_types import Note
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor, Role
from domain.values.calendar import tehran
from domain.values.errors import Conflict, Forbidden, InvalidField, NotAllowedNow, NotFound
from domain.values.text import shown

FLEET = frozenset({MACHINES.key, OPERATORS.key})
"""Registries whose rows are booked."""

CIVIL = frozenset({Role.CIVIL})

OUT_OF_SERVICE = (Field("first", Day()), Field("last", Day()), Field("note", Note(120)))
"""What is asked to take something out of service: its first and last day, and why."""

MOST_DAYS = 60
"""Days for which something is out of service at most; for longer, its status says so."""


async def take_out(
    desk: Desk, uow: UnitOfWork, resource_id: int, days: tuple[date, date], note: str, actor: Actor
) -> Booking:
    """Take a machine or operator out of service for whole days in Tehran, the first and the last included.

    Errors: `Forbidden`; `InvalidField("last")` when it is before the first, past, or too far from it;
    `NotAllowedNow("first")` for what is retired; `Conflict("first")` when it is booked then, with the requests' codes.
    """
    by = _civil(actor).label
    first, last = days
    resource, now = await _resource(uow, resource_id), desk.clock.now()
    start, end = max(tehran(first, time.min), now), tehran(last + timedelta(days=1), time.min)
    if end <= start:
        raise InvalidField("last", detail="before_start")
    if (last - first).days >= MOST_DAYS:
        raise InvalidField("last", detail="too_many_days", most=number_text(MOST_DAYS))
    if resource.status is ResourceStatus.RETIRED:
        raise NotAllowedNow("first", detail="retired")
    await _refuse_booked(uow, resource_id, start, end)
    booking = Booking(desk.ids.new_id(), None, resource_id, start, end, hold=False, note=shown(note))
    try:
        await uow.fleet.book([booking])
    except Conflict as taken:  # by another unit, in this very moment
        raise Conflict("first", detail="booked_then", codes=[]) from taken
    facts = {"resource": resource.code, "from": first.isoformat(), "to": last.isoformat(), "note": booking.note}
    await uow.audit.record(now, by, "out_of_service", facts)
    return booking


async def put_back(desk: Desk, uow: UnitOfWork, booking_id: int, actor: Actor) -> None:
    """Put something back into service before its time. Errors: `Forbidden`, `NotFound("booking")`."""
    by = _civil(actor).label
    booking, resource = await uow.fleet.booking(booking_id)
    if booking.request_id is not None:
        raise NotFound("booking")
    await uow.fleet.cancel(booking_id)
    await uow.audit.record(desk.clock.now(), by, "back_in_service", {"resource": resource.code, "note": booking.note})


async def refuse_booked(uow: UnitOfWork, resource_id: int, now: datetime) -> None:
    """Raise `Conflict("status")` with the codes of the requests while something has work before it."""
    ahead = [one for one in await uow.fleet.ahead(resource_id, now) if one.request_id is not None]
    if ahead:
        raise Conflict("status", detail="booked_ahead", codes=await _codes(uow, ahead))


async def _refuse_booked(uow: UnitOfWork, resource_id: int, start: datetime, end: datetime) -> None:
    there = [one for one in await uow.fleet.ahead(resource_id, start) if one.start < end]
    if there:
        codes = await _codes(uow, there)
        raise Conflict("first", detail="booked_then" if codes else "out_then", codes=codes)


async def _codes(uow: UnitOfWork, bookings: Iterable[Booking]) -> list[str]:
    codes = await uow.requests.codes({one.request_id for one in bookings if one.request_id is not None})
    return sorted(codes.values())


async def _resource(uow: UnitOfWork, resource_id: int) -> Resource:
    for kind in (ResourceKind.MACHINE, ResourceKind.OPERATOR):
        for one in await uow.fleet.resources(kind):
            if one.id == resource_id:
                return one
    raise NotFound("machine")


def _civil(actor: Actor) -> Actor:
    if not CIVIL & actor.role_names:
        raise Forbidden("fleet")
    return actor.acting_by(CIVIL)
