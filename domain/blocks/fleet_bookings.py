"""Bookings of the fleet that an effect makes for a request, and their way back when its step is taken back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from domain.blocks.charging import NoPaymentUnresolved
from domain.fleet.resources import OFFICER_CODE_PREFIX, Booking, Resource, ResourceKind, ResourceStatus
from domain.language.service import Effect, Guard, StepContext
from domain.language.step_before import StepBefore
from domain.people.person import StaffMember
from domain.people.ports import StaffMemberRepository
from domain.values.errors import Conflict
from domain.values.reasons import ConflictReason

_BOOKINGS = "bookings"
"""Name under which a step keeps the bookings that were there before it."""


class BookingEffect(Effect):
    """An effect that books something of the fleet, or frees it."""

    is_undoable: ClassVar[bool] = True
    undo_guards: ClassVar[tuple[Guard, ...]] = (NoPaymentUnresolved(),)
    """Nothing of the work changes while its payer is at the bank."""

    async def keep_for_undo(self, context: StepContext) -> dict[str, Any]:
        """Keep what the request holds."""
        held = [booking for booking, _ in await context.uow.fleet.list_of_request(context.request.id)]
        return {
            _BOOKINGS: [
                [one.id, one.resource_id, *map(datetime.isoformat, (one.start, one.end)), one.hold] for one in held
            ]
        }

    async def undo(self, context: StepContext, before: StepBefore) -> dict[str, Any]:
        """Book again what the request held before the step; `Conflict("action")` where that is taken, or has left."""
        if await has_other_bookings(context, before):
            await context.uow.fleet.release_request(context.request.id)
            await _restore_bookings(context, _list_kept_bookings(context, before))
        return {}


def _list_kept_bookings(context: StepContext, before: StepBefore) -> list[Booking]:
    read = datetime.fromisoformat
    return [
        Booking(row_id, context.request.id, resource_id, read(start), read(end), hold)
        for row_id, resource_id, start, end, hold in before.beside[_BOOKINGS]
    ]


async def has_other_bookings(context: StepContext, before: StepBefore) -> bool:
    """Return whether the request holds anything else of the fleet than before the step."""
    if _BOOKINGS not in before.beside:  # none of its effects books
        return False
    held = [booking for booking, _ in await context.uow.fleet.list_of_request(context.request.id)]
    return {booking.id for booking in held} != {booking.id for booking in _list_kept_bookings(context, before)}


async def book_checked(context: StepContext, picked: Sequence[Resource], bookings: Sequence[Booking]) -> None:
    """Book; `Conflict("machine", resource=code)`, and nothing kept, when one is taken, or is not any more what it was
    when it was picked: a booking keeps what it books from being retired or changed, but only from now on.
    """
    await context.uow.fleet.book(bookings)
    kinds = {resource.kind for resource in picked}
    bookable = [
        resource for kind in kinds for resource in await context.uow.fleet.list_resources(kind, bookable_only=True)
    ]
    lost_resource = next((resource for resource in picked if resource not in bookable), None)
    if lost_resource:
        await context.uow.fleet.release_request(context.request.id)
        raise Conflict("machine", resource=lost_resource.code)


async def find_active_officer(people: StaffMemberRepository, username: str) -> StaffMember | None:
    """Return who visits by that user name; None for nobody, and for one who is with the municipality no more."""
    staff_member = await people.find_staff(username)
    return staff_member if staff_member and staff_member.active else None


async def _restore_bookings(context: StepContext, bookings: Sequence[Booking]) -> None:
    if not bookings:
        return
    fleet, booked_ids = context.uow.fleet, {booking.resource_id for booking in bookings}
    resources = [one for kind in ResourceKind for one in await fleet.list_resources(kind) if one.id in booked_ids]
    for resource in resources:
        if not await _is_in_service(context.uow.people, resource):
            raise Conflict("action", ConflictReason.BOOKED_LEFT, title=resource.title)
    try:
        await book_checked(context, resources, bookings)
    except Conflict as taken:
        raise Conflict("action", ConflictReason.BOOKED_MEANWHILE) from taken


async def _is_in_service(people: StaffMemberRepository, resource: Resource) -> bool:
    """Return whether a machine or an operator can be booked, or an officer is with the municipality still."""
    if resource.kind is ResourceKind.OFFICER:
        return await find_active_officer(people, resource.code.removeprefix(OFFICER_CODE_PREFIX)) is not None
    return resource.status is ResourceStatus.ACTIVE
