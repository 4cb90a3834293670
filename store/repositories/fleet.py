"""Machines, operators and their bookings: the key (slot, resource) of `slots` is why nothing is taken twice."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, and_, bindparam, delete, insert, select, union

from domain.fleet.resources import SLOT_LENGTH, Booking, Resource, ResourceKind, ResourceStatus
from domain.fleet.resources import slot_numbers as slots_of
from domain.values.errors import Conflict, NotFound
from store.engines.base import DatabaseEngine, StatementRecipe
from store.engines.prepared import Row
from store.rows import TableMapping
from store.schema import bookings, resources, slots
from store.work import Repository

_RESOURCE_MAPPING = TableMapping(resources, Resource)
_SELECT_OF_KIND = (
    select(*_RESOURCE_MAPPING.columns).where(resources.c.kind == bindparam("of_kind")).order_by(resources.c.code)
)
_SELECT_BOOKABLE = _SELECT_OF_KIND.where(resources.c.status == ResourceStatus.ACTIVE)
_SELECT_BY_CODE = select(*_RESOURCE_MAPPING.columns).where(resources.c.code == bindparam("wanted_code"))
_SELECT_CODE = select(resources.c.code).where(resources.c.id == bindparam("wanted_id"))

_BOOKING_MAPPING = TableMapping(bookings, Booking)
_IS_OUT_THEN = and_(
    bookings.c.request_id.is_(None), bookings.c.start < bindparam("to"), bookings.c.end > bindparam("from")
)
_SELECT_OUT_BETWEEN = select(*_BOOKING_MAPPING.columns).where(_IS_OUT_THEN)
_SELECT_BUSY = union(
    select(slots.c.resource_id).where(slots.c.slot.between(bindparam("first"), bindparam("last"))),
    select(bookings.c.resource_id).where(_IS_OUT_THEN),
)
_SELECT_FREE = _SELECT_BOOKABLE.where(resources.c.id.not_in(_SELECT_BUSY))
_INSERT_BOOKINGS = insert(bookings)
_BOOKING_IDS_OF_REQUEST = select(bookings.c.id).where(bookings.c.request_id == bindparam("of_request"))
_DELETE_REQUEST_SLOTS = delete(slots).where(slots.c.booking_id.in_(_BOOKING_IDS_OF_REQUEST))
_DELETE_REQUEST_BOOKINGS = delete(bookings).where(bookings.c.request_id == bindparam("of_request"))
_DELETE_BOOKED_SLOTS = delete(slots).where(slots.c.booking_id.in_(bindparam("booked", expanding=True)))
_DELETE_BOOKED = delete(bookings).where(bookings.c.id.in_(bindparam("booked", expanding=True)))
_SELECT_WITH_RESOURCE = (
    select(*_BOOKING_MAPPING.columns, *_RESOURCE_MAPPING.columns)
    .join_from(bookings, resources)
    .order_by(bookings.c.start, resources.c.code)
)
_SELECT_OF_REQUEST = _SELECT_WITH_RESOURCE.where(bookings.c.request_id == bindparam("of_request"))
_SELECT_AHEAD = _SELECT_WITH_RESOURCE.where(
    bookings.c.resource_id == bindparam("of_resource"), bookings.c.end > bindparam("from")
)
_SELECT_BOOKING = _SELECT_WITH_RESOURCE.where(bookings.c.id == bindparam("of_booking"))
_DELETE_BOOKING_SLOTS = delete(slots).where(slots.c.booking_id == bindparam("of_booking"))
_DELETE_BOOKING = delete(bookings).where(bookings.c.id == bindparam("of_booking"))
_SELECT_BETWEEN = _SELECT_WITH_RESOURCE.where(bookings.c.start < bindparam("to"), bookings.c.end > bindparam("from"))


def _upsert_resource(engine: DatabaseEngine) -> Executable:
    insertion = engine.insert_into(resources)
    updated_columns = {
        column_name: insertion.excluded[column_name]
        for column_name in _RESOURCE_MAPPING.column_names
        if column_name not in {"id", "code"}
    }
    return insertion.on_conflict_do_update(index_elements=["code"], set_=updated_columns)


_SLOT_COLUMNS = ("slot", "resource_id", "booking_id")
MOST_SLOTS_AT_ONCE = 16
"""Slots that one statement takes: a machine and its operator for half a day take three."""


@cache
def _insert_slots(slot_count: int) -> StatementRecipe:
    """Return the recipe of the statement that takes so many slots, as far as they are free, in their order."""

    def build_statement(engine: DatabaseEngine) -> Executable:
        rows: list[Mapping[str, Any]] = [
            {column: bindparam(f"{column}_{place}") for column in _SLOT_COLUMNS} for place in range(slot_count)
        ]
        insertion = engine.insert_into(slots).values(rows)
        return insertion.on_conflict_do_nothing().returning(slots.c.slot, slots.c.resource_id)

    return build_statement


class SqlFleetRepository(Repository):
    """The port `FleetRepository`."""

    async def list_resources(self, kind: ResourceKind, *, bookable_only: bool = False) -> list[Resource]:
        rows = await self._transaction.fetch_rows(
            _SELECT_BOOKABLE if bookable_only else _SELECT_OF_KIND, {"of_kind": kind}
        )
        return _RESOURCE_MAPPING.read_rows(rows)

    async def get_resource(self, code: str) -> Resource:
        """Return by code; `NotFound("machine")`."""
        row = await self._transaction.fetch_row(_SELECT_BY_CODE, {"wanted_code": code})
        if row is None:
            raise NotFound("machine")
        return _RESOURCE_MAPPING.read_row(row)

    async def save_resource(self, resource: Resource) -> None:
        """A known code keeps its id."""
        await self._transaction.execute(_upsert_resource, _RESOURCE_MAPPING.column_values(resource))

    async def list_busy_ids(self, start: datetime, end: datetime) -> set[int]:
        touched_slots = list(slots_of(start, end))
        if not touched_slots:
            return set()
        rows = await self._transaction.fetch_rows(_SELECT_BUSY, _busy_bounds(touched_slots))
        return {resource_id for (resource_id,) in rows}

    async def list_free(self, kind: ResourceKind, start: datetime, end: datetime) -> list[Resource]:
        touched_slots = list(slots_of(start, end))
        if not touched_slots:
            return await self.list_resources(kind, bookable_only=True)
        values = {"of_kind": kind, **_busy_bounds(touched_slots)}
        return _RESOURCE_MAPPING.read_rows(await self._transaction.fetch_rows(_SELECT_FREE, values))

    async def book(self, wanted: Sequence[Booking]) -> None:
        """After a `Conflict` the unit may go on, and try another machine."""
        # In one order for everybody, or two units could wait for each other's slots.
        wanted_slots = sorted(
            (slot, booking.resource_id, booking.id) for booking in wanted for slot in _list_booking_slots(booking)
        )
        if not wanted_slots:
            return
        await self._transaction.execute(
            _INSERT_BOOKINGS, [_BOOKING_MAPPING.column_values(booking) for booking in wanted]
        )
        taken_slots = await self._take_slots(wanted_slots) - await self._find_slots_out(wanted_slots)
        if len(taken_slots) < len(wanted_slots):
            await self._undo_and_refuse(wanted, wanted_slots, taken_slots)

    async def take_out(self, booking: Booking) -> None:
        await self._transaction.execute(_INSERT_BOOKINGS, [_BOOKING_MAPPING.column_values(booking)])
        await self._take_slots([(slot, booking.resource_id, booking.id) for slot in _list_booking_slots(booking)])

    async def _take_slots(self, wanted_slots: Sequence[tuple[int, int, int]]) -> set[tuple[int, int]]:
        """Take what is free of slots (slot, resource, booking); return what was."""
        slot_groups = (
            wanted_slots[start : start + MOST_SLOTS_AT_ONCE]
            for start in range(0, len(wanted_slots), MOST_SLOTS_AT_ONCE)
        )
        return {
            (slot, resource)
            for some_slots in slot_groups
            for slot, resource in await self._transaction.fetch_rows(
                _insert_slots(len(some_slots)),
                {
                    f"{column}_{place}": value
                    for place, wanted in enumerate(some_slots)
                    for column, value in zip(_SLOT_COLUMNS, wanted, strict=True)
                },
            )
        }

    async def _find_slots_out(self, wanted_slots: Sequence[tuple[int, int, int]]) -> set[tuple[int, int]]:
        """Return (slot, resource) of times out of service, also where work was booked before them and has gone."""
        slot_bounds = _slot_bounds([slot for slot, _, _ in wanted_slots])
        rows = await self._transaction.fetch_rows(_SELECT_OUT_BETWEEN, slot_bounds)
        return {
            (slot, booking.resource_id)
            for booking in _BOOKING_MAPPING.read_rows(rows)
            for slot in _list_booking_slots(booking)
        }

    async def _undo_and_refuse(
        self,
        requested_bookings: Sequence[Booking],
        wanted_slots: list[tuple[int, int, int]],
        taken_slots: set[tuple[int, int]],
    ) -> None:
        booked_ids = {"booked": [booking.id for booking in requested_bookings]}
        await self._transaction.execute(_DELETE_BOOKED_SLOTS, booked_ids)
        await self._transaction.execute(_DELETE_BOOKED, booked_ids)
        # Each slot counts once: two of these bookings may want the same resource at the same time.
        missed_slots = Counter((slot, resource) for slot, resource, _ in wanted_slots) - Counter(taken_slots)
        _, resource = min(missed_slots)
        raise Conflict("machine", resource=await self._transaction.fetch_value(_SELECT_CODE, {"wanted_id": resource}))

    async def release_request(self, request_id: int) -> None:
        # A booking of a request has a slot at least: without one there is nothing to delete.
        if await self._transaction.count_written(_DELETE_REQUEST_SLOTS, {"of_request": request_id}):
            await self._transaction.execute(_DELETE_REQUEST_BOOKINGS, {"of_request": request_id})

    async def get_booking(self, booking_id: int) -> tuple[Booking, Resource]:
        rows = await self._transaction.fetch_rows(_SELECT_BOOKING, {"of_booking": booking_id})
        if not rows:
            raise NotFound("booking")
        return _read_bookings(rows)[0]

    async def cancel_booking(self, booking_id: int) -> None:
        await self._transaction.execute(_DELETE_BOOKING_SLOTS, {"of_booking": booking_id})
        await self._transaction.execute(_DELETE_BOOKING, {"of_booking": booking_id})

    async def list_bookings_ahead(self, resource_id: int, ends_after: datetime) -> list[Booking]:
        rows = await self._transaction.fetch_rows(_SELECT_AHEAD, {"of_resource": resource_id, "from": ends_after})
        return [booking for booking, _ in _read_bookings(rows)]

    async def list_of_request(self, request_id: int) -> list[tuple[Booking, Resource]]:
        """By time."""
        return _read_bookings(await self._transaction.fetch_rows(_SELECT_OF_REQUEST, {"of_request": request_id}))

    async def list_between(self, start: datetime, end: datetime) -> list[tuple[Booking, Resource]]:
        """By time."""
        return _read_bookings(await self._transaction.fetch_rows(_SELECT_BETWEEN, {"from": start, "to": end}))


def _slot_bounds(touched_slots: Sequence[int]) -> dict[str, datetime]:
    """Return the beginning of the first and the end of the last slot."""
    slot_seconds = SLOT_LENGTH.total_seconds()
    return {
        "from": datetime.fromtimestamp(min(touched_slots) * slot_seconds, UTC),
        "to": datetime.fromtimestamp((max(touched_slots) + 1) * slot_seconds, UTC),
    }


def _busy_bounds(touched_slots: Sequence[int]) -> dict[str, Any]:
    return {"first": touched_slots[0], "last": touched_slots[-1], **_slot_bounds(touched_slots)}


def _list_booking_slots(booking: Booking) -> list[int]:
    booked_slots = list(slots_of(booking.start, booking.end))
    if not booked_slots:
        raise ValueError(f"a booking must end after it starts: {booking.start} to {booking.end}")
    return booked_slots


def _read_bookings(rows: Sequence[Row]) -> list[tuple[Booking, Resource]]:
    return [
        (_BOOKING_MAPPING.read_row(row), _RESOURCE_MAPPING.read_row(row, len(_BOOKING_MAPPING.column_names)))
        for row in rows
    ]
