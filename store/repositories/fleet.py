"""Machines, operators and their bookings: the key (slot, resource) of `slots` is why nothing is taken twice."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Executable, bindparam, delete, insert, select

from domain.fleet.resources import Booking, Resource, ResourceKind, ResourceStatus
from domain.fleet.resources import slots as slots_of
from domain.values.errors import Conflict, NotFound
from store.engines.base import DatabaseEngine
from store.engines.prepared import Row
from store.rows import TableMapping
from store.schema import bookings, resources, slots
from store.work import Repository

_RESOURCE = TableMapping(resources, Resource)
_OF_KIND = select(*_RESOURCE.columns).where(resources.c.kind == bindparam("of_kind")).order_by(resources.c.code)
_BOOKABLE = _OF_KIND.where(resources.c.status == ResourceStatus.ACTIVE)
_BY_CODE = select(*_RESOURCE.columns).where(resources.c.code == bindparam("wanted_code"))
_CODE = select(resources.c.code).where(resources.c.id == bindparam("wanted_id"))

_BOOKING = TableMapping(bookings, Booking)
_BUSY = select(slots.c.resource_id).where(slots.c.slot.between(bindparam("first"), bindparam("last"))).distinct()
_ADD_BOOKINGS = insert(bookings)
_OF_REQUEST_IDS = select(bookings.c.id).where(bookings.c.request_id == bindparam("of_request"))
_FREE_SLOTS = delete(slots).where(slots.c.booking_id.in_(_OF_REQUEST_IDS))
_FREE = delete(bookings).where(bookings.c.request_id == bindparam("of_request"))
_UNDO_SLOTS = delete(slots).where(slots.c.booking_id.in_(bindparam("booked", expanding=True)))
_UNDO = delete(bookings).where(bookings.c.id.in_(bindparam("booked", expanding=True)))
_WITH_RESOURCE = (
    select(*_BOOKING.columns, *_RESOURCE.columns)
    .join_from(bookings, resources)
    .order_by(bookings.c.start, resources.c.code)
)
_OF_REQUEST = _WITH_RESOURCE.where(bookings.c.request_id == bindparam("of_request"))
_AHEAD = _WITH_RESOURCE.where(bookings.c.resource_id == bindparam("of_resource"), bookings.c.end > bindparam("from"))
_ONE = _WITH_RESOURCE.where(bookings.c.id == bindparam("of_booking"))
_CANCEL_SLOTS = delete(slots).where(slots.c.booking_id == bindparam("of_booking"))
_CANCEL = delete(bookings).where(bookings.c.id == bindparam("of_booking"))
_BETWEEN = _WITH_RESOURCE.where(bookings.c.start < bindparam("to"), bookings.c.end > bindparam("from"))


def _put_resource(engine: DatabaseEngine) -> Executable:
    new = engine.insert(resources)
    changed = {name: new.excluded[name] for name in _RESOURCE.names if name not in {"id", "code"}}
    return new.on_conflict_do_update(index_elements=["code"], set_=changed)


def _take_slots(engine: DatabaseEngine) -> Executable:
    return engine.insert(slots).on_conflict_do_nothing().returning(slots.c.slot, slots.c.resource_id)


class SqlFleet(Repository):
    """The port `Fleet`."""

    async def resources(self, kind: ResourceKind, *, bookable_only: bool = False) -> list[Resource]:
        """Return machines or operators by code; `bookable_only` leaves out maintenance and retired ones."""
        rows = await self._work.rows(_BOOKABLE if bookable_only else _OF_KIND, {"of_kind": kind})
        return _RESOURCE.read_all(rows)

    async def resource(self, code: str) -> Resource:
        """Return by code; `NotFound("machine")`."""
        row = await self._work.row(_BY_CODE, {"wanted_code": code})
        if row is None:
            raise NotFound("machine")
        return _RESOURCE.read(row)

    async def put_resource(self, resource: Resource) -> None:
        """Store a new or changed resource (by code; a known one keeps its id)."""
        await self._work.run(_put_resource, _RESOURCE.values(resource))

    async def busy(self, start: datetime, end: datetime) -> set[int]:
        """Return the ids of resources taken in any slot that [start, end) touches."""
        wanted = list(slots_of(start, end))
        if not wanted:
            return set()
        rows = await self._work.rows(_BUSY, {"first": wanted[0], "last": wanted[-1]})
        return {resource_id for (resource_id,) in rows}

    async def book(self, wanted: Sequence[Booking]) -> None:
        """Take the slots; `Conflict("machine", resource=code)` when one is taken.

        Nothing is kept then, and the unit may go on (try another machine).
        """
        # In one order for everybody, or two units could wait for each other's slots.
        taking = sorted((slot, booking.resource_id, booking.id) for booking in wanted for slot in _slots(booking))
        if not taking:
            return
        await self._work.run(_ADD_BOOKINGS, [_BOOKING.values(booking) for booking in wanted])
        rows = [{"slot": slot, "resource_id": resource, "booking_id": booking} for slot, resource, booking in taking]
        taken = {(slot, resource) for row in rows for slot, resource in await self._work.rows(_take_slots, row)}
        if len(taken) < len(taking):
            await self._refuse(wanted, taking, taken)

    async def _refuse(
        self, wanted: Sequence[Booking], taking: list[tuple[int, int, int]], taken: set[tuple[int, int]]
    ) -> None:
        booked = {"booked": [booking.id for booking in wanted]}
        await self._work.run(_UNDO_SLOTS, booked)
        await self._work.run(_UNDO, booked)
        # Each slot counts once: two of these bookings may want the same resource at the same time.
        missed = Counter((slot, resource) for slot, resource, _ in taking) - Counter(taken)
        _, resource = min(missed)
        raise Conflict("machine", resource=await self._work.value(_CODE, {"wanted_id": resource}))

    async def release(self, request_id: int) -> None:
        """Free everything that the request holds."""
        await self._work.run(_FREE_SLOTS, {"of_request": request_id})
        await self._work.run(_FREE, {"of_request": request_id})

    async def booking(self, booking_id: int) -> tuple[Booking, Resource]:
        """Return one booking; `NotFound("booking")`."""
        rows = await self._work.rows(_ONE, {"of_booking": booking_id})
        if not rows:
            raise NotFound("booking")
        return _read(rows)[0]

    async def cancel(self, booking_id: int) -> None:
        """Free what one booking holds."""
        await self._work.run(_CANCEL_SLOTS, {"of_booking": booking_id})
        await self._work.run(_CANCEL, {"of_booking": booking_id})

    async def ahead(self, resource_id: int, since: datetime) -> list[Booking]:
        """Return the bookings of a resource that end after that moment, by time."""
        rows = await self._work.rows(_AHEAD, {"of_resource": resource_id, "from": since})
        return [booking for booking, _ in _read(rows)]

    async def of_request(self, request_id: int) -> list[tuple[Booking, Resource]]:
        """Return what the request holds, by time."""
        return _read(await self._work.rows(_OF_REQUEST, {"of_request": request_id}))

    async def between(self, start: datetime, end: datetime) -> list[tuple[Booking, Resource]]:
        """Return bookings that touch [start, end), by time: the calendar."""
        return _read(await self._work.rows(_BETWEEN, {"from": start, "to": end}))


def _slots(booking: Booking) -> list[int]:
    found = list(slots_of(booking.start, booking.end))
    if not found:
        raise ValueError(f"a booking must end after it starts: {booking.start} to {booking.end}")
    return found


def _read(rows: Sequence[Row]) -> list[tuple[Booking, Resource]]:
    return [(_BOOKING.read(row), _RESOURCE.read(row, len(_BOOKING.names))) for row in rows]
