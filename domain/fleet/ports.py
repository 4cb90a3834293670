"""Ports of the fleet: resources and their bookings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.fleet.resources import Booking, Resource, ResourceKind


class FleetRepository(Protocol):
    """Machines, operators and their bookings. No resource is ever in one half-hour slot twice."""

    async def list_resources(self, kind: ResourceKind, *, bookable_only: bool = False) -> list[Resource]:
        """Return machines or operators by code; `bookable_only` leaves out maintenance and retired ones."""
        ...

    async def get_resource(self, code: str) -> Resource:
        """Return by code; `NotFound`."""
        ...

    async def save_resource(self, resource: Resource) -> None:
        """Store a new or changed resource (by code)."""
        ...

    async def list_busy_ids(self, start: datetime, end: datetime) -> set[int]:
        """Return the ids of resources taken, or out of service, in any slot that [start, end) touches."""
        ...

    async def list_free(self, kind: ResourceKind, start: datetime, end: datetime) -> list[Resource]:
        """Return what can be booked of a kind and is taken, or out of service, in no slot that [start, end) touches; by
        code.
        """
        ...

    async def book(self, bookings: Sequence[Booking]) -> None:
        """Take the slots; `Conflict("machine")` with the code of the resource when one is taken or out of service, and
        nothing is kept.
        """
        ...

    async def take_out(self, booking: Booking) -> None:
        """Store a time out of service, whatever is booked then: that stays until it is moved, and nothing is booked
        anew.
        """
        ...

    async def release_request(self, request_id: int) -> None:
        """Free everything that the request holds."""
        ...

    async def get_booking(self, booking_id: int) -> tuple[Booking, Resource]:
        """Return one booking; `NotFound("booking")`."""
        ...

    async def cancel_booking(self, booking_id: int) -> None:
        """Free what one booking holds."""
        ...

    async def list_bookings_ahead(self, resource_id: int, ends_after: datetime) -> list[Booking]:
        """Return the bookings of a resource that end after that moment, by time."""
        ...

    async def list_of_request(self, request_id: int) -> list[tuple[Booking, Resource]]:
        """Return what the request holds."""
        ...

    async def list_between(self, start: datetime, end: datetime) -> list[tuple[Booking, Resource]]:
        """Return bookings that touch [start, end): the calendar."""
        ...
