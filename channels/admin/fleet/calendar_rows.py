"""Lines of a calendar: machines with their operators, or officers."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from channels.admin.calendar_boards import FLEET, CalendarBoard
from channels.admin.fleet.calendar_view import BookingLabel, CalendarRow
from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.authorization.request_policy import may_see_request
from domain.blocks.visits import officer_resource_code
from domain.fields.stored import list_stored
from domain.fleet.resources import Booking, Resource, ResourceKind, ResourceStatus
from domain.language.column_words import describe_columns
from domain.language.summaries import find_applicant_name
from domain.language.summary_columns import SummaryColumn
from domain.people.person import Substitution
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor, Role
from domain.values.calendar import MomentSpan, jalali_text, to_tehran
from domain.values.languages import join_list


async def build_calendar_rows(
    context: ActionContext, board: CalendarBoard, start: datetime, end: datetime
) -> list[CalendarRow]:
    """Return the lines with what is booked from `start` to `end`; what is retired only if it is booked still."""
    bookings_by_resource: dict[int, list[Booking]] = {}
    for booking, resource in await context.uow.fleet.list_between(start, end):
        bookings_by_resource.setdefault(resource.id, []).append(booking)
    if board is FLEET:
        board_resources = [
            candidate for kind in board.resource_kinds for candidate in await context.uow.fleet.list_resources(kind)
        ]
        listed_resources = [
            candidate
            for candidate in board_resources
            if candidate.status is not ResourceStatus.RETIRED or candidate.id in bookings_by_resource
        ]
        return [
            _build_fleet_row(context.dependencies, candidate, bookings_by_resource.get(candidate.id, []))
            for candidate in listed_resources
        ]
    return await _build_officer_rows(context, bookings_by_resource, (start, end))


def _build_fleet_row(dependencies: Dependencies, resource: Resource, bookings: Sequence[Booking]) -> CalendarRow:
    get_text = dependencies.catalogue.text
    is_operator = resource.kind is ResourceKind.OPERATOR
    detail_text = get_text("admin.calendar.operator") if is_operator else get_text(f"choices.machine.{resource.type}")
    status_label = (
        None if resource.status is ResourceStatus.ACTIVE else get_text(f"choices.machine_status.{resource.status}")
    )
    driven_types = resource.skills if is_operator else None
    return CalendarRow(
        resource.code,
        "" if is_operator else resource.type,
        resource.title,
        join_list(filter(None, (detail_text, status_label if bookings else None))),
        bookings,
        None if bookings else status_label,
        driven_types,
        is_in_service=status_label is None,
    )


async def _build_officer_rows(
    context: ActionContext, bookings_by_resource: Mapping[int, Sequence[Booking]], period: MomentSpan
) -> list[CalendarRow]:
    """Return the experts, with their leave; one whom nobody ever sent out is no resource yet, and free."""
    first_day, day_after = (to_tehran(moment).date() for moment in period)
    absences = [entry for entry in await context.uow.people.list_substitutions(first_day) if entry.first < day_after]
    resources_by_code = {
        candidate.code: candidate for candidate in await context.uow.fleet.list_resources(ResourceKind.OFFICER)
    }
    officer_rows = []
    for member in await context.uow.people.list_staff_with_role(Role.EXPERT):
        resource = resources_by_code.get(officer_resource_code(member.username))
        bookings = bookings_by_resource.get(resource.id, []) if resource else []
        own_absences = [entry for entry in absences if entry.absent == member.username]
        leave_text = join_list(_describe_leave(context.dependencies, entry) for entry in own_absences)
        officer_rows.append(
            CalendarRow(member.username, member.username, member.full_name, leave_text, bookings, absences=own_absences)
        )
    return officer_rows


def _describe_leave(dependencies: Dependencies, absence: Substitution) -> str:
    days = {"first": jalali_text(absence.first), "last": jalali_text(absence.last)}
    return dependencies.catalogue.render("admin.calendar.leave", days)


async def label_bookings(context: ActorContext, rows: Sequence[CalendarRow]) -> dict[int, BookingLabel]:
    """Return whose the bookings of these lines are, by the id of their request: citizen and place for those alone who
    may see the request.
    """
    request_ids = {entry.request_id for row in rows for entry in row.bookings if entry.request_id is not None}
    requests = await context.uow.requests.list_by_ids(request_ids)
    return {request.id: _label_request(context.dependencies, request, context.actor) for request in requests}


def _label_request(dependencies: Dependencies, request: ServiceRequest, actor: Actor) -> BookingLabel:
    service = dependencies.services.get(request.service)
    if service is None or not may_see_request(dependencies.services, actor, request):
        return BookingLabel(request.code)
    columns = describe_columns(dependencies.wording, service, {**list_stored(request), **request.fields})
    applicant_name = find_applicant_name(service, request) or ""
    return BookingLabel(request.code, applicant_name, columns[SummaryColumn.PLACE], may_open=True)
