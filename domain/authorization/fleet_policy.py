"""Rights to report on the work of machines: the operator who is booked for it, and nobody else.

To anybody else the work is not there (`NotFound`), as another's request is not there for a citizen.
"""

from collections.abc import Iterable

from domain.fleet.resources import Booking, Resource, ResourceKind
from domain.values.actors import Actor
from domain.values.errors import NotFound


def is_booked_operator(actor: Actor, booking: Booking, resource: Resource) -> bool:
    """Return whether a booking is this operator's work: firm, of a request, and not a time out of service."""
    is_work = booking.request_id is not None and not booking.hold and resource.kind is ResourceKind.OPERATOR
    return is_work and actor.kind == "operator" and resource.code == actor.identifier


def require_booked_operator(actor: Actor, bookings: Iterable[tuple[Booking, Resource]]) -> Booking:
    """Return the booking of a request that is this operator's work; `NotFound("code")` where none is."""
    for booking, resource in bookings:
        if is_booked_operator(actor, booking, resource):
            return booking
    raise NotFound("code")
