"""Whose lines stand in a calendar: machines with their operators, or officers."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from channels.admin.fleet.boards import FLEET, Board
from channels.admin.fleet.calendar_view import CalendarRow
from domain.actions.desk import Desk
from domain.blocks.visits import officer_code
from domain.fleet.resources import Booking, Resource, ResourceKind, ResourceStatus
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Role


async def rows_of(desk: Desk, uow: UnitOfWork, board: Board, start: datetime, end: datetime) -> list[CalendarRow]:
    """Return the lines with what is booked from `start` to `end`; what is retired only if it is booked still."""
    booked: dict[int, list[Booking]] = {}
    for booking, resource in await uow.fleet.between(start, end):
        booked.setdefault(resource.id, []).append(booking)
    if board is FLEET:
        found = [one for kind in board.kinds for one in await uow.fleet.resources(kind)]
        shown = [one for one in found if one.status is not ResourceStatus.RETIRED or one.id in booked]
        return [_fleet_row(desk, one, booked.get(one.id, [])) for one in shown]
    return await _officers(uow, booked)


def _fleet_row(desk: Desk, one: Resource, bookings: Sequence[Booking]) -> CalendarRow:
    text = desk.catalogue.text
    operator = one.kind is ResourceKind.OPERATOR
    detail = text("admin.calendar.operator") if operator else text(f"choices.machine.{one.type}")
    out = None if one.status is ResourceStatus.ACTIVE else text(f"choices.machine_status.{one.status}")
    drives = one.skills if operator else None
    return CalendarRow(
        one.code, "" if operator else one.type, one.title, detail, bookings, None if bookings else out, drives
    )


async def _officers(uow: UnitOfWork, booked: Mapping[int, Sequence[Booking]]) -> list[CalendarRow]:
    """Return the experts; one whom nobody ever sent out is no resource yet, and free."""
    known = {one.code: one for one in await uow.fleet.resources(ResourceKind.OFFICER)}
    rows = []
    for member in await uow.people.staff_with_role(Role.EXPERT):
        resource = known.get(officer_code(member.username))
        bookings = booked.get(resource.id, []) if resource else []
        rows.append(CalendarRow(member.username, member.username, member.full_name, "", bookings))
    return rows
